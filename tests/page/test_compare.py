"""Two traces side by side."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.cast import Cast
from tests.page.conftest import settled
from tests.page.watch import Watch


@pytest.fixture(name="compared")
def _compared(page: Page, cast: Cast) -> Page:
    """Two turns of a conversation."""
    page.goto(f"/ui/compare?a={cast.turns[0]}&b={cast.turns[1]}")
    settled(page)
    return page


def spans(page: Page) -> Locator:
    """The spans of both."""
    return page.get_by_role("listbox", name="Spans of both traces").get_by_role("option")


def test_figures_of_both_stand_side_by_side(compared: Page) -> None:
    """Duration, tokens and cost, with their difference."""
    table = compared.get_by_role("table").first
    for text in ("Duration", "tokens", "Cost"):
        expect(table).to_contain_text(re.compile(text, re.IGNORECASE))
    expect(table).to_contain_text("failed")
    expect(table).to_contain_text(re.compile(r"[+−-][\d.]+"))


def test_trees_are_aligned(compared: Page) -> None:
    """A span of both is one row; what only one has is said."""
    expect(spans(compared).filter(has_text="llm.response_check")).to_have_count(1)
    expect(spans(compared).filter(has_text="RequestRefund")).to_contain_text("only in B")


def test_only_what_differs_is_shown_when_asked(compared: Page) -> None:
    """In the address as well."""
    before = spans(compared).count()
    compared.get_by_role("checkbox", name=re.compile("^Only the")).check()
    expect(compared).to_have_url(re.compile("only=differences"))
    assert 0 < spans(compared).count() <= before


def test_messages_are_compared_word_by_word(compared: Page) -> None:
    """What was taken away and what was added, told by more than colour."""
    spans(compared).filter(has_text=re.compile("llm.generate(?!_)")).first.click()
    text = compared.get_by_role("region", name="Difference of the texts")
    expect(text.locator("ins").first).to_contain_text("only in B")


def test_what_differs_first_is_seen_first(compared: Page) -> None:
    """Without scrolling in the box, however much is the same above it."""
    spans(compared).filter(has_text="llm.generate_final").first.click()
    settled(compared)
    box = compared.get_by_role("region", name="Difference of the texts")
    change = box.locator("del, ins").first
    expect(change).to_be_attached()
    above, below, scrolled = box.evaluate(
        """(box) => {
          const own = box.querySelector("del, ins").getBoundingClientRect();
          const inside = box.getBoundingClientRect();
          return [own.top - inside.top, inside.bottom - own.top, box.scrollTop];
        }"""
    )
    assert scrolled > 0
    assert above >= 0
    assert below > 60


def test_keys_walk_through_the_spans(compared: Page) -> None:
    """And the comparison follows."""
    compared.get_by_role("listbox").focus()
    compared.keyboard.press("Home")
    expect(spans(compared).first).to_have_attribute("aria-selected", "true")
    compared.keyboard.press("j")
    expect(spans(compared).nth(1)).to_have_attribute("aria-selected", "true")


def test_the_sides_are_swapped(compared: Page, cast: Cast) -> None:
    """A becomes B."""
    compared.get_by_role("button", name="Swap A and B").click()
    expect(compared).to_have_url(re.compile(f"a={cast.turns[1]}&b={cast.turns[0]}"))


def test_a_trace_is_the_same_as_itself(page: Page, cast: Cast) -> None:
    """No span differs."""
    page.goto(f"/ui/compare?a={cast.spoken}&b={cast.spoken}")
    settled(page)
    expect(page.get_by_role("checkbox", name="Only the 0 that differ")).to_be_visible()
    expect(page.get_by_text("They say the same.")).to_be_visible()


def test_two_large_traces_are_compared(page: Page, cast: Cast) -> None:
    """5,000 spans on each side, with only the rows that can be seen in the document."""
    page.goto(f"/ui/compare?a={cast.large}&b={cast.large}")
    settled(page)
    expect(spans(page).first).to_have_attribute("aria-setsize", "5000")
    assert spans(page).count() < 100


def test_a_trace_that_is_not_there_can_be_replaced(page: Page, watch: Watch, cast: Cast) -> None:
    """By another XID."""
    watch.expect("status of 404")
    page.goto(f"/ui/compare?a={cast.slow}&b=nobody")
    expect(page.get_by_role("heading", name="One of these traces is not here")).to_be_visible()
    page.get_by_label("B", exact=True).fill(cast.parallel)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("link", name="known.parallel")).to_be_visible()
