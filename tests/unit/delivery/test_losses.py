"""What is told of losses, to whom, and how often."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.losses import EVERY, Losses
from modelmetry.delivery.policy import IMMEDIATE, BufferLimits
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.sink import ClientReport
from tests.unit.delivery.cast import PATIENCE, Clock, HangingSink, ScriptedSink, event, refusal

NOTHING = Receipt(created=0, delivered=0, pending=0, spooled=0, dropped={})


class Listener:
    """Takes reports: it answers with the next item of a script, `True` when there is none."""

    def __init__(self, script: Iterable[bool | Exception] = ()) -> None:
        self._script = iter(script)
        self.reports: list[ClientReport] = []

    def report_losses(self, report: ClientReport) -> bool:
        self.reports.append(report)
        answer = next(self._script, True)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def lost(self) -> list[int]:
        """How much was lost by each report."""
        return [report.receipt.lost for report in self.reports]


class Books:
    """The books of a client; signals are lost when a test says so."""

    def __init__(self, sink: object) -> None:
        self.clock = Clock()
        self.receipt = NOTHING
        self.losses = Losses(sink, self.clock)
        self.losses.read_from(lambda: self.receipt)

    def lose(self, number: int, reason: str = "buffer_full") -> None:
        """So many signals more are lost."""
        dropped = dict(self.receipt.dropped)
        dropped[reason] = dropped.get(reason, 0) + number
        self.receipt = replace(self.receipt, created=self.receipt.created + number, dropped=dropped)

    def deliver(self, number: int) -> None:
        """So many signals more have arrived."""
        receipt = self.receipt
        self.receipt = replace(
            receipt, created=receipt.created + number, delivered=receipt.delivered + number
        )


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the log."""
    return [record.getMessage() for record in caplog.records]


def test_a_flood_of_losses_is_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """With the whole receipt; what came in between is in the next line."""
    books = Books("there")
    for _ in range(3 * 60):
        books.lose(10)
        books.losses.look()
        books.clock.now += 1
    assert said(caplog) == [
        f"signals for 'there' were lost (buffer_full); {n} created: 0 delivered, {n} dropped "
        f"(buffer_full {n}); raise MODELMETRY_MAX_BUFFER_SIGNALS and MODELMETRY_MAX_BUFFER_BYTES, "
        "or record less"
        for n in (10, 610, 1210)
    ]


def test_a_line_that_had_to_wait_is_due_when_the_minute_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever rests knows for how long; when all is said, for ever."""
    books = Books("there")
    assert books.losses.due_in == float("inf")
    books.lose(1)
    books.losses.look()
    assert books.losses.due_in == float("inf")
    books.clock.now += 10
    books.lose(1)
    books.losses.look()
    assert books.losses.due_in == EVERY - 10
    books.clock.now += EVERY - 10
    books.losses.look()
    assert (len(said(caplog)), books.losses.due_in) == (2, float("inf"))


def test_the_end_says_what_was_held_back_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Short runs are told whole."""
    books = Books(listener := Listener())
    books.lose(1)
    books.losses.look()
    books.losses.look(last=True)
    assert (len(said(caplog)), listener.lost) == (1, [1])
    books.lose(1)
    books.losses.look()
    books.losses.look(last=True)
    assert (len(said(caplog)), listener.lost) == (2, [1, 2])


def test_what_was_asked_for_is_no_loss(caplog: pytest.LogCaptureFixture) -> None:
    """Neither a line nor a report, and none is due."""
    books = Books(listener := Listener())
    books.lose(1_000, "sampled_out")
    books.losses.look()
    books.losses.look(last=True)
    assert (said(caplog), listener.reports) == ([], [])
    assert books.losses.due_in == float("inf")


def test_where_nothing_is_lost_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """However much arrives."""
    books = Books(listener := Listener())
    for _ in range(3):
        books.deliver(5)
        books.losses.look()
        books.clock.now += EVERY
    books.losses.look(last=True)
    assert (said(caplog), listener.reports) == ([], [])


