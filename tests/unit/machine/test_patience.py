"""Questions that may take for ever."""

from __future__ import annotations

import threading

import pytest

from modelmetry.machine.patience import Patience


def test_who_hangs_is_waited_for_once_and_asked_again_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """There is one thread that hangs, however often somebody asks; late answers are nobody's."""
    begun, released = threading.Event(), threading.Event()
    asked: list[threading.Thread] = []

    def ask() -> int:
        asked.append(threading.current_thread())
        begun.set()
        released.wait(60)
        return len(asked)

    patience = Patience(ask, 0.01, "GPUs")
    assert [patience.answer() for _ in range(3)] == [None, None, None]
    assert begun.wait(60)
    assert len(asked) == 1
    released.set()
    asked[0].join()
    assert Patience(ask, 60, "GPUs").answer() == 2
    assert [record.getMessage()[:18] for record in caplog.records] == ["GPUs did not answe"]


def test_who_fails_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """And there is no answer."""

    def ask() -> int:
        raise OSError(5, "torn")

    patience = Patience(ask, 60, "GPUs")
    assert [patience.answer(), patience.answer()] == [None, None]
    assert len(caplog.records) == 1
