"""Signals to the store on this machine."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.policy import BatchPolicy, BufferLimits
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.sink import Batch, ClientReport, SinkFailure
from modelmetry.errors import (
    StoreBusyError,
    StoreForbiddenError,
    StoreFullError,
    StoreLimitError,
    StoreUnavailableError,
)
from modelmetry.signals.measurements import MOST_LIST_VALUES, MetricListRecord, SeriesRecord
from modelmetry.sinks import local
from modelmetry.sinks.local import LOCAL_TENANT, LocalSink
from modelmetry.store.executions import MetricQuery
from modelmetry.store.open import open_store
from modelmetry.store.queries import ReportQuery, TraceQuery
from modelmetry.store.sqlite import production_rows
from modelmetry.store.sqlite.store import SqliteStore
from modelmetry.wire.body import to_document
from tests.builders import START_NS, an_interval, measurements
from tests.unit.delivery.cast import PATIENCE, event, finding, span, trace


def test_what_was_written_can_be_read_back(tmp_path: Path) -> None:
    """Under the tenant of this machine, by any process that opens the file."""
    url = f"sqlite:///{tmp_path}/new/signals.db"
    root, step = trace(), span(findings=2, events=1)
    step.trace_xid = root.xid
    delivery = Delivery(LocalSink(url))
    delivery.put(step)
    delivery.put(root)
    assert delivery.close(PATIENCE).delivered == 5
    store = open_store(url)
    found = store.get_trace(LOCAL_TENANT, root.xid)
    store.close()
    assert found is not None
    assert found.name == "chatbot.turn"
    assert [span.xid for span in found.spans or []] == [step.xid]


def test_two_sinks_share_a_file(tmp_path: Path) -> None:
    """As two processes do."""
    url = f"sqlite:///{tmp_path}/signals.db"
    sinks = [LocalSink(url), LocalSink(url)]
    roots = [trace() for _ in range(6)]
    for number, root in enumerate(roots):
        sinks[number % 2].write(Batch.of([root]))
    for sink in sinks:
        sink.close()
    store = open_store(url)
    found = [store.get_trace(LOCAL_TENANT, root.xid) for root in roots]
    store.close()
    assert None not in found


def test_a_lone_surrogate_costs_only_itself(tmp_path: Path) -> None:
    """The store holds only text that has an encoding."""
    url = f"sqlite:///{tmp_path}/signals.db"
    root, odd = trace(), event(text="lone \ud800")
    odd.trace_xid = root.xid
    sink = LocalSink(url)
    sink.write(Batch.of([root, odd]))
    sink.close()
    store = open_store(url)
    found = store.get_trace(LOCAL_TENANT, root.xid)
    store.close()
    assert found is not None
    assert [event.metadata for event in found.events or []] == [{"text": "lone \ufffd"}]


def test_a_file_that_is_no_store_may_be_tried_again(tmp_path: Path) -> None:
    """Somebody may put it right."""
    path = tmp_path / "signals.db"
    path.write_bytes(b"this is no database, and long enough to be told from one" * 50)
    with pytest.raises(SinkFailure) as caught:
        LocalSink(f"sqlite:///{path}").write(Batch.of([finding()]))
    assert (caught.value.reason, caught.value.retry) == ("store_unavailable", True)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (StoreBusyError("500 batches are waiting", retry_after=1.0), "store_busy"),
        (StoreFullError("the disk is full"), "store_full"),
        (StoreUnavailableError("database is locked"), "store_unavailable"),
    ],
)
def test_trouble_of_the_store_may_pass(
    error: Exception, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind counts under a reason of its own."""

    def fail(url: str) -> None:
        raise error

    monkeypatch.setattr(local, "open_store", fail)
    with pytest.raises(SinkFailure) as caught:
        LocalSink("sqlite:///any.db").write(Batch.of([finding()]))
    assert (caught.value.reason, caught.value.retry) == (reason, True)


