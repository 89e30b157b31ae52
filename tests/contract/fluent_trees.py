"""Random traces: a plan, the fluent calls that record it, and what a read must answer."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal, TypeAlias, cast

from hypothesis import strategies as st

from modelmetry import Client, ToolDefinition, binary
from modelmetry.client.spans import Span
from modelmetry.client.trace import Trace

Family = Literal["other", "completion", "retrieval", "embeddings"]
Json: TypeAlias = Any
AnySpan: TypeAlias = Span[Any]

EPOCH = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
OFFSETS = [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-11))]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.sampled_from(["chatbot.turn", "llm.generate", "kb.search"]) | texts
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts
json_values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(texts, json_values, max_size=4)
finding_values = st.booleans() | numbers | texts
amounts = st.integers(0, 2**53) | st.floats(0, 1e15)
shares = st.floats(0, 1)


@dataclass(frozen=True)
class Word:
    """One fluent call, and what it adds to the wire form of its span's data."""

    name: str
    arguments: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict[str, Any])
    adds: dict[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True)
class Plan:
    """A span, or the trace itself: times are microseconds since `EPOCH`."""

    family: Family
    name: str
    metadata: dict[str, Json]
    start: int
    end: int
    zone: timezone
    failure: str | None
    words: list[Word]
    findings: list[dict[str, Any]]
    events: list[tuple[str, dict[str, Json], int]]
    children: list[Plan]


def at(microseconds: int, zone: timezone = UTC) -> datetime:
    """The moment of a plan."""
    return (EPOCH + timedelta(microseconds=microseconds)).astimezone(zone)


# ---------------------------------------------------------------------- words of the families


@st.composite
def contents(draw: st.DrawFn) -> tuple[Any, list[Json]]:
    """What a message is given, and its parts on the wire."""
    kind = draw(st.sampled_from(["text", "several", "binary"]))
    text = draw(texts)
    if kind == "text":
        return text, [{"Text": text}]
    data, mime = draw(st.binary(max_size=12)), draw(st.sampled_from(["image/png", "audio/wav"]))
    part = {"MimeType": mime, "Data": base64.b64encode(data).decode()}
    if kind == "binary":
        return binary(data, mime, detail="low"), [{**part, "Detail": "low"}]
    return [text, binary(data, mime)], [{"Text": text}, part]


@st.composite
def messages(draw: st.DrawFn) -> Word:
    """`system`, `user`, `assistant` (with a tool call) and `tool`."""
    role = draw(st.sampled_from(["system", "user", "assistant", "tool"]))
    given, parts = draw(contents())
    wire: dict[str, Json] = {"Role": role, "Contents": parts}
    keywords: dict[str, Any] = {}
    if role == "tool":
        keywords["tool_call_id"] = wire["ToolCallID"] = draw(texts)
    elif (name := draw(st.none() | texts)) is not None:
        keywords["name"] = wire["Name"] = name
    return Word(role, (given,), keywords, {"Messages": [wire]})


@st.composite
def documents(draw: st.DrawFn) -> Word:
    """`document`."""
    identifier, title, score = draw(texts), draw(texts), draw(st.none() | shares)
    content, metadata = draw(json_values), draw(objects)
    kept = metadata if score is None else {**metadata, "score": score}
    wire: dict[str, Json] = {"Identifier": identifier, "Title": title, "ContentType": "text/plain"}
    if content is not None:
        wire["Content"] = content
    if kept:
        wire["Metadata"] = kept
    keywords = {"title": title, "content": content, "score": score, "metadata": metadata}
    return Word("document", (identifier,), keywords, {"Documents": [wire]})


@st.composite
def options(draw: st.DrawFn) -> Word:
    """`options`, within what the document allows."""
    tool = ToolDefinition("look_up", draw(texts), draw(objects))
    wire_tool = {"Name": tool.name, "Description": tool.description, "Parameters": tool.parameters}
    every: dict[str, tuple[str, Json, Json]] = {
        "model": ("Model", model := draw(texts), model),
        "temperature": ("Temperature", warm := draw(shares), warm),
        "max_tokens": ("MaxTokens", most := draw(st.integers(0, 2**31)), most),
        "stream": ("Stream", flag := draw(st.booleans()), flag),
        "logit_bias": ("LogitBias", bias := draw(objects), bias),
        "response_format": ("ResponseFormat", form := draw(objects), form),
        "tools": ("Tools", [tool], [wire_tool]),
        "stop": ("Stop", ["end", "."], {"sequences": ["end", "."]}),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(every))))
    keywords = {word: every[word][1] for word in chosen}
    return Word("options", (), keywords, {"Options": {every[w][0]: every[w][2] for w in chosen}})


