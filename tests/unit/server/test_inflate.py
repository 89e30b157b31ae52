"""Compressed bodies."""

from __future__ import annotations

import gzip
import io
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.server.inflate import LARGEST_WINDOW, MOST_MEMBERS, coding, inflate
from modelmetry.server.problems import Problem

LARGEST = 1000


def refusal(name: str, data: bytes, largest: int = LARGEST) -> Problem:
    """The problem that a body meets."""
    with pytest.raises(Problem) as caught:
        inflate(name, data, largest)
    return caught.value


def zstd_stream(data: bytes) -> bytes:
    """A frame that does not say how large its content is."""
    packer = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    return packer.compress(data) + packer.flush()


@given(st.binary(max_size=LARGEST))
def test_what_was_compressed_comes_back(data: bytes) -> None:
    """Both codings, and none."""
    assert inflate("identity", data, LARGEST) == data
    assert inflate("gzip", gzip.compress(data), LARGEST) == data
    assert inflate("zstd", zstandard.compress(data), LARGEST) == data
    assert inflate("zstd", zstd_stream(data), LARGEST) == data


@given(st.lists(st.binary(min_size=1, max_size=100), min_size=2, max_size=5))
def test_members_and_frames_may_follow_each_other(parts: list[bytes]) -> None:
    """As RFC 1952 and RFC 8878 allow."""
    whole = b"".join(parts)

    assert inflate("gzip", b"".join(map(gzip.compress, parts)), LARGEST) == whole
    assert inflate("zstd", b"".join(map(zstandard.compress, parts)), LARGEST) == whole


@pytest.mark.parametrize("name", ["gzip", "zstd"])
@pytest.mark.parametrize("size", [LARGEST + 1, 5_000_000])
def test_a_bomb_is_413(name: str, size: int) -> None:
    """However small it is when it arrives."""
    bomb = b" " * size
    packed = gzip.compress(bomb) if name == "gzip" else zstd_stream(bomb)

    assert refusal(name, packed).status == 413


def test_several_small_members_count_together() -> None:
    """The bound holds for the whole body."""
    half = b"x" * (LARGEST // 2 + 1)

    assert refusal("gzip", gzip.compress(half) * 2).status == 413
    assert refusal("zstd", zstandard.compress(half) * 2).status == 413


def test_the_largest_body_just_fits() -> None:
    """The bound itself is allowed."""
    largest = b"x" * LARGEST

    assert inflate("gzip", gzip.compress(largest), LARGEST) == largest
    assert inflate("zstd", zstandard.compress(largest), LARGEST) == largest


DAMAGED = {
    "gzip of nothing": b"",
    "gzip that is text": b"not gzip",
    "gzip that is cut": gzip.compress(b"x" * 100)[:-1],
    "gzip with another checksum": gzip.compress(b"x")[:-5] + b"\0\0\0\0\0",
    "gzip before garbage": gzip.compress(b"x") + b"garbage",
    "gzip that is zlib": zlib.compress(b"x"),
    "gzip of many members": gzip.compress(b"") * (MOST_MEMBERS + 1),
    "zstd that is text": b"not zstd at all",
    "zstd before garbage": zstandard.compress(b"x") + b"garbage",
    "zstd with a broken block": zstandard.compress(b"x" * 100)[:8] + b"\xff" * 20,
}


@pytest.mark.parametrize("what", DAMAGED)
def test_damaged_data_is_400(what: str) -> None:
    """Cut, altered, followed by something else, or of another kind."""
    name = what.partition(" ")[0]
    problem = refusal(name, DAMAGED[what])

    assert problem.status == 400
    assert name in problem.detail


def test_zeros_after_a_gzip_member_are_padding() -> None:
    """Gzip itself ignores them too."""
    assert inflate("gzip", gzip.compress(b"x") + b"\0" * 10, LARGEST) == b"x"


def test_a_window_that_needs_much_memory_is_400() -> None:
    """A frame may ask its reader for gigabytes."""
    parameters = zstandard.ZstdCompressionParameters(window_log=25, write_content_size=False)
    source = io.BytesIO(b"x" * 100)
    packed = io.BytesIO()
    zstandard.ZstdCompressor(compression_params=parameters).copy_stream(source, packed)

    assert LARGEST_WINDOW < 2**25
    assert refusal("zstd", packed.getvalue()).status == 400


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "identity"),
        ("identity", "identity"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        (" zstd ", "zstd"),
    ],
)
def test_codings_are_known_by_their_names(header: str, expected: str) -> None:
    """Names are case-insensitive."""
    assert coding(header) == expected


@pytest.mark.parametrize("header", ["br", "deflate", "gzip, gzip", "gzip,zstd", "x"])
def test_other_codings_are_415_with_those_that_are_taken(header: str) -> None:
    """So that the client can choose one."""
    with pytest.raises(Problem) as caught:
        coding(header)

    assert caught.value.status == 415
    assert caught.value.headers == {"Accept-Encoding": "gzip, zstd"}
