"""The log of what works in the background."""

from __future__ import annotations

import logging
import threading

import pytest

from modelmetry.delivery import forks
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


def test_a_fork_keeps_lines_back_until_it_is_done(caplog: pytest.LogCaptureFixture) -> None:
    """A line begins before a fork and is whole, or begins after it."""
    forks.hold_still(1.0)
    try:
        writing = threading.Thread(target=logger.warning, args=("later",))
        writing.start()
        writing.join(0.05)
        assert caplog.records == []
        logger.warning("by the one who forks")
    finally:
        forks.go_on()
    writing.join(30)
    assert [record.message for record in caplog.records] == ["by the one who forks", "later"]


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
    finally:
        leave.set()
        writing.join(30)
        logger.logger.removeHandler(stuck)
