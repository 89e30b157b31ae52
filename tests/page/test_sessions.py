"""Conversations, as a list and as a thread of turns."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.page.cast import Cast
from tests.page.conftest import Serving, settled
from tests.page.watch import Watch


@pytest.fixture(name="sessions")
def _sessions(page: Page) -> Page:
    """The list."""
    page.goto("/ui/sessions")
    settled(page)
    return page


@pytest.fixture(name="session")
def _session(page: Page, cast: Cast) -> Page:
    """The conversation of the demo."""
    page.goto(f"/ui/sessions/{cast.session}")
    settled(page)
    return page


def turns(page: Page) -> Locator:
    """The turns of a conversation."""
    return page.get_by_role("main").locator("ol > li")


def test_the_list_has_totals_of_each_session(sessions: Page) -> None:
    """Turns, failures, tokens and cost."""
    row = sessions.get_by_role("row").filter(has_text="chat-42")
    expect(row.locator("[data-name=turns]")).to_have_text("3")
    expect(row.locator("[data-name=failed]")).to_have_text("1")
    expect(row.locator("[data-name=cost]")).to_contain_text("$")


def test_more_sessions_are_loaded_below(sessions: Page, shop: Serving) -> None:
    """Until the last one."""
    rows = sessions.locator("tbody tr")
    first = rows.count()
    rows.last.scroll_into_view_if_needed()
    sessions.mouse.wheel(0, 20_000)
    expect(rows.nth(first)).to_be_attached()


def test_a_session_is_found_by_how_its_name_begins(sessions: Page) -> None:
    """The address keeps it, and one click shows all again."""
    search = sessions.get_by_role("searchbox")
    search.fill("chat-4")
    search.press("Enter")
    expect(sessions).to_have_url(re.compile("prefix=chat-4$"))
    names = sessions.locator("tbody th a")
    expect(names.filter(has_not_text=re.compile("^chat-4"))).to_have_count(0)
    expect(names.filter(has_text=re.compile("^chat-42$"))).to_have_count(1)
    search.fill("nobody")
    search.press("Enter")
    expect(sessions.get_by_role("heading", name="No session is like this")).to_be_visible()
    sessions.get_by_role("button", name="Show all sessions").click()
    expect(sessions.locator("tbody tr").nth(2)).to_be_visible()


def test_sessions_with_failures_can_be_singled_out(sessions: Page) -> None:
    """And those without any; the address keeps which."""
    failures = sessions.get_by_label("Failures")
    failures.select_option("With failures")
    expect(sessions).to_have_url(re.compile("failed=true$"))
    expect(sessions.locator("tbody tr").first).to_be_visible()
    expect(sessions.locator("[data-name=failed]").filter(has_text=re.compile("^0$"))).to_have_count(
        0
    )
    failures.select_option("Without failures")
    expect(sessions).to_have_url(re.compile("failed=false$"))
    expect(
        sessions.locator("[data-name=failed]").filter(has_text=re.compile("^[^0]"))
    ).to_have_count(0)
    expect(sessions.locator("tbody tr").first).to_be_visible()


def test_a_misspelt_filter_shows_no_sessions(page: Page) -> None:
    """It is said, as in the list of traces."""
    for query, right in (
        ("failed=yes", "true or false"),
        ("name_prefix=chat", "none has this name"),
    ):
        page.goto(f"/ui/sessions?{query}")
        expect(page.get_by_text(right)).to_be_visible()
        expect(page.locator("tbody tr")).to_have_count(0)


def test_a_range_of_time_narrows_the_sessions(sessions: Page) -> None:
    """As everywhere else."""
    sessions.get_by_role("button", name=re.compile("^Time: ")).click()
    sessions.get_by_role("button", name="last hour", exact=True).click()
    expect(sessions).to_have_url(re.compile("last=1h"))
    expect(sessions.locator("tbody tr").filter(has_text="chat-42")).to_have_count(1)


def test_a_session_reads_as_what_was_said(session: Page) -> None:
    """Question and answer of each turn, in order."""
    expect(session.get_by_role("heading", level=1)).to_have_text("chat-42")
    expect(turns(session)).to_have_count(3)
    expect(turns(session).nth(0)).to_contain_text(re.compile("User", re.IGNORECASE))
    expect(turns(session).nth(0).locator(".said.asked")).to_be_visible()
    expect(turns(session).nth(0).locator(".said.answered")).to_be_visible()
    expect(turns(session).nth(1)).to_contain_text("failed")


def test_a_turn_leads_to_its_trace(session: Page, cast: Cast) -> None:
    """And back to the conversation."""
    turns(session).nth(1).get_by_role("link", name=re.compile("^2. chatbot.turn")).click()
    expect(session).to_have_url(re.compile(f"/ui/traces/{cast.turns[1]}"))
    session.go_back()
    expect(turns(session)).to_have_count(3)


def test_only_failed_turns_are_shown_when_asked(session: Page) -> None:
    """With the numbers that they have in the conversation."""
    session.get_by_role("checkbox", name="Only failed turns").check()
    expect(turns(session)).to_have_count(1)
    expect(turns(session)).to_contain_text("2. chatbot.turn")
    expect(session).to_have_url(re.compile("failed=true"))


def test_a_turn_that_cannot_be_read_is_said_and_tried_again(
    page: Page, watch: Watch, cast: Cast
) -> None:
    """The others are shown."""
    watch.expect("status of 500")
    broken = True

    def answer(route: Route) -> None:
        if broken:
            route.fulfill(status=500, json={"title": "Broken", "status": 500, "detail": "Oh."})
        else:
            route.continue_()

    page.route(re.compile(f"{cast.turns[1]}"), answer)
    page.goto(f"/ui/sessions/{cast.session}")
    settled(page)
    retry = turns(page).nth(1).get_by_role("button", name="Try again")
    expect(retry).to_be_visible()
    expect(turns(page).nth(0).locator(".said.asked")).to_be_visible()
    broken = False
    retry.click()
    expect(turns(page).nth(1).locator(".said.asked")).to_be_visible()


def test_a_session_that_is_not_there_is_said(page: Page, watch: Watch) -> None:
    """With the way to those that are."""
    watch.expect("status of 404")
    page.goto("/ui/sessions/nobody")
    expect(page.get_by_role("heading", level=1)).to_have_text("No such session")
    page.get_by_role("link", name="See all sessions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sessions")
