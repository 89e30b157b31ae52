"""What is selected stays so while the list is narrowed to something else."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.page.conftest import Serving, Visit
from tests.page.test_traces import select


def test_a_selection_outlives_its_filter(own: Serving, visit: Visit, tmp_path: Path) -> None:
    """A good and a bad trace of two filters are compared; what is done to which is said."""
    page = visit(own)
    page.goto("/ui/traces?name=known.slow&name=known.open")
    select(page, "known.slow")
    bar = page.get_by_role("toolbar", name="Selected traces")
    expect(bar).to_contain_text("1 trace selected")
    page.get_by_role("button", name="Clear all").click()
    page.get_by_label("Status").select_option("Failed")
    expect(bar).to_contain_text("1 trace selected, 1 not")
    expect(bar.get_by_role("button", name="Export CSV of the 0 here")).to_be_disabled()
    select(page, "known.failed")
    expect(bar).to_contain_text("2 traces selected, 1 not")
    with page.expect_download() as waiting:
        bar.get_by_role("button", name="Export CSV of the 1 here").click()
    waiting.value.save_as(tmp_path / "traces.csv")
    text = (tmp_path / "traces.csv").read_text(encoding="utf-8-sig")
    assert [one["Name"] for one in csv.DictReader(io.StringIO(text))] == ["known.failed"]
    bar.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(f"a={own.cast.slow}&b={own.cast.failed}"))
    page.go_back()
    bar.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 of them is not")
    expect(dialog.get_by_role("listitem")).to_contain_text("known.slow")
    dialog.get_by_role("button", name="Delete 2 traces").click()
    expect(bar).to_have_count(0)
    assert own.store.get_trace("local", own.cast.slow) is None
    assert own.store.get_trace("local", own.cast.failed) is None


def test_what_is_selected_elsewhere_is_let_go_and_not_taken_for_a_row_here(page: Page) -> None:
    """“Select all” is about the rows; where there are none the selection can still be cleared."""
    page.goto("/ui/traces")
    select(page, "known.slow")
    page.goto("/ui/overview?last=30d")
    page.get_by_role("link", name="Traces", exact=True).click()
    bar = page.get_by_role("toolbar", name="Selected traces")
    expect(bar).to_have_count(0)  # loaded anew: nothing is kept
    select(page, "known.slow")
    page.get_by_label("Status").select_option("Failed")
    expect(bar).to_contain_text("1 trace selected, 1 not")
    box = page.get_by_role("checkbox", name="Select all loaded traces")
    assert box.evaluate("one => !one.checked && !one.indeterminate")
    box.check()
    bar.get_by_role("button", name="Only those here").click()
    expect(bar).not_to_contain_text(" not ")
    page.get_by_label("Search in names, messages and values").fill("nosuchword")
    expect(page.get_by_role("heading", name="No trace matches")).to_be_visible()
    expect(bar).to_contain_text("not in this list")
    bar.get_by_role("button", name="Clear selection").click()
    expect(bar).to_have_count(0)
