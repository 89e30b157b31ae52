"""Packed signals on their way to a server, with and without a disk."""

from __future__ import annotations

import json
import tempfile
import threading
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.packed import Packed
from modelmetry.delivery.policy import BatchPolicy, BufferLimits, RetryPolicy
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.delivery.spool import Place, Spool
from modelmetry.signals.records import Signal, count
from modelmetry.wire.body import pack
from modelmetry.wire.writer import JsonWriter
from tests.unit.delivery.cast import PATIENCE, ScriptedSink, busy, event, span
from tests.unit.delivery.test_law import assert_law


class PackingServer:
    """Takes, refuses or fails as it was told, and remembers what it took."""

    def __init__(self, answers: list[BaseException | None]) -> None:
        self._answers = iter(answers)
        self.taken: Counter[str] = Counter()
        self.sends = 0

    def load(self) -> None:
        """Nothing to load."""

    def writer(self) -> JsonWriter:
        return JsonWriter()

    def pack(self, batch: Batch) -> Packed:
        return pack(batch)

    def write(self, batch: Batch) -> None:
        self.send(pack(batch))

    def send(self, packed: Packed) -> None:
        self.sends += 1
        answer = next(self._answers, None)
        if answer is not None:
            raise answer
        for items in json.loads(packed.body()).values():
            self.taken.update(item["XID"] for item in items)

    def close(self) -> None:
        """Nothing to let go of."""

    def after_fork(self) -> None:
        """Nothing to forget."""


def xids(signals: list[Signal]) -> list[str]:
    found = [signal.xid for signal in signals]
    for signal in signals:
        for facts in (getattr(signal, "findings", []), getattr(signal, "events", [])):
            found += [fact.xid for fact in facts]
    return found


failures = st.one_of(
    st.builds(SinkFailure, st.sampled_from(["http_503", "connection"]), retry=st.just(True)),
    st.builds(SinkFailure, st.just("http_413"), retry=st.just(False), status=st.just(413)),
    st.builds(SinkFailure, st.just("http_422"), retry=st.just(False), status=st.just(422)),
    st.builds(ValueError),
)
answers = st.lists(st.one_of(st.none(), failures), max_size=20)
signals = st.lists(
    st.one_of(
        st.builds(event, text=st.text(max_size=500)),
        st.builds(span, findings=st.integers(0, 4), events=st.integers(0, 2)),
    ),
    max_size=10,
)
QUICK = RetryPolicy(max_attempts=3, first_delay=0.0005)
policies = st.builds(
    BatchPolicy,
    max_signals=st.integers(1, 10),
    max_bytes=st.integers(1, 5_000),
    max_age=st.sampled_from([0.0, 0.001]),
    first_age=st.sampled_from([0.0, 0.001]),
)


