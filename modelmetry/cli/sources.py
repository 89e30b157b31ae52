"""Files of traces, signals and telemetry as signals, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Final

import msgspec
from modelmetry_api.models import (
    CreateEventParams,
    CreateFindingParams,
    CreateSessionParams,
    CreateSpanParams,
    CreateTraceParams,
)
from modelmetry_api.types import encode_json

from modelmetry.cli import transfer
from modelmetry.cli.recognition import Content
from modelmetry.cli.shipment import KIND_OF, Item, Skip, Tally
from modelmetry.delivery.packed import KINDS
from modelmetry.telemetry import TelemetryFile
from modelmetry.telemetry.signals import Signals
from modelmetry.wire.measurements import KINDS_OF, measurement_text

LIST_OF: Final[dict[type, str]] = {
    CreateSessionParams: "Sessions",
    CreateTraceParams: "Traces",
    CreateSpanParams: "Spans",
    CreateEventParams: "Events",
    CreateFindingParams: "Findings",
}
BODY: Final = msgspec.json.Decoder(dict[str, list[msgspec.Raw] | None])
REASONS: Final = {
    "torn": "no whole JSON",
    "no_record": "no record of telemetry",
    "bad_timestamp": "a time that cannot be read",
    "damaged": "the database is damaged from there on",
}


class TelemetrySource:
    """The records of a file of telemetry.

    Args:
        path: the file.
        zone: that of times without an offset; by default that of this machine.
    """

    def __init__(self, path: Path, zone: tzinfo | None) -> None:
        self.file: TelemetryFile = TelemetryFile(path, zone=zone)

    def items(self) -> Iterator[list[Item]]:
        """What each record becomes, its run before it."""
        made = Signals()
        for record in self.file:
            yield [
                Item(
                    self.file.place,
                    KIND_OF[KINDS_OF[type(signal)]],
                    measurement_text(signal).encode(),
                )
                for signal in made.of(record)
            ]

    def note(self, tally: Tally) -> None:
        """Say in the tally what could not be read, in the order of the file."""
        for skip in self.file.skips:
            tally.skips.append(Skip(skip.place, REASONS[skip.reason]))
        for reason, number in self.file.skipped.items():
            tally.skipped[REASONS[reason]] += number
        tally.skips.sort()


def trace_items(path: Path, tally: Tally) -> Iterator[list[Item]]:
    """What each trace or session becomes of what `modelmetry traces export` wrote."""
    counted = transfer.Tally()
    with path.open("rb") as file:
        for counted.lines, line in enumerate(file, 1):
            if not line.strip():
                continue
            signals = transfer.signals_of(line, counted)
            if not signals:
                tally.skip(counted.lines, "no whole trace")
            yield [
                Item(counted.lines, KIND_OF[LIST_OF[type(signal)]], encode_json(signal))
                for signal in signals
            ]


def signal_items(path: Path, tally: Tally) -> Iterator[list[Item]]:
    """The signals of requests, of which a `JsonlSink` wrote each as a line."""
    with path.open("rb") as file:
        for place, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                found = BODY.decode(line)
            except (msgspec.DecodeError, ValueError, RecursionError):
                tally.skip(place, "no whole request")
                continue
            yield [
                Item(place, kind, bytes(text))
                for kind, name in enumerate(KINDS)
                for text in found.get(name) or ()
            ]


def total(path: Path, content: Content) -> int | None:
    """How many lines a file has; of a database nobody knows before it is read."""
    if content is Content.TELEMETRY_TABLE:
        return None
    with path.open("rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))
