"""From rows to the models that are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, cast

from modelmetry_api.models import Event, Finding, Money, Span, SpanSummary, Trace, Usage, UsageValue
from modelmetry_api.types import UNSET, Unset

from modelmetry.store.sqlite.encode import (
    Micros,
    decode_json,
    from_micros,
    from_value,
    tidy,
    xid_text,
)
from modelmetry.store.sqlite.schema import USAGE

Row = tuple[Any, ...]
Source = Literal["annotation", "evaluator", "sdk"]

_U: Final = len(USAGE)
_SPAN_USAGE: Final = ", ".join(f"t.{column}" for column in USAGE)

# A trace `t`, for `trace_of`.
TRACE_COLUMNS: Final = f"""
    t.xid, (SELECT text FROM name WHERE id = t.name),
    (SELECT xid FROM session WHERE id = t.session),
    (SELECT name FROM session WHERE id = t.session), t.sent_end IS NULL, t.message, t.metadata,
    t.created, t.updated, t.start, t.end, t.duration, t.worst, t.failed, t.spans, t.events,
    t.findings, t.models, {_SPAN_USAGE}, t.costs,
    t.descendants, t.expected, t.weight
"""
# A span `t`, for `span_of`, and with more, for `summary_of`.
SPAN_COLUMNS: Final = """
    t.xid, t.parent, (SELECT text FROM name WHERE id = t.name), t.family, t.start, t.end, t.open,
    t.duration, t.severity, t.message, t.metadata, t.created, t.updated
"""
SUMMARY_COLUMNS: Final = f"""
    {SPAN_COLUMNS}, (SELECT xid FROM trace WHERE id = t.trace),
    (SELECT n.text FROM trace p JOIN name n ON n.id = p.name WHERE p.id = t.trace), t.failed,
    (SELECT text FROM name WHERE id = t.model), t.provider, {_SPAN_USAGE}, t.cost, t.currency
"""
EVENT_COLUMNS: Final = "xid, span, name, at, entry, metadata, created, updated"
FINDING_COLUMNS: Final = """
    f.xid, f.span, n.text, f.kind, f.value, f.exact, f.unit, f.at, f.source, f.entry, f.comment,
    f.description, f.metadata, f.created, f.updated
