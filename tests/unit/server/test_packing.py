"""How answers are packed."""

from __future__ import annotations

import gzip

import pytest
import zstandard

from modelmetry.server.packing import WORTH_IT, Coding, best_coding, pack, takes_gzip


@pytest.mark.parametrize("header", ["gzip", "deflate, GZIP", "gzip;q=0.5", "*", "gzip; q=1"])
def test_a_client_that_takes_gzip_is_known(header: str) -> None:
    """By name, by star, with any weight above zero."""
    assert takes_gzip(header)


@pytest.mark.parametrize("header", ["", "br", "gzip;q=0", "*;q=0", "gzip;q=0, *", "gzip;q=x"])
def test_a_client_that_does_not_take_gzip_is_known(header: str) -> None:
    """A weight of zero means no."""
    assert not takes_gzip(header)


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate", "gzip"),
        ("gzip, zstd;q=0.5", "gzip"),
        ("ZSTD ; q=0.1", "zstd"),
        ("*", "zstd"),
        ("zstd;q=0, *", "gzip"),
        ("br", "identity"),
        ("", "identity"),
        ("gzip;q=0, zstd;q=0.0", "identity"),
        ("zstd;q=nan, gzip", "gzip"),
    ],
)
def test_a_client_gets_what_it_wants_most(header: str, coding: str) -> None:
    """And zstd where it wants both alike."""
    assert best_coding(header) == coding


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_large_answers_are_compressed_for_those_who_take_it(coding: Coding) -> None:
    """And small ones are not worth it."""
    large = b'"' + b"x" * WORTH_IT + b'"'

    packed, headers = pack(large, coding)

    assert headers == {"Vary": "Accept-Encoding", "Content-Encoding": coding}
    assert large == (gzip.decompress(packed) if coding == "gzip" else zstandard.decompress(packed))
    assert pack(large, "identity") == (large, {"Vary": "Accept-Encoding"})
    assert pack(b"{}", coding) == (b"{}", {"Vary": "Accept-Encoding"})
