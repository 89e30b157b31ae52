"""What waits to be sent, without threads, disks and servers."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from modelmetry.delivery.backlog import Backlog, Entry
from modelmetry.delivery.packed import Packed
from modelmetry.delivery.policy import BatchPolicy
from modelmetry.delivery.receipt import DEADLINE
from modelmetry.delivery.segment import Frame, Segment
from modelmetry.delivery.spool import Place

POLICY = BatchPolicy(max_signals=5, max_bytes=10**6)
NOWHERE = Segment(Path("nowhere"), -1)


def backlog() -> Backlog:
    """An empty one."""
    lock = threading.RLock()
    return Backlog(lambda: lock)


def entry(signals: int = 1, *, on_disk: bool = False, adopted: bool = False) -> Entry:
    """Some signals."""
    place = Place(NOWHERE, Frame(0, 0, signals, 0)) if on_disk else None
    return Entry(Packed.of([]), place, signals, signals, 0.0, adopted)


def signals(entries: Sequence[Entry]) -> list[int]:
    """How many signals each of them holds."""
    return [one.signal_count for one in entries]


def test_one_batch_is_held_at_a_time() -> None:
    """Who asks again before it is released gets nothing, and disturbs nothing."""
    books = backlog()
    books.add(entry(2))
    books.add(entry(3))
    books.add(entry(4))
    assert signals(books.hold(POLICY)) == [2, 3]
    books.arrived(2)
    assert books.hold(POLICY) == ()
    books.arrived(3)
    books.release()
    assert signals(books.hold(POLICY)) == [4]
    assert books.read().delivered == 5
    assert books.read().pending == 4


def test_what_comes_twice_counts_once() -> None:
    """Who was interrupted in `add` says it again, perhaps when it has been sent."""
    books, twice = backlog(), entry(2)
    books.add(twice)
    books.hold(POLICY)
    books.add(twice)
    books.arrived(2)
    books.release()
    books.add(twice)
    assert (books.read().delivered, books.read().pending) == (2, 0)


def test_what_was_abandoned_is_not_sent() -> None:
    """On disk it stays; a batch that was put down is not taken up again."""
    books = backlog()
    books.add(entry(2, on_disk=True))
    books.add(entry(3, on_disk=True))
    books.hold(POLICY)
    books.arrived(2)
    books.abandon()
    books.put_down()
    books.add(entry(7, on_disk=True))
    books.add(entry(4))
    assert books.hold(POLICY) == ()
    assert (books.read().delivered, books.read().spooled) == (2, 10)
    assert books.read().dropped == {DEADLINE: 4}


def test_own_and_others_signals_do_not_travel_together() -> None:
    """Nor those on disk with those in memory: each kind is booked in another way."""
    books = backlog()
    books.add(entry(1))
    books.add(entry(2, on_disk=True))
    books.bring_home([entry(3, on_disk=True, adopted=True)])
    found: list[list[int]] = []
    while held := books.hold(POLICY):
        found.append(signals(held))
        books.arrived(sum(signals(held)))
        books.release()
    assert found == [[3], [1], [2]]
    assert (books.read().recovered, books.read().delivered) == (3, 3)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 6), st.booleans()),
        st.tuples(st.just("home"), st.integers(1, 6)),
        st.just(("hold",)),
        st.tuples(st.just("arrived"), st.integers(1, 6)),
        st.tuples(st.just("lost"), st.integers(1, 6)),
        st.just(("release",)),
        st.just(("give up",)),
        st.just(("pause",)),
        st.just(("resume",)),
        st.just(("abandon",)),
    ),
    max_size=40,
)


@given(steps)
def test_the_books_add_up_after_every_step(program: list[tuple[object, ...]]) -> None:
    """What came in is somewhere, once; sums that are kept are those of the entries."""
    books, came, left = backlog(), 0, 0
    waiter = books.wait_for_all()
    assert waiter.done()
    for word, *arguments in program:
        before, was_held = books.read().recovered, bool(books.held)
        left -= _step(books, str(word), arguments, left)
        if word == "add":
            came += int(str(arguments[0]))
        if word == "hold" and not was_held:
            left = sum(signals(books.held))
        if not books.held:
            left = 0
        accounts = books.read()
        assert accounts.recovered >= before
        assert min(accounts.pending, accounts.spooled, books.signals, books.bytes_alone) >= 0
        total = accounts.pending + accounts.spooled + accounts.delivered
        assert total + sum(accounts.dropped.values()) == came, asdict(accounts)


def _step(books: Backlog, word: str, arguments: list[object], left: int) -> int:
    """Do what a real sender may do next; gives how many signals of the held batch it settled."""
    if word == "add":
        signals_in, on_disk = arguments
        books.add(entry(int(str(signals_in)), on_disk=bool(on_disk)))
    elif word == "home":
        books.bring_home([entry(int(str(arguments[0])), on_disk=True, adopted=True)])
    elif word == "hold" and not books.held:
        books.hold(POLICY)
    elif word in {"arrived", "lost"} and books.held and left:
        some = min(left, int(str(arguments[0])))
        books.arrived(some) if word == "arrived" else books.lost(some, "http_422")
        return some
    elif word == "release" and books.held and not left:
        books.release()
    elif word == "give up" and books.held:
        books.give_up_held("internal")
        books.release()
    elif word == "pause" and books.held:
        books.pause()
    elif word == "resume":
        books.resume()
    elif word == "abandon":
        books.abandon()
    return 0


def test_who_waits_is_told_when_all_before_is_settled() -> None:
    """Arrived or lost; later ones do not matter."""
    books = backlog()
    books.add(entry(1))
    waiter = books.wait_for_all()
    books.add(entry(5))
    books.hold(POLICY)
    assert not waiter.done()
    books.arrived(1)
    books.release()
    assert waiter.done()
    later = books.wait_for_all()
    books.abandon()
    assert later.done()
    assert books.read().dropped == {DEADLINE: 5}


def test_nobody_waits_for_what_only_a_person_can_change() -> None:
    """While the receiver refuses the key, a flush ends with signals on disk."""
    books = backlog()
    books.add(entry(1, on_disk=True))
    waiter = books.wait_for_all()
    books.park(parked=True)
    assert waiter.done()
    assert books.wait_for_all().done()
    books.park(parked=False)
    assert not books.wait_for_all().done()