"""


def trace_members(tenant: str, row: Row) -> dict[str, Any]:
    """The members that `Trace` and `FullTrace` share."""
    (xid, name, session, session_name, open_, message, metadata, created, updated, start, end,
     duration, worst, failed, spans, events, findings, models, *rest, _descendants, expected,
     weight) = row  # fmt: skip
    return {
        "id": f"tra_{xid_text(xid)}",
        "xid": xid_text(xid),
        "tenant_id": tenant_id(tenant),
        "created_at": from_micros(created),
        "updated_at": from_micros(updated),
        "name": name or "",
        "session_id": None if session is None else xid_text(session),
        "session_name": session_name or UNSET,
        "start": from_micros(start),
        "end": from_micros(end),
        "open_": bool(open_),
        "duration_ms": milliseconds(duration),
        "severity": worst,
        "failed": bool(failed),
        "message": message or "",
        "metadata": json_object(metadata),
        "span_count": spans,
        "missing_spans": UNSET if expected is None else max(0, expected - spans),
        "event_count": events,
        "finding_count": findings,
        "models": [] if models is None else decode_json(models),
        "usage": usage(rest[:_U]),
        "costs": costs({} if rest[_U] is None else decode_json(rest[_U])),
        "weight": UNSET if weight is None else tidy(weight),
    }


def trace_of(tenant: str, row: Row) -> Trace:
    """A trace in short."""
    return Trace(**trace_members(tenant, row))


def span_of(
    tenant: str, trace: str, row: Row, data: bytes | None, events: list[Event],
    findings: list[Finding], descendants: int | None = None,
) -> Span:  # fmt: skip
    """A whole span; its family data as sent."""
    members = _span_members(tenant, trace, row)
    return Span(
        **members,
        descendants=UNSET if descendants is None else descendants,
        events=events,
        findings=findings,
        family_data=UNSET if data is None else decode_json(data),
    )


def summary_of(tenant: str, row: Row) -> SpanSummary:
    """A span in short."""
    trace, trace_name, failed, model, provider, *rest = row[13:]
    cost, currency = rest[_U:]
    tokens = rest[:_U]
    return SpanSummary(
        **_span_members(tenant, xid_text(trace), row[:13]),
        trace_name=trace_name or "",
        failed=bool(failed),
        model=model or "",
        provider=provider or "",
        usage=UNSET if all(amount is None for amount in tokens) else usage(tokens),
        cost=UNSET if currency is None else Money(amount=tidy(cost), currency=currency),
    )


def _span_members(tenant: str, trace: str, row: Row) -> dict[str, Any]:
    (xid, parent, name, family, start, end, open_, duration, severity, message, metadata, created,
     updated) = row  # fmt: skip
    return {
        "id": f"spn_{xid_text(xid)}",
        "xid": xid_text(xid),
        "tenant_id": tenant_id(tenant),
        "created_at": from_micros(created),
        "updated_at": from_micros(updated),
        "trace_id": trace,
        "parent_id": None if parent is None else xid_text(parent),
        "name": name,
        "family": family,
        "start": from_micros(start),
        "end": from_micros(end),
        "open_": bool(open_),
        "duration_ms": milliseconds(duration),
        "severity": severity or "unset",
        "message": message or "",
        "metadata": json_object(metadata),
    }


def event_of(tenant: str, trace: str, row: Row) -> Event:
    """An event."""
    xid, span, name, at, entry, metadata, created, updated = row
    return Event(
        id=f"evt_{xid_text(xid)}",
        xid=xid_text(xid),
        tenant_id=tenant_id(tenant),
        created_at=from_micros(created),
        updated_at=from_micros(updated),
        trace_id=trace,
        span_id=None if span is None else xid_text(span),
        entry_id=entry,
        name=name,
        at=from_micros(at),
        metadata=json_object(metadata),
    )


def finding_of(tenant: str, trace: str, row: Row) -> Finding:
    """A finding, its value with the type that was sent."""
    (xid, span, name, kind, value, exact, unit, at, source, entry, comment, description, metadata,
     created, updated) = row  # fmt: skip
    return Finding(
        id=f"fnd_{xid_text(xid)}",
        xid=xid_text(xid),
        tenant_id=tenant_id(tenant),
        created_at=from_micros(created),
        updated_at=from_micros(updated),
        trace_id=trace,
        span_id=UNSET if span is None else xid_text(span),
        entry_id=_or_unset(entry),
        evaluator_id=None,
        name=name,
        value=from_value(kind, value, exact),
        unit=unit or "",
        at=from_micros(at),
        source=cast("Source", source or "annotation"),
        comment=comment or "",
        description=_or_unset(description),
        metadata=json_object(metadata),
    )


def tenant_id(tenant: str) -> str:
    """The id of a tenant."""
    return f"ten_{tenant}"


def usage(amounts: Sequence[float | None]) -> Usage:
    """Tokens, in the order of the columns."""
    values = [
        UNSET if amount is None else UsageValue(amount=tidy(amount), unit="tokens")
        for amount in amounts
    ]
    return Usage(
        input_=values[0],
        output=values[1],
        total=values[2],
        cached_input=values[3],
        cache_write=values[4],
        reasoning=values[5],
    )


def costs(amounts: Mapping[str, float]) -> list[Money]:
    """Sums of money, by currency."""
    return [
        Money(amount=tidy(amount), currency=currency)
        for currency, amount in sorted(amounts.items())
    ]


def milliseconds(micros: Micros) -> int | float:
    """A duration for an answer."""
    return tidy(micros / 1000)


def json_object(data: bytes | None) -> dict[str, Any]:
    """Metadata; empty when none was sent."""
    return {} if data is None else cast("dict[str, Any]", decode_json(data))


def _or_unset(text: str | None) -> str | Unset:
    return UNSET if text is None else text
