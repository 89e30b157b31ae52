"""How much counters changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelmetry.metrics.resources.changes import SHORTEST, WINDOW, Changes


def test_two_questions_within_a_moment_have_the_same_answer() -> None:
    """Two servers that scrape one after the other see the last ten seconds, and not the moment."""
    changes = Changes()
    assert changes.since(0, "a", (0,)) is None
    assert changes.since(0.002, "a", (7,)) is None
    assert changes.since(15, "a", (30,)) == (15, [30])
    assert changes.since(15.002, "a", (30,)) == (15.002, [30])
    assert changes.since(30, "a", (31,)) == (15, [1])


def test_what_belongs_to_another_or_went_back_begins_anew() -> None:
    """A quota that was set, a group that was made again."""
    changes = Changes()
    changes.since(0, "a", (5, 5))
    assert changes.since(20, "b", (6, 6)) is None
    assert changes.since(40, "b", (7, 5)) is None
    assert changes.since(60, "b", (8, 9)) == (20, [1, 4])


@given(st.lists(st.floats(0.001, 30), min_size=2, max_size=60))
def test_a_change_is_over_the_window_as_far_as_it_is_known(steps: list[float]) -> None:
    """What grows evenly has one rate, told over no less than the window if that was seen."""
    changes, now = Changes(), 100.0
    for step in steps:
        found = changes.since(now, None, (3 * now,))
        if found is not None:
            seconds, (grown,) = found
            assert abs(grown - 3 * seconds) < 1e-6
            assert seconds >= SHORTEST
            assert seconds >= min(WINDOW, now - 100) - 1e-9
        now += step
