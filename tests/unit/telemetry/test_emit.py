"""What is reported arrives as it was meant, and never hurts who reports it."""

from __future__ import annotations

import json
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry import Telemetry
from modelmetry.telemetry import opening
from modelmetry.telemetry.standard_output import StandardOutput
from modelmetry.testing import MemorySink
from tests.strategies import json_values, texts
from tests.unit.telemetry.cast import kept, telemetry_into


def test_a_metric_is_stored_under_its_own_name() -> None:
    """`metric=` and `value=` make a member of that name, and a status is not needed."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        telemetry.emit(metric="inference_latency", value=0.125, status="completed")
        telemetry.emit(metric="accuracy", value=0.92)

    found = [(record.metrics, record.status) for record in sink.telemetry]
    assert found == [({"inference_latency": 0.125}, "completed"), ({"accuracy": 0.92}, None)]


def test_many_metrics_travel_in_one_record() -> None:
    """`metrics=` takes any number of them, and words of one's own are metrics too."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        telemetry.emit(metrics={"tokens_per_sec": 45.2, "gpu_util": 88}, status="started", batch=7)

    assert sink.telemetry[0].metrics == {"tokens_per_sec": 45.2, "gpu_util": 88, "batch": 7}


def test_an_event_is_an_event() -> None:
    """`event=` names what happened; it is no metric."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        telemetry.emit(event="model_load_start", status="started")

    (record,) = sink.telemetry
    assert (record.kind, record.event, record.metrics) == ("event", "model_load_start", {})


def test_the_form_of_the_older_tool_works() -> None:
    """`emit(status, metrics, message)` is what it was."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        telemetry.emit("started", {"a": 1}, "message")

    (record,) = sink.telemetry
    assert (record.status, record.metrics, record.message) == ("started", {"a": 1}, "message")


def test_start_complete_and_fail_say_how_a_job_goes() -> None:
    """Each is a status with what else is said; of an exception the type is a metric."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        telemetry.start("loading", epoch=1)
        telemetry.complete(metrics={"loss": 0.1}, message="done")
        telemetry.fail("out of memory", metrics={"loss": 0.2})
        telemetry.fail(ValueError("bad batch"))

    assert [(one.status, one.metrics, one.message) for one in sink.telemetry] == [
        ("started", {"epoch": 1}, "loading"),
        ("completed", {"loss": 0.1}, "done"),
        ("failed", {"loss": 0.2}, "out of memory"),
        ("failed", {"error.type": "ValueError"}, "ValueError: bad batch"),
    ]


def test_a_record_of_a_backend_has_what_the_contract_says() -> None:
    """A backend gets a dict of JSON values, with the time in UTC and the offset written."""
    telemetry, keeping = kept()
    telemetry.emit("completed", {"loss": 0.5}, "well")
    assert telemetry.flush().ok
    telemetry.close()

    (record,) = keeping.records
    assert datetime.fromisoformat(record["timestamp"]).utcoffset() == timedelta(0)
    assert record["timestamp"].endswith("+00:00")
    assert (record["command"], record["status"]) == ("train", "completed")
    assert (record["metrics"], record["message"]) == ({"loss": 0.5}, "well")
    assert {"cpu", "gpu_present", "gpu_model", "memory_total"} <= set(record["system"])
    assert (record["run_id"], record["kind"]) == (telemetry.run_id, "record")
    assert json.loads(json.dumps(record)) == record


def test_what_changes_later_changes_no_record() -> None:
    """Metrics are copied, also inside."""
    sink = MemorySink()
    metrics: dict[str, Any] = {"loss": 1.0, "layers": [1, 2]}
    with telemetry_into(sink) as telemetry:
        telemetry.emit(metrics=metrics)
        metrics["loss"] = 2.0
        metrics["layers"].append(3)

    assert sink.telemetry[0].metrics == {"loss": 1.0, "layers": [1, 2]}


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, Decimal("NaN"), 10**400])
def test_a_number_that_is_none_is_left_out_and_counted(bad: Any) -> None:
    """NaN and infinities never travel; the rest of the record does."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        telemetry.emit(metrics={"bad": bad, "good": 1}, status="completed")
        telemetry.emit(metric="bad", value=bad)
        receipt = telemetry.flush()

    assert [record.metrics for record in sink.telemetry] == [{"good": 1}]
    assert receipt.refused == {"invalid_value": 2}
    assert not receipt.ok


def test_a_refusal_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """The first of each reason is in the log with the name and the next step."""
    with telemetry_into(MemorySink()) as telemetry:
        for _ in range(3):
            telemetry.emit(metric="loss", value=math.nan)

    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("metric 'loss' is nan and was left out; report a finite number")


