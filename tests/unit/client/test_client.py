"""The client: sending, receipts, closing, settings."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modelmetry.client import recorder
from modelmetry.client.client import Client
from modelmetry.client.destination import choose_sink
from modelmetry.client.sending import NOTHING
from modelmetry.config import Config
from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.errors import ConfigError
from modelmetry.signals.families import CompletionData
from modelmetry.sinks.http import HttpSink
from modelmetry.sinks.local import LocalSink
from modelmetry.testing import MemorySink
from tests.builders import START_NS, Kit


def test_a_flush_sends_everything_and_says_so(kit: Kit) -> None:
    """The receipt accounts for every session, trace, span, event and finding."""
    kit.client.trace("t", session="s").span("s").finding("f", 1).event("e").end().end()

    receipt = kit.client.flush_all(timeout=10)
    assert (receipt.created, receipt.delivered, receipt.ok) == (5, 5, True)
    assert kit.client.stats() == receipt


def test_a_flush_sends_what_is_open_as_open(kit: Kit) -> None:
    """Open traces and spans can be seen before they end, and each fact arrives once."""
    trace = kit.client.trace("t").finding("a", 1)
    span = trace.completion("s").user("hi").event("e")
    trace.span("done").end()
    kit.client.flush_all()
    kit.client.flush_all()
    span.assistant("hello").finding("b", 2)
    trace.end()

    sink = kit.sent()
    # What did not change between two flushes is not sent again.
    assert [record.end_ns for record in sink.traces] == [None, START_NS]
    assert [record.end_ns for record in sink.spans if record.name == "s"] == [None, START_NS]
    assert [finding.name for finding in sink.findings] == ["a", "b"]
    assert [event.name for event in sink.events] == ["e"]
    counts = [len(s.data.messages) for s in sink.spans if isinstance(s.data, CompletionData)]
    assert counts == [1, 2]


CHANGES: list[Callable[[Any], Any]] = [
    lambda node: node.metadata(a=1),
    lambda node: node.fail("no"),
    lambda node: node.user("hi"),
    lambda node: node.usage(input=1),
    lambda node: node.finding("a", 1),
    lambda node: node.event("e"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_each_flush_sends_what_is_new_of_open_spans(kit: Kit, change: Callable[[Any], Any]) -> None:
    """Once: what is unchanged is not created anew."""
    span = kit.client.trace("t").completion("s")
    before = kit.client.flush_all()
    assert kit.client.flush_all().created == before.created
    change(span)
    changed = kit.client.flush_all()
    assert changed.created > before.created
    assert kit.client.flush_all().created == changed.created
    assert len(kit.sink.traces) == 1


def test_an_event_of_an_open_span_that_was_sent_is_sent_again(kit: Kit) -> None:
    """Altering it after a flush reaches the receiver too."""
    trace = kit.client.trace("t").event("e")
    kit.client.flush_all()
    trace.events[0].metadata(a=1)
    trace.end()

    assert [event.metadata for event in kit.sent().events] == [{}, {"a": 1}]


def test_a_chain_without_an_end_is_not_lost(kit: Kit) -> None:
    """What nobody ended, and nobody holds any more, is sent by the close."""
    kit.client.trace("forgotten").span("s").finding("f", 1)
    gc.collect()
    kit.client.close()

    assert kit.sink.trace("forgotten").end_ns is None
    assert kit.sink.values("f") == [1]


def test_traces_that_are_never_ended_do_not_pile_up(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a bound the oldest open trace is sent as it is, and forgotten."""
    monkeypatch.setattr(recorder, "MOST_OPEN", 2)
    traces = [kit.client.trace(str(number)) for number in range(4)]

    assert [trace.name for trace in kit.sent().traces[:2]] == ["0", "1"]
    traces[0].end()
    assert kit.sent().trace("0").end_ns == START_NS


def test_a_late_child_that_stays_open_is_found_by_a_flush(kit: Kit) -> None:
    """Also below a trace that has ended."""
    trace = kit.client.trace("t")
    span = trace.span("s")
    trace.end()
    late = span.span("late").finding("f", 1)

    other = span.span("other")
    assert kit.sent().span("late").end_ns is None
    late.end()
    assert kit.sent().span("late").end_ns == START_NS
    assert kit.sink.span("other").end_ns is None
    other.end()


