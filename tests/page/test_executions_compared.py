"""Several executions beside each other: a table of differences, and curves over each other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.page.charts import chart, metric, row, saved, told
from tests.page.conftest import Serving, Visit, settled
from tests.page.watch import Watch
from tests.page.works import Works

MOST: Final = 10  # executions that are compared


@pytest.fixture(name="page")
def _page(visit: Visit, plant: Serving) -> Page:
    """A page of the server with executions."""
    return visit(plant)


def compared(page: Page, *xids: str, more: str = "") -> Page:
    """The comparison of executions."""
    page.goto(f"/ui/compare-executions?{'&'.join(f'execution={xid}' for xid in xids)}{more}")
    settled(page)
    return page


def test_differences_are_marked_and_the_best_only_where_it_is_said(
    page: Page, works: Works
) -> None:
    """Nobody knows of a metric whether more of it is better."""
    compared(page, works.long, works.failed)
    epochs, accuracy = row(page, "epochs"), row(page, "val/accuracy")
    expect(epochs).to_contain_text("differs:")
    expect(epochs.locator("td").nth(1)).to_contain_text("−9")
    expect(page.get_by_text("best", exact=True)).to_have_count(0)
    accuracy.get_by_role("combobox").select_option("higher")
    expect(accuracy.locator("td").first).to_contain_text("best")
    expect(page).to_have_url(re.compile("high=val%2Faccuracy$"))
    page.reload()
    expect(row(page, "val/accuracy").locator("td").first).to_contain_text("best")
    row(page, "val/accuracy").get_by_role("combobox").select_option("lower")
    expect(row(page, "val/accuracy").locator("td").nth(1)).to_contain_text("best")


def test_only_differences_can_be_shown(page: Page, works: Works) -> None:
    """What is the same in all goes away."""
    compared(page, works.long, works.running)
    expect(row(page, "dataset")).to_be_visible()
    page.get_by_role("searchbox", name="Only metrics").fill("accuracy")
    expect(row(page, "dataset")).to_have_count(0)
    expect(row(page, "val/accuracy")).to_be_visible()
    page.get_by_role("searchbox", name="Only metrics").fill("")
    expect(row(page, "epochs")).to_be_visible()
    page.get_by_role("checkbox", name="Only differences").check()
    expect(row(page, "epochs")).to_have_count(0)
    for name in ("dataset", "val/accuracy"):
        expect(row(page, name)).to_be_visible()
    expect(page).to_have_url(re.compile("only=differences$"))


def test_curves_lie_over_each_other(page: Page, works: Works) -> None:
    """Each with a look of its own, those that have the list; a click in the legend hides one."""
    compared(page, works.long, works.failed, works.evaluated)
    panel = metric(page, "loss")
    names = panel.get_by_role("listitem")
    expect(names).to_have_text([re.compile("train-long"), re.compile("train-failed")])
    chart(panel).press("Home")
    expect(told(panel)).to_have_text(re.compile(r"step 0: .*train-long 2, .*train-failed 2$"))
    names.first.get_by_role("button").click()
    chart(panel).press("Home")
    expect(told(panel)).to_have_text(re.compile(r"step 0: \S* ?\S*train-failed 2$"))


def test_the_comparison_is_saved_as_a_table(page: Page, works: Works, tmp_path: Path) -> None:
    """With all digits, and executions by their whole ids."""
    compared(page, works.long, works.failed)
    cells = saved(page, page.get_by_role("button", name="Export CSV"), tmp_path / "table")
    assert cells[0] == ["kind", "name", works.long, works.failed]
    found = {(kind, name): values for kind, name, *values in cells[1:]}
    assert found["metric", "val/accuracy"] == ["0.875", "0.75"]
    assert found["metadata", "lr"] == ["0.0003", "0.01"]
    assert found["execution", "status"] == ["completed", "failed"]


def test_executions_are_added_and_taken_out(page: Page, watch: Watch, works: Works) -> None:
    """One that is not there is said, and the others are compared all the same."""
    watch.expect("status of 404")
    compared(page, works.long, "nobody")
    expect(page.get_by_text("Not here, or deleted:")).to_contain_text("nobody")
    page.get_by_role("button", name="Remove nobody").click()
    expect(page.get_by_text("Not here, or deleted:")).to_have_count(0)
    page.get_by_role("textbox", name="XID of an execution").fill(works.failed)
    page.get_by_role("button", name="Add").click()
    expect(page.locator("thead").get_by_role("link")).to_have_count(2)
    page.get_by_role("button", name=re.compile("^Take .*train-long out")).click()
    expect(page).to_have_url(re.compile(f"\\?execution={works.failed}$"))


def test_of_more_than_ten_the_first_ten_are_compared(page: Page) -> None:
    """And that is said."""
    compared(page, *(f"many-{number}" for number in range(12)))
    expect(
        page.get_by_text("12 executions were chosen; the first 10 are compared.")
    ).to_be_visible()
    expect(page.locator("thead").get_by_role("link")).to_have_count(MOST)


def test_without_executions_the_comparison_asks_for_them(page: Page) -> None:
    """By a tick in the list, or by an id."""
    compared(page)
    expect(page.get_by_role("heading", name="No executions are chosen")).to_be_visible()
    expect(page.get_by_role("link", name="Tick them in the list")).to_be_visible()
