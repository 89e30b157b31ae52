"""A batch as the body of one ingest request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final

import msgspec

from modelmetry.delivery.packed import Packed
from modelmetry.delivery.sink import Batch, Piece
from modelmetry.signals.records import RECORDS
from modelmetry.signals.writer import tell
from modelmetry.wire.writer import JsonWriter

new_writer: Final = JsonWriter
"""Makes writers of signals that `pack` gets later."""


def pack(batch: Batch) -> Packed:
    """The signals of `batch` as they travel, so that they can be joined, split and kept."""
    pieces: Sequence[Piece] = batch.signals
    writers = [piece if isinstance(piece, JsonWriter) else _written(piece) for piece in pieces]
    rows = zip(*(w.lists for w in (JsonWriter(), *writers)), strict=True)
    return Packed(tuple(map(_joined, rows)), batch.signal_count)


def _written(signal: Piece) -> JsonWriter:
    writer = JsonWriter()
    if isinstance(signal, RECORDS):
        tell(signal, writer)
    return writer


def _joined(lists: Iterable[list[str]]) -> bytes:
    return ",".join(chain.from_iterable(lists)).encode()


def encode(batch: Batch) -> bytes:
    """The JSON of `batch`; a value that JSON cannot hold is replaced, never a reason to fail."""
    return pack(batch).body()


def to_document(batch: Batch) -> dict[str, Any]:
    """`batch` as dicts, lists and scalars under the contract's names."""
    document: dict[str, Any] = msgspec.json.decode(encode(batch))
    return document
