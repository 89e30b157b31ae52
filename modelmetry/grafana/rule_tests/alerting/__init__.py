"""For each alert: series with which it fires, just so, and others with which it just does not."""

from modelmetry.grafana.rule_tests.alerting.case import AlertCase
from modelmetry.grafana.rule_tests.alerting.cases import alert_cases

__all__ = ["AlertCase", "alert_cases"]
