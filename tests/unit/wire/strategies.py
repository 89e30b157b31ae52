"""Records of every shape that recording can produce, for Hypothesis."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st

from modelmetry.signals.families import (
    CompletionData,
    Cost,
    DataPart,
    Document,
    EmbeddingsData,
    FamilyData,
    Message,
    Money,
    Options,
    Query,
    RetrievalData,
    TextPart,
    ToolCall,
    ToolDefinition,
    Usage,
    UsageValue,
)
from modelmetry.signals.measurements import (
    ExecutionRecord,
    Measurement,
    MetricIntervalRecord,
    MetricListRecord,
    MetricValueRecord,
    SeriesKind,
    SeriesRecord,
    Status,
    TelemetryKind,
    TelemetryRecord,
    TelemetryRunRecord,
)
from modelmetry.signals.records import (
    EventRecord,
    Family,
    FindingRecord,
    SessionRecord,
    Signal,
    SpanRecord,
    TraceRecord,
)

# What the guards at the door let through: no lone surrogates, no NaN, no infinities.
texts = st.text(st.characters(codec="utf-8"), max_size=20)
xids = st.uuids(version=4).map(str)
numbers = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(-(2**63), 2**63 - 1)
# From 1970 to 2100, in nanoseconds.
times = st.integers(0, 4_102_444_800_000_000_000)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | integers | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
metadata = st.dictionaries(texts, json_values, max_size=3)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


parts = st.builds(TextPart, texts) | st.builds(
    DataPart, texts, st.binary(max_size=9).map(lambda b: b.hex()), maybe(st.sampled_from(["auto"]))
)
contents = st.lists(parts, max_size=3)
tool_calls = st.lists(st.builds(ToolCall, texts, texts, json_values), max_size=2)
messages = st.one_of(
    st.builds(Message, st.sampled_from(["system", "user"]), contents, maybe(texts)),
    st.builds(Message, st.just("assistant"), contents, maybe(texts), tool_calls),
    st.builds(Message, st.just("tool"), contents, st.none(), st.just([]), maybe(texts)),
)
documents = st.lists(st.builds(Document, texts, texts, texts, json_values, metadata), max_size=2)
usage_values = st.builds(UsageValue, numbers, texts)
usages = st.builds(Usage, *[maybe(usage_values)] * 6)
moneys = st.builds(Money, numbers, st.sampled_from(["EUR", "USD"]))
costs = st.builds(Cost, *[maybe(moneys)] * 3)
options = st.builds(
    Options,
    model=maybe(texts),
    provider=maybe(texts),
    temperature=maybe(st.floats(0, 1)),
    max_tokens=maybe(integers),
    stop=maybe(metadata),
    stream=maybe(st.booleans()),
    tools=maybe(st.lists(st.builds(ToolDefinition, texts, texts, json_values), max_size=2)),
    functions=maybe(st.lists(texts, max_size=2)),
    timeout=maybe(st.floats(0, 100)),
)
completions = st.builds(
    CompletionData,
    st.lists(messages, max_size=3),
    maybe(options),
    maybe(usages),
    maybe(costs),
    documents,
)
queries = st.lists(st.builds(Query, texts, maybe(st.lists(numbers, max_size=3))), max_size=2)
retrievals = st.builds(RetrievalData, queries, documents)
embeddings = st.builds(
    EmbeddingsData, st.lists(texts, max_size=3), maybe(options), maybe(usages), maybe(costs)
)

findings = st.builds(
    FindingRecord,
    xid=xids,
    trace_xid=xids,
    span_xid=maybe(xids),
    name=texts,
    value=st.booleans() | integers | numbers | texts,
    at_ns=times,
    unit=maybe(texts),
    comment=maybe(texts),
    description=maybe(texts),
    source=st.sampled_from(["sdk", "annotation", "evaluator"]),
    metadata=maybe(metadata),
)
events = st.builds(EventRecord, xids, xids, maybe(xids), texts, times, metadata)
carried_findings = st.lists(findings, max_size=2)
carried_events = st.lists(events, max_size=2)
FAMILY: dict[str, st.SearchStrategy[Family]] = {
    "completion": st.just("completion"),
    "retrieval": st.just("retrieval"),
    "embeddings": st.just("embeddings"),
    "other": st.just("other"),
}
families: st.SearchStrategy[tuple[Family, FamilyData | None]] = st.one_of(
    st.tuples(FAMILY["completion"], completions),
    st.tuples(FAMILY["retrieval"], retrievals),
    st.tuples(FAMILY["embeddings"], embeddings),
    st.tuples(FAMILY["other"], st.none()),
)
descendants = maybe(st.integers(0, 1_000_000_000))


@st.composite
def spans(draw: st.DrawFn) -> SpanRecord:
    """A span of any family, open or ended."""
    family, data = draw(families)
    return SpanRecord(
        xid=draw(xids),
        trace_xid=draw(xids),
        parent_xid=draw(maybe(xids)),
        name=draw(texts),
        family=family,
        start_ns=draw(times),
        end_ns=draw(maybe(times)),
        severity=draw(maybe(texts)),
        message=draw(maybe(texts)),
        metadata=draw(metadata),
        data=data,
        findings=draw(carried_findings),
        events=draw(carried_events),
        descendants=draw(descendants),
    )


traces = st.builds(
    TraceRecord,
    xid=xids,
    name=texts,
    start_ns=times,
    end_ns=maybe(times),
    session_xid=maybe(xids),
    metadata=metadata,
    severity=maybe(texts),
    message=maybe(texts),
    findings=carried_findings,
    events=carried_events,
    descendants=descendants,
    weight=st.just(1.0) | st.floats(1, 1e9),
)
sessions = st.builds(SessionRecord, xids, maybe(texts), metadata)
names = texts.filter(bool)
statuses: st.SearchStrategy[Status] = st.sampled_from(get_args(Status))
kinds: st.SearchStrategy[TelemetryKind] = st.sampled_from(get_args(TelemetryKind))
measured = st.floats(-1e200, 1e200)
dimensions = st.dictionaries(names, texts, max_size=3)
units = st.sampled_from(("s", "1", "{call}", ""))


def series_of(kind: SeriesKind, sums: st.SearchStrategy[float]) -> st.SearchStrategy[SeriesRecord]:
    """What all kinds have."""
    return st.builds(SeriesRecord, names, st.just(kind), units, dimensions, sums)


@st.composite
def histograms(draw: st.DrawFn) -> SeriesRecord:
    """A distribution with any bounds."""
    bounds = tuple(sorted(draw(st.sets(measured, max_size=4))))
    buckets = len(bounds) + 1
    counts = draw(st.lists(st.integers(0, 10**10), min_size=buckets, max_size=buckets))
    record = draw(series_of("histogram", measured))
    record.bounds, record.counts = bounds, tuple(counts)
    return record


@st.composite
def gauges(draw: st.DrawFn) -> SeriesRecord:
    """What was looked at."""
    low, last, high = sorted(draw(st.tuples(measured, measured, measured)))
    record = draw(series_of("gauge", measured))
    record.low, record.high, record.last = low, high, last
    record.count, record.last_at_ns = draw(st.integers(1, 10**10)), draw(maybe(times))
    return record


counters = series_of("counter", st.floats(0, 1e200))
intervals = st.builds(
    MetricIntervalRecord,
    xids,
    xids,
    times,
    times,
    st.lists(counters | gauges() | histograms(), max_size=3),
    maybe(texts),
    maybe(texts),
    maybe(texts),
)
measurements: st.SearchStrategy[Measurement] = st.one_of(
    intervals,
    st.builds(
        ExecutionRecord,
        xids,
        pipeline=maybe(texts),
        deployment=maybe(texts),
        status=maybe(statuses),
        start_ns=maybe(times),
        end_ns=maybe(times),
        message=maybe(texts),
        trace_xid=maybe(xids),
        metadata=maybe(metadata),
    ),
    st.builds(MetricValueRecord, xids, xids, names, numbers, times),
    st.builds(MetricListRecord, xids, xids, names, st.lists(numbers, min_size=1), times),
    st.builds(TelemetryRunRecord, xids, texts, times, metadata, maybe(xids)),
    st.builds(
        TelemetryRecord,
        xids,
        maybe(xids),
        texts,
        times,
        kinds,
        status=maybe(texts),
        event=maybe(texts),
        metrics=metadata,
        message=maybe(texts),
    ),
)
signals: st.SearchStrategy[Signal] = st.one_of(
    sessions, traces, spans(), findings, events, measurements
)
batches = st.lists(signals, max_size=6)
