"""Sessions."""

from __future__ import annotations

from typing import Any

import pytest

from modelmetry.client import recorder
from modelmetry.errors import InvalidTypeError
from modelmetry.signals.records import SessionRecord
from tests.builders import Kit


def test_a_session_is_sent_once_for_all_its_traces(kit: Kit) -> None:
    """Traces may name a session by an id of the application."""
    for _ in range(3):
        kit.client.trace("turn", session="chat-42").end()

    sink = kit.sent()
    assert sink.sessions == [SessionRecord("chat-42")]
    assert [trace.session_xid for trace in sink.traces] == ["chat-42"] * 3


def test_a_session_makes_traces(kit: Kit) -> None:
    """`session.trace` goes down, and its trace ends at the client."""
    session = kit.client.session("chat-42", name="Order 7", metadata={"channel": "web"})
    assert session.trace("a").end() is kit.client
    kit.client.trace("b", session=session).end()

    sink = kit.sent()
    assert sink.sessions == [SessionRecord("chat-42", "Order 7", {"channel": "web"})]
    assert [trace.session_xid for trace in sink.traces] == ["chat-42", "chat-42"]


def test_a_session_may_have_an_id_of_ours(kit: Kit) -> None:
    """Without an id a new one is made."""
    first, second = kit.client.session(), kit.client.session()

    assert first.xid != second.xid
    assert [session.xid for session in kit.sent().sessions] == [first.xid, second.xid]


def test_metadata_of_a_session_is_merged_set_and_replaced(kit: Kit) -> None:
    """Each change sends the session again under its id."""
    session = kit.client.session("s").metadata({"a": 1}, b=2).set_metadata("c d", 3)
    session.metadata(e=4).replace_metadata({"x": 1}, y=2).replace_metadata(z=3)

    assert [record.metadata for record in kit.sent().sessions] == [
        {},
        {"a": 1, "b": 2},
        {"a": 1, "b": 2, "c d": 3},
        {"a": 1, "b": 2, "c d": 3, "e": 4},
        {"x": 1, "y": 2},
        {"z": 3},
    ]


def test_an_empty_id_is_no_session(kit: Kit) -> None:
    """An application may pass on what it has not got."""
    kit.client.trace("t", session="").end()
    kit.client.trace("u", session=None).end()

    sink = kit.sent()
    assert (sink.sessions, [trace.session_xid for trace in sink.traces]) == ([], [None, None])


def test_a_session_id_is_a_text(kit: Kit) -> None:
    """A number is a mistake."""
    number: Any = 42
    with pytest.raises(InvalidTypeError, match="session id must be a str, not int: 42"):
        kit.client.session(number)


def test_the_memory_of_sessions_is_bounded(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that was forgotten is sent again; nothing grows for ever."""
    monkeypatch.setattr(recorder, "MOST_SESSIONS", 2)
    for xid in ("a", "b", "c", "a", "c"):
        kit.client.trace("t", session=xid).end()

    assert [session.xid for session in kit.sent().sessions] == ["a", "b", "c", "a"]
