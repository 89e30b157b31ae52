"""The log of what works in the background."""

from __future__ import annotations

import logging
import threading

import pytest

from modelmetry.delivery import forks, log
from modelmetry.delivery.log import logger


def test_a_line_says_who_wrote_it(caplog: pytest.LogCaptureFixture) -> None:
    """Not the wrapper: a format with the name of the file stays useful."""
    logger.warning("%d lost", 3)
    (record,) = caplog.records
    assert (record.name, record.levelname, record.getMessage(), record.filename) == (
        "modelmetry.delivery",
        "WARNING",
        "3 lost",
        "test_log.py",
    )


def test_a_line_that_nobody_wants_is_not_written(caplog: pytest.LogCaptureFixture) -> None:
    """Levels are those of the logger with the same name."""
    with caplog.at_level(logging.ERROR, "modelmetry.delivery"):
        logger.warning("nobody reads this")
    assert caplog.records == []


def test_a_line_comes_after_a_fork_that_is_under_way(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody waits for the fork: who writes may have what it waits for."""
    forks.hold_still(1.0)
    try:
        writing = threading.Thread(target=logger.warning, args=("later",))
        writing.start()
        writing.join(30)
        assert caplog.records == []
        logger.warning("by the one who forks")
    finally:
        forks.go_on()
    log.write_later_lines()
    assert [record.message for record in caplog.records] == ["by the one who forks", "later"]


def test_an_error_of_a_line_that_comes_later_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """When the line is written nobody handles it any more."""

    def fail() -> None:
        try:
            _ = 1 / 0
        except ZeroDivisionError:
            logger.exception("it failed")

    forks.hold_still(1.0)
    failing = threading.Thread(target=fail)
    failing.start()
    failing.join(30)
    forks.go_on()
    log.write_later_lines()
    assert "ZeroDivisionError: division by zero" in caplog.text


def test_a_fork_waits_for_a_line_for_a_while_only() -> None:
    """A handler that does not come back must not keep the application from forking."""
    inside, leave = threading.Event(), threading.Event()

    class Stuck(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            inside.set()
            leave.wait(30)

    stuck = Stuck()
    logger.logger.addHandler(stuck)
    writing = threading.Thread(target=logger.error, args=("stuck",))
    try:
        writing.start()
        assert inside.wait(30)
        forks.hold_still(0.01)
        forks.go_on()
        assert writing.is_alive()
    finally:
        leave.set()
        writing.join(30)
        logger.logger.removeHandler(stuck)
