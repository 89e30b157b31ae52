"""The columns of the list: all in sight where they can be, and written so that they can be read."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.page.conftest import Serving, Visit, settled
from tests.page.test_traces import row


def cut_off(page: Page) -> list[str]:
    """The headings that lie outside of the table's window."""
    found: list[str] = page.get_by_role("region", name="Traces").evaluate(
        """one => [...one.querySelectorAll("th")]
          .filter((head) => head.getBoundingClientRect().right > one.getBoundingClientRect().right + 1)
          .map((head) => head.innerText)"""
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
