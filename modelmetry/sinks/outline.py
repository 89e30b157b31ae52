"""A trace as lines of text: the tree, how long each step took, what was found out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from modelmetry.signals.families import CompletionData, EmbeddingsData
from modelmetry.signals.measurements import (
    ExecutionRecord,
    Measurement,
    MetricIntervalRecord,
    MetricListRecord,
    MetricValueRecord,
    TelemetryRecord,
    TelemetryRunRecord,
)
from modelmetry.signals.records import EventRecord, FindingRecord, SpanRecord, TraceRecord
from modelmetry.signals.tree import children_by_parent

_FAILED = frozenset({"error", "critical"})
_LONGEST_TEXT = 100
_MOST_LISTED = 5
_MICROSECOND, _MILLISECOND, _SECOND, _MINUTE = 1_000, 1_000_000, 1_000_000_000, 60_000_000_000


class Parts(Struct):
    """What is known of one trace, in any order of arrival."""

    trace: TraceRecord | None = None
    spans: dict[str, SpanRecord] = field(default_factory=dict[str, SpanRecord])
    findings: list[FindingRecord] = field(default_factory=list[FindingRecord])
    events: list[EventRecord] = field(default_factory=list[EventRecord])


def outline(xid: str, parts: Parts, session: str | None = None) -> list[str]:
    """The lines of one trace, its children and facts below it, in the order of their times."""
    children = children_by_parent(parts.spans.values())
    facts = _facts_by_owner(parts)
    return [_trace_line(xid, parts.trace, session), *_tree(children, facts)]


class _Branch(Struct, frozen=True):
    span: SpanRecord
    indent: str
    last: bool


def _tree(
    children: Mapping[str | None, Sequence[SpanRecord]], facts: Mapping[str | None, Sequence[str]]
) -> Iterator[str]:
    # A stack instead of recursion: spans nest to any depth.
    waiting: list[str | _Branch] = []

    def go_below(owner: str | None, indent: str) -> None:
        spans = children.get(owner, [])
        bar = "│" if spans else " "
        entries = [f"{indent}{bar}    {fact}" for fact in facts.get(owner, [])]
        branches = [_Branch(span, indent, span is spans[-1]) for span in spans]
        waiting.extend(reversed([*entries, *branches]))

    go_below(None, "")
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, str):
            yield entry
        else:
            yield f"{entry.indent}{'└─' if entry.last else '├─'} {_span_line(entry.span)}"
            go_below(entry.span.xid, entry.indent + ("   " if entry.last else "│  "))


def _facts_by_owner(parts: Parts) -> dict[str | None, list[str]]:
    """Events and findings as text, under the span that they belong to, `None` for the trace."""
    timed = [(fact.at_ns, fact.xid, fact) for fact in _all_facts(parts)]
    found: dict[str | None, list[str]] = {}
    for _, _, fact in sorted(timed, key=lambda entry: entry[:2]):
        owner = fact.span_xid if fact.span_xid in parts.spans else None
        found.setdefault(owner, []).append(fact_line(fact))
    return found


def _all_facts(parts: Parts) -> Iterator[FindingRecord | EventRecord]:
    carriers: list[SpanRecord | TraceRecord] = [*parts.spans.values()]
    if parts.trace is not None:
        carriers.append(parts.trace)
    for carrier in carriers:
        yield from carrier.findings
        yield from carrier.events
    yield from parts.findings
    yield from parts.events


def _trace_line(xid: str, trace: TraceRecord | None, session: str | None) -> str:
    if trace is None:
        return f"trace {xid}  (not ended)"
    belongs = f"session {session}" if session else ""
    length = duration(trace.start_ns, trace.end_ns)
    return _joined(trace.name, length, belongs, _failure(trace))


def _span_line(span: SpanRecord) -> str:
    family = "" if span.family == "other" else f"[{_joined(span.family, _model(span), gap=' ')}]"
    return _joined(span.name, family, duration(span.start_ns, span.end_ns), _failure(span))


def _model(span: SpanRecord) -> str:
    if isinstance(span.data, CompletionData | EmbeddingsData) and span.data.options:
        return span.data.options.model or ""
    return ""


def _failure(record: SpanRecord | TraceRecord) -> str:
    word = "FAILED" if record.severity in _FAILED else (record.severity or "")
    if word in {"", "unset"}:
        return ""
    return f"{word}: {_short(record.message)}" if record.message else word


def fact_line(fact: FindingRecord | EventRecord) -> str:
    """A finding as `name = value unit`, an event as `* name key=value`."""
    if isinstance(fact, FindingRecord):
        return _joined(f"{fact.name} = {_value(fact.value)}", fact.unit or "", gap=" ")
    pairs = [f"{key}={_value(value)}" for key, value in fact.metadata.items()]
    return _joined(f"* {fact.name}", _short(" ".join(pairs)))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return _short(value) if isinstance(value, str) else _short(repr(value))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 3]}..."


def _joined(*words: str, gap: str = "  ") -> str:
    return gap.join(_said(words))


def _said(words: Iterable[str]) -> Iterator[str]:
    return (word for word in words if word)


def duration(start_ns: int, end_ns: int | None) -> str:
    """`850 µs`, `12.3 ms`, `1.25 s` or `2 min 5 s`; `open` without an end."""
    if end_ns is None:
        return "open"
    length = max(0, end_ns - start_ns)
    if length < _MILLISECOND:
        return f"{length / _MICROSECOND:.0f} µs"
    if length < _SECOND:
        return f"{length / _MILLISECOND:.1f} ms"
    if length < _MINUTE:
        return f"{length / _SECOND:.2f} s"
    return f"{length // _MINUTE} min {length % _MINUTE // _SECOND} s"


def measurement_line(measurement: Measurement) -> str:
    """What an execution, its metrics or telemetry say, on one line."""
    match measurement:
        case ExecutionRecord(xid, pipeline, _, status, _, _, message):
            named = f"execution {pipeline or ''}".strip()
            return _joined(named, status or "", message or "", f"({xid})")
        case MetricValueRecord(_, execution, name, value):
            return _joined(f"{name} = {value:g}", f"(execution {execution})")
        case MetricListRecord(_, execution, name, values):
            shown = ", ".join(f"{value:g}" for value in values[:_MOST_LISTED])
            more = f", {len(values) - _MOST_LISTED} more" if len(values) > _MOST_LISTED else ""
            return _joined(f"{name} += [{shown}{more}]", f"(execution {execution})")
        case TelemetryRunRecord(xid, command):
            return _joined(f"telemetry of {command}", f"(run {xid})")
        case MetricIntervalRecord(_, process, start, end, series):
            of = measurement.service or "metrics"
            number = f"{len(series)} series of {duration(start, end)}"
            return _joined(of, number, f"(process {process})")
        case TelemetryRecord():
            pairs = [f"{name}={_value(value)}" for name, value in measurement.metrics.items()]
            what = measurement.event or measurement.status or measurement.kind
            said = _short(measurement.message or "")
            return _joined(measurement.command, what, _short(" ".join(pairs)), said)
