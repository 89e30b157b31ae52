"""Spans that record calls of models become calls, tokens and money; nothing is said twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry import Client, CompletionSpan, Config
from modelmetry.errors import InvalidValueError
from modelmetry.metrics import Observation, Registry, observe
from modelmetry.metrics import semantic as names
from modelmetry.testing import MemorySink
from tests.unit.metrics.cast import points, values
from tests.unit.metrics.llm.cast import LABELS, Book, Say, record


def test_a_call_is_its_duration_tokens_and_cost(registry: Registry) -> None:
    """By the names of the conventions, and ours for what they lack."""
    record(lambda call: call.usage(input=1_000, output=500))

    assert points(registry, names.GEN_AI_DURATION["1.41"])[(*LABELS, "")].count == 1
    assert values(registry, names.GEN_AI_TOKEN_USAGE) == {
        (*LABELS, "input"): 1_000,
        (*LABELS, "output"): 500,
    }
    assert values(registry, names.LLM_TOKENS) == {
        ("openai", "gpt", "input"): 1_000,
        ("openai", "gpt", "output"): 500,
    }
    assert values(registry, names.LLM_COST) == {
        ("openai", "gpt", "input", "override"): pytest.approx(0.01),
        ("openai", "gpt", "output", "override"): pytest.approx(0.02),
    }
    assert values(registry, names.LLM_UNPRICED) == {}


@given(
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6)),
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
)
def test_tokens_of_a_cache_and_of_thoughts_are_counted_once(
    put_in: tuple[int, int, int], came_out: tuple[int, int]
) -> None:
    """All kinds together are what went in and came out."""
    made = Registry()
    fresh, cached, written = put_in
    said, thought = came_out
    with Observation(made, prices=Book(), opt_in=""):
        record(
            lambda call: call.usage(
                input=fresh + cached + written,
                cached_input=cached,
                cache_write=written,
                output=said + thought,
                reasoning=thought,
            )
        )
        found = values(made, names.LLM_TOKENS)

    assert sum(found.values()) == sum(put_in) + sum(came_out)
    assert found.get(("openai", "gpt", "input"), 0) == fresh
    assert found.get(("openai", "gpt", "output"), 0) == said


def test_what_a_provider_says_of_the_cost_wins(registry: Registry) -> None:
    """What its parts do not explain is the component `other`; a total below them stands alone."""
    record(lambda call: call.usage(input=10, output=10).cost(input=0.25, total=1))
    record(lambda call: call.usage(input=10, output=10).cost(input=2, total=1), model="x")

    assert values(registry, names.LLM_COST) == {
        ("openai", "gpt", "input", "reported"): 0.25,
        ("openai", "gpt", "other", "reported"): 0.75,
        ("openai", "x", "other", "reported"): 1,
    }
    assert values(registry, names.LLM_UNPRICED) == {}


UNKNOWN: list[tuple[Say, dict[str, Any], str]] = [
    (lambda call: call.usage(input=1, output=1), {"model": "unheard"}, "unknown_model"),
    (lambda call: call, {}, "no_usage"),
    (lambda call: call.usage(input=7, unit="images"), {}, "no_usage"),
    (lambda call: call.usage(total=7), {}, "incomplete_usage"),
    (lambda call: call.usage(input=1).cost(total=1, currency="EUR"), {}, "other_currency"),
]


@pytest.mark.parametrize(("say", "arguments", "reason"), UNKNOWN)
def test_a_cost_that_is_not_known_is_counted_as_such(
    registry: Registry, say: Say, arguments: dict[str, Any], reason: str
) -> None:
    """It is never 0."""
    record(say, **arguments)
    model = arguments.get("model", "gpt")
    assert values(registry, names.LLM_UNPRICED) == {("openai", model, reason): 1}
    assert values(registry, names.LLM_COST) == {}


def test_a_failed_call_has_the_type_of_its_error(registry: Registry) -> None:
    """The class of the exception, never its message; a message alone is another."""

    def fail(call: CompletionSpan[Any]) -> None:
        raise TimeoutError("of jane.doe@example.com")

    def cancel(call: CompletionSpan[Any]) -> None:
        raise asyncio.CancelledError

    with pytest.raises(TimeoutError):
        record(fail)
    record(lambda call: call.fail("overloaded"))
    with pytest.raises(asyncio.CancelledError):
        record(cancel)

    assert set(values(registry, names.GEN_AI_DURATION["1.41"])) == {
        (*LABELS, "TimeoutError"),
        (*LABELS, "_OTHER"),
        (*LABELS, "asyncio.exceptions.CancelledError"),
    }
    assert values(registry, names.LLM_UNPRICED) == {}


def test_a_streamed_answer_says_when_it_began(registry: Registry) -> None:
    """Seconds to its first piece, and the mean for each one after it."""

    def stream(call: CompletionSpan[Any]) -> None:
        for _ in call.stream(iter("abc")):
            pass

    record(stream)
    assert points(registry, names.GEN_AI_FIRST_CHUNK["1.41"])[LABELS].count == 1
    assert points(registry, names.GEN_AI_PER_CHUNK["1.41"])[LABELS].count == 1


def test_what_is_said_after_the_end_is_added(registry: Registry) -> None:
    """Once: the call is not counted again, and its tokens are those that it has at last."""
    with Client(sink=MemorySink()) as client:
        with client.trace("turn") as trace:
            call = trace.completion("generate", model="gpt", provider="openai")
            call.usage(input=100).end()
            client.flush_all()
            call.usage(input=150, output=10)
            client.flush_all()
            call.metadata(checked=True)
        client.flush_all()

    assert points(registry, names.GEN_AI_DURATION["1.41"])[(*LABELS, "")].count == 1
    assert sum(values(registry, names.LLM_TOKENS).values()) == 160
    assert sum(values(registry, names.LLM_COST).values()) == pytest.approx(0.0019)


def test_sampling_leaves_no_call_out(registry: Registry) -> None:
    """Metrics are of all calls, whichever traces are kept."""
    config = Config(sample_rate=0.0)
    with Client(sink=MemorySink(), config=config) as client:
        for _ in range(20):
            with client.completion("generate", model="gpt", provider="openai") as call:
                call.usage(input=1)
        assert client.flush_all().sampled_out

    assert values(registry, names.LLM_TOKENS) == {("openai", "gpt", "input"): 20}


def test_a_client_that_is_switched_off_counts_nothing(registry: Registry) -> None:
    """Nothing is recorded, so there is nothing to count."""
    with Client(config=Config(disabled=True)) as client:
        client.completion("generate", model="gpt").usage(input=1).end()
    assert values(registry, names.LLM_TOKENS) == {}


def test_an_example_leads_to_the_trace_of_the_call(registry: Registry) -> None:
    """Not to the one that is current where it is counted."""
    sink = MemorySink()
    with Client(sink=sink) as client, client.trace("turn") as trace:
        trace.completion("generate", model="gpt", provider="openai").usage(input=5).end()
    found = points(registry, names.LLM_TOKENS)["openai", "gpt", "input"].exemplars[0]
    assert found is not None
    assert found.trace == trace.xid


@pytest.mark.parametrize("traceparent", [None, f"00-{'a' * 32}-{'b' * 16}-00"])
def test_no_example_leads_to_a_trace_that_is_not_kept(
    registry: Registry, traceparent: str | None
) -> None:
    """Left out here, or by the process in which the trace began."""
    rate = 0.0 if traceparent is None else 1.0
    carrier = {} if traceparent is None else {"traceparent": traceparent}
    with (
        Client(sink=MemorySink(), config=Config(sample_rate=rate)) as client,
        client.extract(carrier),
    ):
        client.completion("generate", model="gpt", provider="openai").usage(input=5).end()
        assert client.flush_all().sampled_out
    found = points(registry, names.LLM_TOKENS)["openai", "gpt", "input"]
    assert found.value == 5
    assert not any(found.exemplars)


def test_embeddings_are_calls_as_well(registry: Registry) -> None:
    """Under the name of their operation."""
    with Client(sink=MemorySink()) as client:
        with client.embeddings("embed", model="gpt", provider="OpenAI") as call:
            call.usage(input=8)
        client.flush_all()
    assert values(registry, names.LLM_TOKENS) == {("openai", "gpt", "input"): 8}
    assert ("embeddings", "openai", "gpt", "") in values(registry, names.GEN_AI_DURATION["1.41"])


def test_names_of_models_are_bounded(registry: Registry) -> None:
    """A request may name any model; 5,000 of them are 2,000 series, and no token is lost."""
    with Client(sink=MemorySink()) as client:
        for number in range(5_000):
            client.completion("generate", model=f"m{number}").usage(input=1).end()
        client.flush_all()
    found = values(registry, names.LLM_TOKENS)
    assert (len(found), sum(found.values())) == (2_000, 5_000)


def test_calls_are_observed_once() -> None:
    """To say it again changes nothing; in another way it is a mistake, until it is closed."""
    registry = Registry()
    with observe(registry, opt_in="") as first:
        assert observe(registry) is first
        with pytest.raises(InvalidValueError, match="counted already"):
            observe(Registry())
    with observe(Registry()) as second:
        assert second is not first
