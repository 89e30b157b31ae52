"""A trace goes on in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.client.client import Client
from modelmetry.client.propagation import Origin, read, write
from modelmetry.config import Config
from modelmetry.errors import InvalidTypeError
from modelmetry.signals.ids import new_xid
from modelmetry.testing import MemorySink

# The example of the recommendation, 3.2.3.
EXAMPLE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def carried(origin: Origin) -> Mapping[str, str]:
    """The headers that name `origin`."""
    headers: dict[str, str] = {}
    write(origin, headers)
    return headers


# Short enough for what `tracestate` may hold; no lone surrogates, which the door keeps out.
own_xids = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
xids = st.one_of(st.builds(new_xid), own_xids)


@given(trace=xids, span=st.none() | xids, flags=st.sampled_from(["00", "01"]))
def test_what_is_written_is_read_again(trace: str, span: str | None, flags: str) -> None:
    """Whatever the identities: our own as UUIDs, somebody's own as they are."""
    origin = Origin(trace_xid=trace, span_xid=span, flags=flags)
    headers = carried(origin)
    assert read(headers) == origin
    assert read({"traceparent": headers["traceparent"]}) is not None
    assert all(value.isascii() and value.isprintable() for value in headers.values())


def test_an_identity_that_is_too_long_is_a_digest_elsewhere() -> None:
    """The same one each time, so that what belongs together stays together."""
    origin = Origin(trace_xid="x" * 300, span_xid="y")
    headers = carried(origin)
    assert list(headers) == ["traceparent"]
    assert carried(origin) == headers
    assert read(headers) is not None


def test_identities_of_ours_need_one_header() -> None:
    """They share their first half, so the recommendation's own fields hold all of it."""
    client = Client(sink=MemorySink())
    with client.trace("t") as trace, trace.span("s") as span:
        headers = client.inject()
    assert list(headers) == ["traceparent"]
    digits = trace.xid.replace("-", "")
    assert headers["traceparent"] == f"00-{digits}-{span.xid.replace('-', '')[16:]}-01"
    client.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"traceparent": EXAMPLE},
        {"Traceparent": EXAMPLE},
        {"TRACEPARENT": f" {EXAMPLE} "},
        {"HTTP_TRACEPARENT": EXAMPLE},
        {"traceparent": EXAMPLE.replace("00-4", "cc-4") + "-what-the-future-may-bring"},
    ],
)
def test_the_example_of_the_recommendation_is_read(headers: dict[str, str]) -> None:
    """In any case of the name, as WSGI has it, and from a later version."""
    origin = read(headers)
    assert origin is not None
    assert origin.trace_xid == "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"
    assert origin.span_xid == "4bf92f35-77b3-4da6-00f0-67aa0ba902b7"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "00",
        EXAMPLE.upper(),
        EXAMPLE[:-1],
        EXAMPLE + "-more",
        EXAMPLE.replace("00-4", "ff-4"),
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        EXAMPLE.replace("-", "_"),
    ],
)
def test_what_is_no_trace_context_begins_a_new_trace(value: str) -> None:
    """As the recommendation wants it; nothing is raised."""
    assert read({"traceparent": value}) is None


@given(st.dictionaries(st.sampled_from(["traceparent", "tracestate"]), st.text()))
def test_no_header_is_a_reason_to_fail(headers: dict[str, str]) -> None:
    """Anybody can send anything."""
    read(headers)


def test_what_others_say_is_passed_on() -> None:
    """First ourselves, as the recommendation wants it, then they in their order."""
    others = "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"
    origin = read({"traceparent": EXAMPLE, "tracestate": f"modelmetry=mine;4, {others}"})
    assert origin == Origin(trace_xid="mine", span_xid="4", state=others)
    assert origin is not None
    assert carried(origin)["tracestate"] == f"modelmetry=mine;4,{others}"
    full = ",".join(f"k{number}={'v' * 20}" for number in range(40))
    state = carried(Origin(trace_xid="mine", span_xid=None, state=full))["tracestate"]
    assert len(state) <= 512
    assert state.startswith("modelmetry=mine;,k0=")


def test_three_processes_make_one_tree() -> None:
    """Each sends what it recorded itself, with the right parent."""
    sinks = [MemorySink() for _ in range(3)]
    web, worker, model = (Client(sink=sink) for sink in sinks)
    with web.trace("request") as trace, web.span("enqueue") as enqueue:
        to_worker = web.inject({"Accept": "*/*"})
    with worker.extract(to_worker) as remote, worker.span("job") as job:
        to_model = worker.inject()
        with model.extract(to_model):
            model.span("first").end()
            with model.completion("second") as second:
                second.user("hello")
    for client in (web, worker, model):
        client.close()
    assert (remote.trace_xid, remote.span_xid) == (trace.xid, enqueue.xid)
    assert to_worker["Accept"] == "*/*"
    assert [len(sink.traces) for sink in sinks] == [1, 0, 0]
    spans = {span.name: span for sink in sinks for span in sink.spans}
    assert {span.trace_xid for span in spans.values()} == {trace.xid}
    assert [spans[name].parent_xid for name in ("job", "first", "second")] == [
        enqueue.xid,
        job.xid,
        job.xid,
    ]
    assert len({span.xid for span in spans.values()}) == 4


