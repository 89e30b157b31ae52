"""Storing batches over a socket."""

from __future__ import annotations

import gzip
import socket
import sqlite3
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
import zstandard

from modelmetry.server.ingest import check_batch
from modelmetry.server.problems import Problem
from tests.unit.server.serving import INGEST, JSON, START, Serving, problem, serving, span, trace


def test_a_batch_is_answered_with_the_number_of_its_signals(server: Serving) -> None:
    """Sessions, traces, spans, events and findings count."""
    xid = str(uuid4())
    body = {
        "Sessions": [{"XID": f"session-{xid}"}],
        "Traces": [trace(xid)],
        "Spans": [span(xid)],
        "Events": [{"XID": f"event-{xid}", "TraceID": xid, "Name": "e"}],
        "Findings": [{"XID": f"finding-{xid}", "TraceID": xid, "Name": "f", "Value": 1}],
    }

    response = server.ingest(body)

    assert (response.status_code, response.json()) == (200, {"Accepted": 5})


def test_what_was_answered_is_on_disk(tmp_path: Path) -> None:
    """Another connection to the file sees the rows as soon as the answer is there."""
    with serving(tmp_path) as running:
        assert running.ingest({"Traces": [trace("t")]}).status_code == 200
        file = next(tmp_path.glob("*.db"))
        other = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            tables = other.execute("SELECT count(*) FROM trace").fetchone()
        finally:
            other.close()
    assert tables == (1,)


@pytest.mark.parametrize("empty", [{}, {"Spans": None}, {"Traces": []}])
def test_an_empty_batch_is_valid(server: Serving, empty: dict[str, Any]) -> None:
    """Clients send what they have."""
    assert server.ingest(empty).json() == {"Accepted": 0}


def test_compressed_batches_are_taken(server: Serving) -> None:
    """Gzip and zstd."""
    for name, pack in (("gzip", gzip.compress), ("zstd", zstandard.compress)):
        packed = pack(orjson.dumps({"Traces": [trace()]}))
        response = server.http.post(
            INGEST, content=packed, headers=JSON | {"content-encoding": name}
        )
        assert response.json() == {"Accepted": 1}


def test_a_large_compressed_batch_is_inflated_off_the_event_loop(server: Serving) -> None:
    """With the same result."""
    noise = " ".join(str(uuid4()) for _ in range(10_000))
    packed = gzip.compress(orjson.dumps({"Traces": [trace(Metadata={"noise": noise})]}))

    response = server.http.post(INGEST, content=packed, headers=JSON | {"content-encoding": "gzip"})

    assert len(packed) > 64 * 1024
    assert response.json() == {"Accepted": 1}


def test_a_bad_item_refuses_the_whole_batch(server: Serving) -> None:
    """422 names the place of each fault, and nothing of the batch is stored."""
    good = trace()

    response = server.ingest({"Traces": [good], "Spans": [{"XID": "s"}, span("t", Start="now")]})

    found = problem(response, 422)
    assert [fault["location"] for fault in found["errors"]] == [
        "body.Spans[0].TraceID",
        "body.Spans[0].Name",
        "body.Spans[0].Start",
        "body.Spans[0].End",
        "body.Spans[1].Start",
    ]
    assert found["errors"][4]["value"] == "now"
    assert server.http.get(f"/traces/{good['XID']}").status_code == 404


@pytest.mark.parametrize(
    "start",
    [
        "2026-11-02T09:30:00",
        "2026-11-02 09:30:00Z",
        "2026-11-02T09:30:00+0100",
        "2026-02-30T00:00:00Z",
        "1762075800",
        1762075800,
    ],
)
def test_a_time_that_is_not_rfc_3339_is_422(server: Serving, start: Any) -> None:
    """Above all one without an offset."""
    found = problem(server.ingest({"Traces": [trace(Start=start)]}), 422)

    assert found["errors"][0]["location"] == "body.Traces[0].Start"


@pytest.mark.parametrize(
    "start",
    [
        "0000-02-29T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2016-12-31T23:59:60.5+00:00",
    ],
)
def test_every_time_of_rfc_3339_can_be_stored_and_read(server: Serving, start: str) -> None:
    """Also at the ends of the calendar."""
    sent = trace(Start=start, End=None)

    assert server.ingest({"Traces": [sent]}).status_code == 200
    assert server.http.get(f"/traces/{sent['XID']}").status_code == 200


