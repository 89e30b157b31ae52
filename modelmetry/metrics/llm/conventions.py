"""Metrics of calls by the conventions of OpenTelemetry for generative AI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from modelmetry.client.calls import ModelCall
from modelmetry.metrics import semantic
from modelmetry.metrics.instruments import Counter, Histogram
from modelmetry.metrics.registry import Registry
from modelmetry.metrics.semantic import LONG_SECONDS, TOKENS, Generation
from modelmetry.prices.answers import Usage

_COMMON: Final = (semantic.OPERATION, semantic.PROVIDER, semantic.REQUEST_MODEL)
# A provider reports all tokens of a call in one number, whatever they stand for.
_MODALITY: Final = "unknown"
_INFERENCE: Final = "chat"


def model_labels(call: ModelCall) -> dict[str, str]:
    """Who was asked, and for what."""
    return {
        semantic.PROVIDER: (call.provider or "").lower(),
        semantic.REQUEST_MODEL: call.model or "",
    }


class Conventions:
    """Counts a call under the names of each generation that is wished for.

    Args:
        registry: where the metrics are shown.
        generations: of the conventions.
    """

    def __init__(self, registry: Registry, generations: Sequence[Generation]) -> None:
        self._registry = registry
        self._durations: dict[str, list[Histogram]] = {}
        for generation in generations:
            self._add_duration(generation)
        self._first = [
            self._seconds(semantic.GEN_AI_FIRST_CHUNK[one], "Until the first piece of an answer")
            for one in generations
        ]
        self._each = [
            self._seconds(
                semantic.GEN_AI_PER_CHUNK[one],
                "For each piece of an answer after the first; the mean of a call",
            )
            for one in generations
        ]
        self._usage: dict[str, Histogram] = {}
        self._counters: dict[str, Counter] = {}
        self._sizes: dict[str, Histogram] = {}
        if "1.41" in generations:
            self._add_usage()
        if "latest" in generations:
            self._add_counters()

    def count(self, call: ModelCall, usage: Usage) -> None:
        """Count a call, and of one that was counted before what it says for the first time."""
        labels = {semantic.OPERATION: call.operation, **model_labels(call)}
        trace, counted = call.trace_xid, call.counted
        if counted.once("call"):
            failed = {**labels, semantic.ERROR_TYPE: call.error_type or ""}
            for duration in self._durations[call.operation]:
                duration.record(call.seconds, failed, trace=trace)
        if call.first_token is not None and counted.once("first"):
            for first in self._first:
                first.record(call.first_token, labels, trace=trace)
        if call.items_per_second and counted.once("each"):
            for each in self._each:
                each.record(1 / call.items_per_second, labels, trace=trace)
        self._count_tokens(call, usage, labels)

    def refuse(self, reason: str) -> None:
        """Count a call as a duration that is none."""
        for duration in self._durations[_INFERENCE]:
            duration.refuse(reason)

    def _count_tokens(self, call: ModelCall, usage: Usage, labels: dict[str, str]) -> None:
        is_inference = call.operation == _INFERENCE
        for kind, tokens in (("input", usage.input), ("output", usage.output)):
            if tokens is not None and call.counted.once(f"usage.{kind}"):
                typed = {**labels, semantic.TOKEN_TYPE: kind}
                for histogram in self._usage.values():
                    histogram.record(tokens, typed, trace=call.trace_xid)
                if kind in self._sizes and is_inference and call.error_type is None:
                    self._sizes[kind].record(tokens, labels, trace=call.trace_xid)
        if self._counters and is_inference:
            self._add_sums(call, usage, labels)

    def _add_sums(self, call: ModelCall, usage: Usage, labels: dict[str, str]) -> None:
        """The latest text wants each of them for each inference, 0 where nothing was said."""
        modal = {**labels, semantic.TOKEN_MODALITY: _MODALITY}
        for kind, counter in self._counters.items():
            more = call.counted.more(f"sum.{kind}", {kind: getattr(usage, kind) or 0})
            if more or call.counted.once(f"began.{kind}"):
                counter.add(more.get(kind, 0), modal, trace=call.trace_xid)

    def _add_duration(self, generation: Generation) -> None:
        """A call of another kind than inference has kept its name in the latest generation."""
        older = semantic.GEN_AI_DURATION["1.41"]
        for operation in (_INFERENCE, "embeddings"):
            name = semantic.GEN_AI_DURATION[generation] if operation == _INFERENCE else older
            known = self._durations.setdefault(operation, [])
            if all(one.name != name for one in known):
                known.append(
                    self._seconds(name, "From the request to the end of the answer", failures=True)
                )

    def _add_usage(self) -> None:
        self._usage[semantic.GEN_AI_TOKEN_USAGE] = Histogram(
            semantic.GEN_AI_TOKEN_USAGE,
            unit="{token}",
            description="Tokens of a call, those of a cache and of thoughts included",
            attributes=(*_COMMON, semantic.TOKEN_TYPE),
            bounds=TOKENS,
            registry=self._registry,
        )

    def _add_counters(self) -> None:
        for kind, name in semantic.GEN_AI_USAGE.items():
            self._counters[kind] = Counter(
                name,
                unit="{token}",
                description="Tokens, as providers report them",
                attributes=(*_COMMON, semantic.TOKEN_MODALITY),
                registry=self._registry,
            )
        for kind, name in semantic.GEN_AI_OPERATION_TOKENS.items():
            self._sizes[kind] = Histogram(
                name,
                unit="{token}",
                description="Tokens of a call",
                attributes=_COMMON,
                bounds=TOKENS,
                registry=self._registry,
            )

    def _seconds(self, name: str, description: str, *, failures: bool = False) -> Histogram:
        return Histogram(
            name,
            unit="s",
            description=description,
            attributes=(*_COMMON, semantic.ERROR_TYPE) if failures else _COMMON,
            bounds=LONG_SECONDS,
            registry=self._registry,
        )