def test_a_trace_itself_can_be_the_caller() -> None:
    """Then spans that follow are right under it."""
    sink, other = MemorySink(), MemorySink()
    with Client(sink=sink) as client, client.trace("t") as trace:
        headers = client.inject(span=trace)
    with Client(sink=other) as called, called.extract(headers) as remote:
        called.span("s").end()
    assert remote.span_xid is None
    assert (other.spans[0].trace_xid, other.spans[0].parent_xid) == (trace.xid, None)


def test_an_identity_of_ones_own_goes_along() -> None:
    """It does not fit into `traceparent`, so `tracestate` has it."""
    sink, names = MemorySink(), iter(["order 42", "step, 1"])
    with (
        Client(sink=sink, new_id=lambda: next(names)) as client,
        client.trace("t") as trace,
        trace.span("s") as span,
    ):
        headers = client.inject()
    with Client(sink=sink) as called, called.extract(headers) as remote:
        called.span("s2").end()
    assert (remote.trace_xid, remote.span_xid) == ("order 42", "step, 1")
    assert (sink.span("s2").trace_xid, sink.span("s2").parent_xid) == (trace.xid, span.xid)


def test_without_a_caller_a_trace_of_its_own_begins() -> None:
    """The same code serves requests from everybody."""
    sink = MemorySink()
    with Client(sink=sink) as client, client.extract({"accept": "*/*"}) as remote:
        assert client.current_span() is None
        client.span("handle").end()
    assert (remote.trace_xid, remote.span_xid) == (None, None)
    assert [trace.name for trace in sink.traces] == ["handle"]


def test_nothing_is_said_where_nothing_is_recorded() -> None:
    """Outside of any span, and by a client that is switched off."""
    with Client(sink=MemorySink()) as client:
        assert client.inject({"a": "b"}) == {"a": "b"}
    with Client(config=Config(disabled=True)) as off, off.trace("t"):
        assert off.inject() == {}
        assert off.extract({"traceparent": EXAMPLE}).trace_xid is None


def test_what_is_no_mapping_is_refused_by_name() -> None:
    """As the lists of pairs that ASGI has; a value that is no text says nothing."""
    pairs = cast("Any", [(b"traceparent", EXAMPLE.encode())])
    with (
        Client(sink=MemorySink()) as client,
        pytest.raises(InvalidTypeError, match="headers must be a mapping of texts, not list"),
    ):
        client.extract(pairs)
    assert read(cast("Any", {"traceparent": EXAMPLE.encode()})) is None


def test_a_call_is_passed_through() -> None:
    """A process that records nothing between two others hides neither of them."""
    with Client(sink=MemorySink()) as client, client.extract({"traceparent": EXAMPLE}):
        assert client.inject()["traceparent"] == EXAMPLE


def test_an_error_is_told_by_the_span_that_it_left() -> None:
    """The span of the other process does not fail for it."""
    sink = MemorySink()
    with (
        Client(sink=sink) as client,
        pytest.raises(ValueError, match="no"),
        client.extract({"traceparent": EXAMPLE}),
        client.span("s"),
    ):
        raise ValueError("no")
    assert (sink.traces, [span.severity for span in sink.spans]) == ([], ["error"])


def test_open_spans_are_within_reach_of_a_flush() -> None:
    """As in a trace of one's own; the block ends what is open in it."""
    sink = MemorySink()
    client = Client(sink=sink)
    with client.extract({"traceparent": EXAMPLE}):
        client.span("open")
        client.flush_all()
        assert [span.end_ns for span in sink.spans] == [None]
    client.flush_all()
    assert sink.spans[-1].end_ns is not None
    client.close()


async def _call(client: Client, headers: Mapping[str, str]) -> None:
    async with client.extract(headers):
        client.span("s").end()


def test_async_code_uses_the_same_block() -> None:
    """With `async with`."""
    import asyncio  # noqa: PLC0415 - only here

    sink = MemorySink()
    with Client(sink=sink) as client:
        asyncio.run(_call(client, {"traceparent": EXAMPLE}))
    assert sink.spans[0].parent_xid == "4bf92f35-77b3-4da6-00f0-67aa0ba902b7"