def test_a_store_that_may_be_written_again_has_all_that_waited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permissions that somebody mends in time cost no signal."""
    refused, opened = threading.Event(), open_store
    allowed = threading.Event()

    def perhaps(url: str) -> SqliteStore:
        if allowed.is_set():
            return opened(url)
        refused.set()
        raise StoreForbiddenError("the store /data/a.db cannot be made: Permission denied")

    monkeypatch.setattr(local, "open_store", perhaps)
    delivery = Delivery(LocalSink(f"sqlite:///{tmp_path}/a.db"))
    delivery.put(trace())
    assert refused.wait(PATIENCE)
    allowed.set()
    receipt = delivery.close(PATIENCE)
    assert (receipt.delivered, receipt.dropped) == (1, {})


def test_a_store_that_may_not_be_written_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The end comes at once, with everything counted and the cause in the log."""

    def fail(url: str) -> None:
        raise StoreForbiddenError("the store /data/a.db cannot be made: Permission denied")

    monkeypatch.setattr(local, "open_store", fail)
    delivery = Delivery(LocalSink(f"sqlite:///{tmp_path}/a.db"))
    delivery.put(trace())
    began = time.monotonic()
    receipt = delivery.close(PATIENCE)
    assert time.monotonic() - began < PATIENCE / 2
    assert receipt.dropped == {"store_forbidden": 1}
    assert "Permission denied" in caplog.text
    assert "MODELMETRY_STORE" in caplog.text
    assert "MODELMETRY_EXIT_TIMEOUT" not in caplog.text


def test_an_unused_sink_makes_no_file(tmp_path: Path) -> None:
    """Only the first batch does."""
    sink = LocalSink(f"sqlite:///{tmp_path}/signals.db")
    sink.after_fork()
    sink.close()
    assert list(tmp_path.iterdir()) == []
    assert repr(sink) == f"LocalSink('sqlite:///{tmp_path}/signals.db')"


