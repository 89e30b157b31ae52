"""What a client records is masked before it goes anywhere."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.errors import ConfigError, InvalidTypeError
from modelmetry.testing import MemorySink
from tests.unit.sinks.receiver import receiving


def test_a_function_and_patterns_mask_what_is_recorded() -> None:
    """The patterns first; what the application holds stays as it is."""
    sink = MemorySink()
    config = Config(mask="keys, EMAILS")
    with Client(
        sink=sink, config=config, mask=lambda text: text.replace("Shop 7", "<shop>")
    ) as client:
        with client.trace("turn of Shop 7", metadata={"password": "hunter2"}) as turn:
            turn.completion("ask").user("This is Shop 7, shop7@example.com").end()
        assert turn.name == "turn of Shop 7"
    assert sink.trace("turn of <shop>").metadata == {"password": "<masked key>"}
    data: Any = sink.span("ask").data
    assert data.messages[0].contents[0].text == "This is <shop>, <masked email>"


def test_a_span_that_is_sent_again_is_masked_again() -> None:
    """By a flush while it is open, at its end, and when something is said of it afterwards."""
    sink = MemorySink()
    with Client(sink=sink, config=Config(), mask=lambda _: "*") as client:
        span = (
            client.trace("turn").span("step", metadata={"a": "secret"}).event("e", {"b": "secret"})
        )
        client.flush_all()
        span.finding("f", "secret").end()
        client.flush_all()
        span.metadata(c="secret")
        span.events[0].metadata(d="secret")
        client.flush_all()
    assert len(sink.spans) == 3
    assert len(sink.events) == 2
    assert "secret" not in repr(sink.signals)


def test_the_mask_runs_in_the_background() -> None:
    """Whoever records, flushes or asks for the books does not wait for it."""
    threads: set[int] = set()

    def note(text: str) -> str:
        threads.add(threading.get_ident())
        return text

    with Client(sink=MemorySink(), config=Config(), mask=note) as client:
        for _ in range(2_000):  # more than may lie around until somebody looks at them
            client.trace("turn").end()
        client.stats()
        client.flush_all()
    assert threads
    assert threading.get_ident() not in threads


def test_a_text_is_masked_before_it_is_cut() -> None:
    """A secret at the limit is seen whole, whoever records it and how."""
    sink = MemorySink()
    secret = "mario.rossi.42@example.com"
    config = Config(mask="emails", max_text_length=100)
    long = f"{'x ' * 45}{secret} {'y ' * 20_000}"
    with Client(sink=sink, config=config) as client:
        turn = client.trace(long, metadata={"a": long, "b": [long]}).finding(long, long)
        turn.fail(long).completion(long).user(long).options(user=long, stop=long).end()
        turn.retrieval("search").query(long).document(long, title=long, content={"c": long})
        turn.end()
    seen = repr(sink.signals)
    assert seen.count("<masked em[... ") >= 12
    assert "mario" not in seen
    assert "example" not in seen
    assert len(sink.traces[-1].name) < 150


def test_what_a_server_gets_from_the_environment_alone() -> None:
    """A variable is enough."""
    with receiving() as server:
        config = Config.from_env({"MODELMETRY_MASK": "all", "MODELMETRY_BASE_URL": server.url})
        with Client(config=config) as client:
            client.trace("turn").finding("who", "shop7@example.com").end()
            assert client.flush_all(60).ok
        documents = [one.document for one in server.received]
    assert [document["Findings"][0]["Value"] for document in documents] == ["<masked email>"]


def test_a_wrong_name_of_a_pattern_is_told_the_right_ones() -> None:
    """By whichever way it came."""
    choices = "expected keys, emails, cards with commas between them, or all"
    with pytest.raises(ConfigError, match=f"MODELMETRY_MASK is 'email'; {choices}"):
        Config.from_env({"MODELMETRY_MASK": "email"})
    with pytest.raises(ConfigError, match=f"mask is 'keys,all of it'; {choices}"):
        Config(mask="keys,all of it")


def test_a_mask_that_is_no_function_is_refused_at_once() -> None:
    """Names of patterns are a setting."""
    wrong: Any = "emails"
    with pytest.raises(InvalidTypeError, match=r"not 'emails'; .* Config\(mask=...\)"):
        Client(sink=MemorySink(), config=Config(), mask=wrong)
