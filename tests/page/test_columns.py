"""The columns of the list: all in sight where they can be, and written so that they can be read."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.page.conftest import Serving, Visit, settled
from tests.page.test_traces import row, rows


def cut_off(page: Page) -> list[str]:
    """The headings that lie outside of the table's window."""
    found: list[str] = page.get_by_role("region", name="Traces").evaluate(
        """(table) => {
          const right = (one) => one.getBoundingClientRect().right;
          return [...table.querySelectorAll("th")]
            .filter((head) => right(head) > right(table) + 1).map((head) => head.innerText);
        }"""
    )
    return found


def test_the_column_of_a_finding_is_in_sight(visit: Visit, shop: Serving) -> None:
    """Columns give way to one that is asked for, as far as each can be read."""
    page = visit(shop, viewport={"width": 1400, "height": 900})
    page.goto("/ui/traces?finding=response_safe_score%3E0.5")
    settled(page)
    expect(page.get_by_role("columnheader", name="response_safe_score")).to_be_visible()
    assert cut_off(page) == []


def test_a_chip_writes_a_number_as_columns_do(page: Page) -> None:
    """All of its digits stand behind it, and in the address."""
    page.goto("/ui/traces?finding=response_safe_score%3C0.9301533333333332")
    chip = page.get_by_role("list", name="Filters in use").get_by_role("listitem").first
    expect(chip).to_contain_text(re.compile(r"response_safe_score < 0\.930153\s"))
    expect(chip).to_have_attribute("title", "response_safe_score < 0.9301533333333332")


def heading(page: Page, name: str) -> Locator:
    """The heading of a column."""
    return page.get_by_role("columnheader", name=name, exact=True)


def tick(page: Page, column: str, *, on: bool) -> None:
    """Choose a column, or no longer."""
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name=column, exact=True).set_checked(on)
    page.keyboard.press("Escape")


def test_a_row_says_what_went_in_and_came_out(page: Page) -> None:
    """The question or what was looked for; the last answer, or why there is none."""
    page.goto("/ui/traces")
    settled(page)
    for text in ("And what is this?", "Your parcel is in Zanzibar"):
        expect(row(page, "known.spoken")).to_contain_text(text)
    expect(row(page, "known.searched")).to_contain_text("islands of spice")
    expect(row(page, "known.failed")).to_contain_text("LookupError: no such planet")
    tick(page, "Output", on=False)
    page.reload()
    settled(page)
    expect(heading(page, "Input")).to_be_visible()
    expect(heading(page, "Output")).to_have_count(0)
    assert cut_off(page) == []


def test_what_was_said_gives_way_to_figures_in_a_small_window(visit: Visit, shop: Serving) -> None:
    """There it is a column for those who choose it."""
    page = visit(shop, viewport={"width": 1199, "height": 800})
    page.goto("/ui/traces")
    settled(page)
    expect(heading(page, "Input")).to_have_count(0)
    tick(page, "Input", on=True)
    expect(heading(page, "Input")).to_be_visible()
    page.set_viewport_size({"width": 1200, "height": 800})
    expect(heading(page, "Output")).to_have_count(0)
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="The usual columns").click()
    expect(heading(page, "Output")).to_be_visible()
    assert cut_off(page) == []


def test_the_message_is_the_trace_s_own_or_what_went_wrong_in_it(
    page: Page, tmp_path: Path
) -> None:
    """In the column and in the table that is exported."""
    page.goto("/ui/traces?failed=true&name=known.failed")
    tick(page, "Message", on=True)
    expect(row(page, "known.failed")).to_contain_text("LookupError: no such planet")
    page.goto("/ui/traces?failed=true&q=RequestRefund")
    wrong = "RequestRefund: PaymentServiceError"
    expect(rows(page).filter(has_text=wrong)).to_have_count(1)
    rows(page).filter(has_text=wrong).get_by_role("checkbox").check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export CSV").click()
    waiting.value.save_as(tmp_path / "traces.csv")
    text = (tmp_path / "traces.csv").read_text(encoding="utf-8-sig")
    [found] = csv.DictReader(io.StringIO(text))
    assert found["Message"].startswith(wrong)
    assert "One of the mugs is broken" in found["Input"]
    assert "entitled to a refund" in found["Output"]
