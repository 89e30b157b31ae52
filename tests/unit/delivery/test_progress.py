"""Those who wait until what they put into a queue has left it."""

from __future__ import annotations

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from modelmetry.delivery.progress import Progress
from modelmetry.delivery.waiter import Waiter


@given(st.lists(st.sampled_from(["come", "wait", 0, 1, 2, 3])))
def test_who_waits_is_told_when_all_that_came_before_has_left(moves: list[str | int]) -> None:
    """Not earlier, whatever comes or leaves behind it, and not later."""
    progress, waiting = Progress(), list[tuple[set[int], Waiter]]()
    left = list[int]()
    for move in moves:
        if move == "come":
            left.append(progress.come())
        elif move == "wait":
            waiting.append((set(left), Waiter()))
            progress.await_all(waiting[-1][1])
        elif isinstance(move, int) and move < len(left):
            del left[move]
        progress.tell(min(left, default=inf))
        is_over = [not before & set(left) for before, _ in waiting]
        assert [waiter.done() for _, waiter in waiting] == is_over
        assert progress.is_awaited == (not all(is_over))


def test_while_skipping_nobody_waits() -> None:
    """Only a person can change what is in the way."""
    progress, waiter = Progress(), Waiter()
    progress.come()
    progress.await_all(waiter)
    progress.skipping = True
    progress.tell(1)
    assert waiter.done()


def test_who_is_forgotten_is_not_told() -> None:
    """They ran out of time."""
    progress, waiter = Progress(), Waiter()
    progress.come()
    progress.await_all(waiter)
    progress.forget(waiter)
    progress.tell(inf)
    assert not waiter.done()
    assert not progress.is_awaited
