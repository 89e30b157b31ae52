"""Panels of a dashboard, as plain data that does not yet know where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

Kind = Literal["stat", "timeseries", "table", "heatmap"]

_DATASOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_GREEN, _YELLOW, _RED = "green", "yellow", "red"
_WITHOUT_TIME: Final = {"id": "organize", "options": {"excludeByName": {"Time": True}}}
_WIDE, _NARROW = 8, 4
_TALL, _SHORT = 8, 4


class Target(Struct, frozen=True):
    """One expression of a panel.

    Attributes:
        expr: in PromQL, with the variables of the dashboard.
        legend: what each series is called, such as `{{http_route}}`.
        exemplars: whether traces are shown as examples.
    """

    expr: str
    legend: str = ""
    exemplars: bool = False


class Panel(Struct, frozen=True):
    """What one rectangle shows.

    Attributes:
        title: unique within its row.
        kind: of panel.
        unit: by Grafana, such as `s`, `percentunit`, `currencyUSD`.
        description: what it means, for who reads it for the first time.
        targets: what is asked.
        thresholds: from which values on it is yellow, and red; `None` leaves one out.
        inverted: whether small values are the bad ones.
        stacked: whether series stand upon each other.
        decimals: how many are shown.
    """

    title: str
    kind: Kind
    unit: str
    description: str
    targets: tuple[Target, ...]
    thresholds: tuple[float | None, float | None] = (None, None)
    inverted: bool = False
    stacked: bool = False
    decimals: int | None = None

    @property
    def width(self) -> int:
        """Of the 24 columns that a dashboard has."""
        return _NARROW if self.kind == "stat" else _WIDE

    @property
    def height(self) -> int:
        """In the lines of a dashboard."""
        return _SHORT if self.kind == "stat" else _TALL


class Row(Struct, frozen=True):
    """Panels about one subject.

    Attributes:
        title: of the row.
        panels: in their order.
    """

    title: str
    panels: tuple[Panel, ...]


def stat(
    title: str,
    unit: str,
    description: str,
    expr: str,
    *,
    thresholds: tuple[float | None, float | None] = (None, None),
    inverted: bool = False,
    decimals: int | None = None,
) -> Panel:
    """One number, large."""
    return Panel(
        title,
        "stat",
        unit,
        description,
        (Target(expr),),
        thresholds,
        inverted=inverted,
        decimals=decimals,
    )


def lines(
    title: str,
    unit: str,
    description: str,
    *targets: tuple[str, str],
    exemplars: bool = False,
    stacked: bool = False,
    thresholds: tuple[float | None, float | None] = (None, None),
) -> Panel:
    """Lines over time; `targets` are expressions with their legends."""
    made = tuple(Target(expr, legend, exemplars) for expr, legend in targets)
    return Panel(title, "timeseries", unit, description, made, thresholds, stacked=stacked)


def listing(title: str, unit: str, description: str, expr: str) -> Panel:
    """A table of what is there now."""
    return Panel(title, "table", unit, description, (Target(expr),))


def heat(title: str, unit: str, description: str, expr: str) -> Panel:
    """How measurements are distributed, over time."""
    return Panel(title, "heatmap", unit, description, (Target(expr, "{{le}}"),))


def drawn(panel: Panel, number: int, x: int, y: int, interval: str) -> dict[str, Any]:
    """A panel in the classic schema of Grafana."""
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": _DATASOURCE,
        "interval": interval,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "targets": [_target(panel, one, place) for place, one in enumerate(panel.targets)],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": dict(_OPTIONS[panel.kind]),
        **({"transformations": [_WITHOUT_TIME]} if panel.kind == "table" else {}),
    }


def _target(panel: Panel, target: Target, place: int) -> dict[str, Any]:
    is_now = panel.kind in {"stat", "table"}
    formats = {"table": "table", "heatmap": "heatmap"}
    return {
        "refId": letter(place),
        "datasource": _DATASOURCE,
        "editorMode": "code",
        "expr": target.expr,
        "legendFormat": target.legend or "__auto",
        "format": formats.get(panel.kind, "time_series"),
        "instant": is_now,
        "range": not is_now,
        "exemplar": target.exemplars,
    }


def letter(place: int) -> str:
    """The `refId` of a target."""
    return chr(ord("A") + place)


def _defaults(panel: Panel) -> dict[str, Any]:
    found: dict[str, Any] = {
        "unit": panel.unit,
        "min": 0,
        "color": {"mode": "thresholds" if panel.kind == "stat" else "palette-classic"},
        "thresholds": {"mode": "absolute", "steps": _steps(panel)},
    }
    if panel.decimals is not None:
        found["decimals"] = panel.decimals
    if panel.kind == "timeseries":
        found["custom"] = {
            "drawStyle": "line",
            "lineWidth": 1,
            "fillOpacity": 20 if panel.stacked else 5,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
            "thresholdsStyle": {
                "mode": "off" if panel.thresholds == (None, None) else "line",
            },
        }
    return found


def _steps(panel: Panel) -> list[dict[str, Any]]:
    yellow, red = panel.thresholds
    if panel.inverted:  # below red, below yellow, and fine from there on
        found: list[dict[str, Any]] = [{"color": _RED, "value": None}]
        if red is not None:
            found.append({"color": _YELLOW, "value": red})
        if yellow is not None:
            found.append({"color": _GREEN, "value": yellow})
        return found
    found = [{"color": _GREEN, "value": None}]
    if yellow is not None:
        found.append({"color": _YELLOW, "value": yellow})
    if red is not None:
        found.append({"color": _RED, "value": red})
    return found


_OPTIONS: Final[Mapping[Kind, Mapping[str, Any]]] = {
    "stat": {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "colorMode": "value",
        "graphMode": "none",
        "textMode": "auto",
    },
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "table": {"showHeader": True, "cellHeight": "sm"},
    "heatmap": {
        "calculate": False,
        "cellGap": 1,
        "color": {"mode": "scheme", "scheme": "Oranges", "steps": 64},
        "yAxis": {"axisPlacement": "left", "unit": "s"},
        "tooltip": {"show": True, "yHistogram": False},
    },
}
