"""`modelmetry ui`: one line that says where the page is, and a browser."""

from __future__ import annotations

import re
import signal
import socket
import webbrowser
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import SimpleQueue

import httpx
import pytest
from click.testing import CliRunner

from modelmetry.cli import ui as module
from modelmetry.cli.root import modelmetry as command
from modelmetry.server import EmbeddedServer, ServerSettings
from modelmetry.settings import default_store_url
from modelmetry.store.open import open_store
from tests.unit.cli.cast import modelmetry
from tests.unit.cli.test_processes import line_with, started

STOPPED = 0


class Browser:
    """Notes what it is asked to open."""

    def __init__(self) -> None:
        self.opened: SimpleQueue[str] = SimpleQueue()

    def open(self, url: str) -> bool:
        """Note it."""
        self.opened.put(url)
        return True


@pytest.fixture(name="browser")
def _browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    """The browser of this machine."""
    browser = Browser()
    monkeypatch.setattr(webbrowser, "get", lambda: browser)
    return browser


@contextmanager
def listening() -> Generator[int]:
    """A port that something else has, which answers nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        yield taken.getsockname()[1]


def address_in(line: str) -> str:
    """The first address of a line."""
    found = re.search(r"http://[\d.:]+", line)
    assert found is not None, line
    return found[0]


def test_ui_serves_the_page_over_the_store_until_it_is_stopped(tmp_path: Path) -> None:
    """One line with the address, no line for requests, exit code 0."""
    assert modelmetry(tmp_path, "demo").returncode == 0
    with started(tmp_path, "ui", "--port", "0", "--no-browser") as process:
        address = address_in(line_with(process, "The page is at", "stdout"))
        assert '<div id="page">' in httpx.get(f"{address}/ui/", trust_env=False).text
        assert len(httpx.get(f"{address}/traces", trust_env=False).json()["Traces"]) == 3
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
        assert (process.returncode, rest, errors) == (STOPPED, "", "")


def test_ui_shows_the_page_of_a_server_that_is_there_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    """It starts no second one beside it."""
    monkeypatch.delenv("MODELMETRY_STORE", raising=False)
    with closing(open_store(str(tmp_path / "a.db"))) as store, EmbeddedServer(store) as server:
        port = server.base_url.rpartition(":")[2]
        done = CliRunner().invoke(command, ["ui", "--port", port])

    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert f"this is its page: {server.base_url}/ui/" in done.stderr
    assert "does not say which store it shows" in done.stderr
    assert f"modelmetry ui --store {default_store_url()}" in done.stderr
    assert browser.opened.get(timeout=10) == f"{server.base_url}/ui/"


def test_ui_shows_the_page_of_the_server_that_is_named(tmp_path: Path, browser: Browser) -> None:
    """By option or by variable, once it has answered."""
    with closing(open_store(str(tmp_path / "a.db"))) as store, EmbeddedServer(store) as server:
        named = server.base_url
        runner = CliRunner(env={"MODELMETRY_BASE_URL": f"{named}/"})
        for words in (["ui"], ["ui", "--base-url", named]):
            done = runner.invoke(command, words)
            assert done.exit_code == 0, done.output
            assert f"The server that was named, this is its page: {named}/ui/" in done.stderr
            assert browser.opened.get(timeout=10) == f"{named}/ui/"


def test_ui_asks_the_server_that_is_named_before_it_speaks_of_its_page(browser: Browser) -> None:
    """Where nothing answers there is no page, and no browser is sent there."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    done = CliRunner().invoke(command, ["ui", "--base-url", address])
    assert done.exit_code == 1
    assert f"no server answers at {address}" in done.stderr
    assert "modelmetry serve" in done.stderr
    assert browser.opened.empty()


@pytest.mark.parametrize("given", ["option", "variable"])
def test_ui_makes_no_store_where_a_name_is_mistyped(
    tmp_path: Path, browser: Browser, given: str
) -> None:
    """Neither the file nor its folders; an empty page would hide the mistake."""
    wrong = tmp_path / "no" / "such" / "x.db"
    url = f"sqlite:///{wrong}"
    words = ["ui", "--store", url] if given == "option" else ["ui"]
    env = {"MODELMETRY_STORE": url if given == "variable" else ""}
    done = CliRunner(env=env).invoke(command, words)
    assert done.exit_code == 1
    assert f"there is no store at {wrong}" in done.stderr
    assert "modelmetry demo" in done.stderr
    assert list(tmp_path.iterdir()) == []
    assert browser.opened.empty()


def test_ui_says_what_contradicts_itself(browser: Browser) -> None:
    """A server and a store cannot both be shown."""
    words = ["ui", "--base-url", "http://localhost:1", "--store", "sqlite:////tmp/a.db"]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 2
    assert "--base-url names a server, --store a store here" in done.output
    assert browser.opened.empty()


@pytest.mark.parametrize(
    "named", ["nonsense", "ftp://x", "http://", "--no-browser", "http://x?y#z"]
)
def test_ui_refuses_what_is_no_address(browser: Browser, named: str) -> None:
    """No browser is given something that it would take for a file or an option."""
    done = CliRunner().invoke(command, ["ui", "--base-url", named])
    assert done.exit_code == 1
    assert "expected an address that begins with http:// or https://" in done.stderr
    assert browser.opened.empty()


def test_ui_takes_a_free_port_when_something_else_has_the_usual_one() -> None:
    """Nobody who asks for no port wants to hear of one."""
    with listening() as port:
        settings = ServerSettings(port=port)
        found, running = module.settled(settings, any_port=True, any_store=True)
    assert (found.port, running) == (0, None)


def test_ui_takes_another_port_for_another_store(tmp_path: Path) -> None:
    """A server that is there may serve another store than the one that was named."""
    with closing(open_store(str(tmp_path / "a.db"))) as store, EmbeddedServer(store) as server:
        settings = ServerSettings(port=int(server.base_url.rpartition(":")[2]))
        found, running = module.settled(settings, any_port=True, any_store=False)
    assert (found.port, running) == (0, None)


def test_ui_refuses_a_port_that_was_asked_for_and_is_taken(tmp_path: Path) -> None:
    """With what to do about it."""
    with listening() as port:
        ended = modelmetry(tmp_path, "ui", "--no-browser", "--port", str(port))
    assert ended.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in ended.stderr


def test_ui_opens_the_page_once_it_is_there(
    browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    """After the line, so that the address is known when no browser comes up."""
    module.shown("http://127.0.0.1:8420", "sqlite:////tmp/a.db", browser=True)
    assert "http://127.0.0.1:8420/ui/" in capsys.readouterr().out
    assert browser.opened.get(timeout=10) == "http://127.0.0.1:8420/ui/"

    module.shown("http://127.0.0.1:8420", "sqlite:////tmp/a.db", browser=False)
    assert browser.opened.empty()


def test_ui_leaves_the_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser at all, or one that would run in this terminal: then there is only the line."""
    asked: list[str] = []

    class Text(webbrowser.GenericBrowser):
        """Such a browser."""

        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            """Note it."""
            asked.append(url)
            return True

    def none() -> Text:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "GenericBrowser", Text)
    for found in (none, lambda: Text("lynx")):
        monkeypatch.setattr(webbrowser, "get", found)
        module.open_browser("http://127.0.0.1:8420/ui/")
    assert asked == []
