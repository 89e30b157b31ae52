"""Calls wait for whoever counts them."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from modelmetry import Client
from modelmetry.metrics import Observation, Registry
from modelmetry.metrics import semantic as names
from modelmetry.metrics.llm.bridge import Bridge
from modelmetry.metrics.registry import REFUSED_MEASUREMENTS
from modelmetry.prices import Price, Unpriced
from modelmetry.testing import MemorySink
from tests.unit.metrics.cast import values
from tests.unit.metrics.llm.cast import MODEL, Book


class Slow(Book):
    """A price book that waits for something."""

    def __init__(self) -> None:
        self.asked, self.may_go_on = Event(), Event()

    def price(self, *arguments: Any, **more: Any) -> Price | Unpriced:
        """Say what a call cost."""
        self.asked.set()
        self.may_go_on.wait(20)
        return super().price(*arguments, **more)


@pytest.fixture(name="book")
def _book() -> Iterator[Slow]:
    """It goes on at the end in any case."""
    made = Slow()
    yield made
    made.may_go_on.set()


def test_what_waits_for_a_slow_price_book_has_a_bound(
    book: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recording and flushing go on; what is not counted is counted as refused."""
    monkeypatch.setattr(Bridge, "most_waiting", 10)
    monkeypatch.setattr(Bridge, "patience", 0)
    registry = Registry()
    with Client(sink=MemorySink()) as client, Observation(registry, prices=book, opt_in=""):
        client.completion("first", **MODEL).usage(input=1).end()
        assert client.flush_all().pending == 0
        assert book.asked.wait(20)
        for _ in range(25):
            client.completion("more", **MODEL).usage(input=1).end()
        assert client.flush_all().pending == 0
        book.may_go_on.set()
        monkeypatch.setattr(Bridge, "patience", 60)
        counted = values(registry, names.LLM_TOKENS)
        refused = values(registry, REFUSED_MEASUREMENTS)

    assert counted == {("openai", "gpt", "input"): 11}
    assert refused == {("gen_ai_client_operation_duration_seconds", "overloaded"): 15}
