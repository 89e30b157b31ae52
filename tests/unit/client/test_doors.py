"""Arguments of a client: a mistake is told where it is made, and says what is wanted."""

from __future__ import annotations

import copy
import pickle
import uuid
from typing import Any

import pytest

from modelmetry import Client, Config
from modelmetry.errors import InvalidTypeError
from modelmetry.testing import MemorySink


def client() -> Client:
    """One that sends nowhere."""
    return Client(sink=MemorySink())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"config": {"timeout": 3.0}}, "config must be a Config such as .*, not {'timeout': 3.0}"),
        ({"sink": MemorySink}, "sink must be an object with the methods write and close, not <cl"),
        ({"sink": "console"}, "sink must be an object with .*, not 'console'"),
        ({"clock": 5}, "clock must be an object with the methods time_ns and monotonic_ns, not 5"),
        ({"on_success": 5}, "on_success must be a function, not 5"),
        ({"on_failure": "log"}, "on_failure must be a function, not 'log'"),
        ({"new_id": 5}, "new_id must be a function, not 5"),
    ],
)
def test_a_client_is_not_made_of_what_cannot_work(arguments: Any, message: str) -> None:
    """Nothing is recorded that would be lost later."""
    with pytest.raises(InvalidTypeError, match=message):
        _make({"sink": MemorySink(), **arguments})


def _make(arguments: Any) -> Client:
    return Client(**arguments)


@pytest.mark.parametrize("word", ["flush_all", "close"])
@pytest.mark.parametrize("timeout", ["2", True, [2]])
def test_a_timeout_is_a_number(word: str, timeout: Any) -> None:
    """A text is no number of seconds, and neither is a flag."""
    with client() as one, pytest.raises(InvalidTypeError, match="timeout must be a number of sec"):
        getattr(one, word)(timeout)


def test_headers_and_spans_are_what_they_are_called() -> None:
    """A request that cannot be named to another process is a mistake at the call."""
    wrong: Any = "x"
    with client() as one, one.trace("turn") as turn:
        with pytest.raises(InvalidTypeError, match=r"headers must be a dict .*, not 'x'"):
            one.inject(wrong)
        with pytest.raises(InvalidTypeError, match=r"span must be an object .*, not 'x'"):
            one.inject({}, span=wrong)
        assert "traceparent" in one.inject({}, span=turn)


def test_a_misspelt_word_of_a_finding_is_named_with_the_others() -> None:
    """As those of `options` are."""
    wrong: Any = {"units": "s"}
    with client() as one, pytest.raises(InvalidTypeError, match="knows no 'units'; it knows unit"):
        one.trace("turn").finding("latency", 1, **wrong)


@pytest.mark.parametrize("ratio", [0.5, float("nan")])
def test_a_receipt_can_be_handed_on(ratio: float) -> None:
    """To another process, or into a report of the application."""
    with client() as one:
        one.trace("turn").finding("ratio", ratio).end()
        receipt = one.flush_all()
    assert pickle.loads(pickle.dumps(receipt)) == copy.deepcopy(receipt) == receipt


@pytest.mark.parametrize("kind", [classmethod, staticmethod, property])
def test_traced_stands_below_other_decorators(kind: Any) -> None:
    """What they make of a function is no function any more."""
    message = f"write @{kind.__name__} above it, not below"
    with client() as one, pytest.raises(InvalidTypeError, match=message):
        one.traced("call")(kind(len))


def test_a_named_decorator_wants_a_function_too() -> None:
    """As the one without a name."""
    wrong: Any = "a"
    with client() as one, pytest.raises(InvalidTypeError, match="takes a name or a function"):
        one.traced("a")(wrong)


def test_metadata_of_a_decorator_is_looked_at_once_and_at_the_door() -> None:
    """The function that is decorated never fails for it."""
    wrong: Any = [1]
    with client() as one, pytest.raises(InvalidTypeError):
        one.traced("a", metadata=wrong)


def test_identities_may_be_uuids() -> None:
    """`new_id=uuid.uuid4` is what everybody tries."""
    made: Any = uuid.uuid4
    sink = MemorySink()
    with Client(sink=sink, new_id=made) as one:
        trace = one.trace("turn").finding("score", 1).event("seen")
        trace.end()
        assert uuid.UUID(trace.xid).version == 4
    assert one.stats().delivered == 3


def test_what_is_carried_and_what_reads_items_are_functions() -> None:
    """They are called much later, and elsewhere."""
    wrong: Any = 3
    with client() as one:
        with pytest.raises(InvalidTypeError, match="what is carried must be a function, not 3"):
            one.carried(wrong)
        with pytest.raises(InvalidTypeError, match="text must be a function, not 3"):
            one.completion("c").stream([], text=wrong)


def test_a_client_that_is_switched_off_takes_anything_in_its_words() -> None:
    """An application must run as it did when recording was on."""
    wrong: Any = "x"
    with Client(config=Config(disabled=True)) as one:
        assert one.inject(span=wrong) == {}


def test_a_trace_shows_what_it_is() -> None:
    """In a debugger and in a log of the application."""
    with client() as one:
        with one.trace("turn") as turn:
            assert repr(turn) == "<Trace 'turn', open>"
        assert repr(turn) == "<Trace 'turn', ended>"
