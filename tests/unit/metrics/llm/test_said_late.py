"""What is said of a call after its end, or again, is counted once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry import Client
from modelmetry.metrics import Observation, Registry
from modelmetry.metrics import semantic as names
from modelmetry.testing import MemorySink
from tests.unit.metrics.cast import points, values
from tests.unit.metrics.llm.cast import LABELS, MODEL, Book

_COUNTS = st.integers(0, 10**6)


def test_a_stream_that_is_read_after_the_end_says_how_fast_it_was(registry: Registry) -> None:
    """A function returns the stream out of the block of its call; the findings come later."""

    def answer(client: Client) -> Iterator[str]:
        with client.completion("generate", **MODEL) as call:
            return call.stream(iter("abc"))

    with Client(sink=MemorySink()) as client:
        items = answer(client)
        client.flush_all()
        assert list(items) == ["a", "b", "c"]

    assert points(registry, names.GEN_AI_FIRST_CHUNK["1.41"])[LABELS].count == 1
    assert points(registry, names.GEN_AI_PER_CHUNK["1.41"])[LABELS].count == 1
    assert points(registry, names.GEN_AI_DURATION["1.41"])[(*LABELS, "")].count == 1


def test_tokens_that_turn_out_to_be_cached_are_no_other_tokens(registry: Registry) -> None:
    """Counters cannot go down, so they stay what they were counted as."""
    with Client(sink=MemorySink()) as client:
        call = client.completion("generate", **MODEL).usage(input=1_000, output=100)
        call.end()
        client.flush_all()
        call.usage(cached_input=600, reasoning=50)

    found = values(registry, names.LLM_TOKENS)
    assert found == {("openai", "gpt", "input"): 1_000, ("openai", "gpt", "output"): 100}
    assert sum(values(registry, names.LLM_COST).values()) == pytest.approx(0.014)


@given(st.tuples(*(_COUNTS,) * 5), st.tuples(*(_COUNTS,) * 5))
def test_a_call_that_is_told_twice_is_never_more_than_its_larger_telling(
    first: tuple[int, ...], then: tuple[int, ...]
) -> None:
    """On the side of the input and on that of the output, whatever moves between their parts."""
    made = Registry()
    with Observation(made, prices=Book(), opt_in=""), Client(sink=MemorySink()) as client:
        call = client.completion("generate", **MODEL)
        for fresh, cached, written, said, thought in (first, then):
            call.usage(
                input=fresh + cached + written,
                cached_input=cached,
                cache_write=written,
                output=said + thought,
                reasoning=thought,
            )
            call.end()
            client.flush_all()
        found = values(made, names.LLM_TOKENS)

    sides = {"input": 0.0, "output": 0.0}
    for (_, _, kind), tokens in found.items():
        sides["output" if kind in {"output", "reasoning"} else "input"] += tokens
    assert sides["input"] == max(sum(first[:3]), sum(then[:3]))
    assert sides["output"] == max(sum(first[3:]), sum(then[3:]))


def test_a_call_in_a_call_is_another_call(registry: Registry) -> None:
    """Both are counted with what each says of itself; what wraps a call is a span."""
    with (
        Client(sink=MemorySink()) as client,
        client.completion("outer", **MODEL) as outer,
        outer.completion("inner", **MODEL) as inner,
    ):
        inner.usage(input=7)
    assert points(registry, names.GEN_AI_DURATION["1.41"])[(*LABELS, "")].count == 2
    assert values(registry, names.LLM_TOKENS) == {("openai", "gpt", "input"): 7}


def test_a_call_ends_once(registry: Registry) -> None:
    """To end it again, or to say more of it, is no other call."""
    with Client(sink=MemorySink()) as client:
        call = client.completion("generate", **MODEL).usage(input=1)
        for _ in range(3):
            call.end()
            client.flush_all()
            call.metadata(seen=True).finding("score", 1)
        client.flush_all()
    assert points(registry, names.GEN_AI_DURATION["1.41"])[(*LABELS, "")].count == 1
    assert values(registry, names.LLM_TOKENS) == {("openai", "gpt", "input"): 1}


def test_a_call_that_never_ends_is_none_yet(registry: Registry) -> None:
    """Nobody knows how long it takes, nor what it uses in the end."""
    with Client(sink=MemorySink()) as client:
        client.completion("generate", **MODEL).usage(input=1)
    assert points(registry, names.GEN_AI_DURATION["1.41"]) == {}
    assert values(registry, names.LLM_TOKENS) == {}
