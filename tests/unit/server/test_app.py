"""The whole application over a socket."""

from __future__ import annotations

import asyncio
import gzip
import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from modelmetry_api import SPEC_VERSION
from modelmetry_api.models import TraceList

from modelmetry.server import ServerSettings, create_app
from modelmetry.server.app import handlers
from modelmetry.server.measures import ServerMetrics
from modelmetry.server.operations import DOCUMENT, METRICS, load_spec, operations
from modelmetry.server.threads import Threads
from modelmetry.store.open import open_store
from modelmetry.store.queries import TraceQuery
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.server.serving import INGEST, START, Serving, problem, serving, span, trace


def test_every_operation_has_a_handler_and_every_handler_an_operation(server: Serving) -> None:
    """The document and the server cannot drift apart."""
    document, spec = load_spec()
    threads = Threads(1, 0)

    metrics = ServerMetrics(server.store, threads)
    found = handlers(server.store, ServerSettings(), spec, document, threads, metrics)

    threads.close()
    assert found.keys() == {one.id for one in operations(spec)} | {DOCUMENT.id, METRICS.id}


def test_health_and_information_are_for_everybody(server: Serving) -> None:
    """With the limits that a client may want to obey."""
    limits = ServerSettings()

    assert server.http.get("/health/live").json() == {"Status": "ok"}
    assert server.http.get("/health/ready").json() == {"Status": "ok"}
    info = server.http.get("/info").json()
    assert (info["Name"], info["SpecVersion"]) == ("modelmetry", SPEC_VERSION)
    assert info["Limits"] == {
        "LargestBody": limits.largest_body,
        "LargestInflatedBody": limits.largest_inflated_body,
        "LargestBatch": limits.largest_batch,
    }


