"""The steps of our way from a call to a body, one after the other in one thread.

Prints CPU in microseconds per turn: the median of rounds. The request, files, and threads that
take turns for Python's lock are not in it; `benchmarks/recording.py` measures all of it.

Run as `python -m benchmarks.turns.steps`.
"""

from __future__ import annotations

import gzip
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from benchmarks.turns.ours import Recorder
from benchmarks.turns.story import Story, stories
from modelmetry import Client
from modelmetry.delivery.inbox import Inbox, Source
from modelmetry.delivery.packed import Packed
from modelmetry.delivery.reading import PackingReader
from modelmetry.delivery.sink import Batch, Piece
from modelmetry.sinks.http import HttpSink
from modelmetry.testing import MemorySink
from modelmetry.wire.body import pack

ROUNDS: Final = 40
TURNS: Final = 50
ResultT = TypeVar("ResultT")


def main() -> None:
    """Measure and print."""
    taken: dict[str, list[float]] = defaultdict(list)

    def timed(step: str, work: Callable[[], ResultT]) -> ResultT:
        began = time.thread_time_ns()
        result = work()
        taken[step].append((time.thread_time_ns() - began) / TURNS / 1_000)
        return result

    recorder, inbox = _recorder()
    reader = PackingReader(HttpSink("http://127.0.0.1"))
    told = stories(TURNS)
    for _ in range(ROUNDS):
        timed("recording", lambda: _record(recorder, told))
        sources: list[Any] = list(inbox.items)
        inbox.items.clear()
        pieces = timed("writing", lambda: _written(reader, sources))  # noqa: B023 - called at once
        timed("weighing", lambda: sum(map(reader.weigh, pieces)))  # noqa: B023
        batch = Batch(signals=cast("Any", tuple(pieces)), signal_count=0, approximate_bytes=0)
        packed: Packed = timed("packing", lambda: pack(batch))  # noqa: B023
        body = packed.body()
        timed("gzip", lambda: gzip.compress(body, compresslevel=1, mtime=0))  # noqa: B023
    lines = [f"{step:12} {statistics.median(values):6.1f}\n" for step, values in taken.items()]
    sys.stdout.writelines(lines)


def _recorder() -> tuple[Recorder, Inbox]:
    """A recorder whose signals stay in the inbox, because nobody notices them."""
    recorder = Recorder.__new__(Recorder)
    recorder.client = Client(sink=MemorySink())
    inbox = recorder.client._recorder.inbox  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    inbox.notice_at = 1 << 62
    return recorder, inbox


def _record(recorder: Recorder, told: list[Story]) -> None:
    for story in told:
        recorder.turn(story)


def _written(reader: PackingReader, sources: list[Source]) -> list[Piece]:
    return [piece for source in sources for piece, _ in reader.read(source)]


if __name__ == "__main__":
    main()