@st.composite
def usages(draw: st.DrawFn) -> Word:
    """`usage`."""
    wire = {
        "input": "Input",
        "output": "Output",
        "cached_input": "CachedInput",
        "reasoning": "Reasoning",
    }
    chosen = draw(st.dictionaries(st.sampled_from(sorted(wire)), amounts, min_size=1))
    unit = draw(st.sampled_from(["tokens", "characters"]))
    adds = {wire[word]: {"Amount": amount, "Unit": unit} for word, amount in chosen.items()}
    return Word("usage", (), {**chosen, "unit": unit}, {"Usage": adds})


@st.composite
def costs(draw: st.DrawFn) -> Word:
    """`cost`."""
    amount, currency = draw(amounts), draw(st.sampled_from(["USD", "EUR"]))
    adds = {"Total": {"Amount": amount, "Currency": currency}}
    return Word("cost", (), {"total": amount, "currency": currency}, {"Cost": adds})


@st.composite
def queries(draw: st.DrawFn) -> Word:
    """`query`."""
    text, vector = draw(texts), draw(st.none() | st.lists(st.floats(-1, 1), max_size=4))
    wire: dict[str, Json] = {"TextRepresentation": text}
    if vector is not None:
        wire["Embeddings"] = vector
    return Word("query", (text,), {"embeddings": vector}, {"Queries": [wire]})


inputs = texts.map(lambda text: Word("input", (text,), {}, {"Inputs": [text]}))
WORDS: dict[Family, st.SearchStrategy[Word]] = {
    "other": st.nothing(),
    "completion": st.one_of(messages(), messages(), documents(), options(), usages(), costs()),
    "retrieval": st.one_of(queries(), documents()),
    "embeddings": st.one_of(inputs, options(), usages(), costs()),
}


# ---------------------------------------------------------------------- plans


@st.composite
def findings(draw: st.DrawFn, start: int, end: int) -> dict[str, Any]:
    """Arguments of `finding`."""
    found: dict[str, Any] = {
        "name": draw(names),
        "value": draw(finding_values),
        "at": at(draw(st.integers(start, end))),
    }
    for name, strategy in (("unit", texts), ("comment", texts), ("metadata", objects)):
        if draw(st.booleans()):
            found[name] = draw(strategy)
    if draw(st.booleans()):
        found["source"] = draw(st.sampled_from(["sdk", "annotation", "evaluator"]))
    return found


@st.composite
def plans(draw: st.DrawFn, depth: int = 3, start: int = 0) -> Plan:
    """A tree of spans; a child lies within its parent."""
    start += draw(st.integers(0, 1_000_000))
    # The outermost node is the trace, which has no data of a family.
    family: Family = "other"
    if depth < 3:
        family = draw(st.sampled_from(["other", "completion", "retrieval", "embeddings"]))
    count = draw(st.integers(0, 3)) if depth else 0
    children = [draw(plans(depth=depth - 1, start=start)) for _ in range(count)]
    end = max([start, *(child.end for child in children)]) + draw(st.integers(0, 1_000_000))
    moments = st.integers(start, end)
    return Plan(
        family=family,
        name=draw(names),
        metadata=draw(objects),
        start=start,
        end=end,
        zone=draw(st.sampled_from(OFFSETS)),
        failure=draw(st.none() | st.none() | texts),
        words=draw(st.lists(WORDS[family], max_size=4)) if family != "other" else [],
        findings=draw(st.lists(findings(start, end), max_size=3)),
        events=draw(st.lists(st.tuples(names, objects, moments), max_size=2)),
        children=children,
    )


# ---------------------------------------------------------------------- recording


