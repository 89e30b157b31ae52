"""Paths: any XID can be asked for, and nothing else is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import target as targets
from tests.contract.api import Api
from tests.contract.sent import segment
from tests.contract.signals import span, trace
from tests.contract.target import Target

ODD_XIDS = [
    "a/b",
    "/",
    "..",
    ".",
    "../info",
    "a%2Fb",
    "%",
    "%00",
    "a b+c",
    "?q=1#f",
    "a\\b;c=d,e",
    "Grüße/你好/👩‍👩‍👧",
    "e\u0301",
    "\u00e9",
    "\x00",
    "a\x00b",
    "\n",
    "'\"`<>{}|^~[]",
    "UPPER",
    "upper",
    "0193E0A4-7C10-7000-8000-00000000BEEF",
    "0193e0a4-7c10-7000-8000-00000000beef",
    "0193e0a47c107000800000000000beef",
    "{0193e0a4-7c10-7000-8000-00000000beef}",
    " 0193e0a4-7c10-7000-8000-00000000beef",
    "123",
    "1e3",
    "null",
    "x" * 2_000,
]


@pytest.fixture(scope="module", name="target")
def of_its_own(target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server that generated cases, which may choose the same XIDs, were never sent to."""
    if target.elsewhere:
        yield target
        return
    with targets.embedded(tmp_path_factory.mktemp("paths")) as ours:
        yield ours


@pytest.fixture(scope="module")
def api(target: Target) -> Iterator[Api]:
    """The tenant's key with every scope, on that server."""
    with Api(target.base_url, target.key, target.sent) as opened:
        yield opened


def odd(target: Target, xid: str) -> str:
    """The XID as it is on a server of our own, begun with our digits elsewhere."""
    return target.run + xid if target.elsewhere else xid


@pytest.mark.parametrize("xid", ODD_XIDS, ids=lambda xid: repr(xid)[:30])
def test_any_xid_can_be_read_and_deleted(api: Api, target: Target, xid: str) -> None:
    """An XID is any text: stored, listed, read, used as a filter and deleted, and only it."""
    xid = odd(target, xid)
    child = target.xid()
    name = f"odd {target.xid()}"
    body = {
        "Sessions": [{"XID": xid, "Name": name}],
        "Traces": [trace(target, XID=xid, Name=name, SessionID=xid)],
        "Spans": [span(target, xid, XID=child), span(target, xid, XID=xid, ParentID=child)],
    }
    api.store(body)
    read = api.trace(xid)
    assert (read["XID"], read["SessionID"]) == (xid, xid)
    assert {(found["XID"], found["ParentID"]) for found in read["Spans"]} == {
        (child, None),
        (xid, child),
    }
    assert api.read(f"/sessions/{segment(xid)}")["XID"] == xid
    assert [found["XID"] for found in api.read("/traces", session=xid)["Traces"]] == [xid]
    assert len(api.read("/spans", trace=xid)["Spans"]) == 2
    assert api.send("DELETE", f"/traces/{segment(xid)}").status_code == 204
    assert not api.has_trace(xid)
    assert api.send("DELETE", f"/traces/{segment(xid)}").status_code == 404


def test_xids_that_look_alike_are_different(api: Api, target: Target) -> None:
    """Case, hyphens, spaces and Unicode forms count."""
    alike = [
        *(f"{target.run}-7c10-7000-8000-00000000abcd{end}" for end in ("", " ", "\n", "\x00", "0")),
        f"{target.run}-7C10-7000-8000-00000000ABCD",
        f"{target.run}7c107000800000000000abcd",
        f"{target.run}\u00e9",
        f"{target.run}e\u0301",
    ]
    api.store({"Traces": [trace(target, XID=xid, Name=repr(xid)) for xid in alike]})
    for xid in alike:
        assert api.trace(xid)["Name"] == repr(xid)


@pytest.mark.parametrize(
    "path",
    [
        "//",
        "/traces/",
        "//traces",
        "/traces//",
        "/traces/x/y",
        "/traces/x/",
        "/TRACES",
        "/traces/../info",
        "/traces/..",
        "/./traces",
        "/traces;x=1",
        "/traces%2F",
        "/names",
        "/names/",
        "/findings",
        "/health",
        "/sessions/a/b",
        "/signals/ingest",
        "/signals/ingest/v1/",
        "/signals/ingest/v2",
        "/.env",
        "/etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/traces/..%2f..%2fetc%2fpasswd",
        "/traces/%25",
    ],
)
def test_another_path_is_not_found(api: Api, path: str) -> None:
    """A path that the document does not know, taken literally, is a 404."""
    assert api.raw("GET", path).status_code in {400, 404}


@pytest.mark.parametrize(
    "path", ["/traces/%ff", "/traces/%c3", "/traces/%ed%a0%80", "/sessions/%C0%AF"]
)
def test_a_path_that_is_not_utf8_is_refused(api: Api, path: str) -> None:
    """Bytes that are no text are a refusal, not a failure."""
    assert api.raw("GET", path).status_code in {400, 404, 422}


@pytest.mark.parametrize("path", ["/traces/%zz", "/traces/%", "/traces/%4"])
def test_a_broken_escape_does_no_harm(api: Api, path: str) -> None:
    """A percent sign that begins no escape is a refusal or stands for itself."""
    assert api.raw("GET", path).status_code in {400, 404, 422}


@pytest.mark.parametrize("path", ["/traces", "/signals/ingest/v1", "/traces/x", "/info", "/totals"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "PROPFIND", "FOO"])
def test_another_method_is_refused(api: Api, method: str, path: str) -> None:
    """A method that a path does not know is a 405 that says which it does."""
    assert api.raw(method, path).status_code == 405


@pytest.mark.parametrize("path", ["/traces/a", "/sessions/a", "/executions/a", "/telemetry/runs/a"])
def test_what_is_not_there_is_a_404(api: Api, target: Target, path: str) -> None:
    """A problem that names what was asked for."""
    answer = api.get(f"{path}{target.xid()}")
    assert answer.status_code == 404