@settings(max_examples=60, deadline=None)
@given(
    answers=answers,
    work=st.lists(signals, min_size=1, max_size=3),
    policy=policies,
    at_once=st.booleans(),
    spool_bytes=st.sampled_from([1, 2_000, 10**8]),
    patience=st.sampled_from([0.0, 0.002, PATIENCE]),
)
def test_nothing_is_lost_or_counted_twice_on_the_way_over_the_disk(
    *,
    answers: list[BaseException | None],
    work: list[list[Signal]],
    policy: BatchPolicy,
    at_once: bool,
    spool_bytes: int,
    patience: float,
) -> None:
    """Every receipt adds up; what is left on disk the next client brings home."""
    with tempfile.TemporaryDirectory() as folder:
        server = PackingServer(answers)
        spool = Spool(Path(folder), max_bytes=spool_bytes, max_age=1e9)
        delivery = Delivery(
            server, batch_policy=policy, retry_policy=QUICK, spool=spool, at_once=at_once
        )
        receipts: list[Receipt] = []

        def run(mine: list[Signal]) -> None:
            for number, signal in enumerate(mine):
                delivery.put(signal)
                if number % 3 == 0:
                    receipts.append(delivery.flush(0.0) if number % 2 else delivery.stats())

        threads = [threading.Thread(target=run, args=[mine]) for mine in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        end = delivery.close(patience)
        for receipt in [*receipts, end]:
            assert_law(receipt)
        assert end.created == sum(count(signal) for mine in work for signal in mine)
        settled = wait_for_end(delivery)
        assert_law(settled)
        assert (settled.created, settled.pending) == (end.created, 0)
        assert settled.delivered == sum(server.taken.values())

        later = PackingServer([])
        heir = Delivery(later, spool=Spool(Path(folder), max_bytes=10**8, max_age=1e9))
        while any(Path(folder).glob("*.spool")):
            threading.Event().wait(0.001)
        recovered = heir.close(PATIENCE).recovered
        assert recovered == sum(later.taken.values())
        lost = sum(settled.dropped.values())
        assert set(server.taken + later.taken) <= {xid for mine in work for xid in xids(mine)}
        if patience == PATIENCE:
            assert (recovered, settled.spooled) == (0, 0)
            assert sum(server.taken.values()) + lost == end.created
            assert all(times == 1 for times in server.taken.values())
        else:
            # What was abandoned in the middle of a batch comes home as the whole batch.
            assert recovered >= settled.spooled
            assert len(server.taken + later.taken) + lost >= end.created


def wait_for_end(delivery: Delivery) -> Receipt:
    """The receipt after the threads have ended."""
    delivery.close(PATIENCE)
    for thread in threading.enumerate():
        if thread.name.startswith("modelmetry-"):
            thread.join(PATIENCE)
    return delivery.stats()


def test_without_a_disk_what_waits_is_bounded_in_bytes() -> None:
    """What comes beyond the limit is dropped and counted, and said."""
    server = PackingServer([SinkFailure("http_503", retry=True)] * 1_000)
    limits = BufferLimits(max_bytes=20_000)
    delivery = Delivery(server, limits=limits, retry_policy=RetryPolicy(first_delay=60.0))
    for _ in range(100):
        delivery.put(event(text="x" * 1_000))
        delivery.flush(0.01)
    receipt = delivery.stats()
    assert receipt.created == 100
    assert 10 < receipt.pending < 40
    assert receipt.dropped == {"buffer_full": 100 - receipt.pending}
    delivery.close(0.0)


def test_what_is_too_old_is_not_sent(tmp_path: Path) -> None:
    """It is dropped as expired."""
    server = PackingServer([])
    delivery = Delivery(server, spool=Spool(tmp_path, max_bytes=10**8, max_age=-1.0))
    delivery.put(event())
    receipt = delivery.flush(PATIENCE)
    assert (receipt.delivered, receipt.dropped) == (0, {"expired": 1})
    delivery.close(PATIENCE)


def test_at_once_means_on_disk_before_the_call_returns(tmp_path: Path) -> None:
    """Nothing is ever in memory alone."""
    server = PackingServer([SinkFailure("http_503", retry=True)] * 1_000)
    spool = Spool(tmp_path, max_bytes=10**8, max_age=1e9)
    delivery = Delivery(server, spool=spool, at_once=True, retry_policy=RetryPolicy())
    for number in range(1, 20):
        delivery.put(event())
        receipt = delivery.stats()
        assert (receipt.pending, receipt.spooled) == (0, number)
    assert delivery.close(0.0).spooled == 19


@pytest.mark.parametrize("at_once", [True, False])
def test_a_drained_disk_holds_nothing(tmp_path: Path, *, at_once: bool) -> None:
    """After everything has arrived the folder is empty."""
    spool = Spool(tmp_path, max_bytes=10**8, max_age=1e9)
    delivery = Delivery(PackingServer([]), spool=spool, at_once=at_once)
    for _ in range(50):
        delivery.put(span(findings=3, events=1))
    assert delivery.close(PATIENCE).delivered == 250
    assert list(tmp_path.iterdir()) == []


def test_at_once_needs_no_thread_but_the_one_that_sends(tmp_path: Path) -> None:
    """Two threads that take batches would have to take turns."""
    server = PackingServer([SinkFailure("http_503", retry=True)] * 1_000)
    spool = Spool(tmp_path, max_bytes=10**8, max_age=1e9)
    before = set(threading.enumerate())
    delivery = Delivery(server, spool=spool, at_once=True)
    delivery.put(event())
    assert [t.name for t in set(threading.enumerate()) - before] == ["modelmetry-outbox"]
    assert delivery.flush(0.0).spooled == 1
    delivery.close(0.0)


@pytest.mark.parametrize("packing", [True, False])
def test_at_once_without_a_disk_is_as_usual(*, packing: bool) -> None:
    """There is nothing to write to: a receiver that is busy for a moment costs nothing."""
    busy = SinkFailure("store_busy", retry=True)
    sink = PackingServer([busy]) if packing else ScriptedSink([busy])
    before = set(threading.enumerate())
    delivery = Delivery(sink, at_once=True, retry_policy=QUICK)
    delivery.put(event())
    assert "modelmetry-delivery" in {t.name for t in set(threading.enumerate()) - before}
    receipt = delivery.close(PATIENCE)
    assert (receipt.delivered, receipt.dropped) == (1, {})


def test_a_receiver_that_wants_to_be_left_alone_for_hours_loses_nothing(tmp_path: Path) -> None:
    """In memory that is a reason to give up; on disk there is time."""
    server = PackingServer([SinkFailure("http_503", retry=True, retry_after=7_200.0)])
    delivery = Delivery(server, spool=Spool(tmp_path, max_bytes=10**8, max_age=1e9))
    delivery.put(event())
    assert delivery.flush(0.2).dropped == {}
    receipt = delivery.close(0.0)
    assert (receipt.spooled, receipt.dropped) == (1, {})


def test_a_refusal_is_told_with_who_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With the receiver and the reason; at first, and at the end."""
    refusal = SinkFailure("http_422", retry=False, status=422)
    delivery = Delivery(
        PackingServer([refusal, refusal]), spool=Spool(tmp_path, max_bytes=10**8, max_age=1e9)
    )
    delivery.put(event())
    assert delivery.flush(PATIENCE).dropped == {"http_422": 1}
    delivery.put(event())
    assert delivery.close(PATIENCE).dropped == {"http_422": 2}
    first, last = [record.getMessage() for record in caplog.records]
    assert first.startswith("signals for <tests.unit.delivery.test_outbox.PackingServer object")
    assert "were lost (http_422); 1 created: 0 delivered, 1 dropped (http_422 1)" in first
    assert "were lost (http_422); 2 created: 0 delivered, 2 dropped (http_422 2)" in last


def test_a_look_around_sends_nothing_that_is_not_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for company goes on waiting, however often files are looked for."""
    monkeypatch.setattr("modelmetry.delivery.outbox._LOOK_AROUND", 0.005)
    looks = threading.Semaphore(0)

    class Watched(Spool):
        def adopt(self) -> list[Place]:
            looks.release()
            return super().adopt()

    lazy = BatchPolicy(max_age=3_000.0, first_age=3_000.0)
    spool = Watched(tmp_path, max_bytes=10**8, max_age=1e9)
    delivery = Delivery(PackingServer([]), spool=spool, batch_policy=lazy, at_once=True)
    delivery.put(event())
    while looks.acquire(blocking=False):
        pass
    for _ in range(5):
        assert looks.acquire(timeout=PATIENCE)
    assert delivery.stats().spooled == 1
    assert delivery.close(PATIENCE).delivered == 1


def test_what_cannot_be_brought_home_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """However often files are looked for; signals go on arriving."""
    monkeypatch.setattr("modelmetry.delivery.outbox._LOOK_AROUND", 0.005)
    looks = threading.Semaphore(0)
    left = tmp_path / "theirs.spool"

    class Locked(Spool):
        def adopt(self) -> list[Place]:
            looks.release()
            self.unadopted = {left: "Permission denied"}
            return []

    spool = Locked(tmp_path, max_bytes=10**8, max_age=1e9)
    delivery = Delivery(PackingServer([]), spool=spool)
    delivery.put(event())
    for _ in range(4):
        assert looks.acquire(timeout=PATIENCE)
    assert delivery.close(PATIENCE).delivered == 1
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        f"{left} cannot be brought home (Permission denied); see who may read and write it"
    ]


