"""Failures, told by hand or by an exception."""

from __future__ import annotations

import traceback

import pytest

from tests.builders import Kit


def test_a_message_fails_a_span(kit: Kit) -> None:
    """A text is the message; there is no exception, so there is no event."""
    kit.client.trace("t").span("s").fail("the model refused").end().end()

    span = kit.sent().span("s")
    assert (span.severity, span.message, span.events) == ("error", "the model refused", [])


def test_a_severity_can_be_named(kit: Kit) -> None:
    """Trouble may be less than an error."""
    kit.client.trace("t").fail("slow", severity="warning").end()

    assert kit.sent().trace("t").severity == "warning"


class OddError(Exception):
    """An exception of the application whose text raises."""

    def __str__(self) -> str:
        raise RuntimeError


def test_exceptions_of_applications_are_named_in_full(kit: Kit) -> None:
    """The message has the short name, the event the module too; odd ones do not raise."""
    kit.client.trace("t").fail(OddError()).end()

    trace = kit.sent().trace("t")
    assert trace.message == "OddError: <OddError>"
    assert trace.events[0].metadata["exception.type"] == f"{__name__}.OddError"


def test_an_exception_without_text_is_its_name(kit: Kit) -> None:
    """There is nothing behind the colon, so there is no colon."""
    kit.client.trace("t").fail(TimeoutError()).end()

    assert kit.sent().trace("t").message == "TimeoutError"


def test_a_stack_that_cannot_be_written_is_left_out(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trouble while an exception is described never replaces it."""

    def broken(error: BaseException) -> list[str]:
        raise RecursionError

    monkeypatch.setattr(traceback, "format_exception", broken)
    with pytest.raises(ValueError, match="mine"), kit.client.trace("t"):
        raise ValueError("mine")

    assert kit.sent().trace("t").events[0].metadata["exception.stacktrace"] == ""
