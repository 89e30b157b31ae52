"""Makes records of what is reported, and lays them down for every backend."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from weakref import WeakSet

from msgspec import UNSET

from modelmetry.client.clock import Clock
from modelmetry.client.execution import current_execution_id
from modelmetry.delivery.background import Background
from modelmetry.delivery.lifecycle import say_what_stays
from modelmetry.delivery.log import Log
from modelmetry.delivery.receipt import CLOSED, INTERNAL
from modelmetry.delivery.waiter import Waiter
from modelmetry.machine.sampler import Sampler
from modelmetry.signals import ids
from modelmetry.signals.measurements import TelemetryRecord, TelemetryRunRecord
from modelmetry.telemetry.backend_sink import is_at_work
from modelmetry.telemetry.metrics import (
    LONGEST_NAME,
    LONGEST_STATUS,
    fitting_text,
    long_text,
    plain_metrics,
)
from modelmetry.telemetry.readings import Readings
from modelmetry.telemetry.receipt import TelemetryReceipt
from modelmetry.telemetry.refusals import NO_VALUE, Refusals
from modelmetry.telemetry.surroundings import Surroundings
from modelmetry.telemetry.targets import Target, gathered, together, until

_log: Final = Log("modelmetry.telemetry")
Left = Callable[[], float | None]
Bound = Callable[[Target], Left]
Ends = list[tuple[Target, Left]]

_NOTHING: Final[dict[str, Any]] = {}
# Seconds that the end of a program waits for drivers of GPUs to say what there is.
_LONGEST_LOOK: Final = 1.0


class _Run:
    """One run in one process; a forked child begins another."""

    def __init__(self, xid: str, start_ns: int) -> None:
        self.xid = xid
        self.start_ns = start_ns
        self.execution: str | None = None
        self.is_begun = False
        self.first = threading.Lock()
        self.announced = Waiter()


class Emitter:
    """What the words of a telemetry come down to; nothing that happens here reaches the caller.

    Args:
        command: what runs.
        targets: where records go.
        surroundings: what is known of the machine.
        sampler: takes readings; `None` for none.
        text_limit: characters after which a text is cut.
        clock: what time it is.
        new_id: makes identities; by default they are drawn from a series.
        open_printer: opens a target that writes records to standard output.
    """

    def __init__(
        self,
        command: str,
        targets: Sequence[Target],
        surroundings: Surroundings,
        sampler: Sampler | None,
        *,
        text_limit: int,
        clock: Clock,
        new_id: Callable[[], str] | None,
        open_printer: Callable[[], Target],
    ) -> None:
        self._command = command
        self._targets = list(targets)
        self._inboxes = [target.inbox for target in targets]
        self._surroundings = surroundings
        self._text_limit = text_limit
        self._time_ns = clock.time_ns
        self.monotonic_ns: Callable[[], int] = clock.monotonic_ns
        self._new_id = new_id
        self._open_printer = open_printer
        self._printers: dict[str, Target] = {}
        self._refusals = Refusals()
        self._readings = Readings(sampler, surroundings, self._take_reading, clock.time_ns)
        self._closed = False
        self.begin_anew()
        _emitters.add(self)

    def begin_anew(self) -> None:
        """Another run: at first, and in a forked child."""
        at = self._time_ns()
        self._run = _Run(self._xid(at), at)
        self._refusals.clear()
        self._surroundings.begin_anew()
        self._readings.begin_anew()

    @property
    def run_xid(self) -> str:
        """The id of the run in this process."""
        return self._run.xid

    def _xid(self, at: int) -> str:
        if self._new_id is not None:
            return str(self._new_id())
        series = ids.series()
        return ids.text(series.prefix(at), series.draw())

    # Reporting: memory only.

    def take(
        self,
        status: object,
        metrics: object,
        message: object,
        *,
        metric: object = UNSET,
        value: object = UNSET,
        event: object = None,
        more: Mapping[str, Any] = _NOTHING,
        printed: bool = False,
    ) -> None:
        """Make a record and lay it down; what cannot be taken is counted."""
        try:
            self._take(status, metrics, message, metric, value, event, more, printed=printed)
        except Exception as error:  # noqa: BLE001 - nothing may reach the application
            self._refusals.count(INTERNAL, "a record", error)
            _log.debug("a record could not be made; please report this", exc_info=error)

    def _take(
        self,
        status: object,
        metrics: object,
        message: object,
        metric: object,
        value: object,
        event: object,
        more: Mapping[str, Any],
        *,
        printed: bool,
    ) -> None:
        found: dict[str, Any] = {}
        if metrics is not None:
            found = plain_metrics(metrics, self._text_limit, self._refusals)
        if more:
            found |= plain_metrics(more, self._text_limit, self._refusals)
        if metric is not UNSET or value is not UNSET:
            found |= self._named(metric, value)
        said = fitting_text(status, LONGEST_STATUS)
        text = long_text(message, self._text_limit)
        name = fitting_text(event, LONGEST_NAME)
        if not (found or said or text or name):
            return  # refused, and counted as such, or nothing at all
        self._lay_down(
            "record" if name is None else "event", said, name, found, text, printed=printed
        )

    def _named(self, metric: object, value: object) -> dict[str, Any]:
        """A metric under its own name."""
        if value is UNSET:
            self._refusals.count(NO_VALUE, "a metric", metric)
            return {}
        name = "value" if metric is UNSET or metric is None else metric
        return plain_metrics({name: value}, self._text_limit, self._refusals)

    def _lay_down(
        self,
        kind: Any,
        status: str | None,
        event: str | None,
        metrics: dict[str, Any],
        message: str | None,
        *,
        at_ns: int | None = None,
        printed: bool = False,
    ) -> None:
        if self._closed:
            if kind != "reading":  # of which one may be under way
                told = status or event or metrics
                self._refusals.count(CLOSED, "a record after the close", told)
            return
        run = self._run
        if not run.is_begun:
            self._begin(run)
        at = self._time_ns() if at_ns is None else at_ns
        record = TelemetryRecord(
            self._xid(at), run.xid, self._command, at, kind, status, event, metrics, message
        )
        for inbox in self._inboxes:
            inbox.put(record)
        if printed:
            self._print(record)

    def _print(self, record: TelemetryRecord) -> None:
        printer = self._printers.get("stdout")
        if printer is None:  # of several threads that open one, the first gives it to all
            printer = self._printers.setdefault("stdout", self._open_printer())
        printer.inbox.put(record)

    # The run and its readings.

    def _begin(self, run: _Run) -> None:
        if not run.first.acquire(blocking=False):  # another thread does
            return
        run.is_begun = True
        # Here: the background knows nothing of what is open where somebody reports.
        run.execution = fitting_text(current_execution_id(), LONGEST_NAME)
        takers = [target.inbox for target in self._targets if target.takes_runs]
        if not takers:
            run.announced.tell()
        elif not Background("modelmetry-telemetry-run").start(partial(self._announce, run)):
            self._put_run(run, {})
        self._readings.start()

    def _announce(self, run: _Run) -> None:
        self._put_run(run, self._surroundings.facts())

    def _put_run(self, run: _Run, system: dict[str, Any]) -> None:
        record = TelemetryRunRecord(run.xid, self._command, run.start_ns, system, run.execution)
        # The run went without its machine, which took too long: no loss for who has closed.
        is_late = self._closed and run.announced.done()
        for target in self._targets:
            if target.takes_runs and not (is_late and target.owned):
                target.inbox.put(record)
        run.announced.tell()

    def _take_reading(self, reading: dict[str, float], at_ns: int) -> None:
        if self._run.is_begun:
            self._lay_down("reading", None, None, reading, None, at_ns=at_ns)

    def stop_reading(self, *, wait: bool = False) -> None:
        """Take no more readings; see `Readings.stop`."""
        self._readings.stop(wait=wait)

    # Delivery.

    def announce_within(self, timeout: float | None) -> None:
        """Wait until the run is laid down, or lay it down without its machine."""
        run = self._run
        if run.is_begun and not run.announced.wait(timeout):
            self._put_run(run, {})

    @property
    def _all(self) -> list[Target]:
        return [*self._targets, *self._printers.values()]

    def stats(self) -> TelemetryReceipt:
        """What became of everything."""
        return TelemetryReceipt(
            backends={target.name: target.stats() for target in self._all},
            refused=self._refusals.read(),
        )

    def flush(self, timeout: float | None) -> TelemetryReceipt:
        """Deliver everything that was reported so far."""
        left = until(timeout)
        with self._readings.kept_back():
            if not is_at_work():
                if self._run.is_begun:
                    self._run.announced.wait(left())
                together([partial(target.flush, left()) for target in self._all])
            return self.stats()

    async def aflush(self, timeout: float | None) -> TelemetryReceipt:  # noqa: ASYNC109 - ends in a receipt
        """Like `flush`, without blocking the event loop."""
        left = until(timeout)
        with self._readings.kept_back():
            if self._run.is_begun:
                await self._run.announced.wait_in_loop(left())
            await gathered([target.aflush(left()) for target in self._all])
            return self.stats()

    def close(self, timeout: float | None) -> TelemetryReceipt:
        """Deliver everything and stop."""
        left = until(timeout)
        self._close(lambda _: left)
        return self.stats()

    async def aclose(self, timeout: float | None) -> TelemetryReceipt:  # noqa: ASYNC109 - ends in a receipt
        """Like `close`, without blocking the event loop."""
        left = until(timeout)
        await self._aclose(lambda _: left)
        return self.stats()

    def leave(self) -> None:
        """Close at the end of a block, waiting for each place as a client's block would."""
        self._close(_left_of_block)
        self._say_what_stays()

    async def aleave(self) -> None:
        """Like `leave`, without blocking the event loop."""
        await self._aclose(_left_of_block)
        self._say_what_stays()

    def _close(self, bound: Bound) -> None:
        ends = self._stop(bound, wait=True)
        if not is_at_work():
            self.announce_within(_shortest(ends))
            together([partial(target.close, left()) for target, left in ends])

    async def _aclose(self, bound: Bound) -> None:
        ends = self._stop(bound, wait=False)
        run = self._run
        if run.is_begun and not await run.announced.wait_in_loop(_shortest(ends)):
            self._put_run(run, {})
        await gathered([target.aclose(left()) for target, left in ends])

    def _stop(self, bound: Bound, *, wait: bool) -> Ends:
        """Take nothing more; the places that end now, each with the time that is left for it."""
        with self._readings.kept_back():  # one that is being laid down is, first
            self._closed = True
        self.stop_reading(wait=wait)
        return [(target, bound(target)) for target in self._all]

    def _say_what_stays(self) -> None:
        for target in self._all:
            if target.owned:
                say_what_stays(target.stats())


def _left_of_block(target: Target) -> Left:
    return until(target.leave_within)


def _shortest(ends: Ends) -> float | None:
    """The time that may pass before the first place ends."""
    bounds = [left() for _, left in ends]
    return min((bound for bound in bounds if bound is not None), default=None)


_emitters: Final[WeakSet[Emitter]] = WeakSet()


def _begin_anew() -> None:
    for emitter in list(_emitters):
        emitter.begin_anew()


# Runs before the delivery's own exit hook, which was registered earlier, at its import.
@atexit.register
def _announce_at_exit() -> None:
    for emitter in list(_emitters):
        emitter.announce_within(_LONGEST_LOOK)


if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_begin_anew)
