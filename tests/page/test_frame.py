"""What is around every page: header, help, theme, focus, titles, unknown addresses."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import PHONE, Serving, Visit

NAMES: Final = ("Overview", "Traces", "Sessions", "Findings", "Executions", "Telemetry")


def test_the_root_leads_to_the_overview(page: Page) -> None:
    """Who types only the address of the server sees the page."""
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/ui/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


@pytest.mark.parametrize("name", NAMES)
def test_the_header_leads_to_every_page(page: Page, name: str) -> None:
    """Without loading anew; the tab, the heading and the header then say where one is."""
    page.goto("/ui/nowhere")
    page.evaluate("window.same = true")
    link = page.get_by_role("navigation", name="Pages").get_by_role("link", name=name)
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page).to_have_title(re.compile(f"^{name} · modelmetry"))
    expect(link).to_have_attribute("aria-current", "page")
    assert page.evaluate("window.same") is True


@pytest.mark.parametrize("name", NAMES)
def test_on_a_phone_a_menu_leads_to_every_page(visit: Visit, shop: Serving, name: str) -> None:
    """It says where one is, also when it is closed, and closes when a page is chosen."""
    page = visit(shop, viewport=PHONE)
    page.goto("/ui/nowhere")
    pages = page.get_by_role("navigation", name="Pages")
    pages.get_by_role("button", name="Pages").click()
    pages.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(pages.get_by_role("button", name=f"Pages: {name}")).to_be_visible()
    expect(pages.get_by_role("link")).to_have_count(0)


def test_back_and_forward_walk_through_the_pages(page: Page) -> None:
    """As in any other site."""
    page.goto("/ui/overview")
    heading = page.get_by_role("heading", level=1)
    page.get_by_role("link", name="Traces", exact=True).click()
    expect(heading).to_have_text("Traces")
    page.get_by_role("link", name="Findings", exact=True).click()
    expect(heading).to_have_text("Findings")
    page.go_back()
    expect(heading).to_have_text("Traces")
    page.go_back()
    expect(heading).to_have_text("Overview")
    page.go_forward()
    expect(heading).to_have_text("Traces")


def test_an_unknown_address_says_so(page: Page) -> None:
    """And shows a way on."""
    page.goto("/ui/no/such/place")
    expect(page.get_by_role("heading", level=1)).to_have_text("No such page")
    page.get_by_role("link", name="See the traces").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Traces")


def test_the_question_mark_shows_the_keys_and_escape_ends_it(page: Page) -> None:
    """Focus comes back to where it was."""
    page.goto("/ui/overview")
    button = page.get_by_role("button", name="Help and keys")
    button.focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Help and keys")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_a_question_mark_in_a_field_is_text(page: Page) -> None:
    """Keys are for the page only while nobody writes."""
    page.goto("/ui/traces")
    search = page.get_by_role("searchbox").first
    search.press_sequentially("where?")
    expect(search).to_have_value("where?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_first_tab_offers_to_skip_the_header(page: Page) -> None:
    """Then the keyboard goes on in the content."""
    page.goto("/ui/traces")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    skip.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_follows_the_system_until_one_is_chosen(
    visit: Visit, shop: Serving, system: str
) -> None:
    """The choice survives a reload, and there is a way back to the system's."""
    page = visit(shop, color_scheme=system)
    page.goto("/ui/overview")
    expect_theme(page, system)
    other = "light" if system == "dark" else "dark"
    choose_theme(page, other.title())
    expect_theme(page, other)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect_theme(page, other)
    choose_theme(page, "As the system")
    expect_theme(page, system)


def choose_theme(page: Page, name: str) -> None:
    """Choose in the menu of the header."""
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("radio", name=name).check()
    page.keyboard.press("Escape")


def expect_theme(page: Page, name: str) -> None:
    """The page is darker than its text, or not; colours may take a frame to change."""
    page.wait_for_function(
        """(dark) => {
          const sum = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + +b, 0);
          const { backgroundColor, color } = getComputedStyle(document.documentElement);
          const body = getComputedStyle(document.body);
          const back = body.backgroundColor === "rgba(0, 0, 0, 0)" ? backgroundColor
            : body.backgroundColor;
          return sum(back) < sum(color) === dark;
        }""",
        arg=name == "dark",
    )
