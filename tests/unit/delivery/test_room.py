"""Limits of what waits, and those who wait for room."""

from __future__ import annotations

from modelmetry.delivery.policy import BufferLimits
from modelmetry.delivery.room import Room

LIMITS = BufferLimits(max_signals=10, max_bytes=1_000)


def test_a_room_says_what_is_too_much() -> None:
    """Signals and bytes are counted apart; nothing is too much as long as both fit."""
    room = Room(LIMITS, patient=False)
    assert room.missing(10, 1_000) == (0, 0)
    assert room.missing(12, 1_003) == (2, 3)


def test_a_closed_or_full_room_has_no_place() -> None:
    """Whoever lays something down there is refused."""
    room = Room(LIMITS, patient=False)
    assert (room.free(4, 0), room.free(4, 1_000)) == (6, 0)
    room.closed = True
    assert room.free(0, 0) == 0


def test_who_waits_is_told_when_there_is_room() -> None:
    """Up to the limits nobody waits; beyond them, until somebody has left."""
    room = Room(LIMITS, patient=True)
    waiter = room.wait()
    room.tell(10, 0)
    assert not waiter.done()
    room.tell(9, 0)
    assert waiter.done()


def test_after_a_wait_in_vain_nobody_waits_until_half_is_free() -> None:
    """Who gave up lets the others go, and they find the limits and not twice as much."""
    room = Room(LIMITS, patient=True)
    waiter = room.wait()
    room.give_up()
    room.tell(10, 0)
    assert waiter.done()
    assert room.most is LIMITS
    room.tell(4, 0)
    assert room.most == LIMITS.times(2)


def test_nobody_waits_in_a_closed_room() -> None:
    """It will not have any."""
    room = Room(LIMITS, patient=True)
    waiter = room.wait()
    room.closed = True
    room.tell(10, 0)
    assert waiter.done()
