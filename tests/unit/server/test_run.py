"""The server as a process, and inside another one."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
import pytest

from modelmetry.errors import ConfigError, StoreURLError
from modelmetry.server import EmbeddedServer, ServerSettings
from modelmetry.server.run import run, serve
from modelmetry.server.start import address_of, bind
from modelmetry.store.open import open_store
from tests.unit.server.serving import EVERYTHING, INGEST, JSON, trace

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from modelmetry.server.run import run
from modelmetry.server.settings import ServerSettings
sys.exit(run(ServerSettings.from_env()))
"""


@contextmanager
def process(folder: Path, **environ: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """A server process on a free port, and its address."""
    settings = {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}",
        "MODELMETRY_STORE": str(folder / "served.db"),
        "MODELMETRY_SERVER_PORT": "0",
    }
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | settings | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            line = first_line(started.stdout)
            address = re.search(r"http://\S+", line)
            assert address, line
            yield started, address[0]
        finally:
            started.kill()


def first_line(stream: IO[str] | None) -> str:
    """What a process says first."""
    assert stream is not None
    return stream.readline()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_process_serves_until_it_is_told_to_stop(tmp_path: Path, sent: signal.Signals) -> None:
    """It says where, answers, ends with 0, and what it stored is there."""
    with process(tmp_path) as (server, address):
        response = httpx.post(f"{address}{INGEST}", json={"Traces": [trace("t")]}, trust_env=False)
        server.send_signal(sent)
        _, log = server.communicate(timeout=30)

    assert (response.status_code, server.returncode) == (200, 0)
    assert '"path": "/signals/ingest/v1"' in log
    store = open_store(str(tmp_path / "served.db"))
    assert store.get_trace("local", "t") is not None
    store.close()


