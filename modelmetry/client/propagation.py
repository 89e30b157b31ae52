"""W3C Trace Context: how a span is named to another process (w3.org/TR/trace-context, 2021).

Identities here are UUIDs, and those of one trace share their first half. So the header
`traceparent` says all of it: the trace is its `trace-id`, and a span is the first half of that
with the `parent-id`. Identities of somebody's own do not fit; they travel in `tracestate` as the
member `modelmetry`, beside digests that stand for them elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Final
from urllib.parse import quote, unquote

from msgspec import Struct

_TRACEPARENT: Final = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)
_UUID: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_KEY: Final = "modelmetry"
_HALF: Final = 16
# What the recommendation asks to pass on at least.
_LONGEST_STATE, _LONGEST_VALUE, _MOST_MEMBERS = 512, 256, 32
SAMPLED: Final = "01"
NOT_SAMPLED: Final = "00"
_SAMPLED_BIT: Final = 1


class Origin(Struct, frozen=True, kw_only=True):
    """A span of some process, as another one knows it.

    Attributes:
        trace_xid: the trace.
        span_xid: the span; `None` for the trace itself.
        flags: two hexadecimal digits; the last bit says that the trace is kept.
        state: what others say in `tracestate`, passed on as it came.
    """

    trace_xid: str
    span_xid: str | None
    flags: str = SAMPLED
    state: str = ""

    @property
    def is_sampled(self) -> bool:
        """Whether the trace is kept, by whoever began it."""
        return bool(int(self.flags, 16) & _SAMPLED_BIT)


def write(origin: Origin, headers: MutableMapping[str, str]) -> None:
    """Put `traceparent`, and `tracestate` if there is any, into `headers`."""
    trace, span = _digits(origin.trace_xid), _digits(origin.span_xid or origin.trace_xid)
    ours = ""
    if trace is None or span is None or trace[:_HALF] != span[:_HALF]:
        value = f"{quote(origin.trace_xid, safe='')};{quote(origin.span_xid or '', safe='')}"
        ours = f"{_KEY}={value}" if len(value) <= _LONGEST_VALUE else ""
        trace = trace or _digest(origin.trace_xid)[: 2 * _HALF]
        span = trace[:_HALF] + _digest(origin.span_xid or origin.trace_xid)[:_HALF]
    headers["traceparent"] = f"00-{trace}-{span[_HALF:]}-{origin.flags}"
    members = [member for member in (ours, *_members(origin.state)) if member][:_MOST_MEMBERS]
    while members and len(",".join(members)) > _LONGEST_STATE:
        members.pop()
    if members:
        headers["tracestate"] = ",".join(members)


def read(headers: Mapping[str, str]) -> Origin | None:
    """The span that `headers` name; `None` when they name none, or not in a way that is known.

    Names of headers are taken in any case, and as WSGI writes them (`HTTP_TRACEPARENT`).
    """
    found = _TRACEPARENT.fullmatch(_header(headers, "traceparent").strip())
    if found is None or (found[1] == "00" and found[5]):
        return None
    trace, parent, flags = found[2], found[3], found[4]
    state = _header(headers, "tracestate")
    for member in _members(state):
        if member.startswith(f"{_KEY}="):
            return _named(member.removeprefix(f"{_KEY}="), flags, _others(state))
    trace_xid, span_xid = _uuid(trace), _uuid(trace[:_HALF] + parent)
    return Origin(
        trace_xid=trace_xid,
        span_xid=None if span_xid == trace_xid else span_xid,
        flags=flags,
        state=_others(state),
    )


def _named(value: str, flags: str, state: str) -> Origin | None:
    trace_xid, _, span_xid = (unquote(part) for part in value.partition(";"))
    if not trace_xid:
        return None
    return Origin(trace_xid=trace_xid, span_xid=span_xid or None, flags=flags, state=state)


def _header(headers: Mapping[str, object], name: str) -> str:
    names = (name, f"http_{name}")
    # Anybody can send anything, and not every framework makes texts of it.
    try:
        value = next((v for key, v in headers.items() if str(key).lower() in names), "")
        return value if isinstance(value, str) else ""
    except Exception:  # noqa: BLE001 - headers of a framework may raise anything
        return ""


def is_mapping(headers: object) -> bool:
    """Whether headers can be looked for in it."""
    try:
        return callable(getattr(headers, "items", None))
    except Exception:  # noqa: BLE001 - as above
        return False


def _members(state: str) -> Iterator[str]:
    return filter(None, (member.strip() for member in state.split(",")))


def _others(state: str) -> str:
    """`state` without our member: who sends it on says where it is itself."""
    return ",".join(member for member in _members(state) if not member.startswith(f"{_KEY}="))


def is_uuid(xid: str) -> bool:
    """Whether `xid` is a UUID as we write them."""
    return _UUID.fullmatch(xid) is not None


def _digits(xid: str) -> str | None:
    return xid.replace("-", "") if is_uuid(xid) else None


def _uuid(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _digest(text: str) -> str:
    import hashlib  # noqa: PLC0415 - it loads a library of a megabyte, and is hardly ever used

    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