def test_who_ends_at_once_brings_home_what_others_left(tmp_path: Path) -> None:
    """Else a job that is over in a moment would never do it."""
    down = PackingServer([SinkFailure("http_503", retry=True)] * 1_000)
    first = Delivery(down, spool=Spool(tmp_path, max_bytes=10**8, max_age=1e9))
    first.put(event())
    assert first.close(0.0).spooled == 1
    first.close(PATIENCE)  # returns when the files are let go
    second = Delivery(PackingServer([]), spool=Spool(tmp_path, max_bytes=10**8, max_age=1e9))
    assert second.close(PATIENCE).recovered == 1
    assert list(tmp_path.glob("*.spool")) == []


def test_what_waits_long_in_memory_is_compressed() -> None:
    """Without a disk three times the bytes fit, and all of it arrives when the server is back."""
    server = PackingServer([busy()])
    delivery = Delivery(
        server,
        batch_policy=BatchPolicy(max_signals=50, max_age=0.001, first_age=0.001),
        retry_policy=RetryPolicy(first_delay=3_600.0, max_delay=3_600.0, max_elapsed=7_200.0),
        limits=BufferLimits(max_bytes=6_000_000),
        chance=lambda: 1.0,
        patience=PATIENCE,
    )
    for number in range(1_500):
        delivery.put(event(f"e{number}", text="twelve bytes" * 1_000))
    receipt = delivery.stats()
    assert (receipt.pending, receipt.dropped) == (1_500, {})
    assert delivery.close(PATIENCE).delivered == 1_500
