"""Calls of models, as whoever counts them gets to know: in the background, when they have ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Final, cast

from msgspec import Struct, field

from modelmetry.client.streams import ITEMS_PER_SECOND, TIME_TO_FIRST_TOKEN
from modelmetry.client.taken import DescribedFinding, EventFact, Fact, FindingFact, is_event
from modelmetry.signals.families import CompletionData, Cost, EmbeddingsData, Usage

TOLD_LATER: Final = "_OTHER"
"""The type of an error of which only a message is known, as OpenTelemetry writes it."""

_TYPE: Final = "exception.type"
# Findings by which a stream says how fast it came, with their units.
_PACE: Final = {one.name: one.unit for one in (TIME_TO_FIRST_TOKEN, ITEMS_PER_SECOND)}


class Counted(Struct, eq=False):
    """What was counted of one call: it may be told again, when more is said of it.

    Attributes:
        parts: what was added up of each whole, by the names of its parts.
        said: what is counted once at most, by whatever names it.
        price_source: whose price was taken; a cost that another one says later adds nothing.
    """

    parts: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    said: set[str] = field(default_factory=set[str])
    price_source: str | None = None

    def more(self, whole: str, parts: Mapping[str, float]) -> dict[str, float]:
        """What `parts` have more than was counted of them, which they are from now on.

        Together it is no more than the whole has grown: tokens that are said to be of a cache
        after they were counted as input are no other tokens.
        """
        before = self.parts.setdefault(whole, {})
        room = sum(parts.values()) - sum(before.values())
        found: dict[str, float] = {}
        for part, amount in parts.items():
            added = min(room, amount - before.get(part, 0))
            if added > 0:
                found[part] = added
                before[part] = before.get(part, 0) + added
                room -= added
        return found

    def once(self, name: str) -> bool:
        """Whether this is the first time that `name` is counted."""
        is_new = name not in self.said
        self.said.add(name)
        return is_new


class ModelCall(Struct, frozen=True):
    """One call of a model that has ended.

    Attributes:
        operation: `chat` or `embeddings`, as in the conventions for generative AI.
        model: that was asked for.
        provider: who was asked.
        trace_xid: its trace; empty where that is not kept.
        start_ns: when it began, in nanoseconds since the epoch.
        seconds: how long it took.
        error_type: class of the exception that ended it; `_OTHER` when only a message is known.
        usage: what the provider reported.
        cost: what the provider said that it cost.
        first_token: seconds to the first item of a streamed answer.
        items_per_second: of a streamed answer, after its first item.
        counted: what was counted of it before.
    """

    operation: str
    model: str | None
    provider: str | None
    trace_xid: str
    start_ns: int
    seconds: float
    error_type: str | None
    usage: Usage | None
    cost: Cost | None
    first_token: float | None
    items_per_second: float | None
    counted: Counted


Watcher = Callable[[ModelCall], object]


class Watch:
    """Who gets to know of calls: nobody, or one."""

    watcher: Watcher | None = None


def call(
    operation: str,
    data: CompletionData | EmbeddingsData | None,
    facts: Iterable[Fact],
    counted: Counted,
    *,
    trace_xid: str,
    start_ns: int,
    end_ns: int,
    has_failed: bool,
) -> ModelCall:
    """What there is to say of a call."""
    numbers, error_type = _said(facts)
    options = None if data is None else data.options
    return ModelCall(
        operation,
        None if options is None else options.model,
        None if options is None else options.provider,
        trace_xid,
        start_ns,
        max(0.0, (end_ns - start_ns) / 1e9),
        (error_type or TOLD_LATER) if has_failed else None,
        None if data is None else data.usage,
        None if data is None else data.cost,
        numbers.get(TIME_TO_FIRST_TOKEN.name),
        numbers.get(ITEMS_PER_SECOND.name),
        counted,
    )


def _said(facts: Iterable[Fact]) -> tuple[dict[str, float], str | None]:
    """How fast a stream came, by the names of the findings, and the type of the last exception."""
    numbers: dict[str, float] = {}
    error_type: str | None = None
    for fact in facts:
        if isinstance(fact, DescribedFinding):
            name, value = fact.name, fact.value
            if fact.unit is not None and fact.unit != _PACE.get(name):
                continue
        elif is_event(fact):
            _, event, metadata, _ = cast("EventFact", fact)
            if event == "exception":
                error_type = str(metadata.get(_TYPE) or "") or None
            continue
        else:
            name, value, _ = cast("FindingFact", fact)
        if name in _PACE and isinstance(value, (int, float)) and 0 <= value < inf:
            numbers[name] = value
    return numbers, error_type
