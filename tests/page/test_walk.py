"""From a list of traces to one of them, to its neighbours, and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.page.cast import Cast
from tests.page.conftest import PHONE, Serving, Visit, settled
from tests.page.test_looks import too_wide, without_violations
from tests.page.test_traces import expect_only, row, rows
from tests.page.watch import Watch, until

FILTERED = "/ui/traces?name=known.rated&name=known.slow&sort=-duration"


def heading(page: Page, name: str) -> None:
    """A trace of this name is shown."""
    expect(page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()


def opened(page: Page, address: str, name: str) -> None:
    """Open the first trace with this name from a list."""
    page.goto(address)
    row(page, name).locator("a[data-row]").click()
    heading(page, name)


def test_the_arrow_back_keeps_filters_order_and_selection(page: Page) -> None:
    """As Escape and the browser's own way do."""
    page.goto(FILTERED)
    row(page, "known.slow").get_by_role("checkbox").check()
    row(page, "known.rated").locator("a[data-row]").click()
    heading(page, "known.rated")
    page.get_by_role("link", name="All traces").click()
    expect(page).to_have_url(re.compile(re.escape(FILTERED)))
    expect_only(page, "known.slow", "known.rated")
    expect(row(page, "known.slow")).to_have_attribute("aria-selected", "true")
    page.go_forward()
    heading(page, "known.rated")


def test_the_arrow_back_keeps_the_filters_after_a_reload_and_in_a_tab_of_its_own(
    page: Page,
) -> None:
    """Its address is that of the list."""
    opened(page, FILTERED, "known.slow")
    page.reload()
    heading(page, "known.slow")
    arrow = page.get_by_role("link", name="All traces")
    expect(arrow).to_have_attribute("href", FILTERED)
    arrow.click()
    expect(page).to_have_url(re.compile(re.escape(FILTERED)))
    expect_only(page, "known.slow", "known.rated")


def test_a_trace_that_was_opened_by_its_address_has_no_neighbours(page: Page, cast: Cast) -> None:
    """The arrow leads to all traces."""
    page.goto(f"/ui/traces/{cast.slow}")
    heading(page, "known.slow")
    expect(page.get_by_role("button", name="Next trace of the list")).to_have_count(0)
    expect(page.get_by_role("link", name="All traces")).to_have_attribute("href", "/ui/traces")
    page.keyboard.press("]")
    heading(page, "known.slow")


def test_neighbours_are_those_of_the_filtered_sorted_list(page: Page) -> None:
    """By keys and by buttons; both ends are said; back leads to the list."""
    opened(page, FILTERED, "known.slow")
    following = page.get_by_role("button", name="Next trace of the list")
    previous = page.get_by_role("button", name="Previous trace of the list")
    counted = page.get_by_title("Its place in the list")
    expect(previous).to_be_disabled()
    expect(counted).to_have_text("1 of 4")
    page.keyboard.press("]")
    heading(page, "known.rated")
    expect(counted).to_have_text("2 of 4")
    following.click()
    expect(counted).to_have_text("3 of 4")
    page.keyboard.press("]")
    expect(following).to_be_disabled()
    page.keyboard.press("]")
    expect(counted).to_have_text("4 of 4")
    page.keyboard.press("[")
    expect(counted).to_have_text("3 of 4")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(re.escape(FILTERED)))
    page.keyboard.press("j")  # goes on from the trace that was looked at last
    expect(rows(page).nth(3).locator("a[data-row]")).to_be_focused()


def test_neighbours_have_room_on_a_phone(visit: Visit, shop: Serving) -> None:
    """Large enough for a finger, named for assistive technology."""
    page = visit(shop, viewport=PHONE)
    opened(page, FILTERED, "known.slow")
    settled(page)
    page.get_by_role("button", name="Next trace of the list").click()
    heading(page, "known.rated")
    settled(page)
    assert too_wide(page) == []
    without_violations(page)


@pytest.mark.parametrize("again", [False, True], ids=["as-it-was", "loaded-anew"])
def test_the_walk_goes_on_where_the_loaded_rows_end(
    page: Page, shop: Serving, watch: Watch, again: bool
) -> None:
    """The next page of the list is asked for, also after the trace was loaded anew."""
    page.goto("/ui/traces?sort=duration")
    settled(page)
    found = shop.store.totals("local").traces
    assert found > 200
    page.get_by_role("region", name="Traces").evaluate("one => one.scrollTo(0, 32 * 85)")
    last = rows(page).locator("a[data-row='99']")
    last.focus()
    page.keyboard.press("Enter")
    counted = page.get_by_title("Its place in the list")
    expect(counted).to_have_text(re.compile("^100 of "))
    if again:
        page.reload()
        expect(counted).to_have_text(re.compile("^100 of "))
    for at in range(101, 104):
        page.keyboard.press("]")
        expect(counted).to_have_text(re.compile(f"^{at} of "))
    asked = [one for one in watch.requests if one.startswith("/traces?") and "cursor=" in one]
    assert asked
    page.get_by_role("link", name="All traces").click()
    until(page, lambda: rows(page).locator("a[data-row='102']").count() == 1)
    expect(rows(page).locator("a[data-row='102']")).to_be_in_viewport()
