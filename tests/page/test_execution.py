"""One execution: its values, its lists as curves, its traces and its telemetry."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.page.charts import chart, metric, row, saved, told
from tests.page.conftest import Serving, Visit, settled
from tests.page.watch import Watch, until
from tests.page.works import HIGHEST, LEARNED, LONG, PEAK, Works, loss


@pytest.fixture(name="page")
def _page(visit: Visit, plant: Serving) -> Page:
    """A page of the server with executions."""
    return visit(plant)


@pytest.fixture(name="trained")
def _trained(page: Page, works: Works) -> Page:
    """The execution with the long list."""
    page.goto(f"/ui/executions/{works.long}")
    settled(page)
    return page


def test_values_have_their_history(trained: Page) -> None:
    """The last value is the value; those before are drawn when they are asked for."""
    value = row(trained, "val/accuracy")
    expect(value).to_contain_text("0.875")
    value.get_by_role("button", name="History of val/accuracy, 4 values").click()
    panel = metric(trained, "val/accuracy")
    chart(panel).press("Home")
    expect(told(panel)).to_have_text("step 0: val/accuracy 0.5")
    chart(panel).press("ArrowRight")
    expect(told(panel)).to_have_text("step 1: val/accuracy 0.625")


def test_the_pointer_reads_what_was_recorded(trained: Page) -> None:
    """At each step its own value."""
    panel = metric(trained, "learned")
    over = panel.locator(".u-over")
    box = over.bounding_box()
    assert box is not None
    for step, value in enumerate(LEARNED):
        x = step * box["width"] / (len(LEARNED) - 1)
        over.hover(position={"x": min(max(x, 1), box["width"] - 1), "y": 40})
        expect(panel.locator(".where")).to_have_text(f"step {step}")
        expect(panel.get_by_role("listitem")).to_contain_text(f"{value:g}")


def test_a_long_list_says_that_it_is_thinned_out_and_keeps_its_peak(
    trained: Page, tmp_path: Path
) -> None:
    """50,000 values are not 50,000 points, and each point is a value that was recorded."""
    panel = metric(trained, "loss")
    expect(panel.get_by_text("Thinned out from 50,000 values to")).to_be_visible()
    panel.get_by_role("button", name="Export").click()
    cells = saved(trained, trained.get_by_role("button", name=re.compile("^CSV")), tmp_path / "a")
    assert len(cells) < LONG // 10
    assert [f"{PEAK}", f"{HIGHEST}"] in cells
    assert all(float(value) == loss(int(step)) for step, value in cells[1:])


def test_a_zoom_asks_for_the_points_between(trained: Page, watch: Watch) -> None:
    """Then every value of the stretch is drawn, and nothing is thinned out; all steps come back."""
    panel = metric(trained, "loss")
    over = panel.locator(".u-over")
    box = over.bounding_box()
    assert box is not None
    middle = box["width"] * PEAK / (LONG - 1)
    trained.mouse.move(box["x"] + middle - 8, box["y"] + 60)
    trained.mouse.down()
    trained.mouse.move(box["x"] + middle + 8, box["y"] + 60, steps=4)
    trained.mouse.up()
    asked = re.compile(r"^/metrics/curves\?.*from_index=(\d+)&to_index=(\d+)")
    until(trained, lambda: any(asked.match(one) for one in watch.requests))
    first, end = asked.match(next(one for one in watch.requests if asked.match(one))).groups()  # type: ignore[union-attr]
    assert int(first) < PEAK < int(end)
    assert int(end) - int(first) < LONG // 10
    expect(panel.get_by_text("Thinned out")).to_have_count(0)
    chart(panel).press("Home")
    expect(told(panel)).to_contain_text(f"step {int(first):,}: loss {loss(int(first)):.6g}")
    chart(panel).press("ArrowRight")
    expect(told(panel)).to_contain_text(f"step {int(first) + 1:,}:")
    panel.get_by_role("button", name="All steps").click()
    expect(panel.get_by_text("Thinned out from 50,000 values")).to_be_visible()


def test_a_smooth_curve_says_of_which_points_it_is(trained: Page, watch: Watch) -> None:
    """Of those that are drawn; and of a stretch it knows what was before."""
    panel = metric(trained, "loss")
    for _ in range(6):
        panel.get_by_role("button", name="Zoom in").click()
    begun = re.match(r"steps ([\d,]+) to", panel.locator(".where").inner_text())
    assert begun is not None
    first = int(begun[1].replace(",", ""))
    until(trained, lambda: any(f"from_index={first}&" in one for one in watch.requests))
    panel.get_by_role("slider", name="Smoothing").fill("0.9")
    until(trained, lambda: any(f"from_index={first - 64}&" in one for one in watch.requests))
    said = panel.get_by_text("that of the points drawn, not of all values")
    expect(said).to_have_count(0)
    panel.get_by_role("button", name="All steps").click()
    expect(said).to_be_visible()


def test_a_logarithmic_scale_says_what_it_cannot_show(trained: Page) -> None:
    """Values of zero and less."""
    panel = metric(trained, "reward")
    panel.get_by_role("checkbox", name="Logarithmic").check()
    expect(panel.get_by_text("2 values of 0 or less left out")).to_be_visible()
    chart(panel).press("End")
    expect(told(panel)).to_have_text("step 4: reward 100")


def test_smoothing_is_for_all_lists_of_the_execution(trained: Page) -> None:
    """What was recorded is still said beside it."""
    panel = metric(trained, "learned")
    panel.get_by_role("slider", name="Smoothing").fill("0.6")
    expect(metric(trained, "reward").locator("output")).to_have_text("0.60")
    chart(panel).press("End")
    expect(told(panel)).to_have_text(re.compile(r"step 9: learned 0\.9\d+ \(1\)"))


def test_a_csv_of_a_list_is_the_list(trained: Page, tmp_path: Path) -> None:
    """What is drawn, and of a list that is thinned out every value on request."""
    panel = metric(trained, "learned")
    panel.get_by_role("button", name="Export").click()
    cells = saved(trained, trained.get_by_role("button", name=re.compile("^CSV")), tmp_path / "a")
    assert cells[0] == ["step", "learned"]
    assert [(int(step), float(value)) for step, value in cells[1:]] == list(enumerate(LEARNED))
    every = metric(trained, "loss").get_by_role("button", name="Save all 50,000 values as CSV")
    cells = saved(trained, every, tmp_path / "b")
    assert [float(value) for _, value in cells[1:]] == [loss(step) for step in range(LONG)]


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_curve_is_saved_as_a_picture(trained: Page, kind: str, tmp_path: Path) -> None:
    """Named after its metric."""
    panel = metric(trained, "learned")
    panel.get_by_role("button", name="Export").click()
    with trained.expect_download() as download:
        trained.get_by_role("button", name=re.compile(f"^{kind.upper()}")).click()
    assert download.value.suggested_filename == f"learned.{kind}"
    download.value.save_as(tmp_path / kind)
    begin = (tmp_path / kind).read_bytes()[:4]
    assert begin == (b"\x89PNG" if kind == "png" else b"<svg")


def test_values_are_saved_as_they_were_recorded(trained: Page, tmp_path: Path) -> None:
    """Name, value and how often it was recorded."""
    values = trained.get_by_role("main").locator("section").filter(has_text="Values").first
    cells = saved(trained, values.get_by_role("button", name="Export CSV"), tmp_path / "v")
    found = {cells[0][0]: cells[0][1:3]} | {name: rest[:2] for name, *rest in cells[1:]}
    assert found["epochs"] == ["12", "1"]
    assert found["val/accuracy"] == ["0.875", "4"]


def test_an_execution_leads_to_its_trace_and_its_telemetry(trained: Page, works: Works) -> None:
    """The parts of the page stand in the address, and back leads through them."""
    parts = trained.get_by_role("navigation", name="Parts of the execution")
    parts.get_by_role("link", name="Traces").click()
    expect(trained).to_have_url(re.compile("tab=traces$"))
    row(trained, "train").get_by_role("link").click()
    expect(
        trained.get_by_role("tree").get_by_role("treeitem").filter(has_text="fit")
    ).to_be_visible()
    trained.go_back()
    parts.get_by_role("link", name="Telemetry").click()
    row(trained, works.job).get_by_role("link").click()
    expect(trained).to_have_url(re.compile(f"/ui/telemetry/{works.job}$"))
    trained.get_by_role("link", name="Its execution").click()
    expect(trained.get_by_role("region", name="learned")).to_be_visible()


def test_a_failure_is_said_with_its_message(page: Page, works: Works) -> None:
    """Above what it measured until then."""
    page.goto(f"/ui/executions/{works.failed}")
    settled(page)
    expect(page.get_by_role("region", name="Message")).to_contain_text("loss is not finite")
    expect(page.get_by_role("main").get_by_text("failed", exact=True)).to_be_visible()


def test_one_that_runs_grows_under_the_eyes_of_the_reader(
    visit: Visit, own_plant: Serving, works: Works
) -> None:
    """Its curve goes on, and where it is read nothing jumps."""
    page = visit(own_plant)
    page.goto(f"/ui/executions/{works.running}")
    settled(page)
    panel = metric(page, "loss")
    chart(panel).press("End")
    expect(told(panel)).to_have_text("step 1: loss 2.5")
    more = {"Name": "loss", "Values": [2.25, 2.125]}
    address = f"{own_plant.base_url}/executions/{works.running}/metrics/lists"
    httpx.post(address, json=more).raise_for_status()
    expect(panel.locator(".where")).to_be_visible()
    until(page, lambda: last(panel) == "step 3: loss 2.125", lambda: last(panel))


def test_an_answer_that_takes_long_is_waited_for_while_an_execution_runs(
    page: Page, watch: Watch, works: Works
) -> None:
    """The next look at what runs does not cancel the one before, or none would ever be answered."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/metrics/values\?"), hold)
    page.goto(f"/ui/executions/{works.running}")
    own = f"/executions/{works.running}"
    until(page, lambda: watch.requests.count(own) >= 3, lambda: watch.requests)
    assert len(held) == 1
    held[0].continue_()
    page.unroute_all()
    expect(row(page, "val/accuracy")).to_contain_text("0.5")