def test_a_request_that_runs_is_finished_before_the_end(tmp_path: Path) -> None:
    """The batch that is on its way when the signal comes is stored and answered."""
    with process(tmp_path) as (server, address):
        url = httpx.URL(address)
        head = f"POST {INGEST} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        with socket.create_connection((url.host, url.port or 80), timeout=10) as connection:
            connection.sendall(f"{head}content-length: 2\r\nexpect: 100-continue\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
            server.send_signal(signal.SIGTERM)
            connection.sendall(b"{}")
            answer = connection.recv(1000)
        server.communicate(timeout=30)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert server.returncode == 0


def test_a_request_that_does_not_end_is_cut(tmp_path: Path) -> None:
    """After the bound that the settings have."""
    with process(tmp_path, MODELMETRY_SERVER_STOP_TIMEOUT="0.1") as (server, address):
        url = httpx.URL(address)
        head = f"POST {INGEST} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        with socket.create_connection((url.host, url.port or 80), timeout=10) as connection:
            connection.sendall(f"{head}content-length: 2\r\nexpect: 100-continue\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=30)

    assert server.returncode == 0


def test_the_first_key_can_come_from_the_environment(tmp_path: Path) -> None:
    """Then it is needed, and starting again with it is no error."""
    key = "mm_" + "k" * 43
    environ = {
        "MODELMETRY_SERVER_BOOTSTRAP_KEY": key,
        "MODELMETRY_SERVER_BOOTSTRAP_TENANT": "acme",
        "MODELMETRY_SERVER_HOST": "0.0.0.0",
    }
    for _ in range(2):
        with process(tmp_path, **environ) as (_, address):
            local = address.replace("0.0.0.0", "127.0.0.1")
            without = httpx.get(f"{local}/traces", trust_env=False)
            given = httpx.get(f"{local}/traces", headers={"X-API-KEY": key}, trust_env=False)
        assert (without.status_code, given.status_code) == (401, 200)


def test_without_a_key_it_does_not_listen_where_others_can_reach_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error names the command that makes one, in the store that is to be served."""
    settings = ServerSettings(host="0.0.0.0", port=0, store=str(tmp_path / "a.db"))

    assert run(settings) == 1

    written = capsys.readouterr()
    assert written.out == ""
    assert "refusing to listen on 0.0.0.0" in written.err
    assert f"`modelmetry keys create --tenant NAME --store {tmp_path / 'a.db'}`" in written.err


def test_a_port_that_is_taken_is_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to do."""
    with bind(ServerSettings(port=0)) as taken:
        port = taken.getsockname()[1]
        assert run(ServerSettings(port=port, store=str(tmp_path / "a.db"))) == 1

    assert f"cannot listen on 127.0.0.1 port {port}: Address already in use" in (
        capsys.readouterr().err
    )


def test_an_address_of_another_machine_is_told_so(tmp_path: Path) -> None:
    """One that is not ours, and one that is none."""
    store = open_store(str(tmp_path / "a.db"))
    store.ensure_key("mm_" + "k" * 43, "local", EVERYTHING)
    store.close()
    for host in ("192.0.2.1", "no such host"):
        with pytest.raises(ConfigError, match=f"cannot listen on {host} port 0"):
            serve(ServerSettings(host=host, port=0, store=str(tmp_path / "a.db")))


def test_a_store_that_cannot_be_opened_is_told_so() -> None:
    """By what the store says."""
    with pytest.raises(StoreURLError):
        serve(ServerSettings(store="mysql://somewhere"))


def test_serving_in_this_process_ends_with_a_signal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the handlers of signals are again what they were."""
    before = signal.getsignal(signal.SIGTERM)
    settings = ServerSettings(port=0, store=str(tmp_path / "a.db"), access_log="off")

    class Stdout:
        """Stops the server as soon as it says that it is there."""

        def write(self, text: str) -> None:
            """Take the line."""
            said.append(text)
            signal.raise_signal(signal.SIGTERM)

        def flush(self) -> None:
            """Nothing is kept."""

    said: list[str] = []
    monkeypatch.setattr(sys, "stdout", Stdout())

    assert run(settings) == 0

    assert re.fullmatch(
        r"Modelmetry listens on http://127\.0\.0\.1:\d+ \(store .*a\.db; "
        r"no key needed from this machine; page http://127\.0\.0\.1:\d+/ui/\)\n",
        said[0],
    )
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_ipv6_address_is_written_in_brackets() -> None:
    """So that it can be used as it is."""
    try:
        listener = bind(ServerSettings(host="::1", port=0))
    except ConfigError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert re.fullmatch(r"http://\[::1\]:\d+", address_of(listener))


def test_an_embedded_server_ends_with_its_block(tmp_path: Path) -> None:
    """The store stays open, the port is free again, no thread is left."""
    before = set(threading.enumerate())
    store = open_store(str(tmp_path / "a.db"))
    with EmbeddedServer(store) as server:
        assert httpx.get(f"{server.base_url}/health/live", trust_env=False).status_code == 200

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.base_url}/health/live", trust_env=False)
    left = {one.name for one in set(threading.enumerate()) - before}
    assert "modelmetry-server" not in left
    store.ping()
    store.close()


def test_an_embedded_server_can_have_a_first_key_too(tmp_path: Path) -> None:
    """Then it is needed."""
    key = "mm_" + "k" * 43
    store = open_store(str(tmp_path / "a.db"))
    with EmbeddedServer(store, ServerSettings(port=0, bootstrap_key=key)) as server:
        url = f"{server.base_url}/traces"
        without = httpx.get(url, trust_env=False)
        given = httpx.get(url, headers={"X-API-KEY": key}, trust_env=False)
    store.close()

    assert (without.status_code, given.status_code) == (401, 200)


def test_an_embedded_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    """On entering."""
    store = open_store(str(tmp_path / "a.db"))
    with (
        bind(ServerSettings(port=0)) as taken,
        pytest.raises(ConfigError, match="cannot listen"),
        EmbeddedServer(store, ServerSettings(port=taken.getsockname()[1])),
    ):
        pass
    store.close()


def test_an_embedded_server_that_ends_at_once_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever entered the block is told."""

    async def fail(_: object, sockets: object) -> None:
        del sockets
        sys.exit(3)

    store = open_store(str(tmp_path / "a.db"))
    monkeypatch.setattr("modelmetry.server.start.HttpServer.startup", fail)
    with pytest.raises(ConfigError, match="did not start"), EmbeddedServer(store):
        pass
    store.close()


def test_a_large_body_that_is_refused_early_still_gets_its_answer(tmp_path: Path) -> None:
    """The rest of it is read and forgotten, so that the client can read the answer."""
    store = open_store(str(tmp_path / "a.db"))
    with EmbeddedServer(store, ServerSettings(port=0, largest_body=10)) as server:
        response = httpx.post(
            f"{server.base_url}{INGEST}", content=b" " * 5_000_000, headers=JSON, trust_env=False
        )
    store.close()

    assert response.status_code == 413
