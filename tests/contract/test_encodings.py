"""Compressed bodies: gzip and zstd, whole, within bounds."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable

import pytest
import zstandard

from tests.contract.api import Api
from tests.contract.signals import trace
from tests.contract.target import Target

Compress = Callable[[bytes], bytes]


def streamed(data: bytes) -> bytes:
    """Zstandard as a stream: the frame does not say how large its content is."""
    compressor = zstandard.ZstdCompressor().compressobj()
    return compressor.compress(data) + compressor.flush()


CODINGS: list[tuple[str, Compress]] = [
    ("gzip", gzip.compress),
    ("zstd", zstandard.ZstdCompressor().compress),
    ("zstd", streamed),
]
with_each_coding = pytest.mark.parametrize(
    ("coding", "compress"), CODINGS, ids=["gzip", "zstd", "zstd-stream"]
)


def send(api: Api, target: Target, coding: str, change: Compress) -> tuple[int, str]:
    """Send one trace through `change`; the answer's status and the trace's XID."""
    xid = target.xid()
    body = {"Traces": [trace(target, XID=xid, Metadata={"text": "x" * 5_000})]}
    content = change(json.dumps(body).encode())
    answer = api.ingest(body, headers={"Content-Encoding": coding}, content=content)
    return answer.status_code, xid


@with_each_coding
def test_a_compressed_body_is_taken(
    api: Api, target: Target, coding: str, compress: Compress
) -> None:
    """Gzip and zstd bodies are inflated, also when written in capitals."""
    for name in (coding, coding.upper()):
        status, xid = send(api, target, name, compress)
        assert status == 200
        assert len(api.trace(xid)["Metadata"]["text"]) == 5_000


def test_identity_is_no_encoding(api: Api, target: Target) -> None:
    """`identity` means as it is."""
    status, _ = send(api, target, "identity", bytes)
    assert status == 200


DAMAGES: dict[str, Compress] = {
    "no-end": lambda data: data[:-10],
    "half": lambda data: data[: len(data) // 2],
    "four-bytes": lambda data: data[:4],
    "empty": lambda _: b"",
    "overwritten": lambda data: data[:20] + bytes(8) + data[28:],
    "plain": lambda _: b"{}",
    "tail": lambda data: data + b"{}",
}


@with_each_coding
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_body_is_refused(
    api: Api, target: Target, coding: str, compress: Compress, damage: str
) -> None:
    """A body that does not inflate to its end is a 400, and nothing of it is stored."""
    status, xid = send(api, target, coding, lambda data: DAMAGES[damage](compress(data)))
    assert status == 400
    assert not api.has_trace(xid)


@pytest.mark.parametrize(
    "coding", ["br", "deflate", "compress", "x-unknown", "gzip, gzip", "gzip,"]
)
def test_an_unknown_encoding_is_refused(api: Api, target: Target, coding: str) -> None:
    """Another encoding, or several at once, is a 415 that nobody has to guess at."""
    status, xid = send(api, target, coding, gzip.compress)
    assert status == 415
    assert not api.has_trace(xid)


def test_an_encoding_that_is_not_there_is_refused(api: Api, target: Target) -> None:
    """A compressed body that does not say so is not JSON."""
    status, _ = send(api, target, "identity", zlib.compress)
    assert status == 400


@with_each_coding
@pytest.mark.parametrize("filling", ["space", "text"])
def test_a_bomb_is_refused(
    api: Api, target: Target, coding: str, compress: Compress, filling: str
) -> None:
    """A small body that inflates beyond the limit is a 413, however the rest looks."""
    limit = api.read("/info")["Limits"]["LargestInflatedBody"]
    xid = target.xid()
    body = {"Traces": [trace(target, XID=xid)]}
    whole = json.dumps(body).encode()
    padding = b" " * limit if filling == "space" else b'"' + b"x" * limit + b'"'
    bomb = compress(padding + whole)
    assert len(bomb) < limit / 100
    answer = api.ingest(body, headers={"Content-Encoding": coding}, content=bomb)
    assert answer.status_code == 413
    assert not api.has_trace(xid)


def test_a_bomb_of_many_members_is_refused(api: Api, target: Target) -> None:
    """The bound holds for all members of a gzip file together."""
    limit = api.read("/info")["Limits"]["LargestInflatedBody"]
    member = gzip.compress(b" " * (limit // 8))
    answer = api.ingest({}, headers={"Content-Encoding": "gzip"}, content=member * 12)
    assert answer.status_code in {400, 413}
