"""Windows of verdicts, compared with lists in which everything is counted anew."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from modelmetry.metrics.models.windows import LastWindow, TimeWindow


class Step(NamedTuple):
    """After so many seconds a verdict comes, and perhaps an earlier one is turned over."""

    after: float
    is_correct: bool
    turned: int | None


steps = st.lists(
    st.builds(
        Step,
        st.floats(0, 400, allow_nan=False),
        st.booleans(),
        st.none() | st.integers(0, 50),
    ),
    max_size=60,
)


def played(window: LastWindow | TimeWindow, story: list[Step]) -> list[list[float]]:
    """Times and verdicts of all, as they are in the end; the window has seen it happen."""
    all_of_them: list[list[float]] = []
    places: list[int] = []
    now = 1e6
    for after, is_correct, turned in story:
        now += after
        places.append(window.add(is_correct, now))
        all_of_them.append([now, is_correct])
        if turned is not None:
            back = turned % len(places)
            one = all_of_them[back]
            one[1] = not one[1]
            window.turn(places[back], bool(one[1]))
    return all_of_them


@given(steps, st.integers(1, 20))
def test_the_last_so_many_are_counted_exactly(story: list[Step], size: int) -> None:
    """Corrections of those that are still among them included, of all others not."""
    window = LastWindow("last", size)
    last = played(window, story)[-size:]
    assert window.tally(0) == (sum(bool(correct) for _, correct in last), len(last))


@given(steps, st.floats(0, 3000), st.integers(1, 12))
def test_those_of_a_time_are_counted_exactly_in_its_steps(
    story: list[Step], later: float, number: int
) -> None:
    """The step that is not over and the ones before it, however long nothing came."""
    window = TimeWindow("time", 100.0 * number, number)
    everything = played(window, story)
    now = (everything[-1][0] if everything else 1e6) + later
    first = now // 100 - number + 1
    within = [correct for at, correct in everything if at // 100 >= first]
    assert window.tally(now) == (sum(map(bool, within)), len(within))


def test_a_day_keeps_no_more_than_numbers() -> None:
    """A hundred thousand verdicts take as much room as one."""
    window = TimeWindow("24h", 86_400)
    for number in range(100_000):
        window.add(number % 4 > 0, number / 100)
    assert window.tally(1_000) == (75_000, 100_000)
    assert window.tally(90_000) == (0, 0)