def test_the_async_twins_do_the_same() -> None:
    """`aflush_all` and `aclose` send everything without blocking the loop."""
    kit = Kit()

    async def main() -> None:
        async with kit.client as client:
            client.trace("t").end()
            assert (await client.aflush_all()).delivered == 1
            client.trace("u").end()
        assert kit.client.stats().delivered == 2
        assert (await client.aclose()).ok

    asyncio.run(main())
    assert kit.sink.closed


def test_a_block_closes_the_client() -> None:
    """After the block everything is delivered; what comes later is counted as lost."""
    kit = Kit()
    with kit.client as client:
        client.trace("t").end()
    assert (kit.sink.closed, client.stats().ok) == (True, True)

    client.trace("late").end()
    assert dict(client.close().dropped) == {"closed": 1}


def test_callbacks_hear_of_every_batch() -> None:
    """One is called with what arrived, the other with what is lost and why."""
    arrived: list[Any] = []
    lost: list[tuple[int, str]] = []

    class Choosy:
        def write(self, batch: Batch) -> None:
            if any(getattr(signal, "name", "") == "bad" for signal in batch.signals):
                raise SinkFailure("http_422", retry=False)

        def close(self) -> None: ...

    client = Client(
        config=Config(),
        sink=Choosy(),
        on_success=arrived.append,
        on_failure=lambda batch, failure: lost.append((batch.signal_count, failure.reason)),
    )
    client.trace("good").end()
    client.flush_all()
    client.trace("bad").end()
    receipt = client.close()

    assert ([batch.signal_count for batch in arrived], lost) == ([1], [(1, "http_422")])
    assert dict(receipt.dropped) == {"http_422": 1}


def test_threads_record_at_once_without_loss(kit: Kit) -> None:
    """Eight threads on one trace: every finding arrives exactly once."""
    trace = kit.client.trace("t")

    def work() -> None:
        for number in range(200):
            with trace.span("s") as span:
                span.finding("f", number)
            trace.finding("g", number)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    trace.end()

    sink = kit.sent()
    assert (len(sink.values("f")), len(sink.values("g"))) == (1_600, 1_600)
    assert len({finding.xid for finding in sink.findings}) == 3_200


def test_a_fact_that_meets_the_end_in_another_thread_is_not_lost(kit: Kit) -> None:
    """A finding recorded while another thread ends the span arrives, at least once."""
    for _ in range(50):
        trace = kit.client.trace("t")
        meet = threading.Barrier(2)

        def end(trace: Any = trace, meet: threading.Barrier = meet) -> None:
            meet.wait()
            trace.end()

        thread = threading.Thread(target=end)
        thread.start()
        meet.wait()
        for number in range(20):
            trace.finding("f", number)
        thread.join()

    assert len({finding.xid for finding in kit.sent().findings}) == 1_000


@pytest.fixture
def off() -> Iterator[Kit]:
    """A client that is switched off."""
    made = Kit(config=Config(disabled=True))
    yield made
    made.close()


def test_a_disabled_client_accepts_everything_and_keeps_nothing(off: Kit) -> None:
    """Every word works, wrong arguments too; nothing is created and no thread starts."""
    before = threading.active_count()
    client = off.client
    anything: Any = object()
    with client.trace("t", session="s") as trace:
        trace.finding("f", anything).event("e", anything).fail(anything)
        completion = trace.completion("g", model="m").user(anything).tool_call("t", anything)
        completion.options(model=anything).usage(input=anything).cost(currency=anything)
        completion.document(anything).tool("x").metadata(a=1)
        trace.retrieval("r").query(anything).document(anything)
        trace.embeddings("e").input(anything).usage(input=anything)
        assert client.current_span() is trace
        assert list(completion.stream("ab")) == ["a", "b"]
        client.traced("x")(lambda: None)()
    client.session("s", name="n")

    assert client.flush_all() == client.stats() == client.close() == NOTHING
    assert (off.sink.signals, trace.events, threading.active_count()) == ([], [], before)


def test_a_disabled_client_is_async_too(off: Kit) -> None:
    """The async twins answer at once."""

    async def main() -> None:
        async with off.client as client:
            assert await client.aflush_all() == NOTHING

    asyncio.run(main())