def test_the_file_is_sqlite(tmp_path: Path) -> None:
    """Anybody can look inside with their own tools."""
    sink = LocalSink(f"sqlite:///{tmp_path}/signals.db")
    sink.write(Batch.of([trace()]))
    sink.close()
    connection = sqlite3.connect(tmp_path / "signals.db")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_program_that_ends_at_once_is_in_the_store(tmp_path: Path) -> None:
    """Its store is opened while it ends, when Python 3.12 starts no more threads."""
    url = f"sqlite:///{tmp_path / 'signals.db'}"
    program = "import modelmetry, sys\nmodelmetry.Client(store=sys.argv[1]).trace('turn').end()"
    ended = subprocess.run(
        [sys.executable, "-c", program, url],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert ended.stderr == ""
    with open_store(url) as store:
        assert [one.name for one in store.list_traces(LOCAL_TENANT, TraceQuery()).traces] == [
            "turn"
        ]


def test_a_file_that_was_deleted_is_made_anew(tmp_path: Path) -> None:
    """The batch that meets it is tried again: what counts as delivered is there."""
    path = tmp_path / "signals.db"
    sink = LocalSink(f"sqlite:///{path}")
    sink.write(Batch.of([trace()]))
    for file in tmp_path.iterdir():
        file.unlink()
    with pytest.raises(SinkFailure, match="store_unavailable") as caught:
        sink.write(Batch.of([trace()]))
    assert caught.value.retry
    root = trace()
    sink.write(Batch.of([root]))
    sink.close()
    store = open_store(f"sqlite:///{path}")
    assert store.get_trace(LOCAL_TENANT, root.xid) is not None
    store.close()


def test_a_report_lies_beside_the_signals(tmp_path: Path) -> None:
    """In the same file, under the same tenant."""
    url = f"sqlite:///{tmp_path}/signals.db"
    sink = LocalSink(url)
    receipt = Receipt(created=3, delivered=1, pending=0, spooled=0, dropped={"closed": 2})
    assert sink.report_losses(ClientReport("client-1", 1_767_225_600_000_000_000, receipt))
    sink.close()
    store = open_store(url)
    found = store.list_reports(LOCAL_TENANT, ReportQuery())
    store.close()
    assert [(one.xid, one.created, one.lost) for one in found.reports] == [("client-1", 3, 2)]


def test_a_client_that_overflows_says_so_in_its_own_store(tmp_path: Path) -> None:
    """What the store has is what the client's own receipt says."""
    url = f"sqlite:///{tmp_path}/signals.db"
    limits = BufferLimits(max_signals=5)
    delivery = Delivery(LocalSink(url), limits=limits, batch_policy=BatchPolicy(first_age=3_000))
    for _ in range(50):
        delivery.put(finding())
    receipt = delivery.close(PATIENCE)
    store = open_store(url)
    (report,) = store.list_reports(LOCAL_TENANT, ReportQuery()).reports
    store.close()
    assert receipt.lost > 0
    assert (report.created, report.delivered) == (50, receipt.delivered)
    assert report.dropped == dict(receipt.dropped)


def test_values_that_a_full_list_has_no_room_for_cost_no_other_signal(tmp_path: Path) -> None:
    """They alone are counted as lost; what travelled with them is on disk."""
    url = f"sqlite:///{tmp_path}/signals.db"
    execution, *_ = measurements()
    full = MetricListRecord("p1", execution.xid, "loss", [0.5] * MOST_LIST_VALUES, START_NS)
    delivery = Delivery(LocalSink(url))
    delivery.put(full)
    delivery.flush(PATIENCE)
    delivery.put(MetricListRecord("p2", execution.xid, "loss", [1.0], START_NS + 1))
    delivery.put(MetricListRecord("p3", execution.xid, "rate", [2.0], START_NS + 1))
    delivery.put(finding())
    receipt = delivery.close(PATIENCE)
    assert (receipt.delivered, dict(receipt.dropped)) == (3, {"list_full": 1})
    with open_store(url) as store:
        query = MetricQuery(execution=execution.xid, include_values=True)
        lists = {one.name: one for one in store.list_metric_lists(LOCAL_TENANT, query).lists}
    assert lists["loss"].count == MOST_LIST_VALUES
    assert lists["rate"].values == [2.0]


def test_intervals_that_the_store_has_no_room_for_cost_no_other_signal(tmp_path: Path) -> None:
    """Likewise: the one with too many series is counted as lost, the others are on disk."""
    url = f"sqlite:///{tmp_path}/signals.db"
    many = [SeriesRecord(f"m{number}", "counter", "1", {}, 1.0) for number in range(9)]
    with patch.object(production_rows.write_production, "__defaults__", (4,)):
        delivery = Delivery(LocalSink(url))
        for one in (an_interval(), an_interval(*many), finding()):
            delivery.put(one)
        receipt = delivery.close(PATIENCE)
    assert (receipt.delivered, dict(receipt.dropped)) == (2, {"series_full": 1})
    with open_store(url) as store:
        assert len(store.production_metrics(LOCAL_TENANT).metrics) == 3


class Overtaken:
    """A store to which another process appends right after a batch was refused."""

    def __init__(self, store: SqliteStore, appended: Batch) -> None:
        self._store = store
        self._appended: Batch | None = appended
        self.close = store.close

    def ingest(self, tenant: str, document: dict[str, Any]) -> int:
        try:
            return self._store.ingest(tenant, document)
        except StoreLimitError:
            if self._appended is not None:
                self._store.ingest(tenant, to_document(self._appended))
                self._appended = None
            raise


def test_a_list_that_fills_meanwhile_costs_no_other_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process was quicker, between the refusal and the next try."""

    def part(name: str, count: int) -> MetricListRecord:
        return MetricListRecord(f"{name}-{count}", "e1", name, [0.5] * count, START_NS)

    url = f"sqlite:///{tmp_path}/signals.db"
    store = open_store(url)
    store.ingest(LOCAL_TENANT, to_document(Batch.of([part("loss", MOST_LIST_VALUES)])))
    overtaken = Overtaken(store, Batch.of([part("rate", MOST_LIST_VALUES)]))

    def opened(_url: str) -> Overtaken:
        return overtaken

    monkeypatch.setattr(local, "open_store", opened)
    delivery = Delivery(LocalSink(url))
    for signal in (part("loss", 1), part("rate", 1), part("other", 1)):
        delivery.put(signal)
    receipt = delivery.close(PATIENCE)
    assert (receipt.delivered, dict(receipt.dropped)) == (1, {"list_full": 2})