def test_a_step_reached_before_the_curve_is_drawn_is_marked_in_it(page: Page, works: Works) -> None:
    """What draws is loaded with the first curve, and the network may be slow."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/drawing\.js"), hold)
    page.goto(f"/ui/executions/{works.long}")
    panel = page.get_by_role("region", name="learned", exact=True)
    chart(panel).press("End")
    expect(told(panel)).to_contain_text("step 9")
    until(page, lambda: len(held) == 1)
    held[0].continue_()
    at_the_end = """cursor => new DOMMatrix(getComputedStyle(cursor).transform).m41
        / cursor.parentElement.clientWidth > 0.99"""
    until(page, lambda: panel.locator(".u-cursor-x").evaluate(at_the_end))
    expect(told(panel)).to_contain_text("step 9")


def last(panel: Locator) -> str:
    """The last step of a curve, as it is read aloud."""
    chart(panel).press("ArrowRight")
    return told(panel).inner_text()


@pytest.mark.parametrize("xid", [".", ".."])
def test_one_whose_xid_browsers_resolve_away_is_shown(
    visit: Visit, own_plant: Serving, works: Works, xid: str
) -> None:
    """Alone, from the list, and in a comparison; others that begin so are others."""
    for each in (xid, f"{xid}more"):
        body = {"XID": each, "PipelineName": "dots", "Metadata": {"mine": each}}
        httpx.post(f"{own_plant.base_url}/executions", json=body).raise_for_status()
    page = visit(own_plant)
    page.goto("/ui/executions?pipeline=dots")
    settled(page)
    page.get_by_role("main").locator(f"a[href='/ui/executions/~{xid}']").first.click()
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("dots")
    page.goto(f"/ui/compare-executions?execution={xid}&execution={works.failed}")
    settled(page)
    expect(row(page, "mine")).to_contain_text(xid)
    expect(page.get_by_text("Not here, or deleted")).to_have_count(0)


def test_an_xid_of_dots_that_is_not_there_is_said(page: Page) -> None:
    """As any other."""
    page.goto("/ui/executions/~..")
    expect(page.get_by_role("heading", level=1)).to_have_text("No such execution")


def test_an_execution_that_is_not_there_is_said(page: Page, watch: Watch) -> None:
    """With the way to those that are."""
    watch.expect("status of 404")
    page.goto("/ui/executions/nobody")
    expect(page.get_by_role("heading", level=1)).to_have_text("No such execution")
    page.get_by_role("link", name="See all executions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Executions")