@pytest.mark.parametrize(
    "value", [2**64 - 1, -(2**63), 10**29, 1.5e308, 5e-324, -0.0, "\0", "", "x" * 100_000, True]
)
def test_extreme_values_can_be_stored_and_read(server: Serving, value: Any) -> None:
    """Whatever JSON and the document allow."""
    xid = str(uuid4())
    finding = {"XID": f"f-{xid}", "TraceID": xid, "Name": "\0", "Value": value}
    sent = trace(xid, Metadata={"\0": value, "": None}, Name="\0")

    assert server.ingest({"Traces": [sent], "Findings": [finding]}).status_code == 200
    found = server.http.get(f"/traces/{xid}").json()
    assert (
        found["Findings"][0]["Value"] == pytest.approx(value) if type(value) is not bool else True
    )


@pytest.mark.parametrize("levels", [1, 100, 249])
def test_nested_metadata_comes_back(server: Serving, levels: int) -> None:
    """As deep as it may be."""
    nested: Any = 1
    for _ in range(levels):
        nested = {"a": nested}
    sent = trace(Metadata={"nested": nested})

    assert server.ingest({"Traces": [sent]}).status_code == 200
    assert server.http.get(f"/traces/{sent['XID']}").json()["Metadata"] == {"nested": nested}


@pytest.mark.parametrize("levels", [260, 1000, 100_000])
def test_what_is_nested_too_deeply_is_400(server: Serving, levels: int) -> None:
    """Whether the parser refuses it or what comes after it would."""
    nested = b'{"a":' * levels + b"1" + b"}" * levels
    body = orjson.dumps({"Traces": [trace(Metadata={"nested": 0})]})

    response = server.http.post(
        INGEST, content=body.replace(b'"nested":0', b'"nested":' + nested), headers=JSON
    )

    problem(response, 400)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "zero-length"),
        (b"{", "line 1 column 2"),
        (b'{"Traces": NaN}', "line 1 column 12"),
        (b'{"Findings": [{"Value": Infinity}]}', "line 1 column"),
        (b'{"Findings": [{"Value": 1e400}]}', "number is infinity"),
        (b'{"Spans": "\xff"}', "byte 11 is not UTF-8"),
        (b'{"Spans": "\\ud800"}', "surrogate"),
        ("{}".encode("utf-16"), "byte 0 is not UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
    ],
)
def test_what_is_not_json_is_400_with_the_position(
    server: Serving, content: bytes, why: str
) -> None:
    """So that it can be found."""
    found = problem(server.http.post(INGEST, content=content, headers=JSON), 400)

    assert why in found["detail"]


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/problem+json",
        "application/jsonp",
        "text/json",
        "application/json; charset=latin-1",
        "json",
    ],
)
def test_another_media_type_is_415(server: Serving, media_type: str | None) -> None:
    """Also none at all: a form of a foreign page could send such a body."""
    headers = {} if media_type is None else {"content-type": media_type}

    problem(server.http.post(INGEST, content=b"{}", headers=headers), 415)


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "APPLICATION/JSON; Charset=UTF-8", 'application/json;charset="utf-8"'],
)
def test_json_may_name_its_charset(server: Serving, media_type: str) -> None:
    """UTF-8 is the only one there is."""
    response = server.http.post(INGEST, content=b"{}", headers={"content-type": media_type})

    assert response.status_code == 200


def test_an_unknown_coding_is_415_with_the_known_ones(server: Serving) -> None:
    """As RFC 9110 wants it said."""
    response = server.http.post(INGEST, content=b"{}", headers=JSON | {"content-encoding": "br"})

    problem(response, 415)
    assert response.headers["accept-encoding"] == "gzip, zstd"


def test_bodies_are_bounded_before_and_after_inflation(tmp_path: Path) -> None:
    """413 by the header, while it streams, and when it inflates."""
    with serving(tmp_path, largest_body=1000, largest_inflated_body=2000) as running:
        large = b'{"Traces": null' + b" " * 2000 + b"}"
        declared = running.http.post(INGEST, content=large, headers=JSON)
        streamed = running.http.post(INGEST, content=iter([large[:900], large[900:]]), headers=JSON)
        bomb = running.http.post(
            INGEST, content=gzip.compress(large), headers=JSON | {"content-encoding": "gzip"}
        )
        fitting = running.http.post(INGEST, content=iter([b"{", b"}"]), headers=JSON)

    for response in (declared, streamed, bomb):
        problem(response, 413)
    assert fitting.status_code == 200


def test_too_many_signals_are_413(tmp_path: Path) -> None:
    """Counted over all lists, before they are looked at."""
    with serving(tmp_path, largest_batch=3) as running:
        fits = running.ingest({"Traces": [trace(), trace()], "Sessions": [{"XID": "s"}]})
        does_not = running.ingest({"Traces": [{}] * 2, "Spans": [{}] * 2})

    assert fits.status_code == 200
    assert "4 signals; 3 is the most" in problem(does_not, 413)["detail"]


