"""How much is worked on at one time."""

from __future__ import annotations

import pytest

from modelmetry.server.limits import InFlight
from modelmetry.server.problems import Problem


def test_no_more_bodies_than_allowed() -> None:
    """The one that is too many is told to come again."""
    in_flight = InFlight(most_bodies=1, most_bytes=10)

    with in_flight.body(), pytest.raises(Problem) as caught:
        in_flight.body()

    assert caught.value.status == 429
    assert caught.value.headers == {"Retry-After": "1"}


def test_no_more_bytes_than_allowed() -> None:
    """Those of all bodies together."""
    in_flight = InFlight(most_bodies=3, most_bytes=10)

    with in_flight.body() as first, in_flight.body() as second:
        first.take(6)
        second.take(4)
        with pytest.raises(Problem) as caught:
            second.take(1)

    assert caught.value.status == 429


def test_everything_is_given_back() -> None:
    """Also after a failure."""
    in_flight = InFlight(most_bodies=1, most_bytes=10)

    def fail() -> None:
        with in_flight.body() as held:
            held.take(10)
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert (in_flight.bodies, in_flight.bytes) == (0, 0)
