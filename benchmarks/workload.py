"""Made-up signals of a chat product, as request bodies of the ingest operation.

A trace has 5 spans, 3 events and 15 findings, and about 1.5 KB of messages on a third of its
spans. The same seed gives the same signals, XIDs and times included.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Body = dict[str, list[dict[str, Any]]]

SIGNALS_PER_TRACE: Final = 1 + 5 + 3 + 15
SPANS_PER_TRACE: Final = 5
FIRST: Final = datetime(2026, 10, 1, tzinfo=UTC)
DAYS: Final = 30

_SPANS: Final = (
    ("guard.input", "other", 0.02),
    ("kb.search", "retrieval", 0.15),
    ("llm.plan", "completion", 0.8),
    ("tool.call", "other", 0.3),
    ("llm.generate", "completion", 1.6),
)
_FINDINGS: Final = (
    ("response_safe_score", None),
    ("relevance", None),
    ("toxicity", None),
    ("cited", bool),
    ("language", str),
    ("time_to_first_token", "s"),
    ("tokens_per_second", "tokens/s"),
    ("input_tokens", "tokens"),
    ("output_tokens", "tokens"),
    ("grounded", bool),
)
_TRACES: Final = ("chatbot.turn", "chatbot.handover", "search.answer", "mail.draft")
_MODELS: Final = (("gpt-4o", "openai"), ("gpt-4o-mini", "openai"), ("llama3-70b", "groq"))
WORDS: Final = [
    "order",
    "parcel",
    "warehouse",
    "morning",
    "invoice",
    "refund",
    "address",
    "delivery",
    "agent",
    "customer",
    "question",
    "answer",
    "returns",
    "policy",
    "weekend",
    "courier",
    "label",
    "tracking",
    "number",
    "please",
    "shipping",
    "damaged",
    "box",
    "replacement",
    "account",
    "password",
    "email",
    "receipt",
    "discount",
    "voucher",
    "store",
    "opening",
    "hours",
]


class Workload:
    """Yields bodies; counts up its own clock through 30 days and starts again."""

    def __init__(self, *, seed: int = 1, spans: int = 100_000) -> None:
        self._random = random.Random(seed)
        self._step = timedelta(days=DAYS) / max(spans // SPANS_PER_TRACE, 1)
        self._now = FIRST
        self._messages = [self._message() for _ in range(200)]

    def bodies(self, count: int, traces_each: int = 21) -> Iterator[Body]:
        """`count` bodies of 24 signals for each of their traces; 21 traces make about 500."""
        for _ in range(count):
            yield self.body(traces_each)

    def body(self, traces: int) -> Body:
        """One body."""
        body: Body = {"Sessions": [], "Traces": [], "Spans": [], "Events": [], "Findings": []}
        for _ in range(traces):
            self._add_trace(body)
        return body

    def large(self, xid: str, spans: int) -> Body:
        """A body of one trace with about so many spans."""
        body: Body = {"Sessions": [], "Traces": [], "Spans": [], "Events": [], "Findings": []}
        start = self._now
        end = start + timedelta(seconds=spans)
        body["Traces"].append(
            {"XID": xid, "Name": "chatbot.long", "Start": _text(start), "End": _text(end)}
        )
        for number in range(0, spans, len(_SPANS)):
            begin = start + timedelta(seconds=number)
            made = [self._add_span(body, xid, begin, 1, index) for index in range(len(_SPANS))]
            body["Events"].append(self._event(xid, made[0], begin, 1))
            body["Findings"].append(self._finding(xid, made[0], begin, number))
        return body

    def _add_trace(self, body: Body) -> None:
        pick, trace = self._random, self._xid()
        start = self._now
        self._now += self._step
        seconds = pick.lognormvariate(0.5, 0.6)
        session = f"chat-{int((start - FIRST) / self._step) // 10}"
        if not pick.randrange(10):
            body["Sessions"].append({"XID": session, "Name": session, "Metadata": {"plan": "pro"}})
        body["Traces"].append(
            {
                "XID": trace,
                "Name": pick.choices(_TRACES, (70, 5, 20, 5))[0],
                "SessionID": session,
                "Start": _text(start),
                "End": _text(start + timedelta(seconds=seconds)),
                "Metadata": {
                    "channel": pick.choice(("web", "app", "phone")),
                    "release": f"2026.{pick.randrange(10, 12)}",
                    "user": f"u{pick.randrange(5_000)}",
                },
            }
        )
        spans = [self._add_span(body, trace, start, seconds, index) for index in range(5)]
        for index in range(3):
            body["Events"].append(self._event(trace, spans[index], start, seconds))
        for index in range(15):
            span = spans[index % 5] if index < 12 else None
            body["Findings"].append(self._finding(trace, span, start, index))

    def _add_span(self, body: Body, trace: str, start: datetime, seconds: float, index: int) -> str:
        pick, xid = self._random, self._xid()
        name, family, share = _SPANS[index]
        begin = start + timedelta(seconds=seconds * index / 6)
        failed = not pick.randrange(40)
        body["Spans"].append(
            {
                "XID": xid,
                "TraceID": trace,
                "ParentID": body["Spans"][-1]["XID"] if index > 2 else None,
                "Name": name,
                "Family": family,
                "FamilyData": self._data(family),
                "Severity": "error" if failed else "unset",
                "Message": "TimeoutError: no answer" if failed else None,
                "Start": _text(begin),
                "End": _text(begin + timedelta(seconds=share * pick.lognormvariate(0, 0.5))),
                "Metadata": {},
            }
        )
        return xid

    def _data(self, family: str) -> dict[str, Any]:
        pick = self._random
        if family == "retrieval":
            document = {"Identifier": "d1", "Title": "Shipping", "ContentType": "text/plain"}
            return {"Queries": [{"TextRepresentation": "where is it"}], "Documents": [document]}
        if family != "completion":
            return {}
        model, provider = pick.choice(_MODELS)
        tokens = pick.randrange(200, 900)
        return {
            "Messages": [
                {"Role": "system", "Contents": [{"Text": pick.choice(self._messages)}]},
                {"Role": "user", "Contents": [{"Text": pick.choice(self._messages)}]},
                {"Role": "assistant", "Contents": [{"Text": pick.choice(self._messages)}]},
            ],
            "Options": {"Model": model, "Provider": provider, "Temperature": 0.2},
            "Usage": {
                "Input": {"Amount": tokens, "Unit": "tokens"},
                "Output": {"Amount": tokens // 4, "Unit": "tokens"},
            },
            "Cost": {"Total": {"Amount": tokens * 2.5e-6, "Currency": "USD"}},
        }

    def _event(self, trace: str, span: str, start: datetime, seconds: float) -> dict[str, Any]:
        at = start + timedelta(seconds=seconds * self._random.random())
        return {
            "XID": self._xid(),
            "TraceID": trace,
            "SpanID": span,
            "Name": "llm.tool_chosen",
            "At": _text(at),
            "Metadata": {"tool": "GetOrderInformation"},
        }

    def _finding(self, trace: str, span: str | None, start: datetime, index: int) -> dict[str, Any]:
        pick = self._random
        name, kind = _FINDINGS[index % len(_FINDINGS)]
        value: float | bool | str = round(1 - pick.betavariate(1, 8), 4)
        if kind is bool:
            value = pick.random() < 0.9
        elif kind is str:
            value = pick.choice(("en", "de", "fr"))
        elif isinstance(kind, str):
            value = pick.randrange(10, 900)
        return {
            "XID": self._xid(),
            "TraceID": trace,
            "SpanID": span,
            "Name": name,
            "Value": value,
            "Unit": kind if isinstance(kind, str) else None,
            "At": _text(start + timedelta(seconds=index)),
            "Source": "sdk",
        }

    def _message(self) -> str:
        return " ".join(self._random.choices(WORDS, k=75))

    def _xid(self) -> str:
        """A time-ordered UUID, as the SDK makes them."""
        ms = int(self._now.timestamp() * 1000)
        bits = (ms << 80) | (7 << 76) | (self._random.getrandbits(12) << 64)
        text = f"{bits | (2 << 62) | self._random.getrandbits(62):032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _text(time: datetime) -> str:
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")
