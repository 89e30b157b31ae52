"""The thread of a server that asks what the cloud costs, when it is time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from modelmetry.costs.named import metric_named, source_named
from modelmetry.costs.poller import CostPoller, PollResult
from modelmetry.costs.source import CostSource
from modelmetry.server.cost_measures import CostMeasures
from modelmetry.server.log import SERVER
from modelmetry.server.settings import ServerSettings
from modelmetry.store.protocol import Store

LOOKS_EVERY: Final = 60.0
"""Seconds after which it looks again whether it is time; that asks nobody outside."""
MEASURES_EVERY: Final = timedelta(minutes=5)

_Of = Literal["polls", "rows", "figures"]
"""What is wrong with one of them says nothing of the others."""


class CostPolling:
    """Keeps costs up to date while a server runs; whatever happens here, the server goes on.

    Args:
        source: knows what was spent.
        store: keeps it.
        tenant: whose costs they are.
        clock: gives the present moment with its zone.
        looks_every: seconds between two looks.

    Attributes:
        measures: what Prometheus is told.
    """

    def __init__(
        self,
        source: CostSource,
        store: Store,
        tenant: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        looks_every: float = LOOKS_EVERY,
    ) -> None:
        self._poller = CostPoller(source, store.cost_ledger(tenant), clock=clock)
        self._name = source.name
        self._clock = clock
        self._looks_every = looks_every
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._said: dict[_Of, str] = {}
        self._measured_at: datetime | None = None
        self.measures: CostMeasures = CostMeasures(store, tenant)

    def start(self) -> None:
        """Begin, on a thread that does not keep the process alive."""
        self._thread = threading.Thread(target=self._run, name="modelmetry-costs", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """End; a question that is on its way is waited for so many seconds at most.

        What it began is counted; should it not end in time, another process goes on when its lease
        has run out.
        """
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def step(self) -> None:
        """Poll if it is time, and measure; never raises."""
        changed = False
        try:
            result = self._poller.run_once()
            changed = result.outcome in {"polled", "failed"}
            self._tell(result)
        except Exception as error:  # noqa: BLE001 - this thread has to live, and the server with it
            if self._stopping.is_set():
                return
            self.measures.note_failure()
            self._say(
                "polls", f"costs of {self._name!r} could not be kept: {error!r}; tried again later"
            )
        try:
            self._measure(at_once=changed)
        except Exception as error:  # noqa: BLE001 - as above
            if not self._stopping.is_set():
                self._say(
                    "figures", f"figures of costs are as they were: {error!r}; tried again later"
                )

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.step()
            self._stopping.wait(self._looks_every)

    def _tell(self, result: PollResult) -> None:
        if result.outcome == "failed":
            self.measures.note_failure()
            due = f"{result.next_due:%Y-%m-%d %H:%M} UTC"
            self._say(
                "polls", f"costs of {self._name!r} are not known: {result.message}; next at {due}"
            )
        elif result.outcome == "polled":
            if self._said.pop("polls", ""):
                SERVER.info("costs of %r are known again", self._name)
            self._tell_faults(result)

    def _tell_faults(self, result: PollResult) -> None:
        if result.faults:
            first, *others = result.faults
            more = ", and others" if others else ""
            self._say("rows", f"costs of {self._name!r} are not whole: {first}{more}")
        else:
            self._said.pop("rows", None)

    def _say(self, of: _Of, text: str) -> None:
        """Say what is wrong once, not at each try; when is another matter."""
        words = text.rpartition("; next at")[0] or text
        if words != self._said.get(of):
            SERVER.warning("%s", text)
        self._said[of] = words

    def _measure(self, *, at_once: bool) -> None:
        now = self._clock()
        last = self._measured_at
        if at_once or last is None or not last <= now < last + MEASURES_EVERY:
            self._measured_at = now
            self.measures.refresh(now)
            self._said.pop("figures", None)


def cost_polling(settings: ServerSettings, store: Store) -> CostPolling | None:
    """What a server does about costs; `None` if its settings name no source."""
    if settings.costs is None:
        return None
    source = source_named(
        settings.costs, metric=metric_named(settings.costs_metric), profile=settings.costs_profile
    )
    return CostPolling(source, store, settings.costs_tenant or settings.bootstrap_tenant)
