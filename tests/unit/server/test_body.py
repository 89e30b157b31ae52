"""Reading bodies without a server around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from modelmetry.server.body import check_media_type, parse
from modelmetry.server.problems import Problem


def media_type_status(said: str) -> int | None:
    """The status with which a media type is refused."""
    try:
        check_media_type(Headers(raw=[(b"content-type", said.encode("latin-1"))]))
    except Problem as problem:
        return problem.status
    return None


def parse_status(data: bytes) -> int | None:
    """The status with which a body is refused."""
    try:
        parse(data)
    except Problem as problem:
        return problem.status
    return None


@given(st.text(st.characters(codec="latin-1")))
def test_any_media_type_is_taken_or_refused(said: str) -> None:
    """Nothing that a client can write is a defect of ours."""
    assert media_type_status(said) in {None, 415}


@given(st.text(st.characters(codec="latin-1")))
def test_any_parameters_of_json_are_taken_or_refused(said: str) -> None:
    """Such as odd charsets."""
    assert media_type_status(f"application/json; {said}") in {None, 415}


@given(st.binary())
def test_any_bytes_are_a_document_or_400(data: bytes) -> None:
    """With words about it."""
    assert parse_status(data) in {None, 400}


def test_the_deepest_document_that_is_taken() -> None:
    """One level more is 400."""
    assert parse(b"[" * 254 + b"]" * 254)
    with pytest.raises(Problem) as caught:
        parse(b"[" * 255 + b"]" * 255)
    assert "nested deeper than" in caught.value.detail
