"""Sending what was left on disk: signals of processes that have ended, and refused ones."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from math import inf
from pathlib import Path
from typing import BinaryIO

from modelmetry.cli.failures import refuse
from modelmetry.cli.spooled import Unreadable, refused_entry, sending_path
from modelmetry.config import Config
from modelmetry.delivery.packed import Packed
from modelmetry.delivery.parts import AT_FAULT, Outcome, Parts
from modelmetry.delivery.policy import PATIENT, next_delay
from modelmetry.delivery.segment import SpoolError
from modelmetry.delivery.sink import SinkFailure
from modelmetry.delivery.spool import Place, Spool, refused_path
from modelmetry.sinks.http import HttpSink

LONGEST_PAUSE = 60.0  # seconds that somebody in front of a terminal waits for a busy server

Told = Callable[[int], object]


@dataclass
class Tally:
    """What a replay has done so far.

    Attributes:
        arrived: signals that the server took.
        refused: signals that it does not want.
        stay: signals that are where they were.
        unreadable: lines or frames whose signals cannot be read; they stay as well.
        failure: why the rest was not sent.
        unadopted: files that could not be taken over; what is in them is not counted.
    """

    arrived: int = 0
    refused: int = 0
    stay: int = 0
    unreadable: int = 0
    failure: SinkFailure | None = None
    unadopted: list[Unreadable] = field(default_factory=list[Unreadable])


@contextmanager
def alone(folder: Path) -> Generator[None, None, None]:
    """Nobody else replays or purges the folder while the block runs; clients go on.

    Raises:
        CommandFailed: somebody does.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            refuse(f"another command is at work in {folder.name}; wait until it has ended")
        yield
    finally:
        os.close(descriptor)


class Replay:
    """Sends what is in the folder of a server.

    Args:
        folder: of the server.
        config: where it goes, and how much travels together.
        told: called after each step with how much it got through: signals that waited, or bytes
            of refused ones.
    """

    def __init__(self, folder: Path, config: Config, told: Told) -> None:
        self._folder = folder
        self._config = config
        self._told = told
        # Neither bound holds here: nothing new is kept, and what is old was asked for.
        self._spool = Spool(folder, max_bytes=sys.maxsize, max_age=inf)

    def waiting(self) -> Tally:
        """Send what no living process owns, the oldest first.

        Raises:
            SpoolError: the disk does not take what was refused.
        """
        tally = Tally()
        with closing(self._sink()) as sink, closing(self._spool):
            places = self._spool.adopt()
            tally.unreadable = self._spool.damaged
            tally.unadopted = [Unreadable(*one) for one in self._spool.unadopted.items()]
            tally.stay = sum(place.frame.signal_count for place in places)
            for group in self._groups(places):
                loaded = [(place, one) for place in group if (one := self._read(place, tally))]
                if not self._deliver(sink, [packed for _, packed in loaded], tally):
                    break
                for place, packed in loaded:
                    self._spool.done(place)
                    tally.stay -= packed.signal_count
                self._told(sum(place.frame.signal_count for place in group))
        return tally

    def refused(self) -> Tally:
        """Send refused signals again; those that are refused once more stay, under the new reason.

        Raises:
            SpoolError: the disk does not take what was refused.
        """
        tally, sending = Tally(), sending_path(self._folder)
        if sending.is_file():  # a replay was killed
            with sending.open("rb") as file:
                self._put_back(file)
            sending.unlink()
        path = refused_path(self._folder)
        if path.is_file():
            with closing(self._sink()) as sink:
                self._send_lines(sink, path.replace(sending), tally)  # clients make a new one
        return tally

    def _send_lines(self, sink: HttpSink, path: Path, tally: Tally) -> None:
        with path.open("rb") as file:
            line = b""
            try:
                for line in file:
                    if not self._send_line(sink, line, tally):
                        break
                    self._told(len(line))
                else:
                    line = b""
            finally:
                tally.stay += self._put_back(chain([line], file))
                path.unlink()

    def _send_line(self, sink: HttpSink, line: bytes, tally: Tally) -> bool:
        entry = refused_entry(line)
        if entry is None:
            tally.unreadable += bool(line.strip())
            self._put_back([line])
            return True
        return self._deliver(sink, [entry.packed], tally)

    def _put_back(self, lines: Iterable[bytes]) -> int:
        """Keep lines as they are; says how many signals these are."""
        kept, signals = filter(bytes.strip, lines), 0
        first = next(kept, None)
        if first is None:
            return 0
        with private_file(refused_path(self._folder)) as file:
            for line in chain([first], kept):
                file.write(line.rstrip(b"\n") + b"\n")
                entry = refused_entry(line)
                signals += entry.packed.signal_count if entry is not None else 0
        return signals

    def _groups(self, places: Iterable[Place]) -> Iterator[list[Place]]:
        """As many as travel together."""
        group: list[Place] = []
        signals = size = 0
        for place in places:
            signals += place.frame.signal_count
            size += place.frame.length
            if group and (signals > self._config.batch_signals or size > self._config.batch_bytes):
                yield group
                group, signals, size = [], place.frame.signal_count, place.frame.length
            group.append(place)
        if group:
            yield group

    def _read(self, place: Place, tally: Tally) -> Packed | None:
        try:
            return self._spool.read(place)
        except SpoolError:
            tally.unreadable += 1
            return None

    def _deliver(self, sink: HttpSink, loads: Sequence[Packed], tally: Tally) -> bool:
        """Send signals; `False` when that has to wait, and nothing is different from before."""
        try:
            settled = settle(sink, Packed.joined(loads)) if loads else []
        except SinkFailure as failure:
            tally.failure = failure
            return False
        for part, refusal in settled:
            if refusal is None:
                tally.arrived += part.signal_count
            else:
                self._spool.keep_refused(part, refusal.reason)
                tally.refused += part.signal_count
        return True

    def _sink(self) -> HttpSink:
        config = self._config
        return HttpSink(config.base_url or "", api_key=config.api_key, timeout=config.timeout)


def settle(sink: HttpSink, whole: Packed) -> list[Outcome]:
    """Send signals, in parts where that is needed, and say what became of each.

    Raises:
        SinkFailure: the server takes nothing now; some of them may have arrived.
    """
    parts, settled = Parts(whole), list[Outcome]()
    while (part := parts.next()) is not None:
        failure = attempt(sink, part)
        if failure is not None and failure.status not in AT_FAULT:
            raise failure
        settled += parts.after(part, failure)
    return settled


def attempt(sink: HttpSink, part: Packed) -> SinkFailure | None:
    """Send a part, again where the server says when; `None` when it arrived."""
    began, attempts = time.monotonic(), 0
    while (failure := failure_of(sink, part)) is not None:
        attempts += 1
        delay = pause_after(failure, attempts, time.monotonic() - began)
        if delay is None:
            return failure
        time.sleep(delay)
    return None


def failure_of(sink: HttpSink, part: Packed) -> SinkFailure | None:
    """Send a part once; `None` when it arrived."""
    try:
        sink.send(part)
    except SinkFailure as failure:
        return failure
    return None


def pause_after(failure: SinkFailure, attempts: int, elapsed: float) -> float | None:
    """Seconds until the server wants to be asked again; `None` when nobody waits for that."""
    asked = failure.retry_after
    if asked is None or asked > LONGEST_PAUSE:
        return None
    return next_delay(PATIENT, attempts=attempts, elapsed=elapsed, retry_after=asked, chance=0.0)


def private_file(path: Path) -> BinaryIO:
    """A file for its owner's eyes, at whose end is written."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")  # noqa: PTH123