def record(
    client: Client, plan: Plan, session: str
) -> tuple[Trace, dict[str, tuple[Plan, str | None]]]:
    """Record a plan with the fluent API: the trace, and each span's plan and parent by XID."""
    trace = client.trace(
        plan.name, session=session, metadata=plan.metadata, start=at(plan.start, plan.zone)
    )
    spans: dict[str, tuple[Plan, str | None]] = {}
    for child in plan.children:
        _record_span(trace, child, None, spans)
    _say(trace, plan)
    trace.end(at(plan.end, plan.zone))
    return trace, spans


def _record_span(
    parent: Trace | AnySpan,
    plan: Plan,
    parent_xid: str | None,
    spans: dict[str, tuple[Plan, str | None]],
) -> None:
    down: dict[Family, Callable[..., AnySpan]] = {
        "other": parent.span,
        "completion": parent.completion,
        "retrieval": parent.retrieval,
        "embeddings": parent.embeddings,
    }
    span = down[plan.family](plan.name, metadata=plan.metadata, start=at(plan.start, plan.zone))
    spans[span.xid] = (plan, parent_xid)
    for word in plan.words:
        said = getattr(span, word.name)(*word.arguments, **word.keywords)
        assert said is span, f"{word.name} went away from its span"
    for child in plan.children:
        _record_span(span, child, span.xid, spans)
    _say(span, plan)
    assert span.end(at(plan.end, plan.zone)) is parent


def _say(node: Trace | AnySpan, plan: Plan) -> None:
    for found in plan.findings:
        node.finding(**found)
    for name, metadata, moment in plan.events:
        node.event(name, metadata, at=at(moment, plan.zone))
    if plan.failure is not None:
        node.fail(plan.failure)


# ---------------------------------------------------------------------- what a read answers


def expected_span(plan: Plan, xid: str, parent: str | None) -> dict[str, Json]:
    """What a read must say of a span."""
    expected = {
        "XID": xid,
        "ParentID": parent,
        "Family": plan.family,
        **expected_node(plan),
    }
    if plan.family != "other":
        expected[plan.family.capitalize()] = expected_data(plan)
    return expected


def expected_node(plan: Plan) -> dict[str, Json]:
    """What a read must say of a span or of a trace itself."""
    return {
        "Name": plan.name,
        "Start": at(plan.start),
        "End": at(plan.end),
        "Message": plan.failure or "",
        "Metadata": plan.metadata,
        "Events": in_order([
            {"Name": name, "Metadata": metadata, "At": at(moment)}
            for name, metadata, moment in plan.events
        ]),
        "Findings": in_order([
            {
                "Name": found["name"],
                "Value": found["value"],
                "At": found["at"],
                "Unit": found.get("unit", ""),
                "Comment": found.get("comment", ""),
                "Source": found.get("source", "sdk"),
                "Metadata": found.get("metadata", {}),
            }
            for found in plan.findings
        ]),
    }  # fmt: skip


def expected_data(plan: Plan) -> dict[str, Json]:
    """The family's data: lists grow, options, usage and cost merge."""
    empty: dict[Family, dict[str, Json]] = {
        "other": {},
        "completion": {"Messages": []},
        "retrieval": {"Queries": [], "Documents": []},
        "embeddings": {"Inputs": [], "Options": {}},
    }
    data = empty[plan.family]
    for word in plan.words:
        for member, value in word.adds.items():
            before = data.get(member)
            if isinstance(value, list):
                data[member] = [*(before or []), *value]
            else:
                data[member] = {**(before or {}), **value}
    return data


def in_order(listed: list[dict[str, Json]]) -> list[dict[str, Json]]:
    """By time, and of the same time in any fixed order."""
    return sorted(listed, key=lambda item: (item["At"], repr(sorted(item.items()))))


def same(left: Json, right: Json) -> bool:
    """Equal in value and in type: 1, 1.0 and true are three things."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        first, second = cast("dict[str, Json]", left), cast("dict[str, Json]", right)
        return {*first} == {*second} and all(same(first[name], second[name]) for name in first)
    if isinstance(left, list):
        firsts, seconds = cast("list[object]", left), cast("list[object]", right)
        return len(firsts) == len(seconds) and all(map(same, firsts, seconds))
    return bool(left == right)
