"""A trace that is made up, in the words of the ingest operation.

The SDK is not in between: it would record what happens now, a million spans one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from modelmetry.demo.traffic.chance import Chance, Xids
from modelmetry.demo.traffic.world import SECOND, Model, Release

Part = dict[str, Any]
Body = dict[str, list[Part]]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class StepFailedError(Exception):
    """A step of a trace failed, and what it belongs to with it."""


def new_body() -> Body:
    """A request body without anything in it."""
    return {"Sessions": [], "Traces": [], "Spans": [], "Events": [], "Findings": []}


def size(body: Body) -> int:
    """How many signals a body holds."""
    return sum(map(len, body.values()))


def time_text(micros: int) -> str:
    """A time as it travels."""
    found = _EPOCH + timedelta(microseconds=micros)
    return f"{found:%Y-%m-%dT%H:%M:%S}.{found.microsecond:06}Z"


class Recorder:
    """One trace and its own clock, which stands until a step takes time.

    Attributes:
        body: where its parts go.
        chance: what decides.
        now: the time in the trace.
        xid: of the trace.
        spans: how many it has.
        release: what ran.
        doomed: the step that will fail, if any.
        away: whether the provider `openai` cannot be reached.
        session: XID of its session.
    """

    def __init__(
        self,
        body: Body,
        chance: Chance,
        start: int,
        release: Release,
        *,
        doomed: str = "",
        away: bool = False,
        session: str | None = None,
    ) -> None:
        self.body = body
        self.chance = chance
        self.now: int = start
        self.release = release
        self.doomed: str = doomed
        self.away = away
        self.session = session
        self.spans: int = 0
        self._start = start
        self._xids = Xids(chance)
        self._open: list[Part] = []
        self.xid: str = self._xids.at(start)

    def wait(self, seconds: float) -> None:
        """Let time pass; more of it in a slow release."""
        self.now += max(int(seconds * self.release.slowness * SECOND), 1)

    def begin(self, name: str, family: str = "other", metadata: Part | None = None) -> Part:
        """Begin a step inside of the one that is open."""
        span: Part = {
            "XID": self._xids.at(self.now),
            "TraceID": self.xid,
            "ParentID": self._open[-1]["XID"] if self._open else None,
            "Name": name,
            "Family": family,
            "Start": time_text(self.now),
            "End": None,
            "Metadata": metadata or {},
        }
        self.spans += 1
        self._open.append(span)
        self.body["Spans"].append(span)
        return span

    def end(self, data: Part | None = None) -> None:
        """End the step that was begun last."""
        span = self._open.pop()
        span["End"] = time_text(self.now)
        if data is not None:
            span["FamilyData"] = data

    def step(
        self, name: str, seconds: float, data: Part | None = None, *, family: str = "other"
    ) -> Part:
        """A step without steps inside. Raises `StepFailedError` where it is doomed."""
        span = self.begin(name, family)
        if name == self.doomed:
            self.fail(data)
        self.wait(seconds)
        self.end(data)
        return span

    def fail(self, data: Part | None = None) -> None:
        """Let the step that is open fail, and all that waits for it.

        Raises:
            StepFailedError: always.
        """
        message = self.note_failure()
        self.end(data)
        while self._open:
            self._open[-1].update(Severity="error", Message=message)
            self.end()
        raise StepFailedError(message)

    def note_failure(self) -> str:
        """Mark the step that is open as failed; gives what is said about it."""
        span, self.doomed = self._open[-1], ""
        kind, text, seconds = self.chance.choice(_FAULTS)
        self.wait(self.chance.tail(seconds))
        message = f"{kind}: {text}"
        span.update(Severity="error", Message=message)
        self.event("exception", {"type": kind, "message": text}, span)
        return message

    def event(self, name: str, metadata: Part, span: Part | None = None) -> None:
        """Something that happens now."""
        self.body["Events"].append(
            {
                "XID": self._xids.at(self.now),
                "TraceID": self.xid,
                "SpanID": None if span is None else span["XID"],
                "Name": name,
                "At": time_text(self.now),
                "Metadata": metadata,
            }
        )

    def finding(
        self,
        name: str,
        value: float | bool | str,
        unit: str | None = None,
        *,
        span: Part | None = None,
        source: str = "sdk",
        comment: str | None = None,
    ) -> None:
        """Something that is found out now, about a span or the trace."""
        found: Part = {
            "XID": self._xids.at(self.now),
            "TraceID": self.xid,
            "SpanID": None if span is None else span["XID"],
            "Name": name,
            "Value": value,
            "Unit": unit,
            "At": time_text(self.now),
            "Source": source,
        }
        if comment is not None:
            found["Comment"] = comment
        self.body["Findings"].append(found)

    def complete(
        self, name: str, model: Model, said: Sequence[Part], answer: Part, tokens: int
    ) -> Part:
        """A call of a model: `answer` is its message, of about `tokens` tokens."""
        span, chance = self.begin(name, "completion"), self.chance
        asked = sum(len(str(message)) for message in said) // 4 + 180
        data: Part = {
            "Messages": list(said),
            "Options": {
                "Model": model.name, "Provider": model.provider, "Temperature": 0.2,
                "MaxTokens": 1024,
            },
        }  # fmt: skip
        if name == self.doomed or (self.away and model.provider == "openai" and chance.yes(0.7)):
            self.fail(data)
        first = chance.tail(model.first_token)
        rate = model.rate * chance.lognormvariate(0.0, 0.15)
        self.wait(first + tokens / rate)
        data["Messages"].append(answer)
        data |= charged(model, asked, tokens)
        self.finding("time_to_first_token", round(first, 4), "s", span=span)
        if chance.yes(0.5):
            self.finding("tokens_per_second", round(rate, 1), "tokens/s", span=span)
        self.end(data)
        return span

    def close(self, name: str, metadata: Part, *, unfinished: bool = False) -> None:
        """The end of the trace; an unfinished one has none."""
        # One in some hundred lost a span on the way, which a reader is told.
        lost = self.chance.randrange(1, 3) if self.chance.yes(0.002) else 0
        trace: Part = {
            "XID": self.xid,
            "Name": name,
            "SessionID": self.session,
            "Start": time_text(self._start),
            "End": None if unfinished else time_text(self.now),
            "Metadata": metadata,
        }
        if not unfinished:
            trace["Descendants"] = self.spans + lost
        self.body["Traces"].append(trace)


_FAULTS: Final = (
    ("TimeoutError", "the model did not answer within 10 s", 10.0),
    ("RateLimitError", "429: too many requests, try again in 20 s", 0.2),
    ("ConnectionError", "the connection was closed before the answer was complete", 3.0),
    ("ServiceUnavailableError", "503: the service is overloaded", 0.6),
    ("ValidationError", "the answer is not the JSON that was asked for", 1.5),
)


def charged(model: Model, asked: int, answered: int) -> Part:
    """Usage and cost of a call."""
    costs = asked * model.input_price / 1e6, answered * model.output_price / 1e6
    tokens = {"Input": asked, "Output": answered, "Total": asked + answered}
    amounts = {"Input": costs[0], "Output": costs[1], "Total": sum(costs)}
    return {
        "Usage": {key: {"Amount": n, "Unit": "tokens"} for key, n in tokens.items()},
        "Cost": {
            key: {"Amount": round(amount, 8), "Currency": model.currency}
            for key, amount in amounts.items()
        },
    }
