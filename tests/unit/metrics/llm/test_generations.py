"""Both generations of the conventions for generative AI, as their texts have them."""

from __future__ import annotations

from typing import Any

import pytest

from modelmetry import Client, CompletionSpan
from modelmetry.metrics import Observation, Registry
from modelmetry.testing import MemorySink
from tests.unit.metrics.cast import family, values
from tests.unit.metrics.llm.cast import LABELS, Book, record

OLDER = {
    "gen_ai.client.operation.duration": ("histogram", "s"),
    "gen_ai.client.operation.time_to_first_chunk": ("histogram", "s"),
    "gen_ai.client.operation.time_per_output_chunk": ("histogram", "s"),
    "gen_ai.client.token.usage": ("histogram", "{token}"),
}
LATEST = {
    "gen_ai.client.inference.duration": ("histogram", "s"),
    "gen_ai.client.inference.time_to_first_chunk": ("histogram", "s"),
    "gen_ai.client.inference.time_per_output_chunk": ("histogram", "s"),
    "gen_ai.client.inference.usage.input_tokens": ("counter", "{token}"),
    "gen_ai.client.inference.usage.output_tokens": ("counter", "{token}"),
    "gen_ai.client.inference.usage.cache_read.input_tokens": ("counter", "{token}"),
    "gen_ai.client.inference.usage.cache_write.input_tokens": ("counter", "{token}"),
    "gen_ai.client.inference.usage.reasoning.output_tokens": ("counter", "{token}"),
    "gen_ai.client.inference.operation.input_tokens": ("histogram", "{token}"),
    "gen_ai.client.inference.operation.output_tokens": ("histogram", "{token}"),
}
OF_CALLS = "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model"
LATEST_ONLY = "gen_ai_latest_experimental"


def answer(call: CompletionSpan[Any]) -> None:
    """A streamed answer, and what it used."""
    for _ in call.stream(iter("abc")):
        pass
    call.usage(input=3, output=2)


@pytest.mark.parametrize(
    ("opt_in", "told"),
    [
        ("", OLDER),
        ("http, gen_ai_latest_experimental", LATEST),
        ("gen_ai/dup", OLDER | LATEST),
        (" gen_ai/dup,gen_ai_latest_experimental", OLDER | LATEST),
        ("gen_ai_latest", OLDER),
    ],
)
def test_both_generations_of_the_conventions_are_told_on_request(
    opt_in: str, told: dict[str, tuple[str, str]]
) -> None:
    """The older one by default, each metric in its kind and unit and with the attributes of all."""
    registry = Registry()
    with Observation(registry, prices=Book(), opt_in=opt_in):
        record(answer)
        found = [one for one in registry.collect() if one.points and one.name.startswith("gen_ai")]

    assert {one.name: (one.kind, one.unit) for one in found} == told
    assert all(set(OF_CALLS) <= set(one.attributes) for one in found)


@pytest.mark.parametrize("opt_in", ["", LATEST_ONLY, "gen_ai/dup"])
def test_embeddings_kept_their_name_and_are_no_inference(opt_in: str) -> None:
    """They are counted once, and the metrics of inference leave them out."""
    registry = Registry()
    with Observation(registry, prices=Book(), opt_in=opt_in):
        with Client(sink=MemorySink()) as client:
            client.embeddings("embed", model="gpt").usage(input=1).end()
        found = {one.name: one for one in registry.collect() if one.points}

    assert found["gen_ai.client.operation.duration"].points[0].count == 1
    assert not [name for name in found if name.startswith("gen_ai.client.inference")]
    assert values(registry, "modelmetry.llm.tokens") == {("", "gpt", "input"): 1}


@pytest.mark.parametrize("said", [{"input": 7}, {}])
def test_a_failed_call_is_in_the_counters_and_not_in_the_histograms(said: dict[str, Any]) -> None:
    """As the latest text wants it: with what was told, or 0."""
    registry = Registry()
    with Observation(registry, prices=Book(), opt_in=LATEST_ONLY):
        record(lambda call: call.usage(**said).fail("overloaded"))
        counters = {
            name: values(registry, name).get((*LABELS, "unknown"))
            for name, (kind, _) in LATEST.items()
            if kind == "counter"
        }
        sizes = values(registry, "gen_ai.client.inference.operation.input_tokens")

    expected = dict.fromkeys(counters, 0)
    expected["gen_ai.client.inference.usage.input_tokens"] = said.get("input", 0)
    assert counters == expected
    assert sizes == {}


def test_buckets_are_those_of_the_text() -> None:
    """To 81.92 seconds, and to 67,108,864 tokens."""
    registry = Registry()
    with Observation(registry, prices=Book(), opt_in="gen_ai/dup"):
        families = {one.name: one for one in registry.collect()}
    seconds = (
        *(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64),
        *(1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92),
    )
    tokens = (
        *(1, 4, 16, 64, 256, 1024, 4096, 16384, 65536),
        *(262144, 1048576, 4194304, 16777216, 67108864),
    )
    for name, (kind, unit) in (OLDER | LATEST).items():
        if kind == "histogram":
            assert families[name].bounds == (seconds if unit == "s" else tokens)


def test_a_call_that_nobody_answered_has_no_size(registry: Registry) -> None:
    """Without counts there is nothing to report, in the older generation."""
    record(lambda call: call)
    assert family(registry, "gen_ai.client.token.usage").points == []
