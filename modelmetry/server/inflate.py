"""Compressed bodies, inflated within a bound."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import zstandard

from modelmetry.server.problems import Problem

ACCEPTED = "gzip, zstd"
MOST_MEMBERS = 64  # each member copies what follows it: without a bound that is quadratic
LARGEST_WINDOW = 8 * 1024 * 1024  # what RFC 8878 asks every decoder to have; more is memory
PIECE = 256 * 1024


def coding(header: str) -> str:
    """The coding that a `Content-Encoding` names: `identity`, `gzip` or `zstd`.

    Raises:
        Problem: 415 with `Accept-Encoding` for any other one, and for several at once.
    """
    name = header.strip().lower()
    if name in {"", "identity"}:
        return "identity"
    if name in {"gzip", "x-gzip"}:
        return "gzip"
    if name == "zstd":
        return name
    raise Problem(
        415,
        "unknown-encoding",
        f"a body may be compressed with one of {ACCEPTED}, not as its Content-Encoding says",
        headers={"Accept-Encoding": ACCEPTED},
    )


def inflate(name: str, data: bytes, largest: int) -> bytes:
    """The body behind a coding; at most `largest` bytes are ever held.

    Raises:
        Problem: 413 when it would be larger, 400 when the data is damaged.
    """
    if name == "identity":
        return data
    pieces: list[bytes] = []
    room = largest
    for piece in _gunzip(data, largest + 1) if name == "gzip" else _unzstd(data):
        room -= len(piece)
        if room < 0:
            raise Problem(
                413,
                "body-too-large",
                f"the body inflates to more than {largest} bytes; send smaller batches",
            )
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _gunzip(data: bytes, most: int) -> Iterator[bytes]:
    rest = data
    for _ in range(MOST_MEMBERS):
        member = zlib.decompressobj(wbits=31)  # 16 for gzip's own header, 15 for any window
        try:
            piece = member.decompress(rest, most)
        except zlib.error as error:
            raise _damaged("gzip", str(error)) from error
        yield piece
        most -= len(piece)
        if not member.eof:
            raise _damaged("gzip", "it ends too early")
        rest = member.unused_data
        if not rest.strip(b"\0"):  # gzip files may be padded with zeros
            return
    raise _damaged("gzip", f"it has more than {MOST_MEMBERS} members")


def _unzstd(data: bytes) -> Iterator[bytes]:
    inflater = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW)
    with inflater.stream_reader(data, read_across_frames=True) as reader:
        while True:
            try:
                piece = reader.read(PIECE)
            except zstandard.ZstdError as error:
                raise _damaged("zstd", str(error)) from error
            if not piece:
                return
            yield piece


def _damaged(name: str, why: str) -> Problem:
    return Problem(400, "damaged-body", f"the {name} body cannot be inflated: {why}")
