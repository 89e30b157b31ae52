"""The metrics of calls of language models, and what one call adds to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelmetry.client.calls import ModelCall
from modelmetry.delivery.log import Log
from modelmetry.metrics import semantic
from modelmetry.metrics.instruments import Counter
from modelmetry.metrics.llm.conventions import Conventions, model_labels
from modelmetry.metrics.llm.money import BOOK_FAILED, Charge, charge
from modelmetry.metrics.llm.tokens import countable, disjoint, reported
from modelmetry.metrics.registry import Registry
from modelmetry.metrics.semantic import Generation
from modelmetry.prices.answers import PriceBook, Usage

_log = Log("modelmetry.metrics")

OVERLOADED = "overloaded"
"""Why a call is refused."""

_OF_MODEL = (semantic.PROVIDER, semantic.REQUEST_MODEL)


class CallCounter:
    """Counts calls: those of the conventions in each generation, and what they lack.

    Args:
        registry: where the metrics are shown.
        prices: what calls cost when the provider does not say it.
        generations: of the conventions for generative AI.
    """

    def __init__(
        self, registry: Registry, prices: PriceBook, generations: Sequence[Generation]
    ) -> None:
        self._prices = prices
        self._has_failed = False
        self._conventions = Conventions(registry, generations)
        self._tokens = Counter(
            semantic.LLM_TOKENS,
            unit="{token}",
            description="Tokens by kind, each counted once, as providers report them",
            attributes=(*_OF_MODEL, semantic.TOKEN_TYPE),
            registry=registry,
        )
        self._cost = Counter(
            semantic.LLM_COST,
            unit="USD",
            description="What calls cost: as their providers said, else by the price book",
            attributes=(*_OF_MODEL, semantic.COMPONENT, semantic.PRICE_SOURCE),
            registry=registry,
        )
        self._unpriced = Counter(
            semantic.LLM_UNPRICED,
            unit="{call}",
            description="Calls whose cost is not known",
            attributes=(*_OF_MODEL, semantic.REASON),
            registry=registry,
        )

    def count(self, call: ModelCall) -> None:
        """Add a call; one that was added before adds what it says more than then."""
        usage, labels = reported(call.usage), model_labels(call)
        counted = countable(usage)
        self._conventions.count(call, counted)
        for whole, kinds in zip(("input", "output"), disjoint(counted), strict=True):
            for kind, more in call.counted.more(whole, kinds).items():
                self._tokens.add(more, {**labels, semantic.TOKEN_TYPE: kind}, trace=call.trace_xid)
        money = self._charge(call, usage)
        if money is not None and money.unknown:
            if call.counted.once("unpriced"):
                place = {**labels, semantic.REASON: money.unknown}
                self._unpriced.add(1, place, trace=call.trace_xid)
        elif money is not None:
            self._add_cost(call, money, labels)

    def refuse(self) -> None:
        """Count a call that is not counted otherwise, as too many wait for their price."""
        self._conventions.refuse(OVERLOADED)

    def _charge(self, call: ModelCall, usage: Usage) -> Charge | None:
        """What a call cost; a price book may be anybody's, and may fail."""
        try:
            return charge(call, usage, self._prices)
        except Exception as error:  # noqa: BLE001 - it is told, and counted
            if not self._has_failed:
                self._has_failed = True
                _log.warning(
                    "%s could not say a price: %r; such calls are counted as unpriced, "
                    "more are counted without a word",
                    type(self._prices).__name__,
                    error,
                )
            return Charge({}, unknown=BOOK_FAILED)

    def _add_cost(self, call: ModelCall, money: Charge, labels: Mapping[str, str]) -> None:
        counted = call.counted
        if counted.price_source is None:
            counted.price_source = money.source
        if counted.price_source != money.source:
            return
        for component, more in counted.more("cost", money.parts).items():
            place = {semantic.COMPONENT: component, semantic.PRICE_SOURCE: money.source}
            self._cost.add(more, {**labels, **place}, trace=call.trace_xid)