def test_the_reason_of_a_failure_is_told_if_it_is_one_of_those(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Else the reasons alone, all of those that are new."""
    books = Books("there")
    books.lose(1, "http_422")
    books.losses.log.note("http_422", "http_422: Name is required", None)
    books.clock.now += EVERY
    books.lose(1, "closed")
    books.lose(2, "deadline")
    books.losses.look()
    first, second = said(caplog)
    assert "were lost (http_422: Name is required);" in first
    assert "were lost (closed, deadline);" in second
    assert second.endswith("raise MODELMETRY_EXIT_TIMEOUT, or give close() more time")


def test_a_receiver_is_told_once_a_minute_by_one_client() -> None:
    """With the sums so far, under the same XID; a forked child is another client."""
    books = Books(listener := Listener())
    for _ in range(130):
        books.lose(1)
        books.losses.look()
        books.clock.now += 1
    assert listener.lost == [1, 61, 121]
    assert len({report.xid for report in listener.reports}) == 1
    times = [report.at_ns for report in listener.reports]
    assert times == sorted(times)
    books.losses.reset()
    books.losses.look()
    assert listener.reports[-1].xid != listener.reports[0].xid


def test_the_last_report_has_the_last_numbers() -> None:
    """Also if only more has arrived since; of a client that lost something."""
    books = Books(listener := Listener())
    books.lose(1)
    books.losses.look()
    books.deliver(7)
    books.clock.now += EVERY
    books.losses.look()
    assert len(listener.reports) == 1
    books.losses.look(last=True)
    assert [report.receipt.delivered for report in listener.reports] == [0, 7]


def test_a_report_that_does_not_arrive_is_made_anew_a_minute_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is not repeated before that, and is no loss itself."""
    caplog.set_level(logging.DEBUG)
    books = Books(listener := Listener([refusal("connection"), ImportError("x")]))
    books.lose(1)
    tried: list[int] = []
    for second in range(130):
        before = len(listener.reports)
        books.losses.look()
        tried += [second] * (len(listener.reports) - before)
        assert books.losses.due_in > 0
        books.clock.now += 1
    assert (tried, listener.lost) == ([0, 60, 120], [1, 1, 1])
    assert books.receipt.lost == 1
    assert len([line for line in said(caplog) if "did not arrive" in line]) == 2


def test_a_receiver_that_knows_no_reports_is_not_asked_again() -> None:
    """An older server is left alone, also at the end."""
    books = Books(listener := Listener([False]))
    for _ in range(3):
        books.lose(1)
        books.losses.look()
        books.clock.now += EVERY
    books.losses.look(last=True)
    assert listener.lost == [1]


def test_what_was_lost_before_it_came_to_the_books_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Numbers that are none never reach the delivery."""
    books = Books(listener := Listener())
    books.losses.count_also(
        lambda receipt: replace(receipt, created=1, dropped={"invalid_value": 1})
    )
    books.losses.look()
    assert listener.lost == [1]
    assert said(caplog)[0].endswith("look for numbers that are NaN or infinite")


class ListeningSink(ScriptedSink):
    """A sink that takes reports."""

    def __init__(self, script: Iterable[Any] = ()) -> None:
        super().__init__(script)
        self.reports: list[ClientReport] = []

    def report_losses(self, report: ClientReport) -> bool:
        self.reports.append(report)
        return True


def test_a_delivery_tells_its_sink_before_it_closes_it() -> None:
    """The report says where everything is, the law holds in it."""
    sink = ListeningSink([refusal()])
    delivery = Delivery(sink, batch_policy=IMMEDIATE)
    for _ in range(3):
        delivery.put(event())
    receipt = delivery.close(PATIENCE)
    last = sink.reports[-1].receipt
    assert last == receipt
    assert (last.created, last.lost) == (3, 1)
    assert len(sink.reports) <= 2


def test_a_delivery_that_loses_nothing_reports_nothing() -> None:
    """Who takes reports is not bothered."""
    sink = ListeningSink()
    delivery = Delivery(sink, batch_policy=IMMEDIATE)
    delivery.put(event())
    assert delivery.close(PATIENCE).ok
    assert sink.reports == []


def test_a_sink_that_takes_no_reports_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """The log still hears of it, while the sink hangs, and the process goes on."""
    sink = HangingSink()
    delivery = Delivery(sink, batch_policy=IMMEDIATE, limits=BufferLimits(max_signals=1))
    for _ in range(3):
        delivery.put(event())
    sink.let_go()
    assert delivery.close(PATIENCE).dropped["buffer_full"] > 0
    assert "were lost (buffer_full)" in caplog.text
