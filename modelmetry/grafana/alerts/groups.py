"""All alerts, in groups by their subject."""

from __future__ import annotations

from modelmetry.grafana.alerts.alert import AlertGroup
from modelmetry.grafana.alerts.machines import machine_alerts, server_alerts
from modelmetry.grafana.alerts.metrics import metrics_alerts
from modelmetry.grafana.alerts.models import model_alerts
from modelmetry.grafana.alerts.money import money_alerts
from modelmetry.grafana.alerts.requests import request_alerts
from modelmetry.grafana.choices import Choices


def alerts(choices: Choices) -> tuple[AlertGroup, ...]:
    """All of them."""
    return (
        AlertGroup("modelmetry_alerts_http", request_alerts(choices)),
        AlertGroup("modelmetry_alerts_models", model_alerts(choices)),
        AlertGroup("modelmetry_alerts_cost", money_alerts(choices)),
        AlertGroup("modelmetry_alerts_metrics", metrics_alerts(choices)),
        AlertGroup("modelmetry_alerts_resources", machine_alerts(choices)),
        AlertGroup("modelmetry_alerts_server", server_alerts(choices)),
    )
