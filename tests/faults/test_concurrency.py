"""Many threads, tasks and generators record at once: everything arrives, under its own parent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.application import Application, stored, storing
from tests.faults.forest import GROW, findings_of, misplaced, spans_of

# What is left is `t/0/0`, made by a function that is traced, or by one that opens blocks.
_SYNC = """
import contextvars, gc

@client.traced("t/0/0")
def traced():
    for number in range(3):
        with client.span("t/0/0/0"):
            yield number

def written():
    with client.span("t/0/0"):
        for number in range(3):
            with client.span("t/0/0/0"):
                yield number

def leave_by_break(items):
    for item in items: break

def leave_by_close(items):
    next(items)
    items.close()

def leave_by_error(items):
    next(items)
    try: items.throw(KeyError())
    except KeyError: pass

def leave_by_garbage(items):
    next(items)
    cycle = [items]
    cycle.append(cycle)

def begin_in_another_context(items):
    contextvars.copy_context().run(next, items)
    items.close()

def end_in_another_thread(items):
    next(items)
    thread = threading.Thread(target=items.close)
    thread.start()
    thread.join()

WAYS = (leave_by_break, leave_by_close, leave_by_error, leave_by_garbage,
        begin_in_another_context, end_in_another_thread)
for way in WAYS:
    for generator in (traced, written):
        with client.trace("t") as trace:
            with client.span("t/0") as around:
                way(generator())
                gc.collect()
                assert client.current_span() is around, (way, generator)
            with client.span("t/1"): pass
        assert client.current_span() is None
print(client.close(50).ok)
"""

_ASYNC = """
import asyncio, gc

@client.traced("t/0/0")
async def traced():
    for number in range(3):
        with client.span("t/0/0/0"):
            await asyncio.sleep(0)
            yield number

async def written():
    async with client.span("t/0/0"):
        for number in range(3):
            with client.span("t/0/0/0"):
                await asyncio.sleep(0)
                yield number

async def leave_by_break(items):
    async for item in items: break

async def leave_by_close(items):
    await anext(items)
    await items.aclose()

async def leave_by_error(items):
    await anext(items)
    try: await items.athrow(KeyError())
    except KeyError: pass

async def leave_by_garbage(items):
    await anext(items)
    cycle = [items]
    cycle.append(cycle)

async def begin_in_another_task(items):
    await asyncio.create_task(anext(items))
    await items.aclose()

async def end_in_another_task(items):
    await anext(items)
    await asyncio.create_task(items.aclose())

async def leave_by_cancellation(items):
    await anext(items)
    task = asyncio.create_task(anext(items))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

async def leave_to_the_end_of_the_loop(items):
    await anext(items)
    kept.append(items)

WAYS = (leave_by_break, leave_by_close, leave_by_error, leave_by_garbage, begin_in_another_task,
        end_in_another_task, leave_by_cancellation, leave_to_the_end_of_the_loop)
kept = []

async def turn(way, generator):
    async with client.trace("t") as trace:
        async with client.span("t/0") as around:
            await way(generator())
            gc.collect()
            for _ in range(9): await asyncio.sleep(0)  # the loop closes what was collected
            if way is not leave_to_the_end_of_the_loop:
                assert client.current_span() is around, (way, generator)
        async with client.span("t/1"): pass
    return trace

async def main():
    turns = [turn(way, generator) for way in WAYS for generator in (traced, written)]
    await asyncio.gather(*turns)
    assert client.current_span() is None

asyncio.run(main())
print(client.close(50).ok)
"""


def test_eight_threads_lose_nothing(tmp_path: Path) -> None:
    """100 turns each, at the same time, through a real server into a real store."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        ended = app.run(
            GROW
            + """
barrier = threading.Barrier(8)
def work(thread):
    barrier.wait()
    for number in range(100):
        name = f"{thread}.{number}"
        with client.trace(name) as trace:
            trace.finding(name, number).event(name, {"thread": thread})
            grow(client, f"{name}/0")
            grow(trace, f"{name}/1")
threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(client.close(50))
"""
        )
        assert (ended.status, ended.out, ended.errors) == (
            0,
            "16800 created: 16800 delivered\n",
            "",
        )
        assert stored(url) == {"Traces": 800, "Spans": 4800, "Events": 5600, "Findings": 5600}
    assert misplaced(tmp_path / "store.db") == []


def test_a_thousand_tasks_find_their_own_parents(tmp_path: Path) -> None:
    """They take turns at every await, inside of blocks and of what those begin."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        ended = app.run(
            GROW
            + """
import asyncio
async def child(name):
    await asyncio.sleep(0)
    async with client.span(name) as span:
        await asyncio.sleep(0)
        span.finding(name, 1)
        await asyncio.to_thread(grow, client, f"{name}/0", 0) if name.endswith("7/1") else None
        assert client.current_span() is span
async def turn(name):
    async with client.trace(name) as trace:
        await asyncio.sleep(0)
        async with client.span(f"{name}/0") as span:
            await asyncio.gather(*[child(f"{name}/0/{number}") for number in range(2)])
            assert client.current_span() is span
        await child(f"{name}/1")
        trace.event(name)
        assert client.current_span() is trace
