"""The command as a process: demo, serve, pipes and signals."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.cli.cast import ROOT, environment, modelmetry
from tests.unit.cli.chat_server import ChatServer, support_agent

COMMAND = [sys.executable, "-m", "modelmetry.cli"]


@contextmanager
def started(
    home: Path, *arguments: str, **more: str
) -> Generator[subprocess.Popen[str], None, None]:
    """The command, running; killed at the end of the block if it still does."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(home, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        # Whoever runs the tests in the background may ignore Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line_with(process: subprocess.Popen[str], text: str, stream: str = "stderr") -> str:
    """Wait for the line that holds `text`."""
    pipe = process.stderr if stream == "stderr" else process.stdout
    assert pipe is not None
    seen: list[str] = []
    for line in pipe:
        seen.append(line)
        if text in line:
            return line
    raise AssertionError(f"{text!r} never came: {seen}")


def test_demo_ends_by_itself_without_a_terminal(tmp_path: Path) -> None:
    """It plays, reads back, says where to look next, and the store keeps it."""
    ended = modelmetry(tmp_path, "demo")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("chatbot.turn") == 3
    assert "PaymentServiceError" in ended.stdout
    assert "response_safe_score 0.98" in ended.stdout
    assert "\x1b" not in ended.stdout + ended.stderr
    assert "A server listens on http://127.0.0.1:" in ended.stderr
    assert "modelmetry traces ls" in ended.stderr
    listed = modelmetry(tmp_path, "traces", "ls", "--json")
    assert len(json.loads(listed.stdout)["Traces"]) == 3
    xid = re.search(r"traces show (\S+)", ended.stderr)
    assert xid is not None
    assert modelmetry(tmp_path, "traces", "show", xid[1]).returncode == 0


def test_demo_works_over_a_store_with_keys(tmp_path: Path) -> None:
    """It makes itself a key and takes it away again."""
    made = modelmetry(tmp_path, "keys", "create", "--tenant", "acme")
    assert made.returncode == 0, made.stderr
    ended = modelmetry(tmp_path, "demo")
    assert ended.returncode == 0, ended.stderr
    keys = json.loads(modelmetry(tmp_path, "keys", "ls", "--json").stdout)
    assert [key["Tenant"] for key in keys] == ["acme"]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_demo_keeps_its_server_when_asked(tmp_path: Path, stop: signal.Signals) -> None:
    """Until a signal, which is a proper end here."""
    with started(tmp_path, "demo", "--keep") as process:
        line = line_with(process, "The server goes on at")
        address = re.search(r"http://[\d.:]+", line)
        assert address is not None
        listed = modelmetry(tmp_path, "traces", "ls", "--json", "--base-url", address[0])
        assert len(json.loads(listed.stdout)["Traces"]) == 3
        process.send_signal(stop)
        _, rest = process.communicate(timeout=60)
        assert process.returncode == 0
        assert "Stopped." in rest


def test_demo_asks_a_real_model(tmp_path: Path) -> None:
    """With --live the answers come from the server that OPENAI_BASE_URL names."""
    with ChatServer(support_agent).running() as server:
        ended = modelmetry(
            tmp_path, "demo", "--live", OPENAI_BASE_URL=server.base_url, OPENAI_MODEL="tiny"
        )
    assert ended.returncode == 0, ended.stderr
    assert "completion tiny  11 → 7 tokens" in ended.stdout
    assert len(server.asked) == 9
    failed = modelmetry(tmp_path, "demo", "--live", OPENAI_BASE_URL=server.base_url)
    assert failed.returncode == 1
    assert "does not answer" in failed.stderr


def test_demo_live_says_what_to_set(tmp_path: Path) -> None:
    """Without an address and a key there is nobody to ask."""
    ended = modelmetry(tmp_path, "demo", "--live")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("modelmetry: --live asks a real model: set")