LISTS = frozenset({"Spans", "Traces"})


@pytest.mark.parametrize(
    "document", [[1, 2, 3, 4], "text", None, {"Spans": 5}, {"Values": [1, 2, 3, 4]}]
)
def test_only_lists_of_signals_are_counted(document: Any) -> None:
    """Other faults are told by the check of the document."""
    check_batch(document, LISTS, 3)


def test_the_bound_of_a_batch_is_allowed() -> None:
    """One more is not."""
    check_batch({"Spans": [{}] * 3}, LISTS, 3)
    with pytest.raises(Problem):
        check_batch({"Spans": [{}] * 4, "Names": [1]}, LISTS, 3)


def test_a_slow_body_is_400_and_the_connection_closes(tmp_path: Path) -> None:
    """It does not hold its place for ever."""
    with serving(tmp_path, body_timeout=0.05) as running:
        head = f"POST {INGEST} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        answer = running.raw(f"{head}content-length: 10\r\n\r\n{{".encode(), until_closed=True)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"not complete after 0.05 seconds" in answer


def test_too_many_bodies_at_once_are_429(tmp_path: Path) -> None:
    """The one that waits keeps its place; the next one is told to come again."""
    with serving(tmp_path, bodies_in_flight=1) as running:
        head = f"POST {INGEST} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        first = f"{head}content-length: 2\r\nexpect: 100-continue\r\n\r\n".encode()
        url = running.http.base_url
        with socket.create_connection((url.host, url.port or 80), timeout=10) as waiting:
            waiting.sendall(first)
            assert waiting.recv(100).startswith(b"HTTP/1.1 100 ")  # it has its place now
            refused = running.ingest({})
            waiting.sendall(b"{}")
            assert waiting.recv(1000).startswith(b"HTTP/1.1 200 ")

    problem(refused, 429)
    assert refused.headers["retry-after"] == "1"


def test_a_client_that_goes_away_leaves_no_trace(tmp_path: Path) -> None:
    """Its place is free again."""
    with serving(tmp_path, bodies_in_flight=1) as running:
        head = f"POST {INGEST} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        first = f"{head}content-length: 2\r\nexpect: 100-continue\r\n\r\n".encode()
        assert running.raw(first).startswith(b"HTTP/1.1 100 ")
        while (again := running.ingest({})).status_code == 429:
            pass

    assert again.status_code == 200


def test_many_clients_at_once_are_all_answered(server: Serving) -> None:
    """Every batch is stored once."""
    session = f"crowd-{uuid4()}"

    def send(_: int) -> int:
        return server.ingest({"Traces": [trace(SessionID=session)]}).status_code

    with ThreadPoolExecutor(8) as crowd:
        assert set(crowd.map(send, range(64))) == {200}
    found = server.http.get("/traces", params={"session": session, "limit": 500}).json()
    assert len(found["Traces"]) == 64


REPORTS = "/clients/reports/v1"


def report(xid: str) -> dict[str, Any]:
    """What a client says became of its signals."""
    counts = dict.fromkeys(("Created", "Delivered", "Pending", "Spooled", "Recovered"), 1)
    return {"XID": xid, "At": START, "Dropped": {"buffer_full": 1}, **counts}


@contextmanager
def written_by_another(running: Serving) -> Generator[None]:
    """Another process writes while the block runs."""
    with closing(sqlite3.connect(running.store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_reports_that_wait_hold_no_reads_up(tmp_path: Path) -> None:
    """They wait to be written, as batches do, and not on the threads that read."""
    with serving(tmp_path, read_threads=1) as running, ThreadPoolExecutor(4) as crowd:
        with written_by_another(running):
            sent = [
                crowd.submit(running.http.post, REPORTS, json=report(f"c{number}"))
                for number in range(4)
            ]
            time.sleep(0.2)
            assert running.http.get("/traces", params={"limit": 1}, timeout=2).status_code == 200
            assert not any(one.done() for one in sent)
        assert [one.result().json() for one in sent] == [{"Stored": True}] * 4


@pytest.mark.parametrize(("length", "status"), [(200, 200), (201, 422)])
def test_the_id_of_a_client_is_bounded(server: Serving, length: int, status: int) -> None:
    """Pages of reports are found again by it, and two long ones might begin alike."""
    response = server.http.post(REPORTS, json=report("x" * length))

    assert response.status_code == status
    assert status == 200 or "body.XID" in response.text
