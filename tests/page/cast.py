"""What stands on the servers of these tests, recorded with the SDK as an application would."""

from __future__ import annotations

import time
from typing import Any, Final

from attrs import define

import modelmetry
from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.demo.conversation import recorded_conversation
from modelmetry.demo.play import clock_of, play_recorded
from modelmetry.demo.playback import RecordedClock
from modelmetry.demo.traffic.month import large_trace, month
from modelmetry.store.sqlite.store import SqliteStore

TRAFFIC: Final = 3_000  # spans of made-up traffic: more traces than one page of any list
MINUTE: Final = 60 * 1_000_000_000
PIXEL: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c489"
    "0000000d49444154789c63f8cfc0f01f0005000 1ff56c7"
    "a2350000000049454e44ae426082".replace(" ", "")
)
MARKDOWN: Final = """## Where it is

Your parcel is in **Zanzibar**:

1. It left us.
2. It waits for [the courier](https://courier.example.com/track).

```python
print("parcel")
```
"""


@define
class Cast:
    """XIDs of the known traces, by the word behind `known.` in their names."""

    slow: str = ""
    failed: str = ""
    spoken: str = ""
    rated: str = ""
    searched: str = ""
    parallel: str = ""
    open: str = ""
    large: str = ""
    turns: tuple[str, ...] = ()
    session: str = ""


def record(base_url: str, store: SqliteStore) -> Cast:
    """Fill a server: traffic, the demo's conversation, and the known traces, newest last."""
    now = time.time_ns()
    for body in month(TRAFFIC, now // 1000 - 3_600_000_000):
        store.ingest("local", body)
    cast = Cast()
    cast.large, body = large_trace(now // 1000)
    body["Traces"][0]["Name"] = "known.large"
    store.ingest("local", body)
    record_conversation(base_url, cast)
    clock = RecordedClock(now - 20 * MINUTE)
    with Client(
        config=Config(base_url=base_url, exit_timeout=60, release="9.9.9"), clock=clock
    ) as client:
        for known in (slow, failed, spoken, rated, searched, parallel, open_):
            known(client, clock, cast)
            clock.advance(60_000)
        assert client.flush_all().ok
    return cast


def record_conversation(base_url: str, cast: Cast) -> None:
    """The conversation of `modelmetry demo`."""
    conversation = recorded_conversation()
    clock = clock_of(conversation)
    clock.now -= 30 * MINUTE
    with Client(config=Config(base_url=base_url, exit_timeout=60), clock=clock) as client:
        session = client.session(name=conversation.session, metadata=conversation.metadata)
        turns = play_recorded(conversation, session, clock)
        cast.turns = tuple(turn.xid for turn in turns)
        cast.session = session.xid
        assert client.flush_all().ok


def slow(client: Client, clock: RecordedClock, cast: Cast) -> None:
    """42 seconds, of a team."""
    with client.trace("known.slow", metadata={"team": "blue", "floor": 3}) as trace:
        with trace.span("wait.first"):
            clock.advance(30_000)
        with trace.span("wait.second"):
            clock.advance(12_000)
    cast.slow = trace.xid


def failed(client: Client, clock: RecordedClock, cast: Cast) -> None:
    """An exception inside of two steps."""
    trace = client.trace("known.failed")
    try:
        with trace, trace.span("outer") as outer, outer.span("inner") as inner:
            clock.advance(700)
            inner.event("looked", {"planet": "Vulcan"})
            raise LookupError("no such planet")  # noqa: TRY301  # as an application does
    except LookupError:
        cast.failed = trace.xid


def spoken(client: Client, clock: RecordedClock, cast: Cast) -> None:
    """A model is told much and asks for a tool."""
    with (
        client.trace("known.spoken") as trace,
        trace.completion("llm.speak", model="tiny-1", provider="acme") as said,
    ):
        said.options(temperature=1.4, max_tokens=321)
        said.system("You know every parcel.").user("Where is my parcel?")
        said.user([modelmetry.binary(PIXEL, "image/png"), "And what is this?"])
        said.user([modelmetry.binary(b"%PDF-1.4 nothing", "application/pdf")])
        said.assistant(tool_calls=[modelmetry.ToolCall("call-7", "track", {"parcel": "P-1"})])
        said.tool('{"place": "Zanzibar", "days": 2}', tool_call_id="call-7")
        clock.advance(350)
        said.event("llm.first_token", {"after": "350 ms"})
        clock.advance(900)
        said.assistant(MARKDOWN).usage(input=1_200, output=340, cached_input=200)
        said.cost(input=0.012, output=0.034, total=0.046, currency="EUR")
    cast.spoken = trace.xid


def rated(client: Client, clock: RecordedClock, cast: Cast) -> None:
    """Findings of each kind, and one whose name looks like a condition."""
    for value in (5, 6, 7):
        with client.trace("known.rated", metadata={"version": f"v{value}"}) as trace:
            clock.advance(1_000)
            with trace.span("judge") as judge:
                judge.finding("rating", value, unit="points", comment="Well said.")
                judge.finding("polite", value > 5)
            trace.finding("verdict", "good" if value > 5 else "poor")
            trace.finding("a<b = c!", value)
    cast.rated = trace.xid


def searched(client: Client, clock: RecordedClock, cast: Cast) -> None:
    """Documents with scores, and vectors."""
    with client.trace("known.searched") as trace:
        with trace.retrieval("atlas.search") as search:
            search.query("islands of spice")
            search.document("isle-1", title="Unguja", content="Cloves grow here.", score=0.91)
            search.document("isle-2", title="Pemba", content="Here as well.", score=0.42)
            clock.advance(80)
        with trace.embeddings("atlas.embed", model="tiny-embed", provider="acme") as embed:
            embed.inputs(["one spice", "two spices"]).usage(input=6)
            clock.advance(20)
    cast.searched = trace.xid


def parallel(client: Client, clock: RecordedClock, cast: Cast) -> None:
    """Two steps begin together; the second one is waited for."""
    with client.trace("known.parallel") as trace:
        short, long = trace.span("branch.short"), trace.span("branch.long")
        clock.advance(100)
        short.end()
        with long.span("branch.inside"):
            clock.advance(400)
        long.end()
        with trace.span("join"):
            clock.advance(100)
    cast.parallel = trace.xid


def open_(client: Client, clock: RecordedClock, cast: Cast) -> None:
    """Nobody has ended it."""
    trace = client.trace("known.open")
    trace.span("began").end()
    clock.advance(10)
    cast.open = trace.xid


def one_more(server: str, name: str, **findings: Any) -> str:
    """Record a short trace now; gives its XID."""
    with Client(config=Config(base_url=server, exit_timeout=60, durability="memory")) as client:
        with client.trace(name) as trace, trace.span("step"):
            for finding, value in findings.items():
                trace.finding(finding, value)
        assert client.flush_all().ok
    return trace.xid
