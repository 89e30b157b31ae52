"""Executions and their metrics, as they are recorded."""

from __future__ import annotations

import asyncio
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.client.client import Client
from modelmetry.client.execution import EXECUTION_ID, OLDER_EXECUTION_ID, current_execution_id
from modelmetry.config import Config
from modelmetry.errors import InvalidTypeError, InvalidValueError, ReadError
from modelmetry.signals.measurements import MOST_LIST_VALUES
from modelmetry.testing import MemorySink
from tests.builders import Kit

numbers = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test runs as a step of somebody's pipeline."""
    monkeypatch.delenv(EXECUTION_ID, raising=False)
    monkeypatch.delenv(OLDER_EXECUTION_ID, raising=False)


@pytest.fixture
def kit() -> Iterator[Kit]:
    kit = Kit()
    yield kit
    kit.close()


def listed(sink: MemorySink, name: str) -> list[float]:
    """The values of a list, in the order in which a store puts them."""
    parts = [part for part in sink.metric_lists if part.name == name]
    parts.sort(key=lambda part: (part.at_ns, part.xid))
    return [value for part in parts for value in part.values]


def leave(error: BaseException | None) -> None:
    if error is not None:
        raise error


# What an execution is


def test_an_execution_is_also_a_trace(kit: Kit) -> None:
    """Its steps are spans, and both know each other."""
    with kit.client.execution(pipeline="train", deployment="nightly") as run:
        run.span("load").end()
        run.metric("accuracy", 0.93)
    sink = kit.sent()
    begun, ended = sink.executions
    trace = sink.trace("train")
    assert (begun.xid, begun.trace_xid) == (run.execution_id, trace.xid)
    assert (begun.pipeline, begun.deployment, begun.status) == ("train", "nightly", "running")
    assert (ended.xid, ended.status, ended.end_ns) == (begun.xid, "completed", trace.end_ns)
    assert sink.span("load").trace_xid == trace.xid
    assert [(one.execution_xid, one.value) for one in sink.metric_values] == [(begun.xid, 0.93)]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, "completed"),
        (ValueError("loss is not finite"), "failed"),
        (asyncio.CancelledError(), "cancelled"),
        (KeyboardInterrupt(), "cancelled"),
    ],
)
def test_the_end_of_a_block_says_what_became_of_it(
    kit: Kit, error: BaseException | None, status: str
) -> None:
    """What leaves the block is raised again, unchanged."""
    run = kit.client.execution("train")
    with nullcontext() if error is None else pytest.raises(type(error)), run:
        leave(error)
    assert run.status == kit.sent().executions[-1].status == status


def test_an_execution_may_be_marked_as_failed(kit: Kit) -> None:
    """With the reason in words."""
    kit.client.execution("train").fail("no data").end()
    ended = kit.sent().executions[-1]
    assert (ended.status, ended.message) == ("failed", "no data")


def test_what_is_said_later_is_said_of_the_execution_too(kit: Kit) -> None:
    """Metadata of the trace and of its client, a failure after the end, and an end that moved."""
    run = kit.client.execution("train", metadata={"dataset": "orders"})
    run.metadata(rate=0.1)
    late = run.span("load")
    run.end()
    kit.clock.advance(5)
    late.span("more").end()
    run.fail("no data")
    sink = kit.sent()
    assert [one.metadata for one in sink.executions if one.metadata is not None] == [
        {"dataset": "orders"},
        {"dataset": "orders", "rate": 0.1},
    ]
    ended = sink.executions[-1]
    assert (ended.status, ended.message) == ("failed", "no data")
    assert ended.end_ns == sink.trace("train").end_ns


def test_an_end_is_said_once(kit: Kit) -> None:
    """To end again changes nothing."""
    run = kit.client.execution("train")
    run.end()
    run.end()
    assert [one.status for one in kit.sent().executions] == ["running", "completed"]


