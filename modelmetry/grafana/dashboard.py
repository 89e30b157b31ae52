"""The dashboard: all rows, the variables by which one chooses, as Grafana's classic schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from modelmetry.grafana import names
from modelmetry.grafana.choices import Choices, pattern
from modelmetry.grafana.panels import Panel, Row, drawn
from modelmetry.grafana.rows.cloud import cloud_row
from modelmetry.grafana.rows.http import http_row
from modelmetry.grafana.rows.llm import llm_row
from modelmetry.grafana.rows.models import models_row
from modelmetry.grafana.rows.own import own_row
from modelmetry.grafana.rows.resources import resources_row
from modelmetry.grafana.rows.server import server_row

UID: Final = "modelmetry"
TITLE: Final = "Modelmetry"
SCHEMA: Final = 39  # of Grafana 10.4 and later; 11 and 12 read it as it is

_COLUMNS: Final = 24
_INPUT: Final = "DS_PROMETHEUS"
_ALL: Final = {"selected": True, "text": "All", "value": "$__all"}

# Of our jobs, those that are no server of ours; also those that are down now, but were not.
APPLICATIONS: Final = (
    f"query_result(count by (job) (last_over_time({names.FAILED_COLLECTIONS}[$__range]) "
    f"unless on (job, instance) last_over_time({names.SERVER_TRANSACTIONS}[$__range])))"
)
INSTANCES: Final = f'label_values({names.FAILED_COLLECTIONS}{{job=~"$job"}}, instance)'
_CALLS: Final = "|".join(names.LLM_CALLS)
MODELS: Final = f'label_values({{__name__=~"{_CALLS}",job=~"$job"}}, {names.LLM_MODEL})'
SERVERS: Final = f"label_values({names.SERVER_TRANSACTIONS}, job)"
_OF_RESULT: Final = '/job="([^"]+)"/'


def rows(choices: Choices) -> tuple[Row, ...]:
    """All rows, from what users notice to what explains it."""
    return (
        http_row(choices),
        models_row(),
        llm_row(choices),
        cloud_row(choices),
        resources_row(),
        own_row(),
        server_row(),
    )


def dashboard(choices: Choices) -> dict[str, Any]:
    """The dashboard, as a folder that Grafana is told of may hold it."""
    return {
        "uid": UID,
        "title": TITLE,
        "description": "Requests, models, language models, cost and machines, by modelmetry.",
        "tags": ["modelmetry"],
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "browser",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timepicker": {},
        "annotations": {"list": [_alerts()]},
        "links": [],
        "templating": {"list": _variables(choices)},
        "panels": list(_panels(choices)),
    }


def to_import(choices: Choices) -> dict[str, Any]:
    """The dashboard, as somebody puts it in by hand: Grafana asks for the datasource then."""
    found = dashboard(choices)
    found["templating"]["list"][0]["current"] = {
        "selected": True,
        "text": "Prometheus",
        "value": f"${{{_INPUT}}}",
    }
    told = {
        "name": _INPUT,
        "label": "Prometheus",
        "description": "Where the metrics are",
        "type": "datasource",
        "pluginId": "prometheus",
        "pluginName": "Prometheus",
    }
    return {"__inputs": [told], "__requires": list(_required()), **found}


def _required() -> Iterable[dict[str, str]]:
    yield {"type": "grafana", "id": "grafana", "name": "Grafana", "version": "10.4.0"}
    yield {"type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0"}
    for kind in ("heatmap", "stat", "table", "timeseries"):
        yield {"type": "panel", "id": kind, "name": kind.capitalize(), "version": ""}


def _variables(choices: Choices) -> list[dict[str, Any]]:
    only, own = _OF_RESULT, ""
    if choices.jobs:
        only = f'/job="({_in_slashes(choices.jobs)})"/'
        own = f"/^({_in_slashes([choices.server_job])})$/"
    return [
        {
            "name": "datasource",
            "label": "Datasource",
            "type": "datasource",
            "query": "prometheus",
            "regex": "",
            "current": {},
            "hide": 0,
            "includeAll": False,
            "multi": False,
            "options": [],
            "refresh": 1,
        },
        _variable("job", "Job", APPLICATIONS, kind=3, regex=only),
        _variable("instance", "Instance", INSTANCES, every=".*"),
        _variable("model", "Language model", MODELS, every=".*"),
        _variable("server", "Server", SERVERS, regex=own),
    ]


def _in_slashes(jobs: Iterable[str]) -> str:
    return pattern(jobs).replace("/", "\\/")


def _variable(
    name: str, label: str, query: str, *, kind: int = 1, regex: str = "", every: str | None = None
) -> dict[str, Any]:
    """A variable that asks Prometheus for its values; `every` is what all of them are."""
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "definition": query,
        "query": {"qryType": kind, "query": query, "refId": f"variable-{name}"},
        "regex": regex,
        "current": dict(_ALL),
        "hide": 0,
        "includeAll": True,
        "allValue": every,
        "multi": True,
        "options": [],
        "refresh": 2,
        "sort": 1,
    }


def _alerts() -> dict[str, Any]:
    return {
        "name": "Alerts",
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "enable": True,
        "hide": False,
        "iconColor": "red",
        "expr": 'ALERTS{alertname=~"Modelmetry.*", alertstate="firing"}',
        "titleFormat": "{{alertname}}",
        "tagKeys": "severity",
    }


def _panels(choices: Choices) -> Iterable[dict[str, Any]]:
    number, y = 1, 0
    for row in rows(choices):
        yield {
            "id": number,
            "type": "row",
            "title": row.title,
            "collapsed": False,
            "gridPos": {"x": 0, "y": y, "w": _COLUMNS, "h": 1},
            "panels": [],
        }
        number, y = number + 1, y + 1
        for panel, x, line in _placed(row.panels, y):
            yield drawn(panel, number, x, line, choices.scrape_interval)
            number, y = number + 1, line + panel.height


def _placed(panels: tuple[Panel, ...], y: int) -> Iterable[tuple[Panel, int, int]]:
    """Each panel with its place: side by side as long as there is room, and they are as high."""
    x, height = 0, 0
    for panel in panels:
        if x + panel.width > _COLUMNS or (x and panel.height != height):
            x, y = 0, y + height
        yield panel, x, y
        x, height = x + panel.width, panel.height