def test_values_of_other_libraries_become_plain() -> None:
    """Decimals are numbers, times are texts, members of an enumeration are their values."""

    class Phase(Enum):
        LOAD = "load"

    sink = MemorySink()
    at = datetime(2026, 11, 2, tzinfo=UTC)
    with telemetry_into(sink) as telemetry:
        telemetry.emit(
            Phase.LOAD,  # type: ignore[arg-type]
            metrics={"cost": Decimal("0.25"), "at": at, "none": None, "flag": True},
        )

    (record,) = sink.telemetry
    assert record.status == "load"
    expected = {"cost": 0.25, "at": "2026-11-02T00:00:00+00:00", "none": None, "flag": True}
    assert record.metrics == expected


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"metrics": [1, 2]}, "invalid_metrics"),
        ({"metric": "loss"}, "no_value"),
        ({"metric": "", "value": 1}, "no_name"),
        ({"metrics": {"": 1, "loss": 0.5}}, "no_name"),
        ({"metrics": {"": math.nan}}, "no_name"),
    ],
)
def test_a_mistake_is_counted_not_raised(arguments: dict[str, Any], reason: str) -> None:
    """What cannot be a record is refused with a reason; the caller goes on."""
    with telemetry_into(MemorySink()) as telemetry:
        telemetry.emit(**arguments)

        assert telemetry.stats().refused == {reason: 1}


def test_texts_fit_the_contract() -> None:
    """A status, an event and a command that are too long are cut, marked, so that they arrive."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        telemetry.emit("s" * 500, event="e" * 5_000)

    (record,) = sink.telemetry
    assert len(record.status or "") <= 200
    assert (record.status or "").endswith("more characters]")
    assert len(record.event or "") <= 1_000


@given(
    status=st.one_of(st.none(), texts, json_values),
    metrics=st.one_of(json_values, st.dictionaries(texts, json_values, max_size=4)),
    message=json_values,
    event=st.one_of(st.none(), json_values),
)
def test_nothing_that_is_reported_raises_or_breaks_json(
    status: Any, metrics: Any, message: Any, event: Any
) -> None:
    """Whatever comes is taken or counted, and every record can be encoded and read again."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        telemetry.emit(status, metrics, message, event=event)

    for record in sink.telemetry:
        assert msgspec.json.decode(msgspec.json.encode(record))
        assert all(math.isfinite(v) for v in record.metrics.values() if isinstance(v, float))


def test_an_object_that_raises_from_every_method_hurts_nobody() -> None:
    """A foreign value that cannot be read stands as a marked text."""

    class Hostile:
        def __getattribute__(self, name: str) -> Any:
            raise RuntimeError(name)

    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        telemetry.emit(Hostile(), {"h": Hostile()}, Hostile())  # type: ignore[arg-type]
        telemetry.emit("after")

    assert sink.telemetry[-1].status == "after"


def test_standard_output_gets_a_line_of_json_when_it_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`stdout=True` writes the record there, too."""
    telemetry, _ = kept()
    telemetry.emit("completed", {"loss": 0.5}, stdout=True)
    telemetry.emit("completed", {"loss": 0.6})
    telemetry.close()

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["metrics"] == {"loss": 0.5}


def test_two_threads_that_print_at_first_share_one_way_to_standard_output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receipt counts the lines of both, and no second way stays behind."""
    both = threading.Barrier(2, timeout=60)

    class Opened(StandardOutput):
        def __init__(self) -> None:
            super().__init__()
            both.wait()  # the other one is opening it as well

    monkeypatch.setattr(opening, "StandardOutput", Opened)
    telemetry, _ = kept()
    with ThreadPoolExecutor(2) as pool:
        for word in ("one", "two"):
            pool.submit(telemetry.emit, word, stdout=True)
    receipt = telemetry.close()

    assert receipt.backends["stdout"].delivered == 2
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_what_is_reported_after_the_close_is_counted() -> None:
    """Nothing is raised, and nothing is lost without a word."""
    telemetry, keeping = kept()
    telemetry.close()
    telemetry.emit("late")

    assert telemetry.close().refused == {"closed": 1}
    assert keeping.records == []


def test_a_name_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """`Telemetry()` is called as its program is."""
    monkeypatch.setattr("sys.argv", ["/opt/jobs/nightly.py", "--fast"])
    monkeypatch.delattr("__main__.__spec__", raising=False)
    sink = MemorySink()
    with telemetry_into(sink, command_name=None) as telemetry:
        telemetry.emit("started")

    assert sink.telemetry[0].command == "nightly"


def test_two_telemetries_are_two_runs() -> None:
    """Their records are told apart by the id of the run."""
    first, second = Telemetry("a", backend="text"), Telemetry("a", backend="text")

    assert first.run_id != second.run_id
    first.close()
    second.close()
