"""Executions: the list, one of them with its metrics, and several beside each other."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from modelmetry.client.client import Client
from modelmetry.config import Config
from tests.page.conftest import Serving, Visit, settled
from tests.page.watch import Watch, until
from tests.page.works import HIGHEST, LEARNED, LONG, PEAK, Works, loss

MOST: Final = 10  # executions that are compared


@pytest.fixture(name="page")
def _page(visit: Visit, plant: Serving) -> Page:
    """A page of the server with executions."""
    return visit(plant)


@pytest.fixture(name="executions")
def _executions(page: Page) -> Page:
    """The list."""
    page.goto("/ui/executions")
    settled(page)
    return page


@pytest.fixture(name="trained")
def _trained(page: Page, works: Works) -> Page:
    """The execution with the long list."""
    page.goto(f"/ui/executions/{works.long}")
    settled(page)
    return page


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


def record(server: Serving, xid: str, *values: float) -> None:
    """Record more of an execution now."""
    with Client(config=Config(base_url=server.base_url, durability="memory")) as client:
        with client.execution("train", id=xid) as run:
            run.list_metric("loss", list(values))
        assert client.flush_all().ok


# The list


def test_the_list_says_what_became_of_each(executions: Page, works: Works) -> None:
    """Pipeline, status, deployment, duration, and how many metrics it has."""
    long = row(executions, works.long)
    for text in ("train", "completed", "nightly", "42 s", "5"):
        expect(long).to_contain_text(text)
    expect(row(executions, works.failed)).to_contain_text("failed")
    expect(row(executions, works.running)).to_contain_text("running")


def test_more_executions_are_loaded_below(executions: Page) -> None:
    """Until the last one; how many there are is said from the beginning."""
    expect(executions.get_by_text("64 executions")).to_be_visible()
    rows(executions).last.scroll_into_view_if_needed()
    executions.mouse.wheel(0, 20_000)
    expect(rows(executions)).to_have_count(64)


def test_filters_narrow_the_list_and_stand_in_the_address(executions: Page, works: Works) -> None:
    """By pipeline, deployment, status and time; one button takes all away."""
    pipeline = executions.get_by_role("combobox", name="Pipeline")
    pipeline.fill("train")
    pipeline.press("Enter")
    expect(rows(executions)).to_have_count(3)
    expect(executions).to_have_url(re.compile(r"pipeline=train$"))
    executions.get_by_role("button", name="Status: any").click()
    executions.get_by_role("checkbox", name="failed", exact=True).check()
    expect(rows(executions)).to_have_count(1)
    executions.get_by_role("checkbox", name="running", exact=True).check()
    expect(rows(executions)).to_have_count(2)
    executions.keyboard.press("Escape")
    expect(executions).to_have_url(re.compile(r"status=failed&status=running$"))
    deployment = executions.get_by_role("combobox", name="Deployment")
    deployment.fill("nightly")
    deployment.press("Enter")
    executions.get_by_role("button", name="Show all executions").click()
    expect(row(executions, works.evaluated)).to_be_visible()
    executions.get_by_role("button", name=re.compile("^Time")).click()
    executions.get_by_role("button", name="last hour").click()
    expect(rows(executions)).to_have_count(4)


def test_an_id_is_found_by_how_it_begins(executions: Page, works: Works) -> None:
    """As it was given by whoever recorded it."""
    search = executions.get_by_role("searchbox", name="Id begins with")
    executions.keyboard.press("/")
    expect(search).to_be_focused()
    search.fill("train-f")
    search.press("Enter")
    expect(rows(executions)).to_have_count(1)
    expect(row(executions, works.failed)).to_be_visible()


def test_a_filter_that_is_not_understood_is_said(page: Page) -> None:
    """No row is shown until it is taken away."""
    page.goto("/ui/executions?status=stuck&pipelin=train")
    settled(page)
    expect(page.get_by_text("status = stuck")).to_be_visible()
    expect(rows(page)).to_have_count(0)
    page.get_by_role("button", name="Show without them").click()
    expect(rows(page).first).to_be_visible()


def test_a_new_execution_comes_by_itself_and_waits_while_somebody_reads(
    visit: Visit, own_plant: Serving
) -> None:
    """What became of those that are shown is said all the same."""
    page = visit(own_plant)
    page.goto("/ui/executions")
    settled(page)
    record(own_plant, "train-new", 1.0)
    expect(row(page, "train-new")).to_be_visible()
    rows(page).nth(3).hover()
    record(own_plant, "train-newer", 1.0)
    waiting = page.get_by_role("button", name="1 new execution")
    expect(waiting).to_be_visible()
    expect(row(page, "train-newer")).to_have_count(0)
    waiting.click()
    expect(rows(page).first).to_contain_text("train-newer")


def test_ticked_executions_are_compared(executions: Page, works: Works) -> None:
    """They stay ticked while the list is narrowed; the address of the comparison names them."""
    row(executions, works.long).get_by_role("checkbox").check()
    compare = executions.get_by_role("button", name="Compare", exact=True)
    expect(compare).to_be_disabled()
    search = executions.get_by_role("searchbox", name="Id begins with")
    search.fill("train-f")
    search.press("Enter")
    row(executions, works.failed).get_by_role("checkbox").check()
    compare.click()
    expect(executions).to_have_url(
        re.compile(f"compare-executions\\?execution={works.long}&execution={works.failed}$")
    )
    expect(executions.get_by_role("heading", level=1)).to_have_text("Compare executions")


def test_more_than_ten_cannot_be_ticked(executions: Page) -> None:
    """The server draws ten over each other."""
    boxes = executions.get_by_role("main").locator("tbody").get_by_role("checkbox")
    for place in range(MOST):
        boxes.nth(place).check()
    expect(executions.get_by_text("10 at most are compared")).to_be_visible()
    expect(boxes.nth(MOST)).to_be_disabled()
    boxes.first.uncheck()
    expect(boxes.nth(MOST)).to_be_enabled()


# One execution


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


def last(panel: Locator) -> str:
    """The last step of a curve, as it is read aloud."""
    chart(panel).press("ArrowRight")
    return told(panel).inner_text()


def test_an_execution_that_is_not_there_is_said(page: Page, watch: Watch) -> None:
    """With the way to those that are."""
    watch.expect("status of 404")
    page.goto("/ui/executions/nobody")
    expect(page.get_by_role("heading", level=1)).to_have_text("No such execution")
    page.get_by_role("link", name="See all executions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Executions")


@pytest.mark.parametrize("place", ["executions", "executions/train-long", "telemetry"])
def test_a_broken_server_is_said_and_asked_again(page: Page, watch: Watch, place: str) -> None:
    """In its words, with the name of it in its log."""
    watch.expect("status of 422")
    broken = True

    def answer(route: Route) -> None:
        if not broken:
            return route.fallback()
        body = {"title": "Refused", "detail": "the list is upside down", "status": 422}
        return route.fulfill(status=422, json=body)

    page.route(re.compile(r"//[^/]+/(executions|telemetry/runs)(/train-long)?(\?|$)"), answer)
    page.goto(f"/ui/{place}")
    alert = page.get_by_role("alert").first
    expect(alert).to_contain_text("upside down")
    broken = False
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("main").get_by_text("completed").first).to_be_visible()


# Several


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
    compared(page, works.long, more="&only=differences")
    expect(row(page, "dataset")).to_have_count(0)


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
