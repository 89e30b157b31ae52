"""What the shop's processes measured over two months, told as each of them tells it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from attrs import frozen

from modelmetry.demo.traffic.calls import Call, calls_of, count, month_before
from modelmetry.demo.traffic.chance import Chance, Xids
from modelmetry.demo.traffic.recorder import Body, Part, time_text
from modelmetry.demo.traffic.served import JUDGES, OLD_JUDGES, predict, serve
from modelmetry.demo.traffic.tally import Tally
from modelmetry.demo.traffic.world import (
    DAYS,
    HOUR,
    MINUTE,
    RELEASES,
    SECOND,
    Release,
    busy,
    release_at,
)
from modelmetry.metrics.resources.table import SCOPE
from modelmetry.store import production_names as names

SITE, MODELS_SERVICE = "shop", "models"
"""The two services: the site, which asks language models, and the models that predict."""

_MONTH: Final = DAYS * 24 * HOUR
_SHIFT: Final = _MONTH + HOUR  # an hour belongs to one month
_FINE: Final = 24 * HOUR  # so long before now, what was measured is told each five minutes
_SHORT: Final = 5 * MINUTE
_BEFORE: Final = Release("2.2.0", 0.0, slowness=1.1)
_DEPLOYED: Final = 2 * MINUTE  # away while a release is put in place
# When something was away beside that: hours after the month before began, and minutes.
_AWAY: Final = ((9 * 24 + 3, 128), (30 * 24 + 13 * 24 + 2, 47), (30 * 24 + 19 * 24 + 4, 55))
_MOST_INTERVALS: Final = 100
_MEMORY: Final = 4.0 * 2**30  # bytes of a container
_MEMORY_GROWS: Final = 0.012  # a day, until the process begins anew


@frozen
class Life:
    """A process: its XID, from when to when it was there, and what it ran."""

    process: str
    start: int
    end: int
    release: Release


class Production:
    """Two months that end at `now`: of the second one the calls are those of its traces.

    Give `hear` each body of that month, then take `bodies`.

    Args:
        now: microseconds since 1970.
        seed: of the chance.
    """

    def __init__(self, now: int, *, seed: int = 1) -> None:
        self._chance = Chance(seed)
        self._now = now
        self._begin: int = (now - 2 * _MONTH) // HOUR * HOUR
        self._fine: int = (now - _FINE) // HOUR * HOUR
        self._calls: dict[int, Tally] = {}

    def hear(self, body: Body) -> None:
        """Measure the calls of models of a body of traces."""
        for call in calls_of(body):
            self._note(call)
            before = month_before(call, self._chance, _SHIFT)
            if before is not None:
                self._note(before)

    def _note(self, call: Call) -> None:
        at = min(call.at, self._now - 2 * MINUTE)  # what is told ends with a whole minute
        width = HOUR if at < self._fine else _SHORT
        count(self._calls.setdefault(at // width * width, Tally()), call)

    def bodies(self) -> Iterator[Body]:
        """Request bodies with all intervals, oldest first."""
        intervals: list[Part] = []
        for service in (SITE, MODELS_SERVICE):
            for life in self._lives():
                intervals += self._told(service, life)
        for first in range(0, len(intervals), _MOST_INTERVALS):
            yield {"MetricIntervals": intervals[first : first + _MOST_INTERVALS]}

    def _lives(self) -> Iterator[Life]:
        """The processes of a service, one after the other."""
        month = self._now - _MONTH
        away = [(month + int(one.since * _MONTH), _DEPLOYED) for one in RELEASES]
        away += [(self._begin + hours * HOUR + 7 * MINUTE, n * MINUTE) for hours, n in _AWAY]
        away = sorted((at // MINUTE * MINUTE, length) for at, length in away)
        xids, end = Xids(self._chance), self._now // MINUTE * MINUTE
        times = [(0, self._begin), *((at, at + length) for at, length in away), (end, 0)]
        for (_, start), (stop, _) in pairwise(times):
            share = (start - month) / _MONTH
            release = _BEFORE if share < 0 else release_at(share)
            yield Life(xids.at(start), start, stop, release)

    def _told(self, service: str, life: Life) -> Iterator[Part]:
        xids = Xids(self._chance)
        for start, end in self._stretches(life):
            yield {
                "XID": xids.at(end),
                "Process": f"{life.process}-{service}",
                "Service": service,
                "Environment": "production",
                "Release": life.release.name,
                "Start": time_text(start),
                "End": time_text(end),
                "Series": self._measured(service, life, start, end).series(),
            }

    def _stretches(self, life: Life) -> Iterator[tuple[int, int]]:
        """Hours, in the end five minutes, from the begin of a process to its end."""
        start = life.start
        while start < life.end:
            width = HOUR if start < self._fine else _SHORT
            end = min(start // width * width + width, life.end)
            yield start, end
            start = end

    def _measured(self, service: str, life: Life, start: int, end: int) -> Tally:
        if service == SITE:
            width = HOUR if start < self._fine else _SHORT
            # Of an hour in which a process gave way to another one, the first tells its calls.
            tally = self._calls.pop(start // width * width, None) or Tally()
            serve(tally, self._chance, life.release, start, end)
        else:
            tally = Tally()
            is_old = life.release is _BEFORE
            predict(tally, self._chance, OLD_JUDGES if is_old else JUDGES, start, end)
        self._look(tally, life, start, end, 0.1 if service == SITE else 0.18)
        return tally

    def _look(self, tally: Tally, life: Life, start: int, end: int, idle: float) -> None:
        """At the machine, once a minute."""
        chance, looks = self._chance, max(1, (end - start) // MINUTE)
        load = idle + 0.0025 * busy(start) * life.release.slowness * chance.uniform(0.9, 1.1)
        aged = (end - life.start) / (24 * HOUR) * _MEMORY_GROWS
        memory = 0.44 + min(aged, 0.4) + chance.uniform(0, 0.02)
        cpu = load * 0.7, load, min(0.98, load * chance.uniform(1.2, 2.2))
        since, up = (start - life.start) / SECOND, (end - life.start) / SECOND
        used = memory * 0.98 * _MEMORY, memory * _MEMORY, memory * 1.02 * _MEMORY
        of = {SCOPE: "container"}
        tally.look(names.CPU_UTILIZATION, "1", cpu, looks, of)
        tally.look(names.MEMORY_USAGE, "By", used, looks, {names.MEMORY_STATE: "used", **of})
        tally.look(names.MEMORY_LIMIT, "By", (_MEMORY, _MEMORY, _MEMORY), looks, of)
        for name in (names.PROCESS_UPTIME, names.CONTAINER_UPTIME):
            tally.look(name, "s", (since, up, up), looks, {})
