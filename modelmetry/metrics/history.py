"""Lays down once a minute what a process measured, so that the store can tell it later."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final
from weakref import WeakSet, ref

from modelmetry.client.sending import Sending, bring_with, delivery_of, origin_of
from modelmetry.delivery import lifecycle
from modelmetry.delivery.log import Log
from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.metrics.deltas import Deltas, Told
from modelmetry.metrics.registry import Registry
from modelmetry.signals.ids import new_xid
from modelmetry.signals.measurements import MetricIntervalRecord, SeriesRecord
from modelmetry.signals.values import is_a

MOST_SERIES: Final = 500
"""Series of one record; more make several."""
LONGEST_NS: Final = 3_600_000_000_000
"""An interval is one hour at most; of a longer one, as after a sleep, its end is told."""

_log: Final = Log("modelmetry.metrics")


class Reporter:
    """Brings what a registry measured to where a client sends.

    What was added since the last time goes the way of all signals: it is kept on disk while a
    server is away, sent again, and counted once. Without series it says that the process is there.
    Each flush and the end of the client or of the process bring the rest. A forked child begins
    anew, as another process.

    It tells what this process measured; others tell theirs. The client holds it.

    Args:
        registry: what is told.
        client: where it goes; its service, environment and release are told as well.
        interval: seconds between two times, an hour at most; the setting `metrics_interval` of
            the client by default, 0 for none.
        clock: what time it is, nanoseconds since the epoch.
        after: the one that told the same before and is over; this one goes on where it ended.

    Raises:
        InvalidTypeError: `registry` is none.
        InvalidValueError: it is told already.
    """

    _process: str
    _since: int

    def __init__(
        self,
        registry: Registry,
        client: Sending,
        *,
        interval: float | None = None,
        clock: Callable[[], int] = time.time_ns,
        after: Reporter | None = None,
    ) -> None:
        if not is_a(registry, Registry):
            raise InvalidTypeError(
                f"a Reporter tells a Registry, not {type(registry).__name__}; "
                "`REGISTRY` is that of the process"
            )
        if is_reported(registry):
            raise InvalidValueError(
                "what this registry measures is told already, by observe() or by another Reporter; "
                "two would tell everything twice: close that client before, or leave this one out"
            )
        self._registry = registry
        self._clock = clock
        self._delivery = delivery_of(client)
        self._origin = origin_of(client)
        self._interval = self._origin.metrics_interval if interval is None else interval
        self._begin()
        if after is not None:
            self._deltas, self._process, self._since = after.told_so_far()
        if self._delivery is None or self._interval <= 0:
            self._ended = True
            return
        bring_with(client, self.bring)
        _reporters.add(self)
        self._start()

    def _begin(self) -> None:
        self._lock = threading.RLock()  # a handler of signals may flush, too
        self._stop = threading.Event()
        self._ended = False
        self._deltas = Deltas()
        self._since = self._clock()
        self._process = new_xid()
        self._is_at_work = False
        # Records that are to be laid down, what they tell, and when they end.
        self._made: tuple[list[MetricIntervalRecord], Told, int] | None = None

    def begin_anew(self) -> None:
        """In a forked child: it is another process, and its parent tells what was before."""
        was_ended = self._ended
        self._begin()
        self._ended = was_ended
        if not was_ended:
            self._start()

    def _start(self) -> None:
        lifecycle.watch_children()
        work = partial(_work, ref(self), self._stop, min(self._interval, LONGEST_NS / 1e9))
        thread = threading.Thread(target=work, name="modelmetry-metrics-history", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the interpreter is ending, or there may be no more threads
            _log.debug("metrics are told at the end only: no thread could be started")

    def tells(self, registry: Registry) -> bool:
        """Whether it brings what this registry measures."""
        return self._registry is registry and not self._ended

    @property
    def is_over(self) -> bool:
        """Whether nothing is told any more, as after the end of the client."""
        return self._ended

    def told_so_far(self) -> tuple[Deltas, str, int]:
        """What the next one has to know: what was told, of which process, and until when."""
        return self._deltas, self._process, self._since

    def report(self) -> None:
        """Tell now what was measured since the last time."""
        self._tell(always=True)

    def bring(self, *, last: bool = False) -> None:
        """Tell before a flush what has grown; at the end also that the process was there.

        Args:
            last: whether nothing is told after that.
        """
        self._tell(always=last)
        if last:
            self.stop()

    def stop(self) -> None:
        """Tell nothing more."""
        self._ended = True
        self._stop.set()

    def _tell(self, *, always: bool) -> None:
        with self._lock:
            # A collector that flushes would come by here in the middle.
            if self._ended or self._is_at_work:
                return
            self._is_at_work = True
            try:
                self._lay_down(always=always)
            except Exception as error:  # noqa: BLE001 - nothing may reach the application
                _log.warning("metrics could not be told: %s", error, exc_info=error)
            finally:
                self._is_at_work = False

    def _lay_down(self, *, always: bool) -> None:
        """Tell what there is to say; an interruption comes before all of it, or is made up for.

        Records that were made are laid down in any case, by the next time if not by this one. To
        lay one down twice changes nothing: it has its XID.
        """
        self._settle()
        refused = self._deltas.refused
        told = self._deltas.of(self._registry.collect())
        if self._deltas.refused > refused == 0:
            _log.warning(
                "%d series cannot be told to the store: numbers that are not finite, more than 20 "
                "attributes or 200 buckets, or bounds that do not ascend; said once",
                self._deltas.refused,
            )
        if not (always or told.is_news):
            return
        end = self._clock()
        start = max(min(self._since, end), end - LONGEST_NS)
        series = told.series
        records = [
            self._interval_of(start, end, series[first : first + MOST_SERIES])
            for first in range(0, max(len(series), 1), MOST_SERIES)
        ]
        self._made = records, told, end
        self._settle()

    def _settle(self) -> None:
        if self._made is None or self._delivery is None:
            return
        records, told, end = self._made
        for record in records:
            self._delivery.inbox.put(record)
        self._deltas.keep(told)
        self._since = end
        self._made = None

    def _interval_of(
        self, start: int, end: int, series: list[SeriesRecord]
    ) -> MetricIntervalRecord:
        origin = self._origin
        return MetricIntervalRecord(
            new_xid(),
            self._process,
            start,
            end,
            series,
            origin.service,
            origin.environment,
            origin.release,
        )


def _work(of: ref[Reporter], stop: threading.Event, interval: float) -> None:
    """Report until the end; one that nobody else holds is let go."""
    while not stop.wait(interval):
        reporter = of()
        if reporter is None:
            return
        reporter.report()
        del reporter


_reporters: Final[WeakSet[Reporter]] = WeakSet()


def is_reported(registry: Registry) -> bool:
    """Whether somebody brings already what it measures."""
    return any(one.tells(registry) for one in list(_reporters))


def _finish_all() -> None:
    for reporter in list(_reporters):
        reporter.bring(last=True)


def _begin_anew() -> None:
    for reporter in list(_reporters):
        reporter.begin_anew()


lifecycle.also_at_end(_finish_all)
if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_begin_anew)