def test_several_processes_may_name_the_same_execution(kit: Kit) -> None:
    """Each has a trace of its own."""
    first = kit.client.execution("train", id="job-7")
    second = kit.client.execution("train", id="job-7")
    begun = kit.sent().executions
    assert [one.xid for one in begun] == ["job-7", "job-7"]
    assert {one.trace_xid for one in begun} == {first.xid, second.xid}


@pytest.mark.parametrize("xid", ["", "x" * 1_001])
def test_an_id_that_no_server_takes_is_refused(kit: Kit, xid: str) -> None:
    """At once, where it is given."""
    with pytest.raises(InvalidValueError, match="1 to 1000 characters"):
        kit.client.execution("train", id=xid)


@pytest.mark.parametrize("what", ["pipeline", "deployment"])
def test_a_name_that_no_server_takes_is_refused(kit: Kit, what: str) -> None:
    """At once, where it is given, and nothing is recorded; one character less is fine."""
    long: dict[str, Any] = {what: "p" * 1_001}
    with pytest.raises(InvalidValueError, match=f"the {what} .* at most 1000 characters, not 1001"):
        kit.client.execution(**long)
    long[what] = "p" * 1_000
    kit.client.execution(**long)
    assert [getattr(one, what) for one in kit.sent().executions] == ["p" * 1_000]


def test_an_empty_name_is_none(kit: Kit) -> None:
    """As an empty setting is."""
    with kit.client.execution("", deployment=""):
        pass
    sink = kit.sent()
    assert (sink.executions[0].pipeline, sink.executions[0].deployment) == (None, None)
    assert [trace.name for trace in sink.traces] == ["execution"]


# Where the current execution comes from


def test_metrics_go_to_the_execution_of_the_current_span(kit: Kit) -> None:
    """However deep it is."""
    with kit.client.execution("train") as run, kit.client.span("epoch"):
        assert kit.client.record_metric_value("accuracy", 0.5)
        assert kit.client.record_list_metric_values("loss", [1, 2])
        assert current_execution_id() == run.execution_id
    sink = kit.sent()
    assert sink.metric_values[0].execution_xid == run.execution_id
    assert listed(sink, "loss") == [1, 2]


