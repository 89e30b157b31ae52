"""Which traces are new."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from modelmetry_api.client import AsyncClient
from modelmetry_api.errors import ConnectionFailedError
from modelmetry_api.models import TraceList
from modelmetry_api.types import encode_json

from modelmetry.cli.filters import TraceFilter
from modelmetry.cli.following import WINDOW, Follower, follow
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


def followed(*looks: list[str] | None) -> tuple[list[str], list[str]]:
    """Follow a server that lists these XIDs, look by look; at `None` it is away.

    Gives what was shown and what was told.
    """
    shown: list[str] = []
    told: list[str] = []
    coming, now = iter(looks), datetime.now(UTC)

    def answer(_: httpx.Request) -> httpx.Response:
        xids = next(coming)
        if xids is None:
            raise httpx.ConnectError("refused")
        page = TraceList(traces=[trace(xid, start=now) for xid in xids], next_cursor=None)
        return httpx.Response(200, content=encode_json(page))

    async def run() -> None:
        transport = httpx.MockTransport(answer)
        async with AsyncClient("http://localhost", transport=transport) as client:
            await follow(
                client,
                TraceFilter(),
                timedelta(0),
                lambda one: shown.append(one.xid),
                tell=told.append,
                count=2,
            )

    asyncio.run(run())
    return shown, told


def test_only_what_ends_from_now_on_is_shown() -> None:
    """What was there at the first look is known."""
    shown, told = followed(["a"], ["a", "b"], ["a", "b", "c"])
    assert shown == ["b", "c"]
    assert told == ["Waiting for traces to end; Ctrl-C stops it."]


def test_a_server_that_goes_away_is_waited_for() -> None:
    """It is said once, and what ended meanwhile is shown afterwards."""
    shown, told = followed([], ["a"], None, None, ["a", "b"])
    assert shown == ["a", "b"]
    assert [line[:22] for line in told[1:]] == ["waiting for the server"]


def test_a_server_that_was_never_there_is_not_waited_for() -> None:
    """A wrong address is an error at once."""
    with pytest.raises(ConnectionFailedError):
        followed(None)
