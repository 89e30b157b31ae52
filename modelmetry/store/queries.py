"""What can be asked of a store: one immutable class for each list and series."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal, Self, cast
from urllib.parse import unquote

import attrs
from attrs import frozen

from modelmetry.errors import StoreQueryError

Comparison = Literal["=", "!=", "<", "<=", ">", ">="]
Sort = Literal["-start", "start", "-duration", "duration"]
TraceSort = Literal[Sort, "-tokens", "tokens", "-cost", "cost"]
SpanNameSort = Literal["spans", "failed", "p95"]

LARGEST_PAGE = 500
_FINDING = re.compile(r"([^=<>!]+|![^=<>!]+)(=|!=|<=|>=|<|>)([\s\S]*)")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
# Beyond, SQLite has floats only.
_INTEGERS = range(-(2**63), 2**63)
_BOOLEANS = {"true": True, "false": False}


@frozen(kw_only=True)
class MetadataCondition:
    """`key` on the first level of the metadata has this value, compared as text.

    The text of a string is the string itself, that of any other value its JSON.
    """

    key: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `key=value`. Raises `StoreQueryError` when there is no key or no `=`."""
        key, separator, value = text.partition("=")
        if not separator or not key:
            raise StoreQueryError(
                f"a metadata condition is key=value, not {text!r}; write such as channel=web"
            )
        return cls(key=key, value=value)


@frozen(kw_only=True)
class FindingCondition:
    """At least one finding called `name` compares so with `value`.

    A number compares with numbers, a boolean with booleans, a text with labels. `=` and `!=`
    also compare `text`, the value as it was written, with labels: `version=42` finds the number
    and the label.
    """

    name: str
    op: Comparison
    value: float | bool | str
    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read such as `safe<0.5`, or `!p%3C0.05=true` of a name that holds a sign.

        Raises `StoreQueryError` when it is not a comparison.
        """
        match = _FINDING.fullmatch(text)
        if match is None:
            raise StoreQueryError(
                "a finding condition is a name, one of = != < <= > >= and a value, "
                f"not {text!r}; write such as response_safe_score<0.5"
            )
        name, op, written = match.groups()
        if name.startswith("!"):
            name = unquote(name[1:])
        return cls(name=name, op=cast("Comparison", op), value=_value(written), text=written)


def _value(written: str) -> float | bool | str:
    if written in _BOOLEANS:
        return _BOOLEANS[written]
    if _INTEGER.fullmatch(written) and int(written) in _INTEGERS:
        return int(written)
    return float(written) if _NUMBER.fullmatch(written) else written


def _page(_: object, attribute: attrs.Attribute[int], limit: int) -> None:
    if not 1 <= limit <= LARGEST_PAGE:
        raise StoreQueryError(
            f"{attribute.name} must be from 1 to {LARGEST_PAGE}, not {limit}; "
            "read on with the cursor"
        )


@frozen(kw_only=True)
class TraceQuery:
    """Which traces, in which order. Every filter that is given must hold.

    `names`: any of them; `span_names`: a span has any of them; `span_failed`: a span failed or did
    not, with `span_names` one that has any of them; `findings`, `metadata`: all of them;
    `start_after` inclusive, `start_before` exclusive; durations in milliseconds, inclusive;
    `text`: words that all occur; `found_after` inclusive, `found_before` exclusive: which findings
    `findings` are about;
    `include_findings`: names of findings whose latest values are wanted with each trace;
    `include_preview`: whether its input, output and failure are wanted in short.
    """

    names: tuple[str, ...] = ()
    span_names: tuple[str, ...] = ()
    span_failed: bool | None = None
    session: str | None = None
    start_after: datetime | None = None
    start_before: datetime | None = None
    min_duration_ms: float | None = None
    max_duration_ms: float | None = None
    severity: str | None = None
    failed: bool | None = None
    model: str | None = None
    metadata: tuple[MetadataCondition, ...] = ()
    findings: tuple[FindingCondition, ...] = ()
    found_after: datetime | None = None
    found_before: datetime | None = None
    text: str | None = None
    include_findings: tuple[str, ...] = ()
    include_preview: bool = False
    sort: TraceSort = "-start"
    limit: int = attrs.field(default=50, validator=_page)
    cursor: str | None = None


@frozen(kw_only=True)
class SessionQuery:
    """Which sessions, the most recently active first; times hold for the session's start.

    `failed`: whether at least one of its traces failed.
    """

    names: tuple[str, ...] = ()
    name_prefix: str = ""
    failed: bool | None = None
    start_after: datetime | None = None
    start_before: datetime | None = None
    limit: int = attrs.field(default=50, validator=_page)
    cursor: str | None = None


@frozen(kw_only=True)
class SpanQuery:
    """Which spans, in which order; `trace` is an XID, `names` any of them."""

    trace: str | None = None
    names: tuple[str, ...] = ()
    family: str | None = None
    model: str | None = None
    failed: bool | None = None
    start_after: datetime | None = None
    start_before: datetime | None = None
    sort: Sort = "-start"
    limit: int = attrs.field(default=50, validator=_page)
    cursor: str | None = None


@frozen(kw_only=True)
class ReportQuery:
    """Which reports of clients, newest first.

    `xid` is a client; `at_after` inclusive, `at_before` exclusive; `lossy`: whether the client
    lost something.
    """

    xid: str | None = None
    at_after: datetime | None = None
    at_before: datetime | None = None
    lossy: bool | None = None
    limit: int = attrs.field(default=50, validator=_page)
    cursor: str | None = None


@frozen(kw_only=True)
class FindingQuery:
    """Which findings: all conditions must hold; `metadata` is that of their traces."""

    name: str
    start_after: datetime | None = None
    start_before: datetime | None = None
    trace_name: str | None = None
    span_name: str | None = None
    model: str | None = None
    metadata: tuple[MetadataCondition, ...] = ()


@frozen(kw_only=True)
class SeriesQuery(FindingQuery):
    """A finding over time. `bucket_seconds` is chosen from the range when it is None."""

    bucket_seconds: int | None = None


@frozen(kw_only=True)
class HistogramQuery(FindingQuery):
    """How a finding is spread, in so many bins."""

    bins: int = 30


@frozen(kw_only=True)
class TotalsSeriesQuery:
    """Totals over time, of all or of the traces of a name.

    `bucket_seconds` is chosen from the range when it is None.
    """

    start_after: datetime | None = None
    start_before: datetime | None = None
    bucket_seconds: int | None = None
    trace_name: str | None = None
