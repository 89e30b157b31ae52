"""From a raw path to an operation."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.server.compat.protocol import PROTOCOL
from modelmetry.server.operations import load_spec, operations
from modelmetry.server.problems import Problem
from modelmetry.server.routing import Router, first_segment, raw_path, shown

ROUTER = Router(operations(load_spec()[1]))
CRAFT = Router(operations(PROTOCOL), "a document")


@given(st.text(min_size=1).filter(lambda text: text.isprintable() or text.strip() != ""))
def test_any_xid_survives_percent_encoding(xid: str) -> None:
    """Slashes, dots, percent signs and anything else in an XID reach the handler unchanged."""
    found = ROUTER.find("GET", f"/traces/{quote(xid, safe='')}")

    assert found.operation.id == "get-trace"
    assert found.values == {"xid": xid}


def test_two_dots_are_an_xid_and_not_a_step_up() -> None:
    """The path is never normalised."""
    assert ROUTER.find("GET", "/traces/..").values == {"xid": ".."}


@pytest.mark.parametrize(
    "path", ["/nothing", "/traces/", "/traces/a/b", "//traces", "/", "", "*", "/Traces"]
)
def test_an_unknown_path_is_404(path: str) -> None:
    """A trailing slash, an empty XID and other cases are no paths of ours."""
    with pytest.raises(Problem) as caught:
        ROUTER.find("GET", path)

    assert caught.value.status == 404


def test_an_unknown_method_is_405_with_what_is_allowed() -> None:
    """`Allow` names the methods of the document and those that HTTP implies."""
    with pytest.raises(Problem) as caught:
        ROUTER.find("PUT", "/traces/a")

    assert caught.value.status == 405
    assert caught.value.headers == {"Allow": "DELETE, GET, HEAD, OPTIONS"}
    assert ROUTER.allowed("/signals/ingest/v1") == "OPTIONS, POST"


def test_head_finds_what_get_finds() -> None:
    """HEAD is GET without the body, and only where there is a GET."""
    assert ROUTER.find("HEAD", "/info").operation.id == "get-info"
    with pytest.raises(Problem) as caught:
        ROUTER.find("HEAD", "/signals/ingest/v1")
    assert caught.value.status == 405


@given(st.text(min_size=1))
def test_a_parameter_may_take_the_rest_of_a_path(name: str) -> None:
    """With its slashes, whether they were encoded or not; the rest may be anything but nothing."""
    for safe in ("", "/"):
        path = f"/api/v1/metrics/single-value/{quote(name, safe=safe)}"
        found = CRAFT.find("PUT", path)
        assert found.operation.id == "put-single-value"
        assert found.values == {"name": name}


@pytest.mark.parametrize(
    "path", ["/api", "/api/v1/metrics", "/api/v1/metrics/single-value/", "/api/v1/metrics//n"]
)
def test_there_must_be_a_rest(path: str) -> None:
    """What lists the paths is told."""
    with pytest.raises(Problem, match="a document lists all") as caught:
        CRAFT.find("PUT", path)

    assert caught.value.status == 404


@pytest.mark.parametrize(
    ("path", "first"),
    [("/api/v1", "api"), ("/%61pi/x", "api"), ("/api", "api"), ("/a%2Fpi/x", "a/pi"), ("", "")],
)
def test_the_first_segment_tells_the_dialect(path: str, first: str) -> None:
    """Decoded, as all segments are; one that is not UTF-8 is nobody's."""
    assert first_segment(path) == first
    assert first_segment("/%ff") not in {"api", ""}


def test_a_path_that_is_not_utf_8_is_400() -> None:
    """Such a path cannot be the name of anything."""
    with pytest.raises(Problem) as caught:
        ROUTER.find("GET", "/traces/%ff")

    assert caught.value.status == 400


def test_a_path_is_encoded_again_when_the_server_decoded_it() -> None:
    """An ASGI server need not tell the raw path."""
    assert raw_path({"path": "/traces/a b", "raw_path": None}) == "/traces/a%20b"
    assert raw_path({"path": "/traces/a/b", "raw_path": b"/traces/a%2Fb"}) == "/traces/a%2Fb"


def test_long_text_of_a_client_is_shortened() -> None:
    """Messages and logs hold the beginning only."""
    assert shown("a" * 100, 10) == "a" * 9 + "…"
