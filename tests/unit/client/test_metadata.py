"""Metadata: set, merged, replaced, on everything that has some."""

from __future__ import annotations

import math
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.signals.families import RetrievalData
from modelmetry.signals.records import SpanRecord
from modelmetry.sinks.local import LOCAL_TENANT
from modelmetry.store.open import open_store
from tests.builders import Kit


@pytest.mark.parametrize("kind", ["trace", "span"])
def test_metadata_is_merged_set_and_replaced(kit: Kit, kind: str) -> None:
    """Merging keeps what was there, setting takes any key, replacing starts anew."""
    trace = kit.client.trace("t", metadata={"a": 1})
    node: Any = trace if kind == "trace" else trace.span("s", metadata={"a": 1})
    record = getattr(kit.sink, kind)

    node.metadata({"b": 2}, c=3).set_metadata("d e", 4).end()
    trace.end()
    kit.sent()
    assert record(node.name).metadata == {"a": 1, "b": 2, "c": 3, "d e": 4}

    node.replace_metadata({"x": 1}, y=2)
    kit.sent()
    assert record(node.name).metadata == {"x": 1, "y": 2}


def test_members_alone_are_metadata_too(kit: Kit) -> None:
    """Keywords do without a mapping."""
    kit.client.trace("t").metadata(a=1).replace_metadata(b=2).end()

    assert kit.sent().trace("t").metadata == {"b": 2}


def test_metadata_is_taken_at_the_call(kit: Kit) -> None:
    """Changing a dict afterwards changes nothing that was recorded."""
    mutable = {"list": [1]}
    trace = kit.client.trace("t", metadata=mutable).event("e", mutable)
    mutable["list"].append(2)
    trace.end()

    record = kit.sent().trace("t")
    assert (record.metadata, record.events[0].metadata) == ({"list": [1]}, {"list": [1]})


def test_metadata_of_an_event_can_be_altered(kit: Kit) -> None:
    """The events of a node offer the same three words."""
    trace = kit.client.trace("t").event("first", {"a": 1}).event("second")
    first, second = trace.events
    first.metadata({"b": 2}, c=3).set_metadata("d", 4)
    second.replace_metadata({"x": 1}).replace_metadata(y=2)
    trace.end()

    events = kit.sent().trace("t").events
    assert [event.metadata for event in events] == [{"a": 1, "b": 2, "c": 3, "d": 4}, {"y": 2}]
    assert [(first.name, first.xid), (second.name, second.xid)] == [
        (event.name, event.xid) for event in events
    ]


def test_an_event_altered_after_the_end_is_sent_again(kit: Kit) -> None:
    """The same XID arrives with the new metadata; what was handed over before stays as it was."""
    trace = kit.client.trace("t").event("e", {"a": 1})
    trace.end()
    trace.events[0].metadata(b=2)

    carried, late = kit.sent().events
    assert carried.xid == late.xid
    assert (carried.metadata, late.metadata) == ({"a": 1}, {"a": 1, "b": 2})


def test_environment_release_and_service_are_on_every_trace() -> None:
    """What the configuration says about the application is metadata; a trace may overrule it."""
    kit = Kit(config=Config(environment="staging", release="1.2.3", service="shop"))
    kit.client.trace("t", metadata={"release": "mine"}).end()

    record = kit.sent().trace("t")
    kit.close()
    assert record.metadata == {"environment": "staging", "release": "mine", "service": "shop"}


def test_metadata_can_be_emptied_after_it_was_sent(tmp_path: Path) -> None:
    """On a trace, a span and a session: the store keeps no member of what was replaced."""
    url = f"sqlite:///{tmp_path}/signals.db"
    with Client(store=url) as client:
        session = client.session("chat-42", metadata={"a": 1})
        trace = session.trace("t", metadata={"a": 1})
        span = trace.span("s", metadata={"a": 1})
        client.flush_all()
        for node in (session, trace, span):
            node.replace_metadata({})
        span.end().end()
    with closing(open_store(url)) as store:
        stored = store.get_trace(LOCAL_TENANT, trace.xid)
        chat = store.get_session(LOCAL_TENANT, session.xid)
    assert stored is not None
    assert chat is not None
    assert [stored.metadata, (stored.spans or [])[0].metadata, chat.metadata] == [{}, {}, {}]


def odd() -> dict[str, Any]:
    """Values that JSON cannot hold as they are, or that are too long."""
    return {"nan": math.nan, "lone": "\ud800", "long": "x" * 30, "inside": ({"deep": math.inf},)}


PLAIN = {
    "nan": "nan",
    "lone": "\ufffd",
    "long": "x" * 20 + "[... 10 more characters]",
    "inside": [{"deep": "inf"}],
}


def test_metadata_of_everything_is_guarded() -> None:
    """Sessions, traces, spans, events, findings and documents: no door is left open."""
    kit = Kit(Config(max_text_length=20))
    trace = kit.client.session("s", metadata=odd()).trace("t", metadata=odd())
    span = trace.retrieval("r", metadata=odd()).document("d", content=odd(), metadata=odd())
    span.event("e", odd()).finding("f", 1, metadata=odd())
    trace.end()
    sink = kit.sent()
    [document] = retrieved(sink.span("r")).documents
    found = [
        sink.sessions[-1].metadata,
        sink.trace("t").metadata,
        sink.span("r").metadata,
        sink.events[0].metadata,
        sink.findings[0].metadata,
        document.metadata,
        document.content,
    ]
    assert found == [PLAIN] * 7
    kit.close()


def retrieved(span: SpanRecord) -> RetrievalData:
    """What a search carries."""
    assert isinstance(span.data, RetrievalData)
    return span.data
