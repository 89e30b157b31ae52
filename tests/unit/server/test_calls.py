"""Answers."""

from __future__ import annotations

import gzip

import pytest

from modelmetry.server.calls import WORTH_GZIP, accepts_gzip, json_answer


@pytest.mark.parametrize("header", ["gzip", "deflate, GZIP", "gzip;q=0.5", "*", "gzip; q=1"])
def test_a_client_that_takes_gzip_is_known(header: str) -> None:
    """By name, by star, with any weight above zero."""
    assert accepts_gzip(header)


@pytest.mark.parametrize("header", ["", "br", "gzip;q=0", "*;q=0", "gzip;q=0, *", "gzip;q=x"])
def test_a_client_that_does_not_take_gzip_is_known(header: str) -> None:
    """A weight of zero means no."""
    assert not accepts_gzip(header)


def test_large_answers_are_compressed_for_those_who_take_it() -> None:
    """And small ones are not worth it."""
    large = b'"' + b"x" * WORTH_GZIP + b'"'

    packed, plain, small = (
        json_answer(large, gzip=True),
        json_answer(large, gzip=False),
        json_answer(b"{}", gzip=True),
    )

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == large
    assert (plain.content, small.content) == (large, b"{}")
    assert {one.headers["Vary"] for one in (packed, plain, small)} == {"Accept-Encoding"}
