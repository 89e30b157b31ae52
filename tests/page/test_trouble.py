"""Servers that ask for a key, go away, answer badly, or change under a page that is open."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect
from playwright.sync_api import TimeoutError as TooLate

from modelmetry.store.keys import SCOPES, Scope
from tests.page.cast import Cast
from tests.page.conftest import Serving, Visit, serving, settled
from tests.page.watch import Watch

EVERYTHING: Final = frozenset(SCOPES)
PAGES: Final = (
    "overview",
    "traces",
    "sessions",
    "findings",
    "executions",
    "telemetry",
    "production",
)


@pytest.fixture(name="locked")
def _locked(own: Serving) -> tuple[Serving, str]:
    """The server with a key, and the key."""
    _, secret = own.store.create_key("local", EVERYTHING, "for a test")
    return own, secret


@pytest.mark.parametrize("name", PAGES)
def test_a_server_with_keys_asks_for_one_on_every_page(
    visit: Visit, locked: tuple[Serving, str], watches: dict[Page, Watch], name: str
) -> None:
    """And shows the page that was wanted afterwards, at the same address."""
    server, secret = locked
    page = visit(server)
    watches[page].expect("status of 401")
    page.goto(f"/ui/{name}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.get_by_label("API key").fill(secret)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name.title())
    expect(page).to_have_url(re.compile(f"/ui/{name}"))


def test_a_wrong_key_is_refused_in_words(
    visit: Visit, locked: tuple[Serving, str], watches: dict[Page, Watch]
) -> None:
    """The form stays and can be tried again."""
    server, secret = locked
    page = visit(server)
    watches[page].expect("status of 401")
    page.goto("/ui/traces")
    key = page.get_by_label("API key")
    key.fill("mm_not-a-key")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    key.fill(secret)
    key.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Traces")


def test_a_login_leaves_a_cookie_that_scripts_cannot_read_and_no_key(
    visit: Visit, locked: tuple[Serving, str], watches: dict[Page, Watch]
) -> None:
    """It survives a reload, and logging out ends it."""
    server, secret = locked
    page = visit(server)
    watches[page].expect("status of 401")
    page.goto("/ui/traces")
    page.get_by_label("API key").fill(secret)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Traces")
    (cookie,) = page.context.cookies()
    assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Strict")
    assert secret not in str(cookie)
    assert page.evaluate("document.cookie") == ""
    assert secret not in page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Traces")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_a_key_that_is_revoked_ends_the_session(
    visit: Visit, own: Serving, watches: dict[Page, Watch]
) -> None:
    """The next question leads back to the form."""
    key_id, secret = own.store.create_key("local", EVERYTHING)
    page = visit(own)
    watches[page].expect("status of 401")
    page.goto("/ui/sessions")
    page.get_by_label("API key").fill(secret)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sessions")
    own.store.create_key("local", EVERYTHING)  # so that one is still needed
    own.store.revoke_key(key_id)
    page.get_by_role("link", name="Findings", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def log_in(page: Page, secret: str) -> None:
    """With the form that is shown."""
    page.get_by_label("API key").fill(secret)
    page.get_by_role("button", name="Log in").click()


def test_a_key_that_may_not_read_does_not_open_an_empty_page(
    visit: Visit, own: Serving, watches: dict[Page, Watch]
) -> None:
    """The form says what it lacks, and how to make a right one in the store that is served."""
    _, sender = own.store.create_key("local", frozenset[Scope]({"ingest"}))
    page = visit(own)
    watches[page].expect("status of 40[13]")
    page.goto("/ui/traces")
    expect(page.get_by_text("--scope read --store sqlite:///PATH")).to_be_visible()
    log_in(page, sender)
    expect(page.get_by_role("alert")).to_contain_text("not good for read; it has ingest")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_who_may_only_read_is_told_why_annotating_is_not_offered(
    visit: Visit, own: Serving, two: tuple[str, str], watches: dict[Page, Watch]
) -> None:
    """Before anything is typed, of the trace and of a span."""
    page = visit(own)
    watches[page].expect("status of 401")
    page.goto(f"/ui/traces/{own.cast.rated}")
    log_in(page, two[0])
    button = page.get_by_role("button", name="Annotate")
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("title", re.compile("scope ingest"))
    page.get_by_role("treeitem").first.click()
    expect(page.get_by_role("button", name="Copy as curl")).to_be_visible()
    expect(button).to_be_disabled()


@pytest.fixture(name="two")
def _two(own: Serving) -> tuple[str, str]:
    """Keys of the tenant with the data and of one that has none."""
    scopes = frozenset[Scope]({"read"})
    return own.store.create_key("local", scopes)[1], own.store.create_key("shop", scopes)[1]


@pytest.mark.parametrize(
    ("address", "row", "nothing"),
    [
        ("/ui/sessions", "a[data-row]", "No sessions yet"),
        ("/ui/traces?sort=-cost", "tbody tr", "Nothing is recorded yet"),
        ("/ui/traces", "tbody tr", "Nothing is recorded yet"),
    ],
)
def test_who_logs_in_next_sees_nothing_of_the_one_before(
    visit: Visit,
    own: Serving,
    two: tuple[str, str],
    watches: dict[Page, Watch],
    address: str,
    row: str,
    nothing: str,
) -> None:
    """Not even for a moment: what a page keeps for "back" goes with the session."""
    page = visit(own)
    watches[page].expect("status of 401")
    page.goto(address)
    log_in(page, two[0])
    expect(page.locator(row).first).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    # Whatever the table shows from now on is noted, however short.
    page.evaluate(
        """(row) => {
          window.seen = [];
          const rows = () => [...document.querySelectorAll(row)].map((one) => one.textContent);
          const look = () => window.seen.push(...rows());
          new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
        }""",
        row,
    )
    log_in(page, two[1])
    expect(page.get_by_text(nothing)).to_be_visible()
    assert page.evaluate("window.seen") == []


def test_another_tab_that_logs_in_takes_the_data_of_the_one_before_away(
    visit: Visit, own: Serving, two: tuple[str, str], watches: dict[Page, Watch]
) -> None:
    """All tabs have one cookie, so the rows of two tenants would stand in one list."""
    page = visit(own)
    watches[page].expect("status of 401")
    page.goto("/ui/sessions")
    log_in(page, two[0])
    expect(page.locator("a[data-row]").first).to_be_visible()
    other = page.context.new_page()
    other.goto("/ui/findings")
    other.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    log_in(other, two[1])
    expect(page.get_by_text("No sessions yet")).to_be_visible()
    expect(page.locator("a[data-row]")).to_have_count(0)


def test_a_session_that_ends_takes_away_what_was_left_on_other_pages(
    visit: Visit, own: Serving, watches: dict[Page, Watch]
) -> None:
    """Whether somebody logs out or the server says 401."""
    read = frozenset[Scope]({"read"})
    key_id, secret = own.store.create_key("local", read)
    _, shop = own.store.create_key("shop", read)
    page = visit(own)
    watches[page].expect("status of 401")
    page.goto("/ui/sessions")
    log_in(page, secret)
    expect(page.locator("a[data-row]").first).to_be_visible()
    page.get_by_role("link", name="Findings", exact=True).click()
    expect(page.locator("a[data-row]").first).to_be_visible()
    own.store.revoke_key(key_id)
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    log_in(page, shop)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.go_back()
    page.go_back()
    expect(page.get_by_text("No sessions yet")).to_be_visible()


def abandoned(path: Path, visit: Visit, name: str, *, loaded: bool) -> tuple[Page, int]:
    """A page that its server left before the one of this name was wanted, and the server's port.

    Args:
        path: where the server's store is.
        visit: opens the page.
        name: of what is wanted.
        loaded: whether that was shown before.
    """
    with serving(path, Cast()) as server:
        page = visit(server)
        page.goto("/ui/nowhere")
        link = page.get_by_role("link", name=name.title(), exact=True)
        if loaded:
            link.click()
            settled(page)
            page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("No such page")
        settled(page)
    link.click()
    return page, urlsplit(server.base_url).port or 0


@pytest.mark.parametrize("name", PAGES)
def test_a_server_that_is_gone_is_said_and_tried_again(
    recorded: tuple[Path, Cast], visit: Visit, watches: dict[Page, Watch], name: str
) -> None:
    """In words, with a button that works once the server is back."""
    page, port = abandoned(recorded[0], visit, name, loaded=True)
    watches[page].expect("Failed to load resource|ERR_CONNECTION|net::")
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    with serving(recorded[0], Cast(), port=port):
        with suppress(TooLate):  # it may have come back by itself before
            alert.get_by_role("button", name="Try again").first.click(timeout=2_000)
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.get_by_role("heading", level=1)).to_have_text(name.title())
        page.close()  # before its server: nothing may be on its way then


@pytest.mark.parametrize("status", [500, 503])
def test_an_answer_that_is_an_error_is_shown_with_what_to_do(
    page: Page, watch: Watch, status: int
) -> None:
    """Title and detail of the problem, the name of it in the log, and another try."""
    watch.expect(f"status of {status}")
    told = {"title": "It broke", "status": status, "detail": "Restart it.", "instance": "urn:x:1"}
    broken = True

    def answer(route: Route) -> None:
        if broken:
            route.fulfill(status=status, json=told, content_type="application/problem+json")
        else:
            route.continue_()

    page.route(re.compile(r"/sessions(\?|$)"), answer, times=30)
    page.goto("/ui/nowhere")
    page.get_by_role("link", name="Sessions", exact=True).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("It broke")
    expect(alert).to_contain_text("Restart it.")
    expect(alert).to_contain_text("urn:x:1")
    broken = False
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)


def test_an_answer_that_is_no_json_is_an_error_in_words(page: Page, watch: Watch) -> None:
    """As from a proxy that is in between."""
    watch.expect("status of 502")
    page.route(
        re.compile(r"/traces\?"),
        lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"),
    )
    page.goto("/ui/traces")
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_role("heading", name="Bad gateway")).to_have_count(0)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_was_never_loaded_comes_back_with_its_server(
    recorded: tuple[Path, Cast], visit: Visit, watches: dict[Page, Watch], name: str
) -> None:
    """It says that the server does not answer, as lists do, and nobody has to press anything."""
    page, port = abandoned(recorded[0], visit, name, loaded=False)
    watches[page].expect("Failed to load|ERR_|net::|Unable to preload|not caught")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The server does not answer")
    expect(alert).to_contain_text("tries again by itself")
    expect(page.get_by_text("preload")).to_have_count(0)
    with serving(recorded[0], Cast(), port=port):
        expect(page.get_by_role("heading", level=1)).to_have_text(name.title(), timeout=40_000)
        expect(alert).to_have_count(0)
        page.close()


def test_a_part_of_the_page_that_does_not_load_is_said(page: Page, watch: Watch) -> None:
    """As after an update of the server: the page then asks to be loaded again."""
    watch.expect("Failed to load|ERR_FAILED|net::")
    page.goto("/ui/nowhere")
    settled(page)
    page.route(re.compile(r"/ui/assets/.*/Sessions\.js"), lambda route: route.abort())
    page.get_by_role("link", name="Sessions", exact=True).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("could not be loaded")
    page.unroute(re.compile(r"/ui/assets/.*/Sessions\.js"))
    page.unroute_all()
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sessions")
