"""The list of executions: filters, what is new, and ticks."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Page, Route, expect

from modelmetry.client.client import Client
from modelmetry.config import Config
from tests.page.charts import row, rows
from tests.page.conftest import Serving, Visit, settled
from tests.page.watch import Watch
from tests.page.works import Works

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


def record(server: Serving, xid: str, *values: float) -> None:
    """Record more of an execution now."""
    with Client(
        config=Config(base_url=server.base_url, exit_timeout=60, durability="memory")
    ) as client:
        with client.execution("train", id=xid) as run:
            run.list_metric("loss", list(values))
        assert client.flush_all().ok


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
