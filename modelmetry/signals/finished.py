"""A trace that has ended, as somebody sees it who decides whether it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Self

from msgspec import Struct

from modelmetry.signals.families import CompletionData, EmbeddingsData, FamilyData
from modelmetry.signals.records import (
    Family,
    FindingRecord,
    FindingValue,
    Signal,
    SpanRecord,
    TraceRecord,
)

_FAILED = frozenset({"error", "critical"})
_SECOND = 1_000_000_000


class FinishedSpan(Struct, frozen=True, kw_only=True, eq=False):
    """A step of a trace that has ended.

    Attributes:
        name: its name.
        family: `completion`, `retrieval`, `embeddings` or `other`.
        duration: in seconds.
        failed: whether its severity is `error` or `critical`.
        severity: how bad it was; `None` when nothing was said.
        model: the model that it asked, if it asked one.
        metadata: what is known about it.
    """

    name: str
    family: Family
    duration: float
    failed: bool
    severity: str | None
    model: str | None
    metadata: Mapping[str, Any]

    @classmethod
    def of(cls, span: SpanRecord) -> Self:
        """What `span` says."""
        return cls(
            name=span.name,
            family=span.family,
            duration=_duration(span),
            failed=_is_failure(span.severity),
            severity=span.severity,
            model=_model(span.data),
            metadata=MappingProxyType(span.metadata),
        )


class FinishedTrace(Struct, frozen=True, kw_only=True, eq=False):
    """A trace that has ended, with all that was recorded in it until then.

    Attributes:
        xid: its identity.
        name: its name.
        session: id of its session, if it has one.
        metadata: what is known about it.
        duration: in seconds.
        failed: whether its severity, or that of a span, is `error` or `critical`.
        severity: how bad it was itself; `None` when nothing was said.
        findings: the values of each name, of the trace and of its spans, in order of time.
        spans: its steps, in order of their starts.
    """

    xid: str
    name: str
    session: str | None
    metadata: Mapping[str, Any]
    duration: float
    failed: bool
    severity: str | None
    findings: Mapping[str, Sequence[FindingValue]]
    spans: Sequence[FinishedSpan]

    def finding(self, name: str, default: Any = None) -> Any:
        """The latest value of a finding, of the trace or a span; `default` when there is none."""
        values = self.findings.get(name)
        return values[-1] if values else default

    @classmethod
    def of(cls, signals: Iterable[Signal]) -> Self:
        """What the signals of one trace say; what came last of a trace or a span holds.

        Raises:
            ValueError: the trace itself is not among them.
        """
        trace: TraceRecord | None = None
        spans: dict[str, SpanRecord] = {}
        findings: list[FindingRecord] = []
        for signal in signals:
            if isinstance(signal, FindingRecord):
                findings.append(signal)
            elif isinstance(signal, SpanRecord):
                spans[signal.xid] = signal
                findings.extend(signal.findings)
            elif isinstance(signal, TraceRecord):
                trace = signal
                findings.extend(signal.findings)
        if trace is None:
            raise ValueError("the signals hold no trace")
        steps = [FinishedSpan.of(s) for s in sorted(spans.values(), key=lambda s: s.start_ns)]
        return cls(
            xid=trace.xid,
            name=trace.name,
            session=trace.session_xid,
            metadata=MappingProxyType(trace.metadata),
            duration=_duration(trace),
            failed=_is_failure(trace.severity) or any(step.failed for step in steps),
            severity=trace.severity,
            findings=MappingProxyType(_by_name(findings)),
            spans=tuple(steps),
        )


def _by_name(findings: Iterable[FindingRecord]) -> dict[str, Sequence[FindingValue]]:
    values: dict[str, list[FindingValue]] = {}
    for finding in sorted(findings, key=lambda finding: finding.at_ns):
        values.setdefault(finding.name, []).append(finding.value)
    return {name: tuple(found) for name, found in values.items()}


def _duration(ended: TraceRecord | SpanRecord) -> float:
    """In seconds; nothing for a span that is still open."""
    return 0.0 if ended.end_ns is None else (ended.end_ns - ended.start_ns) / _SECOND


def _is_failure(severity: str | None) -> bool:
    return severity is not None and severity.lower() in _FAILED


def _model(data: FamilyData | None) -> str | None:
    asked = data.options if isinstance(data, (CompletionData, EmbeddingsData)) else None
    return None if asked is None else asked.model
