"""A Prometheus that is away, refuses, or is something else: one clear line, and nothing written."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from modelmetry_api.models import ProductionSummary
from modelmetry_api.types import decode_json

from modelmetry.cli.failures import CommandFailed
from modelmetry.cli.prometheus import Prometheus
from modelmetry.reports.rows import figures
from modelmetry.store.open import open_store
from tests.unit.cli.conftest import Command

Answer = Callable[[str], tuple[int, bytes]]
TOKEN = "the-token"


class Answering:
    """Answers every question alike; remembers what it was told."""

    def __init__(self, answer: Answer) -> None:
        self.tokens: set[str | None] = set()
        self.questions: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = parse_qs(urlsplit(self.path).query)["query"][0]
                server.tokens.add(self.headers["Authorization"])
                server.questions.append(asked)
                status, content = answer(asked)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    @contextmanager
    def running(self) -> Generator[Answering]:
        """While the block runs."""
        thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()


def vector(*values: str) -> bytes:
    """An answer with these numbers."""
    result = [{"metric": {"job": f"j{n}"}, "value": [1, one]} for n, one in enumerate(values)]
    return json.dumps(
        {"status": "success", "data": {"resultType": "vector", "result": result}}
    ).encode()


ERROR = json.dumps(
    {"status": "error", "errorType": "execution", "error": "query timed out\x1b[31m"}
).encode()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b"who are you?", "--prometheus-token-file"),
        (403, b"no", "--prometheus-token-file"),
        (200, b"<html>a page</html>", "something that is no answer of Prometheus: '<html>"),
        (200, b"{}", "no answer of Prometheus"),
        (200, b"\xff\xfe", "no answer of Prometheus"),
        (200, b'{"status": "success", "data": {"result": 7}}', "no answer of Prometheus"),
        (302, b"", "answers 302"),
        (404, b"not found", "answers 404"),
        (422, ERROR, "could not answer: query timed out"),
        (503, ERROR, "could not answer: query timed out"),
        (200, vector("1", "2"), "several answers"),
    ],
)
def test_an_answer_that_is_none_is_a_failure(
    run: Command, tmp_path: Path, status: int, body: bytes, said: str
) -> None:
    """It names the server and what came back; the file that was wanted is not there."""
    file = tmp_path / "report.md"
    with Answering(lambda _: (status, body)).running() as server:
        done = run("report", "--prometheus", server.url, "--only-prometheus", "-o", file)
    assert done.exit_code == 1
    assert said in done.stderr
    assert server.url in done.stderr
    assert "\x1b" not in done.stderr
    assert list(tmp_path.glob("report*")) == []


def test_nobody_answers(run: Command) -> None:
    """Nor does a password in the address get into the message."""
    with Answering(lambda _: (200, vector())).running() as server:
        port = server.url.rpartition(":")[2]
    done = run("report", "--prometheus", f"http://me:secret@127.0.0.1:{port}")
    assert done.exit_code == 1
    assert f"http://127.0.0.1:{port} does not answer" in done.stderr
    assert "secret" not in done.stderr


def test_who_takes_too_long_is_not_waited_for() -> None:
    """What was connected and says nothing is away, too."""
    patience = httpx.Timeout(0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Prometheus(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=patience) as server,
        pytest.raises(CommandFailed, match="does not answer"),
    ):
        server.value("up", datetime.now(UTC))


def test_an_answer_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it fills the memory."""
    monkeypatch.setattr("modelmetry.cli.prometheus.LARGEST_ANSWER", 1_000)
    with (
        Answering(lambda _: (200, b" " * 2_000)).running() as answering,
        Prometheus(answering.url) as server,
        pytest.raises(CommandFailed, match="more than 1,000 bytes"),
    ):
        server.value("up", datetime.now(UTC))


def test_answers_that_trickle_for_ever_are_left() -> None:
    """Each piece comes in time, all of them together do not."""
    with (
        Answering(lambda _: (200, vector())).running() as answering,
        Prometheus(answering.url, patience=0) as server,
        pytest.raises(CommandFailed, match="took more than 0 s to answer; ask for a shorter"),
    ):
        server.value("up", datetime.now(UTC))


@pytest.mark.parametrize(
    "url", ["localhost:9090", "ftp://h", "http://", "http://h:x", "http://[", "http://h/?q", ""]
)
def test_what_is_no_address_is_refused(run: Command, url: str) -> None:
    """With one that is."""
    done = run("report", "--prometheus", url)
    assert done.exit_code == 1
    assert "http://localhost:9090" in done.stderr


@pytest.mark.parametrize("number", ["NaN", "+Inf", "-Inf", "x"])
def test_what_is_no_number_was_not_measured(run: Command, number: str) -> None:
    """No figure is made of it."""
    with Answering(lambda _: (200, vector(number))).running() as server:
        done = run("report", "--prometheus", server.url, "--format", "json")
    assert done.exit_code == 0
    assert "Nothing of production was measured" in done.stderr
    found = decode_json(done.stdout.encode(), ProductionSummary)
    assert [figure.value for figure in figures(found) if figure.value is not None] == []


def test_machines_of_two_sizes_never_use_more_than_all(run: Command) -> None:
    """The most that was used is told over the largest limit, the mean over the mean."""

    def answer(asked: str) -> tuple[int, bytes]:
        if "system_memory_limit" in asked:
            return 200, vector("64e9" if asked.startswith("max(") else "36e9")
        if "system_memory_usage" in asked:
            most = "60e9" if asked.startswith("max(") else "18e9"
            return 200, vector("100" if asked.startswith("sum(count_") else most)
        return 200, vector()

    with Answering(answer).running() as server:
        done = run("report", "--prometheus", server.url, "--only-prometheus", "--format", "json")
    found = decode_json(done.stdout.encode(), ProductionSummary).runtime
    assert (found.memory_mean.value, found.memory_max.value) == (0.5, 60 / 64)


def test_without_a_store_prometheus_alone_is_asked(run: Command, tmp_path: Path) -> None:
    """With its token; a store that somebody names has to be there."""
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    words = ("report", "--prometheus-token-file", file, "--prometheus")
    with Answering(lambda _: (200, vector())).running() as server:
        assert run(*words, server.url).exit_code == 0
        missing = run(*words, server.url, "--store", f"sqlite:///{tmp_path / 'none.db'}")
    assert server.tokens == {f"Bearer {TOKEN}"}
    assert missing.exit_code == 1
    assert "there is no store" in missing.stderr


@pytest.mark.parametrize("content", [b"", b"\n", b"a\nb", b"\xff", "schlüssel".encode()])
def test_a_file_without_a_token_is_refused(run: Command, tmp_path: Path, content: bytes) -> None:
    """Before anybody is asked."""
    file = tmp_path / "token"
    file.write_bytes(content)
    done = run("report", "--prometheus", "http://127.0.0.1:1", "--prometheus-token-file", file)
    assert done.exit_code == 1
    assert str(file) in done.stderr


def test_a_service_is_quoted_in_every_question(run: Command, tmp_path: Path) -> None:
    """It cannot end a matcher."""
    name = 'a"} or up{b="\\'
    open_store(f"sqlite:///{tmp_path / 's.db'}").close()
    with Answering(lambda _: (200, vector())).running() as server:
        done = run(
            *("report", "--store", f"sqlite:///{tmp_path / 's.db'}", "--service", name),
            *("--prometheus", server.url, "--baseline", "60d..30d", "--format", "html"),
        )
    assert done.exit_code == 0
    assert server.questions
    assert all('job="a\\"} or up{b=\\"\\\\"' in one for one in server.questions)