async def main():
    await asyncio.gather(*[turn(str(number)) for number in range(1000)])
    assert client.current_span() is None
    print(await client.aclose(50))
asyncio.run(main())
"""
        )
        assert (ended.status, ended.errors) == (0, "")
        assert stored(url) == {"Traces": 1000, "Spans": 4100, "Events": 1100, "Findings": 3100}
    assert misplaced(tmp_path / "store.db") == []


def test_a_pool_of_threads_takes_the_current_span_along(tmp_path: Path) -> None:
    """What is carried begins under the span that was current when it was handed over."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        ended = app.run(
            GROW
            + """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    for number in range(100):
        with client.trace(str(number)) as trace:
            carried = client.carried(grow)
            with client.span(f"{number}/0"):
                names = (f"{number}/0/0", f"{number}/0/1")
                inner = [pool.submit(client.carried(grow), client, name) for name in names]
                outer = pool.submit(carried, client, f"{number}/1")
                for future in (*inner, outer): future.result()
    assert pool.submit(client.current_span).result() is None
client.close(50)
"""
        )
        assert (ended.status, ended.errors) == (0, "")
        assert stored(url) == {"Traces": 100, "Spans": 1000, "Events": 900, "Findings": 900}
    assert misplaced(tmp_path / "store.db") == []


@pytest.mark.parametrize("method", ["fork", "forkserver"])
def test_a_pool_of_processes_goes_on_with_the_trace(tmp_path: Path, method: str) -> None:
    """Each has a client of its own, and delivers it at the end of the pool."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        ended = app.run_file(
            tmp_path / "program.py",
            f"""
import modelmetry, multiprocessing
from concurrent.futures import ProcessPoolExecutor
client = modelmetry.Client()
{GROW}
def work(headers, name):
    with client.extract(headers):
        grow(client, name)

if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        with client.trace("t"):
            with client.span("t/0"):
                headers = client.inject()
                futures = [pool.submit(work, headers, f"t/0/{{number}}") for number in range(50)]
                for future in futures: future.result()
    client.close(50)
""",
            batch_age="3600",
            exit_timeout="50",
        )
        assert (ended.status, ended.errors) == (0, "")
        assert stored(url) == {"Traces": 1, "Spans": 151, "Events": 150, "Findings": 150}
    assert misplaced(tmp_path / "store.db") == []
    assert app.left == []


# An item each, and another one of two that are cancelled; two spans of each that meets an error.
@pytest.mark.parametrize(
    ("program", "turns", "items", "errors"),
    [(_SYNC, 12, 12, 4), (_ASYNC, 16, 18, 8)],
    ids=["sync", "async"],
)
def test_generators_may_be_left_in_any_way(
    tmp_path: Path, program: str, turns: int, items: int, errors: int
) -> None:
    """Their spans end under the right parent, and what comes next is not in them."""
    with storing(tmp_path / "store.db") as url:
        ended = Application(url, tmp_path / "spool").run(program)
        assert (ended.status, ended.out, ended.errors) == (0, "True\n", "")
        assert stored(url) == {
            "Traces": turns,
            "Spans": 3 * turns + items,
            "Events": errors,
            "Findings": 0,
        }
    assert misplaced(tmp_path / "store.db") == []
    assert spans_of(tmp_path / "store.db") == {
        "t/0": turns,
        "t/0/0": turns,
        "t/0/0/0": items,
        "t/1": turns,
    }


def test_streams_that_are_left_early_say_how_fast_they_were(tmp_path: Path) -> None:
    """By break, by close, by garbage collection; the span goes on and is still the current one."""
    with storing(tmp_path / "store.db") as url:
        ended = Application(url, tmp_path / "spool").run(
            """
            import asyncio, gc
            def tokens():
                for number in range(9): yield number
            async def asynchronous_tokens():
                for number in range(9):
                    await asyncio.sleep(0)
                    yield number
            with client.trace("t"):
                for number in range(50):
                    with client.completion(f"t/{number}") as span:
                        for token in span.stream(tokens()):
                            if token == 3: break
                        assert client.current_span() is span
                    with client.completion(f"t/{number}") as span:
                        stream = span.stream(tokens())
                        assert [next(stream), next(stream)] == [0, 1]
                        stream.close()
            async def one(number):
                async with client.completion(f"t/{number}") as span:
                    async for token in span.stream(asynchronous_tokens()):
                        if token == 3: break
                    assert client.current_span() is span
                async with client.completion(f"t/{number}") as span:
                    stream = span.stream(asynchronous_tokens())
                    cycle = [stream, await anext(stream), await anext(stream)]
                    cycle.append(cycle)
            async def main():
                async with client.trace("t"):
                    await asyncio.gather(*[one(number) for number in range(50)])
                gc.collect()
            asyncio.run(main())
            print(client.close(50).ok)
            """
        )
        assert (ended.status, ended.out, ended.errors) == (0, "True\n", "")
    assert findings_of(tmp_path / "store.db") == {
        "time_to_first_token": 200,
        "items_per_second": 200,
    }