@pytest.mark.parametrize("variable", [EXECUTION_ID, OLDER_EXECUTION_ID])
def test_a_step_finds_its_execution_in_the_environment(
    kit: Kit, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Also by the variable of an older platform; an execution that it opens is that one."""
    monkeypatch.setenv(variable, "step-1")
    assert kit.client.record_metric_value("accuracy", 1)
    assert current_execution_id() == "step-1"
    with kit.client.execution("train") as run:
        inner = kit.client.execution("evaluate")
    assert run.execution_id == "step-1"
    assert inner.execution_id != "step-1"
    assert kit.sent().metric_values[0].execution_xid == "step-1"


@pytest.mark.parametrize("variable", [EXECUTION_ID, OLDER_EXECUTION_ID])
def test_an_id_of_the_environment_that_no_server_takes_is_none(
    kit: Kit,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    variable: str,
) -> None:
    """All is as outside of an execution, and the log says once why."""
    monkeypatch.setattr("modelmetry.client.execution._said", set[str]())
    monkeypatch.setenv(variable, "x" * 1_001)
    with pytest.warns(UserWarning, match="no execution is open"):
        assert not kit.client.record_metric_value("accuracy", 1)
    assert current_execution_id() is None
    run = kit.client.execution("train")
    assert run.execution_id == run.xid
    assert [line.getMessage().split(",")[0] for line in caplog.records] == [
        f"{variable} has 1001 characters"
    ]
    assert kit.sent().metric_values == []


def test_outside_of_an_execution_nothing_is_recorded(kit: Kit) -> None:
    """A warning says so, and what to do."""
    with pytest.warns(UserWarning, match=r"client\.execution"):
        assert not kit.client.record_metric_value("accuracy", 1)
    with pytest.warns(UserWarning, match="no execution is open"):
        assert not kit.client.record_list_metric_values("loss", 1)
    sink = kit.sent()
    assert (sink.metric_values, sink.metric_lists) == ([], [])


def test_the_warning_can_be_silenced() -> None:
    """By a setting."""
    kit = Kit(Config(warn_outside_execution=False))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not kit.client.record_metric_value("accuracy", 1)
    kit.close()


def test_a_client_that_is_switched_off_takes_everything() -> None:
    """And keeps nothing, not even mistakes."""
    with Client(config=Config(disabled=True)) as client:
        wrong: Any = None
        with client.execution("train") as run:
            run.metric("accuracy", wrong).list_metric(wrong, wrong).metrics(wrong)
        client.record_metric_value("accuracy", wrong)
        assert (client.get_metrics(), client.get_list_metrics()) == ([], [])


# Numbers


@pytest.mark.parametrize("value", [1, 0.5, Decimal("0.5"), Fraction(1, 2), 10**20])
def test_every_kind_of_number_is_taken(kit: Kit, value: Any) -> None:
    """As a plain one."""
    run = kit.client.execution("train").metric("m", value).list_metric("m", value)
    run.list_metric("m", (value, value)).list_metric("m", (one for one in [value]))
    sink = kit.sent()
    assert sink.metric_values[0].value == value
    assert listed(sink, "m") == [value] * 4


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("0.5", InvalidTypeError),
        (None, InvalidTypeError),
        (True, InvalidTypeError),
        ([0.5], InvalidTypeError),
        ({"a": 1}, InvalidTypeError),
        (object(), InvalidTypeError),
        (float("nan"), InvalidValueError),
        (float("inf"), InvalidValueError),
        (Decimal("nan"), InvalidValueError),
        (10**400, InvalidValueError),
    ],
)
def test_what_is_no_number_is_refused(kit: Kit, value: Any, error: type[Exception]) -> None:
    """With the name of the metric, and nothing of the call is recorded."""
    run = kit.client.execution("train")
    with pytest.raises(error, match="'accuracy'"):
        run.metric("accuracy", value)
    with pytest.raises(error, match="'accuracy'"):
        run.metrics({"fine": 1, "accuracy": value})
    with pytest.raises(error, match="'loss'"):
        run.list_metric("loss", [1.0, value])
    sink = kit.sent()
    assert (sink.metric_values, sink.metric_lists) == ([], [])


@pytest.mark.parametrize("values", ["123", b"123", {"a": 1}, None, [[1]], True])
def test_a_list_takes_numbers_alone(kit: Kit, values: Any) -> None:
    """A text of digits is no list of numbers."""
    with pytest.raises(InvalidTypeError, match="'loss'"):
        kit.client.execution("train").list_metric("loss", values)


def test_an_empty_list_appends_nothing(kit: Kit) -> None:
    """It is no mistake: a loop may have had no turn."""
    kit.client.execution("train").list_metric("loss", [])
    assert kit.sent().metric_lists == []


@pytest.mark.parametrize("name", ["a/b", "a#b", "../x", "with spaces", "🚀", "x" * 1_000])
def test_any_name_works(kit: Kit, name: str) -> None:
    """A value and a list may share it."""
    kit.client.execution("train").metric(name, 1).list_metric(name, 2)
    sink = kit.sent()
    assert sink.metric_values[0].name == sink.metric_lists[0].name == name


@pytest.mark.parametrize("name", ["", "x" * 10_000])
def test_a_name_has_a_length(kit: Kit, name: str) -> None:
    """One that no server takes is refused where it is given."""
    run = kit.client.execution("train")
    for record in (run.metric, run.list_metric):
        with pytest.raises(InvalidValueError, match="1 to 1000 characters"):
            record(name, 1)


# Lists


@given(
    st.lists(
        st.one_of(numbers, st.lists(numbers, max_size=5), st.sampled_from(["flush", "set back"])),
        max_size=20,
    )
)
def test_values_of_several_calls_follow_each_other(calls: list[Any]) -> None:
    """Whenever some of them are sent in between, and also when the clock is set back."""
    kit = Kit()
    run = kit.client.execution("train")
    expected: list[float] = []
    for call in calls:
        if call == "flush":
            kit.client.flush_all()
        elif call == "set back":
            kit.clock.set_back(1)
        else:
            run.list_metric("loss", call)
            expected += call if isinstance(call, list) else [call]
    assert listed(kit.sent(), "loss") == expected
    kit.close()


def test_the_last_value_is_the_value_also_when_the_clock_was_set_back(kit: Kit) -> None:
    """And when it stands still: time orders what was recorded."""
    run = kit.client.execution("train")
    run.metric("accuracy", 0.1)
    run.metric("accuracy", 0.2)
    kit.clock.set_back(3600)
    run.metrics({"accuracy": 0.3})
    values = sorted(kit.sent().metric_values, key=lambda one: one.at_ns)
    assert [one.value for one in values] == [0.1, 0.2, 0.3]


def test_single_values_in_a_loop_are_gathered(kit: Kit) -> None:
    """50,000 of them travel as a few signals."""
    run = kit.client.execution("train")
    for step in range(MOST_LIST_VALUES):
        run.list_metric("loss", step)
    sink = kit.sent()
    assert listed(sink, "loss") == list(range(MOST_LIST_VALUES))
    assert len(sink.metric_lists) < MOST_LIST_VALUES / 100


def test_the_value_that_would_pass_the_limit_is_refused(kit: Kit) -> None:
    """Before anything is sent; the message says how many still fit."""
    run = kit.client.execution("train").list_metric("loss", [0.5] * (MOST_LIST_VALUES - 1))
    with pytest.raises(InvalidValueError, match="1 more fit, 2 were given"):
        run.list_metric("loss", [1, 2])
    with pytest.raises(InvalidValueError, match="1 more fit, more were given"):
        run.list_metric("loss", range(10**6))
    run.list_metric("loss", 1).list_metric("other", [1] * MOST_LIST_VALUES)
    with pytest.raises(InvalidValueError, match="0 more fit, 1 were given"):
        run.list_metric("loss", 1)
    assert len(listed(kit.sent(), "loss")) == MOST_LIST_VALUES


def test_threads_append_to_one_list(kit: Kit) -> None:
    """Each value arrives once, those of a thread in their order."""
    run = kit.client.execution("train")

    def append(thread: int) -> None:
        for step in range(1_000):
            run.list_metric("loss", thread * 1_000 + step)

    threads = [threading.Thread(target=append, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = listed(kit.sent(), "loss")
    assert sorted(found) == list(range(8_000))
    for number in range(8):
        own = [value for value in found if value // 1_000 == number]
        assert own == sorted(own)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_child_sends_its_own_values_alone(kit: Kit) -> None:
    """What waits when a process forks is sent by the parent, once."""
    run = kit.client.execution("train").list_metric("loss", [1, 2])
    read, write = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover - the child's coverage is not collected
        run.list_metric("loss", [3])
        os.write(write, repr(listed(kit.sent(), "loss")).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 100) == b"[3]"
    assert listed(kit.sent(), "loss") == [1, 2]
    os.close(read)
    os.close(write)


# Reading


def test_to_look_makes_no_store(tmp_path: Path) -> None:
    """Where nothing was recorded there is nothing to read."""
    with Client(store=f"sqlite:///{tmp_path}/none.db") as client:
        assert client.get_metrics() == []
        assert client.get_list_metrics(name="loss") == []
    assert list(tmp_path.iterdir()) == []


def test_two_scopes_are_a_mistake(kit: Kit) -> None:
    """The message names both."""
    with pytest.raises(InvalidValueError, match="pipeline_name='a' and execution_id='b'"):
        kit.client.get_metrics(name="n", pipeline_name="a", execution_id="b")


def test_a_sink_of_ones_own_cannot_be_asked(kit: Kit) -> None:
    """Only a server and a store answer questions."""
    with pytest.raises(ReadError, match="base_url"):
        kit.client.get_metrics()