def test_a_source_tree_that_was_never_installed_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no version of its own."""

    def unknown(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("modelmetry.server.service.version", unknown)
    with serving(tmp_path) as running:
        assert running.http.get("/info").json()["Version"] == "0+source"


def test_the_document_is_served(server: Serving) -> None:
    """The same that the server is made from."""
    response = server.http.get("/openapi.json")

    assert response.headers["content-type"] == "application/json"
    assert response.json() == load_spec()[1]


def test_answers_are_not_kept_by_caches(server: Serving) -> None:
    """They are somebody's data; nor may other sites' pages use them."""
    headers = server.http.get("/traces").headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_an_unknown_path_is_404_and_an_unknown_method_405(server: Serving) -> None:
    """Both as problems, the latter with `Allow`."""
    unknown = server.http.put("/health/live")

    problem(server.http.get("/nothing"), 404)
    problem(server.http.get("/traces/"), 404)
    problem(unknown, 405)
    assert unknown.headers["allow"] == "GET, HEAD, OPTIONS"


def test_head_is_get_without_the_body(server: Serving) -> None:
    """With the same headers."""
    get, head = server.http.get("/info"), server.http.head("/info")

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]


def test_options_tells_the_methods(server: Serving) -> None:
    """Without a body, and 404 where there is nothing."""
    response = server.http.options("/traces/a")

    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["allow"] == "DELETE, GET, HEAD, OPTIONS"
    problem(server.http.options("/nothing"), 404)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"host": "evil.example", "origin": "http://evil.example"},
    ],
)
def test_a_foreign_page_can_neither_read_nor_write(
    server: Serving, headers: dict[str, str]
) -> None:
    """Not even what needs no key, and nothing that it sends is stored."""
    sent = trace()

    problem(server.http.get("/health/live", headers=headers), 403)
    problem(server.http.get("/traces", headers=headers), 403)
    problem(server.ingest({"Traces": [sent]}, **headers), 403)
    assert server.http.get(f"/traces/{sent['XID']}").status_code == 404


def test_the_servers_own_pages_may_speak_to_it(server: Serving) -> None:
    """Their origin is the address that they were loaded from."""
    assert server.ingest({}, origin=server.base_url).status_code == 200


@pytest.mark.parametrize("xid", ["a/b", "..", "a b?c#d", "%2F", "ü", "\x00", "mm~"])
def test_odd_xids_can_be_stored_read_and_deleted(server: Serving, xid: str) -> None:
    """An XID is any text."""
    path = "/traces/" + "".join(f"%{byte:02X}" for byte in xid.encode())
    assert server.ingest({"Traces": [trace(xid)]}).status_code == 200

    assert server.http.get(path).json()["XID"] == xid
    assert server.http.delete(path).status_code == 204
    problem(server.http.get(path), 404)
    problem(server.http.delete(path), 404)


@pytest.fixture(scope="module")
def conversation(server: Serving) -> str:
    """The XID of a trace in a session, with a span of each kind and two findings."""
    xid, session = str(uuid4()), f"session-{uuid4()}"
    data = {
        "Messages": [{"Role": "user", "Contents": [{"Text": "where is my order?"}]}],
        "Options": {"Model": "gpt-4o", "Temperature": 1.5},
    }
    body = {
        "Sessions": [{"XID": session, "Name": "chat-42"}],
        "Traces": [trace(xid, SessionID=session, Metadata={"channel": "web"}, Name="turn")],
        "Spans": [
            span(xid, XID=f"{xid}-llm", Family="completion", FamilyData=data),
            span(xid, XID=f"{xid}-other", Name="tool", Severity="error"),
        ],
        "Events": [{"XID": f"{xid}-e", "TraceID": xid, "Name": "e", "At": START}],
        "Findings": [
            {"XID": f"{xid}-1", "TraceID": xid, "Name": "safe", "Value": 0.25, "At": START},
            {"XID": f"{xid}-2", "TraceID": xid, "Name": "cited", "Value": True, "At": START},
        ],
    }
    assert server.ingest(body).json() == {"Accepted": 7}
    return xid


def test_a_trace_comes_back_whole(server: Serving, conversation: str) -> None:
    """Family data is where the document wants it, and as it was sent besides when it was odd."""
    found = server.http.get(f"/traces/{conversation}").json()

    spans = {one["Name"]: one for one in found["Spans"]}
    assert spans["llm"]["Completion"]["Options"] == {"Model": "gpt-4o"}
    assert spans["llm"]["FamilyData"]["Options"] == {"Model": "gpt-4o", "Temperature": 1.5}
    assert spans["tool"]["Other"] == {}
    assert (found["Failed"], found["SpanCount"], len(found["Findings"])) == (True, 2, 2)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=turn", True),
        ("name=other&name=turn", True),
        ("name=other", False),
        ("failed=true", True),
        ("failed=false", False),
        ("severity=error", True),
        ("model=gpt-4o", True),
        ("metadata=channel%3Dweb", True),
        ("metadata=channel%3Dmail", False),
        ("finding=safe%3C0.5&finding=cited%3Dtrue", True),
        ("finding=safe%3E0.5", False),
        ("start_after=2026-11-02T10:30:00%2B01:00", True),
        ("start_before=2026-11-02T09:30:00Z", False),
        ("min_duration_ms=0&max_duration_ms=0", True),
        ("max_duration_ms=-0", True),
        ("min_duration_ms=1", False),
        ("q=", True),
        ("sort=-duration&limit=500", True),
    ],
)
def test_the_filters_of_the_trace_list(
    server: Serving, conversation: str, query: str, found: bool
) -> None:
    """Each one reaches the store, in its type."""
    session = server.http.get(f"/traces/{conversation}").json()["SessionID"]

    response = server.http.get(f"/traces?session={session}&{query}")

    assert response.status_code == 200, response.text
    assert [one["XID"] for one in response.json()["Traces"]] == [conversation] * found


def test_findings_can_be_shown_with_traces(server: Serving, conversation: str) -> None:
    """As many as are asked for."""
    session = server.http.get(f"/traces/{conversation}").json()["SessionID"]
    asked = {"session": session, "include_finding": ["safe", "cited"]}

    (found,) = server.http.get("/traces", params=asked).json()["Traces"]

    assert {one["Name"]: one["Value"] for one in found["ShownFindings"]} == {
        "safe": 0.25,
        "cited": True,
    }


def test_a_cursor_continues_a_list(server: Serving) -> None:
    """Page by page, each trace once."""
    session = f"pages-{uuid4()}"
    xids = {str(uuid4()) for _ in range(5)}
    server.ingest({"Traces": [trace(xid, SessionID=session) for xid in xids]})
    seen: list[str] = []
    asked: dict[str, Any] = {"session": session, "limit": 2}

    while True:
        page = server.http.get("/traces", params=asked).json()
        seen += [one["XID"] for one in page["Traces"]]
        if page["NextCursor"] is None:
            break
        asked["cursor"] = page["NextCursor"]

    assert (len(seen), set(seen)) == (5, xids)


def test_the_other_reads(server: Serving, conversation: str) -> None:
    """Sessions, spans, series, names and totals."""
    session = server.http.get(f"/traces/{conversation}").json()["SessionID"]
    get = server.http.get

    assert get(f"/sessions/{session}").json()["Traces"][0]["XID"] == conversation
    problem(get("/sessions/nothing"), 404)
    listed = get("/sessions", params={"name": "chat-42"}).json()["Sessions"]
    assert session in {one["XID"] for one in listed}
    spans = get("/spans", params={"trace": conversation, "family": "completion"}).json()["Spans"]
    assert [one["Model"] for one in spans] == ["gpt-4o"]
    series = get("/findings/series", params={"name": "safe", "bucket_seconds": 60}).json()
    assert series["Points"][0]["Numbers"]["Min"] == 0.25
    for kind, name in (("traces", "turn"), ("spans", "llm"), ("models", "gpt-4o")):
        names = get(f"/names/{kind}", params={"prefix": name}).json()["Names"]
        assert name in {one["Name"] for one in names}
    (finding,) = get("/names/findings", params={"prefix": "safe"}).json()["Names"]
    assert finding["Types"] == ["number"]
    totals = get("/totals", params={"start_after": START}).json()
    assert totals["Traces"] >= 1


def test_large_answers_are_compressed_for_those_who_take_it(server: Serving) -> None:
    """Httpx asks for it and inflates by itself."""
    sent = trace(Metadata={"long": "x" * 100_000})
    server.ingest({"Traces": [sent]})

    packed = server.http.get(f"/traces/{sent['XID']}")
    plain = server.http.get(f"/traces/{sent['XID']}", headers={"accept-encoding": "identity"})

    assert packed.headers["content-encoding"] == "zstd"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert packed.headers["vary"] == "Accept-Encoding"


def test_what_is_no_http_is_400_as_a_problem_too(server: Serving) -> None:
    """The connection closes."""
    answer = server.raw(b"this is not HTTP\r\n\r\n", until_closed=True)

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["type"] == "urn:modelmetry:problem:not-http"


def test_what_stops_being_http_is_told_so_too(server: Serving) -> None:
    """In the middle of a body."""
    head = f"POST {INGEST} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"

    answer = server.raw(f"{head}transfer-encoding: chunked\r\n\r\nxyz\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 400 ")


class Failing(SqliteStore):
    """A store with a defect."""

    def list_traces(self, tenant: str, query: TraceQuery) -> TraceList:
        """Fail."""
        raise RuntimeError(f"inside of {tenant}")


def test_a_defect_is_500_without_its_inside(tmp_path: Path) -> None:
    """The instance is in the answer and in the log."""
    store = Failing(tmp_path / "failing.db")
    transport = httpx.ASGITransport(create_app(store))

    async def main() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            return await http.get("/traces")

    try:
        response = asyncio.run(main())
    finally:
        store.close()

    assert "inside" not in problem(response, 500)["detail"]


def test_a_closed_store_is_503(tmp_path: Path) -> None:
    """With the time after which to come again."""
    store = open_store(str(tmp_path / "closed.db"))
    with_key = create_app(store, trusted_tenant="local")
    store.close()

    async def main() -> list[httpx.Response]:
        transport = httpx.ASGITransport(with_key)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            return [
                await http.get("/traces"),
                await http.get("/health/ready"),
                await http.post(INGEST, json={}),
            ]

    for response in asyncio.run(main()):
        problem(response, 503)
        assert response.headers["retry-after"] == "5"


def test_inside_one_process_a_tenant_can_be_trusted(tmp_path: Path) -> None:
    """Without a key although keys exist, and with any host name."""
    store = open_store(str(tmp_path / "trusted.db"))
    store.create_key("acme", frozenset({"read"}))
    app = create_app(store, trusted_tenant="acme")

    async def main() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://store") as http:
            await http.post(INGEST, json={"Traces": [trace("t")]})
            return await http.get("/traces/t")

    try:
        response = asyncio.run(main())
    finally:
        store.close()

    assert response.json()["TenantID"] == "ten_acme"


def test_others_need_a_key_even_while_there_is_none(tmp_path: Path) -> None:
    """And may call the server by any name."""
    store = open_store(str(tmp_path / "others.db"))
    app = create_app(store, ServerSettings(host="0.0.0.0"))

    async def main() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://example.com") as http:
            return [await http.get("/traces"), await http.get("/health/live")]

    try:
        closed, live = asyncio.run(main())
    finally:
        store.close()

    problem(closed, 401)
    assert live.status_code == 200


def test_rubbish_in_a_body_that_was_refused_already_only_closes(tmp_path: Path) -> None:
    """The request has its answer; rubbish after a whole request gets one of its own."""
    head = f"POST {INGEST} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    with serving(tmp_path, largest_body=1) as running:
        with running.connected() as connection:
            connection.sendall(f"{head}transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n".encode())
            refused = b""
            while not refused.endswith(b"}"):
                refused += connection.recv(10_000)
            connection.sendall(b"rubbish\r\n")
            after_refusal = connection.recv(10_000)
        with running.connected() as connection:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n")
            answered = b""
            while not answered.endswith(b"}"):
                answered += connection.recv(10_000)
            connection.sendall(b"rubbish\r\n\r\n")
            after_answer = connection.recv(10_000)

    assert (refused[:13], after_refusal) == (b"HTTP/1.1 413 ", b"")
    assert (answered[:13], after_answer[:13]) == (b"HTTP/1.1 200 ", b"HTTP/1.1 400 ")


def test_websockets_are_refused(server: Serving) -> None:
    """There are none."""
    answer = server.raw(
        b"GET /traces HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\n"
        b"connection: upgrade\r\nsec-websocket-key: x\r\nsec-websocket-version: 13\r\n\r\n"
    )

    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_packed_answer_is_gzip(server: Serving) -> None:
    """Not only by its name."""
    sent = trace(Metadata={"long": "x" * 100_000})
    server.ingest({"Traces": [sent]})
    asked = f"GET /traces/{sent['XID']} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip\r\n"

    answer = server.raw(f"{asked}connection: close\r\n\r\n".encode(), until_closed=True)

    assert json.loads(gzip.decompress(answer.partition(b"\r\n\r\n")[2]))["XID"] == sent["XID"]


def test_settings_decide_how_much_waits(tmp_path: Path) -> None:
    """A server with room for few still answers one after the other."""
    with serving(tmp_path, read_threads=1, reads_waiting=1) as running:
        assert [running.http.get("/traces").status_code for _ in range(3)] == [200] * 3
