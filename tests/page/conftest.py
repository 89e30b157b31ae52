"""A browser for each worker, a server with data for each worker, and a context for each test."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import frozen
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from modelmetry.server.embedded import EmbeddedServer
from modelmetry.server.settings import ServerSettings
from modelmetry.store.open import open_store
from modelmetry.store.sqlite.store import SqliteStore
from tests.page.cast import Cast, record
from tests.page.measured import measure
from tests.page.watch import Watch
from tests.page.works import Works, record_works

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / ".nox" / ".reports" / "page"
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 10_000  # ms; two workers share two cores with their servers

expect.set_options(timeout=PATIENCE)


@frozen
class Serving:
    """A server with its store; `cast` is what was recorded there."""

    base_url: str
    store: SqliteStore
    cast: Cast


Visit = Callable[..., Page]


@pytest.fixture(scope="session", name="browser")
def _browser() -> Iterator[Browser]:
    # The shell is the same engine without the windows of a browser: half the time.
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if found is None:
        pytest.fail("there is no `chromium` on PATH; as root: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


@contextmanager
def serving(path: Path, cast: Cast, *, port: int = 0) -> Generator[Serving]:
    """A server over the store at a path."""
    settings = ServerSettings(port=port)
    with open_store(str(path)) as store, EmbeddedServer(store, settings) as server:
        yield Serving(server.base_url, store, cast)


@pytest.fixture(scope="session", name="recorded")
def _recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cast]:
    """A store with the cast in it, recorded once and only copied."""
    path = tmp_path_factory.mktemp("recorded") / "store.db"
    with open_store(str(path)) as store, EmbeddedServer(store) as server:
        cast = record(server.base_url, store)
        store.settle()
    return path, cast


def copied(recorded: Path, folder: Path) -> Path:
    """A copy of a store that is closed."""
    folder.mkdir(exist_ok=True)
    for file in recorded.parent.iterdir():
        shutil.copy(file, folder / file.name)
    return folder / recorded.name


@pytest.fixture(scope="session", name="shop")
def _shop(
    recorded: tuple[Path, Cast], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    """The server that most tests look at and none changes."""
    path, cast = recorded
    with serving(copied(path, tmp_path_factory.mktemp("shop")), cast) as found:
        yield found


@pytest.fixture(name="own")
def _own(recorded: tuple[Path, Cast], tmp_path: Path) -> Iterator[Serving]:
    """A server with the same data that a test may change."""
    path, cast = recorded
    with serving(copied(path, tmp_path / "own"), cast) as found:
        yield found


@pytest.fixture(scope="session", name="worked")
def _worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with executions and telemetry, recorded once and only copied."""
    path = tmp_path_factory.mktemp("worked") / "store.db"
    with open_store(str(path)) as store, EmbeddedServer(store) as server:
        record_works(server.base_url)
        store.settle()
    return path


@pytest.fixture(scope="session", name="plant")
def _plant(worked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server with executions and telemetry that none changes."""
    with serving(copied(worked, tmp_path_factory.mktemp("plant")), Cast()) as found:
        yield found


@pytest.fixture(name="own_plant")
def _own_plant(worked: Path, tmp_path: Path) -> Iterator[Serving]:
    """A server with the same executions and telemetry that a test may change."""
    with serving(copied(worked, tmp_path / "plant"), Cast()) as found:
        yield found


@pytest.fixture(scope="session", name="measured")
def _measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with what processes measured, recorded once and only copied."""
    path = tmp_path_factory.mktemp("measured") / "store.db"
    with open_store(str(path)) as store, EmbeddedServer(store) as server:
        measure(server.base_url)
        store.settle()
    return path


@pytest.fixture(scope="session", name="business")
def _business(measured: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server with production metrics that none changes."""
    with serving(copied(measured, tmp_path_factory.mktemp("business")), Cast()) as found:
        yield found


@pytest.fixture(name="own_business")
def _own_business(measured: Path, tmp_path: Path) -> Iterator[Serving]:
    """A server with the same production metrics that a test may change."""
    with serving(copied(measured, tmp_path / "business"), Cast()) as found:
        yield found


@pytest.fixture(name="works")
def _works() -> Works:
    """What was recorded there."""
    return Works()


@pytest.fixture(name="empty")
def _empty(tmp_path: Path) -> Iterator[Serving]:
    """A server on which nothing was recorded yet."""
    with serving(tmp_path / "empty.db", Cast()) as found:
        yield found


@pytest.fixture(name="watches")
def _watches() -> dict[Page, Watch]:
    return {}


@pytest.fixture(name="visit")
def _visit(
    browser: Browser, request: pytest.FixtureRequest, watches: dict[Page, Watch]
) -> Iterator[Visit]:
    """Open a page of a server in a context of its own, which must be without fault in the end."""
    with ExitStack() as stack:
        opened: list[tuple[BrowserContext, Page, Watch]] = []

        def visit(server: Serving, **options: Any) -> Page:
            given: dict[str, Any] = {
                "viewport": DESKTOP,
                "locale": "en-GB",
                "timezone_id": "Asia/Kolkata",
                "reduced_motion": "reduce",
                "base_url": server.base_url,
            }
            context = browser.new_context(**given | options)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            watch = Watch(server.base_url)
            watch.over(context)
            page = context.new_page()
            watches[page] = watch
            opened.append((context, page, watch))
            return page

        yield visit
        item = cast("pytest.Item", request.node)  # pyright: ignore[reportUnknownMemberType]
        for _, page, watch in opened:
            if not page.is_closed() and item.stash.get(FAILED, False):
                shot(page, f"failed-{item.name}")
            assert watch.unexpected() == []


@pytest.fixture(name="page")
def _page(visit: Visit, shop: Serving) -> Page:
    """A page of the server with the cast, 1440 by 900, light."""
    return visit(shop)


@pytest.fixture(name="watch")
def _watch(page: Page, watches: dict[Page, Watch]) -> Watch:
    """What goes wrong in `page`, and what it asks."""
    return watches[page]


@pytest.fixture(name="cast")
def _cast_of_shop(shop: Serving) -> Cast:
    """What was recorded on the server of `page`."""
    return shop.cast


def settled(page: Page) -> None:
    """Wait until what was asked for is shown."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("status", name=re.compile("^Loading"))).to_have_count(0)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def shot(page: Page, name: str) -> None:
    """Keep a picture of what can be seen."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)}.png")


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know that their test failed, so that they keep a picture."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report
