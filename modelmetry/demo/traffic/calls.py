"""Calls of models as metrics: of the very completions that the made-up traces hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import evolve, frozen

from modelmetry.demo.traffic.chance import Chance
from modelmetry.demo.traffic.recorder import Body, Part
from modelmetry.demo.traffic.tally import Tally
from modelmetry.demo.traffic.world import MODELS, SECOND, SMALL, Model
from modelmetry.metrics import semantic

_LARGE: Final = MODELS[0]
_KEPT: Final = 0.94  # calls in the month before, of one now
_MOVED: Final = 0.12  # calls of the small model that the large one still answered then


@frozen
class Call:
    """A call of a model.

    Attributes:
        at: when it began, microseconds since 1970.
        seconds: how long it took.
        model: which one.
        provider: whose.
        error: the type of what went wrong, or nothing.
        tokens: in and out; None when it failed.
        costs: of both in USD; None where they are in another currency, or it failed.
        first: seconds until the first token.
    """

    at: int
    seconds: float
    model: str
    provider: str
    error: str = ""
    tokens: tuple[float, float] | None = None
    costs: tuple[float, float] | None = None
    first: float | None = None


def calls_of(body: Body) -> Iterator[Call]:
    """The completions of a request body."""
    first = {
        found["SpanID"]: float(found["Value"])
        for found in body["Findings"]
        if found["Name"] == "time_to_first_token"
    }
    for span in body["Spans"]:
        if span.get("Family") == "completion" and span["End"] is not None:
            yield _call(span, first.get(span["XID"]))


def _call(span: Part, first: float | None) -> Call:
    data: Mapping[str, Any] = span["FamilyData"]
    start, end = (datetime.fromisoformat(span[name]).timestamp() for name in ("Start", "End"))
    failed = str(span["Message"]).partition(":")[0] if span.get("Severity") == "error" else ""
    used, cost = data.get("Usage"), data.get("Cost")
    in_dollars = cost is not None and cost["Total"]["Currency"] == "USD"
    return Call(
        at=int(start * SECOND),
        seconds=end - start,
        model=data["Options"]["Model"],
        provider=data["Options"]["Provider"],
        error=failed,
        tokens=None if used is None else _both(used),
        costs=_both(cost) if cost is not None and in_dollars else None,
        first=first,
    )


def _both(amounts: Mapping[str, Any]) -> tuple[float, float]:
    return float(amounts["Input"]["Amount"]), float(amounts["Output"]["Amount"])


def month_before(call: Call, chance: Chance, shift: int) -> Call | None:
    """What that call was a month before: there were fewer, and a larger model answered more."""
    if not chance.yes(_KEPT):
        return None
    found = evolve(call, at=call.at - shift)
    if call.model != SMALL.name or call.tokens is None or not chance.yes(_MOVED):
        return found
    return evolve(found, model=_LARGE.name, costs=_price(_LARGE, call.tokens))


def _price(model: Model, tokens: tuple[float, float]) -> tuple[float, float]:
    return tokens[0] * model.input_price / 1e6, tokens[1] * model.output_price / 1e6


def count(tally: Tally, call: Call) -> None:
    """Measure a call, as the bridge of `modelmetry.metrics.llm` does."""
    of = {semantic.PROVIDER: call.provider, semantic.REQUEST_MODEL: call.model}
    asked = {semantic.OPERATION: "chat", **of}
    fate = {**asked, semantic.ERROR_TYPE: call.error} if call.error else asked
    duration, first = semantic.GEN_AI_DURATION["1.41"], semantic.GEN_AI_FIRST_CHUNK["1.41"]
    tally.see(duration, "s", call.seconds, fate, semantic.LONG_SECONDS)
    if call.first is not None:
        tally.see(first, "s", call.first, asked, semantic.LONG_SECONDS)
    if call.tokens is None:
        return
    kinds = ("input", "output")
    for kind, amount in zip(kinds, call.tokens, strict=True):
        tally.count(semantic.LLM_TOKENS, "{token}", amount, {**of, semantic.TOKEN_TYPE: kind})
    if call.costs is None:
        tally.count(semantic.LLM_UNPRICED, "{call}", 1, {**of, semantic.REASON: "other_currency"})
        return
    for kind, amount in zip(kinds, call.costs, strict=True):
        place = {semantic.COMPONENT: kind, semantic.PRICE_SOURCE: "reported"}
        tally.count(semantic.LLM_COST, "USD", amount, {**of, **place})
