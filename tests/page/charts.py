"""Rows and charts of executions, as tests find and read them."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


def rows(page: Page) -> Locator:
    """The rows of a list."""
    return page.get_by_role("main").locator("tbody tr")


def row(page: Page, text: str) -> Locator:
    """The row with a text."""
    return rows(page).filter(has_text=text)


def metric(page: Page, name: str) -> Locator:
    """The panel of a list, with its curve drawn."""
    panel = page.get_by_role("region", name=name, exact=True)
    panel.scroll_into_view_if_needed()
    expect(panel.locator("canvas")).to_be_visible()
    return panel


def chart(panel: Locator) -> Locator:
    """What the keys move in."""
    return panel.get_by_role("application")


def told(panel: Locator) -> Locator:
    """What is read aloud of the step under the cursor."""
    return panel.locator("[aria-live=polite]")


def saved(page: Page, press: Locator, path: Path) -> list[list[str]]:
    """The cells of a file that a press saves."""
    with page.expect_download() as download:
        press.click()
    download.value.save_as(path)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))
