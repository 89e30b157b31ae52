"""Numbers that cannot be are not added up, and their calls are counted all the same."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from modelmetry import Client, CompletionSpan
from modelmetry.metrics import Observation, Registry
from modelmetry.metrics import semantic as names
from modelmetry.prices import Price, Unpriced
from modelmetry.testing import MemorySink
from tests.unit.metrics.cast import points, values
from tests.unit.metrics.llm.cast import LABELS, MODEL, Book, record


@pytest.mark.parametrize("count", [-5, 1e308, 10**16])
def test_a_count_that_is_none_does_not_drown_the_others(registry: Registry, count: float) -> None:
    """It makes no sum go down or stand still, and the call has no price."""
    record(lambda call: call.usage(input=count, output=2))
    record(lambda call: call.usage(input=1, output=2))

    assert values(registry, names.LLM_TOKENS) == {
        ("openai", "gpt", "input"): 1,
        ("openai", "gpt", "output"): 4,
    }
    assert points(registry, names.GEN_AI_TOKEN_USAGE)[(*LABELS, "input")].count == 1
    assert values(registry, names.LLM_COST)["openai", "gpt", "input", "override"] < 1
    assert values(registry, names.LLM_UNPRICED) == {("openai", "gpt", "impossible_usage"): 1}


@pytest.mark.parametrize(
    "cost", [{"total": -1}, {"total": 1e300}, {"input": -5, "total": 5}, {"output": -0.1}]
)
def test_a_cost_that_cannot_be_is_unknown(registry: Registry, cost: dict[str, Any]) -> None:
    """Neither 0 nor a price of the list: somebody said something else."""
    record(lambda call: call.usage(input=1, output=1).cost(**cost))
    assert values(registry, names.LLM_COST) == {}
    assert values(registry, names.LLM_UNPRICED) == {("openai", "gpt", "impossible_cost"): 1}


@pytest.mark.parametrize(
    "start", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
def test_a_call_at_an_end_of_the_calendar_has_a_price(registry: Registry, start: datetime) -> None:
    """A clock may be set to anything."""
    with Client(sink=MemorySink()) as client, client.trace("turn") as trace:
        trace.completion("generate", start=start, **MODEL).usage(input=1).end()
    assert values(registry, names.LLM_UNPRICED) == {}
    assert len(values(registry, names.LLM_COST)) == 1


def test_a_cost_of_nothing_is_known(registry: Registry) -> None:
    """Some calls are free, and who says so is believed."""
    record(lambda call: call.usage(input=1, output=1).cost(total=0))
    assert values(registry, names.LLM_COST) == {}
    assert values(registry, names.LLM_UNPRICED) == {}


@pytest.mark.parametrize("value", [-1.0, float("inf"), True, "soon"])
def test_a_pace_that_cannot_be_is_none(registry: Registry, value: Any) -> None:
    """Findings of the same name may come from anywhere."""

    def say(call: CompletionSpan[Any]) -> None:
        call.finding("time_to_first_token", value).finding("items_per_second", value)

    record(say)
    assert points(registry, names.GEN_AI_FIRST_CHUNK["1.41"]) == {}
    assert points(registry, names.GEN_AI_PER_CHUNK["1.41"]) == {}
    assert points(registry, names.GEN_AI_DURATION["1.41"])[(*LABELS, "")].count == 1


class Odd(Book):
    """A price book that somebody wrote."""

    def __init__(self, input_cost: str) -> None:
        self.input_cost = Decimal(input_cost)  # raises for what is none

    def price(self, *arguments: Any, **more: Any) -> Price | Unpriced:
        """Say what a call cost."""
        if self.input_cost == Decimal(13):
            raise LookupError("no such model")
        found = super().price(*arguments, **more)
        return replace(found, input=self.input_cost)


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("13", "price_book_failed"),
        ("-1", "impossible_cost"),
        ("NaN", "impossible_cost"),
        ("Infinity", "impossible_cost"),
    ],
)
def test_a_price_book_of_ones_own_may_be_wrong(says: str, reason: str) -> None:
    """Its calls are counted with their tokens, and have no price."""
    made = Registry()
    with Observation(made, prices=Odd(says), opt_in=""):
        record(lambda call: call.usage(input=3, output=2))
        record(lambda call: call.usage(input=3, output=2))
        assert values(made, names.LLM_UNPRICED) == {("openai", "gpt", reason): 2}
    assert sum(values(made, names.LLM_TOKENS).values()) == 10
    assert values(made, names.LLM_COST) == {}


class Abroad(Book):
    """A price book in another currency."""

    def price(self, *arguments: Any, **more: Any) -> Price | Unpriced:
        """Say what a call cost."""
        return replace(super().price(*arguments, **more), currency="EUR")


def test_prices_in_another_currency_are_no_dollars() -> None:
    """They are told as unknown."""
    made = Registry()
    with Observation(made, prices=Abroad(), opt_in=""):
        record(lambda call: call.usage(input=3, output=2))
        assert values(made, names.LLM_UNPRICED) == {("openai", "gpt", "other_currency"): 1}
    assert values(made, names.LLM_COST) == {}


def test_milliseconds_are_not_taken_for_seconds(registry: Registry) -> None:
    """A finding of the same name in another unit is somebody's own."""

    def say(call: CompletionSpan[Any]) -> None:
        call.finding("time_to_first_token", 350, unit="ms").finding("items_per_second", 9, unit="s")

    record(say)
    record(lambda call: call.finding("time_to_first_token", 0.35, unit="s"))
    assert points(registry, names.GEN_AI_FIRST_CHUNK["1.41"])[LABELS].value == 0.35
    assert points(registry, names.GEN_AI_PER_CHUNK["1.41"]) == {}


def test_a_stream_that_breaks_off_has_a_cost_that_nobody_knows(registry: Registry) -> None:
    """What had come is charged; a call that was refused at once is not."""

    def broken(call: CompletionSpan[Any]) -> None:
        for _ in call.stream(iter("abc")):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        record(broken)
    record(lambda call: call.fail("overloaded"))
    assert values(registry, names.LLM_UNPRICED) == {("openai", "gpt", "no_usage"): 1}
