"""The metrics of calls of language models, and what one call adds to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelmetry.client.calls import ModelCall
from modelmetry.metrics import semantic
from modelmetry.metrics.instruments import Counter
from modelmetry.metrics.llm.conventions import Conventions, model_labels
from modelmetry.metrics.llm.money import Charge, charge
from modelmetry.metrics.llm.tokens import disjoint, reported
from modelmetry.metrics.registry import Registry
from modelmetry.metrics.semantic import Generation
from modelmetry.prices.answers import PriceBook

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
        self._conventions.count(call, usage)
        for kind, amount in disjoint(usage).items():
            more = call.counted.more(f"tokens.{kind}", amount)
            if more:
                self._tokens.add(more, {**labels, semantic.TOKEN_TYPE: kind}, trace=call.trace_xid)
        money = charge(call, usage, self._prices)
        if money is not None and money.unknown:
            if call.counted.once("unpriced"):
                self._unpriced.add(1, {**labels, semantic.REASON: money.unknown})
        elif money is not None:
            self._add_cost(call, money, labels)

    def _add_cost(self, call: ModelCall, money: Charge, labels: Mapping[str, str]) -> None:
        counted = call.counted
        if counted.price_source is None:
            counted.price_source = money.source
        if counted.price_source != money.source:
            return
        for component, amount in money.parts.items():
            more = counted.more(f"cost.{component}", amount)
            if more:
                place = {semantic.COMPONENT: component, semantic.PRICE_SOURCE: money.source}
                self._cost.add(more, {**labels, **place}, trace=call.trace_xid)