def test_the_environment_can_disable(monkeypatch: pytest.MonkeyPatch) -> None:
    """`MODELMETRY_DISABLED=1` turns everything off."""
    monkeypatch.setenv("MODELMETRY_DISABLED", "1")
    client = Client()
    client.trace("t").end()

    assert client.close() == NOTHING


def test_a_client_that_is_dropped_with_unsent_signals_says_so() -> None:
    """A ResourceWarning tells how many; they are sent all the same."""
    release = threading.Event()
    arrived: list[Any] = []

    class Slow:
        def write(self, batch: Batch) -> None:
            release.wait(30)
            arrived.append(batch)

        def close(self) -> None:
            closed.set()

    closed = threading.Event()
    client = Client(config=Config(), sink=Slow())
    client.trace("done").end()
    client.trace("open").finding("f", 1)
    del client
    with pytest.warns(ResourceWarning, match="dropped with 3 unsent signals"):
        gc.collect()
    release.set()
    assert closed.wait(30)

    assert sum(batch.signal_count for batch in arrived) == 3


def test_a_client_that_sent_everything_goes_quietly() -> None:
    """Forgetting to close is no fault when nothing waits."""
    client = Client(config=Config(), sink=MemorySink())
    client.trace("t").end()
    client.flush_all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del client
        gc.collect()


def test_a_client_that_never_came_to_be_goes_quietly() -> None:
    """A constructor that refuses its arguments leaves nothing behind."""
    with pytest.raises(ConfigError, match="base_url is 'nonsense'; expected an address"):
        Client(base_url="nonsense")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gc.collect()


def test_signals_go_where_the_settings_say(tmp_path: Path) -> None:
    """An address means a server, no address the local store."""
    store = f"sqlite:///{tmp_path / 'm.db'}"

    assert isinstance(choose_sink(Config(base_url="http://127.0.0.1:1")), HttpSink)
    assert isinstance(choose_sink(Config(store=store)), LocalSink)


def test_arguments_come_before_the_configuration(tmp_path: Path) -> None:
    """A store given to the client is the one that is written."""
    path = tmp_path / "mine.db"
    config = Config(store=f"sqlite:///{tmp_path / 'other.db'}")
    with Client(store=f"sqlite:///{path}", config=config) as client:
        client.trace("t").end()
        assert client.flush_all().ok

    assert [file.name for file in tmp_path.glob("*.db")] == ["mine.db"]


def test_debug_writes_what_happens_to_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `debug` the log of the package has a handler, one however many clients there are."""
    log = logging.getLogger("modelmetry")
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(log, "level", logging.NOTSET)
    for _ in range(2):
        Client(config=Config(debug=True), sink=MemorySink()).close()

    assert (len(log.handlers), log.level) == (1, logging.DEBUG)


SCRIPT = """
import modelmetry, sys
from modelmetry.sinks.jsonl import JsonlSink

client = modelmetry.Client(config=modelmetry.Config(), sink=JsonlSink(sys.argv[1]))
client.trace("ended").end()
client.trace("open").span("inner").finding("f", 1)
"""


def test_the_end_of_a_process_sends_what_is_left(tmp_path: Path) -> None:
    """A script without a close loses nothing, not even what it did not end."""
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-c", SCRIPT, str(out)]
    # The child finds what this process finds, installed or not.
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})

    written = out.read_text(encoding="utf-8")
    assert all(f'"{name}"' in written for name in ("ended", "open", "inner", "f"))


# Python 3.12 and newer warn of forks beside threads, which is what applications do all the same.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_leaves_open_traces_to_its_parent(kit: Kit) -> None:
    """The child sends its own signals only, also open ones, and what it lost itself."""
    kit.client.trace("of the parent").finding("ratio", float("nan"))
    kit.client.flush_all()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        kit.sink.clear()
        kit.client.trace("of the child").end()
        kit.client.trace("open in the child")
        receipt = kit.client.flush_all(timeout=10)
        names = ",".join(trace.name for trace in kit.sink.traces)
        os.write(writer, f"{names}; {receipt}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    answer = os.read(reader, 1_000).decode()
    os.close(reader)

    assert answer == "of the child,open in the child; 2 created: 2 delivered"
