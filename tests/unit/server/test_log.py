"""The access log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from modelmetry.server import log
from modelmetry.server.log import RequestRecord
from tests.unit.server.serving import Serving, trace

LOGGERS = ("modelmetry.server", "modelmetry.server.access", "uvicorn")


@pytest.fixture
def loggers_as_before() -> Iterator[None]:
    """Undo what `configure` does."""
    found = [logging.getLogger(name) for name in LOGGERS]
    before = [(one, one.handlers[:], one.level, one.propagate) for one in found]
    yield
    for logger, handlers, level, propagate in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagate


def record() -> RequestRecord:
    """A request with a secret in its query."""
    return RequestRecord.of(
        {
            "type": "http",
            "method": "GET",
            "path": "/traces",
            "raw_path": b"/traces",
            "query_string": b"api_key=mm_secret&limit=5&limit=6",
            "headers": [(b"x-api-key", b"mm_secret")],
        }
    )


def test_a_request_is_one_json_line(
    loggers_as_before: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Query parameters are told by name only, keys not at all."""
    log.configure("json")
    entry = record()
    entry.status, entry.tenant = 200, "local"

    entry.write()

    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert "mm_secret" not in written
    facts = json.loads(written)
    assert facts.pop("time").endswith("+00:00")
    assert facts.pop("duration_ms") >= 0
    assert facts == {
        "level": "info",
        "logger": "modelmetry.server.access",
        "method": "GET",
        "path": "/traces",
        "query": ["api_key", "limit"],
        "status": 200,
        "bytes_in": 0,
        "bytes_out": 0,
        "tenant": "local",
        "request_id": entry.request_id,
    }


def test_trouble_is_one_json_line_too(
    loggers_as_before: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the reason as a member."""
    log.configure("json")

    log.SERVER.error("it failed", exc_info=KeyError("x"))

    facts = json.loads(capsys.readouterr().err)
    assert (facts["level"], facts["message"]) == ("error", "it failed")
    assert facts["exception"].endswith("KeyError: 'x'")


def test_plain_lines_are_for_people(
    loggers_as_before: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Method, path, status and duration."""
    log.configure("plain")
    entry = record()
    entry.status = 404

    entry.write()

    assert "GET /traces 404 in " in capsys.readouterr().err


def test_off_means_trouble_only(
    loggers_as_before: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Requests are not written."""
    log.configure("off")

    record().write()
    log.SERVER.error("it failed")

    written = capsys.readouterr().err
    assert "GET" not in written
    assert "it failed" in written


def access_lines(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The lines of requests among all that was logged."""
    return [record for record in caplog.records if record.name == "modelmetry.server.access"]


def test_the_log_knows_what_a_request_was(
    server: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    """Tenant, status, sizes, and the id that the client was told."""
    with caplog.at_level(logging.INFO, "modelmetry.server.access"):
        response = server.ingest({"Traces": [trace()]})
        while not (lines := access_lines(caplog)):  # written after the answer has left
            pass

    facts = vars(lines[-1])["facts"]
    assert facts["request_id"] == response.headers["x-request-id"]
    assert (facts["tenant"], facts["status"]) == ("local", 200)
    assert facts["bytes_in"] == int(response.request.headers["content-length"])
    assert facts["bytes_out"] == int(response.headers["content-length"])
