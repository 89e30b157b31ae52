"""Metrics made of what the SDK records anyway: calls of models, and the delivery itself."""

from __future__ import annotations

import os
from threading import RLock
from types import TracebackType
from typing import Final, Self

from modelmetry.client import current
from modelmetry.client.calls import Watch
from modelmetry.client.sending import Opening, Sending, all_senders, is_sending
from modelmetry.config import Config
from modelmetry.errors import InvalidValueError
from modelmetry.metrics import semantic
from modelmetry.metrics.history import Reporter, is_reported
from modelmetry.metrics.llm.bridge import Bridge
from modelmetry.metrics.llm.counting import CallCounter
from modelmetry.metrics.recording import RecordingCollector
from modelmetry.metrics.registry import REGISTRY, Registry
from modelmetry.metrics.resources.collector import ResourceCollector
from modelmetry.prices.answers import PriceBook
from modelmetry.prices.book import Prices
from modelmetry.prices.overrides import read_overrides

_OPT_IN: Final = "OTEL_SEMCONV_STABILITY_OPT_IN"


class Observation:
    """Counts the calls of models that any client of this process records, until it is closed.

    It also tells what became of all that was recorded, and of the machine; and what was measured
    goes, once a minute, to where the first client that is open sends (the setting
    `metrics_interval`), so that the report and the page have it without a Prometheus.

    Args:
        registry: where the metrics are shown.
        prices: what calls cost when their providers do not say it.
        opt_in: which generation of the conventions is told; the variable
            `OTEL_SEMCONV_STABILITY_OPT_IN` by default.
        resources: whether the machine, the process and its container are told as well.
    """

    def __init__(
        self,
        registry: Registry = REGISTRY,
        *,
        prices: PriceBook | None = None,
        opt_in: str | None = None,
        resources: bool = True,
    ) -> None:
        asked = os.environ.get(_OPT_IN, "") if opt_in is None else opt_in
        book: PriceBook = _usual_prices() if prices is None else prices
        self.registry = registry
        self.tells_resources: bool = resources
        self._bridge = Bridge(CallCounter(registry, book, semantic.generations(asked)))
        self._reporter: Reporter | None = None
        self._recording = RecordingCollector()
        with _state.lock:
            if _state.now is not None:
                raise InvalidValueError(
                    "calls of models are counted already; close what observe() returned before, "
                    "or call it once, before anything shows metrics"
                )
            _state.now = self
            Watch.watcher, Opening.watcher = self._bridge.take, self._meet
        registry.before = self._bridge.count
        registry.current_trace = _current_trace
        self._forget = [registry.add_collector(self._recording, most_age=0)]
        if resources:
            self._forget.append(registry.add_collector(ResourceCollector()))
        for client in all_senders():
            self._meet(client)

    def _meet(self, client: Sending) -> None:
        self._recording.meet(client)
        self._report_through(client)

    def _report_through(self, client: Sending) -> None:
        """Bring what is measured to where a client of this process sends, by one at a time."""
        with _state.lock:  # of two clients that are opened at once
            is_needed = self._reporter is None or self._reporter.is_over
            if is_needed and is_sending(client) and not is_reported(self.registry):
                self._reporter = Reporter(self.registry, client, after=self._reporter)

    def close(self) -> None:
        """Count no more."""
        with _state.lock:
            if _state.now is self:
                _state.now = None
                Watch.watcher = Opening.watcher = None
                self.registry.before = self.registry.current_trace = None
        self._bridge.close()
        if self._reporter is not None:
            self._reporter.bring(last=True)
        for forget in self._forget:
            forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class _State:
    now: Observation | None = None

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """In a forked child another thread of the parent may hold the lock for ever."""
        self.lock = RLock()


_state: Final = _State()
if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_state.begin_anew)


def observe(
    registry: Registry = REGISTRY,
    *,
    prices: PriceBook | None = None,
    opt_in: str | None = None,
    resources: bool = True,
) -> Observation:
    """Count the calls of models that are recorded in this process, and tell of the machine.

    To say it again changes nothing; whoever shows metrics says it.

    Args:
        registry: where the metrics are shown.
        prices: what calls cost when their providers do not say it; by default the lists of
            `modelmetry.prices` with the prices that the user set.
        opt_in: which generation of the conventions is told; the variable
            `OTEL_SEMCONV_STABILITY_OPT_IN` by default.
        resources: whether the machine, the process and its container are told as well.

    Raises:
        ConfigError: the file of `MODELMETRY_PRICES` cannot be used.
        InvalidValueError: they are counted already, in another registry or with other prices.
    """
    with _state.lock:
        known = _state.now
        if known is None:
            known = Observation(registry, prices=prices, opt_in=opt_in, resources=resources)
        elif (
            known.registry is not registry
            or prices is not None
            or opt_in is not None
            or (known.tells_resources and not resources)
        ):
            raise InvalidValueError(
                "calls of models are counted already, in another registry or in another way; "
                "close what observe() returned before"
            )
        return known


def _usual_prices() -> PriceBook:
    """The lists that there are, after the file that `MODELMETRY_PRICES` names."""
    path = Config.from_env().prices
    return Prices(None if path is None else read_overrides(path))


def _current_trace() -> str | None:
    node = current.innermost(None)
    return node.trace_xid if node is not None and node.is_kept else None
