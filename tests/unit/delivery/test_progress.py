"""Those who wait until what they put into a queue has left it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelmetry.delivery.progress import Progress
from modelmetry.delivery.waiter import Waiter


@given(st.lists(st.sampled_from(["come", "leave", "wait"])))
def test_who_waits_is_told_when_all_that_came_before_has_left(moves: list[str]) -> None:
    """Not earlier, whatever comes behind it, and not later."""
    progress, waiting = Progress(), list[tuple[int, Waiter]]()
    come = left = 0
    for move in moves:
        if move == "come":
            come += 1
            progress.come()
        elif move == "leave" and left < come:
            left += 1
            progress.leave(1)
        elif move == "wait":
            waiting.append((come, Waiter()))
            progress.await_all(waiting[-1][1])
        progress.tell()
        assert [waiter.done() for _, waiter in waiting] == [target <= left for target, _ in waiting]
        assert progress.is_awaited == any(target > left for target, _ in waiting)


def test_while_skipping_nobody_waits() -> None:
    """Only a person can change what is in the way."""
    progress, waiter = Progress(), Waiter()
    progress.come()
    progress.await_all(waiter)
    progress.skipping = True
    progress.tell()
    assert waiter.done()


def test_who_is_forgotten_is_not_told() -> None:
    """They ran out of time."""
    progress, waiter = Progress(), Waiter()
    progress.come()
    progress.await_all(waiter)
    progress.forget(waiter)
    progress.leave(1)
    progress.tell()
    assert not waiter.done()
    assert not progress.is_awaited
