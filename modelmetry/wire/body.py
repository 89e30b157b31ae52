"""A batch as the body of one ingest request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from modelmetry.delivery.packed import KINDS, Packed
from modelmetry.delivery.sink import Batch, Piece, Written
from modelmetry.signals.records import Signal
from modelmetry.signals.writer import tell
from modelmetry.wire.writer import JsonWriter

new_writer: Final = JsonWriter
"""Makes writers of signals that `pack` gets later."""


def pack(batch: Batch) -> Packed:
    """The signals of `batch` as they travel, so that they can be joined, split and kept."""
    pieces: Sequence[Piece] = batch.signals
    writer = JsonWriter()
    rows = [
        piece.texts if isinstance(piece, Written) else _texts(piece, writer) for piece in pieces
    ]
    columns = zip(*rows, strict=True) if rows else ((),) * len(KINDS)
    return Packed(tuple(map(_joined, columns)), batch.signal_count)


def _texts(signal: Signal, writer: JsonWriter) -> tuple[str, ...]:
    tell(signal, writer)
    return writer.take().texts


def _joined(texts: Iterable[str]) -> bytes:
    return ",".join(filter(None, texts)).encode()


def encode(batch: Batch) -> bytes:
    """The JSON of `batch`; a value that JSON cannot hold is replaced, never a reason to fail."""
    return pack(batch).body()


def to_document(batch: Batch) -> dict[str, Any]:
    """`batch` as dicts, lists and scalars under the contract's names."""
    document: dict[str, Any] = msgspec.json.decode(encode(batch))
    return document
