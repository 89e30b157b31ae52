"""Which traces are new."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from modelmetry.cli.following import WINDOW, Follower
from tests.unit.cli.cast import START, trace

SECOND = timedelta(seconds=1)


def test_a_trace_is_news_once() -> None:
    """What was shown is not shown again."""
    follower = Follower()
    listed = [trace("a"), trace("b")]
    assert [one.xid for one in follower.news(listed, START)] == ["a", "b"]
    assert list(follower.news(listed, START + SECOND)) == []


def test_an_open_trace_is_shown_when_it_ends() -> None:
    """Until then it is waited for."""
    follower = Follower()
    assert list(follower.news([trace("a", open_=True)], START)) == []
    assert [one.xid for one in follower.news([trace("a")], START + SECOND)] == ["a"]


def test_a_trace_that_stays_open_is_shown_as_it_is() -> None:
    """Before it leaves the window, and once."""
    follower = Follower()
    later = START + WINDOW * 0.6
    open_ = [trace("a", open_=True)]
    assert [one.xid for one in follower.news(open_, later)] == ["a"]
    assert list(follower.news(open_, later + SECOND)) == []


def test_a_long_trace_that_began_earlier_is_not_missed() -> None:
    """A trace that arrives after one that began later is still news."""
    follower = Follower()
    short = trace("b", start=START + 5 * SECOND)
    assert list(follower.news([short], START + 6 * SECOND))
    assert [one.xid for one in follower.news([trace("a"), short], START + 9 * SECOND)] == ["a"]


def test_the_first_look_reaches_back_as_far_as_wanted() -> None:
    """After it the window is enough."""
    begin = START - 10 * WINDOW
    follower = Follower(begin)
    assert follower.since(START) == begin
    assert follower.since(START) == START - WINDOW


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=30))
def test_whatever_arrives_is_shown_at_most_once(looks: list[tuple[str, bool]]) -> None:
    """In any order of looks, open or ended, within the window."""
    follower = Follower()
    shown = [
        one.xid
        for step, (xid, open_) in enumerate(looks)
        for one in follower.news([trace(xid, open_=open_)], START + step * SECOND)
    ]
    assert len(shown) == len(set(shown))
    assert set(shown) == {xid for xid, open_ in looks if not open_}