def test_serve_says_where_and_stops(tmp_path: Path) -> None:
    """A line on stdout, then silence until SIGTERM; exit code 0."""
    with started(tmp_path, "serve", "--port", "0", "--access-log", "off") as process:
        line = line_with(process, "listens on", "stdout")
        address = re.search(r"http://[\d.:]+", line)
        assert address is not None
        listed = modelmetry(tmp_path, "traces", "ls", "--base-url", address[0])
        assert listed.returncode == 0, listed.stderr
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0


def test_serve_refuses_others_without_a_key(tmp_path: Path) -> None:
    """One line, exit code 1."""
    ended = modelmetry(tmp_path, "serve", "--host", "0.0.0.0", "--port", "0")
    assert ended.returncode == 1
    assert "modelmetry keys create" in ended.stderr
    assert modelmetry(tmp_path, "serve", "--port", "70000").returncode == 1


def test_tail_shows_what_arrives_and_stops_at_ctrl_c(tmp_path: Path) -> None:
    """A trace that ends while it looks is shown; Ctrl-C is 130 and no traceback."""
    assert modelmetry(tmp_path, "demo").returncode == 0
    with started(tmp_path, "traces", "tail", "--interval", "50ms") as process:
        line_with(process, "Waiting for traces")
        assert process.stdout is not None
        code = "import modelmetry; modelmetry.Client().trace('while.tailing').end().close()"
        subprocess.run([sys.executable, "-c", code], env=environment(tmp_path), check=True)
        assert "while.tailing" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "Traceback" not in rest


def test_a_closed_pipe_is_silent(tmp_path: Path) -> None:
    """`modelmetry ... | head` leaves no word on stderr."""
    assert modelmetry(tmp_path, "demo").returncode == 0
    for words in ("traces export", "traces ls --json", "traces show last --messages", "--help"):
        reader, writer = os.pipe()
        os.close(reader)
        ended = subprocess.run(
            [*COMMAND, *words.split()],
            env=environment(tmp_path),
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.close(writer)
        assert "Error" not in ended.stderr, words
        assert "Traceback" not in ended.stderr, words
        assert ended.returncode in {0, 1, 141}, words


def on_a_terminal(home: Path, columns: int, *arguments: str, **more: str) -> tuple[int, str]:
    """Run the command on a terminal of that width; gives its exit code and what is seen."""
    main, other = pty.openpty()
    more = {"COLUMNS": str(columns), "LINES": "50", "TERM": "xterm-256color", **more}
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(home, **more),
        stdin=other,
        stdout=other,
        stderr=other,
    )
    os.close(other)
    seen = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not part:
            break
        seen += part
    os.close(main)
    return process.wait(), seen.decode()


def test_a_terminal_gets_colours_and_its_width(tmp_path: Path) -> None:
    """Lines fit; NO_COLOR takes the colours away."""
    assert modelmetry(tmp_path, "demo").returncode == 0
    code, seen = on_a_terminal(tmp_path, 60, "traces", "show", "last")
    assert code == 0
    assert "\x1b[" in seen
    bare = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen)
    assert max(map(len, bare.splitlines())) <= 60
    _, seen = on_a_terminal(tmp_path, 60, "traces", "show", "last", NO_COLOR="1")
    assert not re.search(r"\x1b\[3[0-9]m", seen)


def test_a_terminal_without_unicode_gets_a_tree(tmp_path: Path) -> None:
    """Guides are drawn with signs that every terminal has; other signs are replaced."""
    assert modelmetry(tmp_path, "demo").returncode == 0
    ended = modelmetry(tmp_path, "traces", "show", "last", PYTHONIOENCODING="ascii")
    assert ended.returncode == 0, ended.stderr
    assert "|- llm.generate" in ended.stdout


@pytest.mark.parametrize("name", ["fluent", "blocks", "decorators", "customer_service"])
def test_examples_run(tmp_path: Path, name: str) -> None:
    """Each script of examples/ records something that can be read back."""
    script = ROOT / "examples" / f"{name}.py"
    subprocess.run(
        [sys.executable, "-W", "error", str(script)], env=environment(tmp_path), check=True
    )
    listed = modelmetry(tmp_path, "traces", "ls", "--json")
    found = json.loads(listed.stdout)["Traces"]
    assert found
    assert not any(one["Open"] for one in found)
