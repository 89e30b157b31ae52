"""Which points make up a window: as fine as they are kept, whole hours as far as these go."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

from attrs import frozen
from modelmetry_api.models import ProductionWindow

from modelmetry.store.production import FINE_WINDOW, MOST_POINTS
from modelmetry.store.sqlite.encode import Micros, from_micros
from modelmetry.store.sqlite.production_rows import FINE, WIDTHS
from modelmetry.store.sqlite.transaction import HOUR

SECOND: Final = 1_000_000
DAY: Final = 24 * HOUR
_KEPT: Final = FINE_WINDOW // timedelta(microseconds=1)
# What people read easily: minutes, hours, days, a week.
_STEPS: Final = (FINE, 3 * FINE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY)


class Stretch(NamedTuple):
    """Some points that follow each other: those of a table from `first` to before `end`."""

    table: str
    first: int
    end: int


@frozen
class Span:
    """A window in microseconds, which begins and ends where points do."""

    start: Micros
    end: Micros

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start) / SECOND

    @property
    def days(self) -> float:
        """How long it is."""
        return (self.end - self.start) / DAY

    def model(self) -> ProductionWindow:
        """As it is answered."""
        return ProductionWindow(start=from_micros(self.start), end=from_micros(self.end))

    def stretches(self) -> list[Stretch]:
        """The points that it is made of: hours, and finer ones where it is no whole hour."""
        first, last = -(-self.start // HOUR), self.end // HOUR
        if first >= last:
            return [Stretch("production_fine", self.start // FINE, self.end // FINE)]
        found = [
            Stretch("production_fine", self.start // FINE, first * HOUR // FINE),
            Stretch("production_hour", first, last),
            Stretch("production_fine", last * HOUR // FINE, self.end // FINE),
        ]
        return [one for one in found if one.first < one.end]


def fine_from(now: Micros) -> Micros:
    """From when on fine points are kept."""
    return (now - _KEPT) // HOUR * HOUR


def widened(start: Micros, end: Micros, now: Micros) -> Span:
    """The window from `start` to before `end`, widened to the points that are kept."""
    kept = fine_from(now)
    return Span(
        _down(start, FINE if start >= kept else HOUR), _up(end, FINE if end > kept else HOUR)
    )


def stepped(start: Micros, end: Micros, now: Micros) -> tuple[Span, int]:
    """The window widened to whole points of a series, and how wide these are.

    At most `MOST_POINTS` of them: 400 days are 58 weeks.
    """
    narrowest = FINE if start >= fine_from(now) else HOUR
    spans = (
        (Span(_down(start, step), _up(end, step)), step) for step in _STEPS if step >= narrowest
    )
    return next(
        (span, step) for span, step in spans if (span.end - span.start) // step <= MOST_POINTS
    )


def points_of(span: Span, step: int) -> Stretch:
    """The points of which those of a series are made, all of one width."""
    table = "production_fine" if step < HOUR else "production_hour"
    width = WIDTHS[table]
    return Stretch(table, span.start // width, span.end // width)


def _down(at: Micros, width: int) -> Micros:
    return at // width * width


def _up(at: Micros, width: int) -> Micros:
    return -(-at // width) * width
