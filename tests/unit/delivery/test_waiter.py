"""A moment that threads and coroutines wait for."""

from __future__ import annotations

import asyncio
import threading

from modelmetry.delivery.waiter import Waiter
from tests.unit.delivery.cast import PATIENCE


def test_who_waits_is_let_go_when_it_is_told() -> None:
    """Every thread, those that come later at once."""
    waiter, results = Waiter(), list[bool]()
    threads = [
        threading.Thread(target=lambda: results.append(waiter.wait(PATIENCE))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    waiter.tell()
    for thread in threads:
        thread.join(PATIENCE)
    assert results == [True, True, True]
    assert waiter.wait(0)


def test_a_wait_has_an_end() -> None:
    """And tells that it came to nothing; a negative time is none."""
    waiter = Waiter()
    assert not waiter.wait(0)
    assert not waiter.wait(-1.0)
    assert not waiter.done()


def test_many_may_tell() -> None:
    """Once is enough, and to say it again changes nothing."""
    for _ in range(50):
        waiter, told = Waiter(), threading.Event()
        waiter.then(told.set)
        tellers = [threading.Thread(target=waiter.tell) for _ in range(4)]
        for teller in tellers:
            teller.start()
        assert waiter.wait(PATIENCE)
        for teller in tellers:
            teller.join(PATIENCE)
        assert waiter.wait(0)
        assert told.is_set()


def test_calls_are_made_when_it_is_told_or_was() -> None:
    """So nobody has to look first."""
    waiter, said = Waiter(), list[str]()
    waiter.then(lambda: said.append("before"))
    waiter.tell()
    waiter.then(lambda: said.append("after"))
    assert said == ["before", "after"]


def test_a_coroutine_waits_without_blocking_its_loop() -> None:
    """Others go on meanwhile, and one of them tells."""

    async def main() -> list[bool]:
        waiter = Waiter()
        early = await waiter.wait_in_loop(0)
        waiting = asyncio.create_task(waiter.wait_in_loop(PATIENCE))
        await asyncio.sleep(0)
        waiter.tell()
        return [early, await waiting, await waiter.wait_in_loop()]

    assert asyncio.run(main()) == [False, True, True]


def test_a_loop_that_is_gone_is_no_trouble_for_who_tells() -> None:
    """It was left while it waited."""
    waiter = Waiter()
    assert not asyncio.run(waiter.wait_in_loop(0))
    waiter.tell()
    assert waiter.done()
