"""What a report is made of: the summary of the contract, and charts beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from attrs import frozen
from modelmetry_api.models import ProductionSummary

MOST_POINTS: Final = 300
"""So many points a line has at most."""
MOST_BARS: Final = 10

Merge = Literal["sum", "largest"]
Point = tuple[datetime, float]


@frozen
class Line:
    """Something over time.

    Attributes:
        label: what it is.
        points: where each stretch begins and its value, oldest first; where nothing was measured
            there is none.
    """

    label: str
    points: tuple[Point, ...]


@frozen(kw_only=True)
class LineChart:
    """Lines over time.

    Attributes:
        name: for links, unlike that of all other charts.
        section: the name of the section that it belongs to.
        title: what is seen.
        unit: of the values, as in figures of the contract.
        step: how many seconds one point stands for.
        lines: at least one.
        merge: how points become one where there are too many.
    """

    name: str
    section: str
    title: str
    unit: str
    step: int
    lines: tuple[Line, ...]
    merge: Merge = "sum"


@frozen(kw_only=True)
class BarChart:
    """Things beside each other.

    Attributes:
        name: as of lines; `section`, `title` and `unit` likewise.
        of: what the bars are, such as `Model`.
        bars: names and values, the largest first.
        left_out: how many there are beside these.
        window: of which time, in words, where it is not that of the report.
    """

    name: str
    section: str
    title: str
    unit: str
    of: str
    bars: tuple[tuple[str, float], ...]
    left_out: int = 0
    window: str = ""


Chart = LineChart | BarChart


@frozen(kw_only=True)
class Report:
    """All that is told.

    Attributes:
        summary: the figures.
        charts: what is drawn.
        made_at: when it was made.
        version: of what made it.
    """

    summary: ProductionSummary
    charts: tuple[Chart, ...] = ()
    made_at: datetime
    version: str
