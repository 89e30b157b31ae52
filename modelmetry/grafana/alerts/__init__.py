"""Alerts: what somebody has to do something about, when, and what to do first."""

from modelmetry.grafana.alerts.alert import Alert, AlertGroup
from modelmetry.grafana.alerts.groups import alerts

__all__ = ["Alert", "AlertGroup", "alerts"]
