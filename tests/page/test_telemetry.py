"""Telemetry: how jobs went, their runs, and one run with its machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import APIResponse, Locator, Page, Request, Route, expect

from tests.page.conftest import Serving, Visit, settled
from tests.page.watch import Watch, until
from tests.page.works import Works, job

PLACE = "cursor => new DOMMatrix(getComputedStyle(cursor).transform).m41"  # px from the left


def telling(plant: Serving) -> Callable[[int | None], None]:
    """Tells so many records of a job that runs now; all 23 with `None`."""
    whole = job("job-now", "train", datetime.now(UTC), "completed", None)

    def tell(most: int | None) -> None:
        body = {**whole, "Records": whole["Records"][:most]}
        httpx.post(f"{plant.base_url}/telemetry/records", json=body).raise_for_status()

    return tell


@pytest.fixture(name="page")
def _page(visit: Visit, plant: Serving) -> Page:
    """A page of the server with telemetry."""
    return visit(plant)


@pytest.fixture(name="telemetry")
def _telemetry(page: Page) -> Page:
    """The list."""
    page.goto("/ui/telemetry")
    settled(page)
    return page


@pytest.fixture(name="run")
def _run(page: Page, works: Works) -> Page:
    """A run that is completed."""
    page.goto(f"/ui/telemetry/{works.job}")
    settled(page)
    return page


def runs(page: Page) -> Locator:
    """The rows of the list."""
    return page.get_by_role("table", name="Runs").locator("tbody tr")


def panel(page: Page, heading: str) -> Locator:
    """What stands below a heading."""
    own = page.get_by_role("heading", name=heading, exact=True)
    return page.locator("section").filter(has=own)


def test_the_summary_says_of_how_many_jobs_the_rate_is(telemetry: Page) -> None:
    """Half of two is not half of a thousand."""
    rate = panel(telemetry, "Success rate")
    expect(rate).to_contain_text("50 %")
    expect(rate).to_contain_text("of 2 jobs that ended")
    statuses = panel(telemetry, "By status").get_by_role("listitem")
    expect(statuses.filter(has_text="started")).to_contain_text("2")
    expect(statuses.filter(has_text="failed")).to_contain_text("1")


def test_runs_say_command_status_and_when_they_were_last_seen(
    telemetry: Page, works: Works
) -> None:
    """And how much they recorded."""
    one = runs(telemetry).filter(has_text=works.job)
    for text in ("train", "completed", "min ago", "23", "20"):
        expect(one).to_contain_text(text)


def test_a_command_narrows_the_runs_and_the_summary(telemetry: Page, works: Works) -> None:
    """The address keeps it."""
    commands = panel(telemetry, "By command")
    commands.get_by_role("button", name="ingest").click()
    expect(telemetry).to_have_url(re.compile("command=ingest$"))
    expect(runs(telemetry)).to_have_count(1)
    expect(runs(telemetry)).to_contain_text(works.crashed)
    expect(panel(telemetry, "Success rate")).to_contain_text("0 %")
    telemetry.get_by_role("button", name="Status: any").click()
    telemetry.get_by_role("checkbox", name="completed").check()
    telemetry.keyboard.press("Escape")
    telemetry.get_by_role("button", name="Show all runs").click()
    expect(runs(telemetry)).to_have_count(2)


def test_a_status_narrows_the_runs_and_says_that_it_does_not_narrow_the_summary(
    telemetry: Page,
) -> None:
    """A rate of what failed alone would be no rate."""
    said = telemetry.get_by_text("The status narrows the runs below, not these sums.")
    expect(said).to_have_count(0)
    telemetry.goto("/ui/telemetry?status=failed")
    settled(telemetry)
    expect(runs(telemetry)).to_have_count(1)
    expect(said).to_be_visible()
    expect(panel(telemetry, "Success rate")).to_contain_text("50 %")


def test_a_range_is_for_runs_and_summary(telemetry: Page) -> None:
    """Nothing happened in the last minutes."""
    telemetry.get_by_role("button", name=re.compile("^Time")).click()
    telemetry.get_by_role("button", name="last 15 minutes").click()
    expect(runs(telemetry)).to_have_count(0)
    expect(telemetry.get_by_role("heading", name="No run is like this")).to_be_visible()
    expect(panel(telemetry, "Success rate")).to_have_count(0)


def test_a_filter_that_is_not_understood_is_said(page: Page) -> None:
    """No row is shown until it is taken away."""
    page.goto("/ui/telemetry?comand=train")
    settled(page)
    expect(page.get_by_text("comand = train")).to_be_visible()
    expect(runs(page)).to_have_count(0)


def test_a_run_says_its_status_over_time(page: Page, works: Works) -> None:
    """With the message of its end."""
    page.goto(f"/ui/telemetry/{works.crashed}")
    settled(page)
    words = panel(page, "Status over time").get_by_role("listitem")
    expect(words).to_have_count(2)
    expect(words.first).to_contain_text("started")
    expect(words.last).to_contain_text("after 4 min")
    expect(words.last).to_contain_text("no room left")


def test_numbers_of_a_run_are_drawn_over_time(run: Page) -> None:
    """What was recorded once is said without a chart."""
    numbers = panel(run, "Numbers")
    expect(numbers.get_by_text("4 min", exact=True)).to_be_visible()
    chart = numbers.get_by_role("application", name=re.compile("^tokens_per_sec"))
    chart.press("ArrowRight")
    told = numbers.locator("figure").filter(has_text="tokens_per_sec").locator("[aria-live]")
    expect(told).to_contain_text("40")
    chart.press("ArrowRight")
    expect(told).to_contain_text("41")


def test_a_key_that_comes_before_the_chart_is_drawn_counts(page: Page, works: Works) -> None:
    """What draws is loaded with the first chart, and the network may be slow."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/plot\.js"), hold)
    page.goto(f"/ui/telemetry/{works.job}")
    figure = panel(page, "Numbers").locator("figure").filter(has_text="tokens_per_sec")
    chart, told = figure.get_by_role("application"), figure.locator("[aria-live]")
    chart.press("ArrowRight")
    until(page, lambda: len(held) == 1)
    expect(told).to_contain_text("value 40")
    held[0].continue_()
    cursor = figure.locator(".u-cursor-x")
    expect(cursor).to_have_css("transform", "matrix(1, 0, 0, 1, 0, 0)")  # at the left end
    expect(told).to_contain_text("value 40")
    chart.press("ArrowRight")
    expect(told).to_contain_text("value 41")


def test_who_walks_through_a_chart_stays_where_they_are_when_a_run_goes_on(
    visit: Visit, own_plant: Serving
) -> None:
    """The chart is drawn anew, and the next key goes on from there."""
    whole = job("job-now", "train", datetime.now(UTC), "completed", None)
    begun, address = (
        {**whole, "Records": whole["Records"][:6]},
        f"{own_plant.base_url}/telemetry/records",
    )
    httpx.post(address, json=begun).raise_for_status()
    page = visit(own_plant)
    page.goto("/ui/telemetry/job-now")
    figure = panel(page, "Numbers").locator("figure").filter(has_text="tokens_per_sec")
    chart, told = figure.get_by_role("application"), figure.locator("[aria-live]")
    for text in ("value 40", "value 41"):
        chart.press("ArrowRight")
        expect(told).to_contain_text(text)
    cursor = figure.locator(".u-cursor-x")
    before = cursor.evaluate(PLACE)
    httpx.post(address, json=whole).raise_for_status()
    until(page, lambda: 0 < cursor.evaluate(PLACE) < before / 2, lambda: cursor.evaluate(PLACE))
    expect(told).to_contain_text("value 41")
    chart.press("ArrowRight")
    expect(told).to_contain_text("value 42")


def test_several_values_of_one_moment_are_called_a_mean(visit: Visit, own_plant: Serving) -> None:
    """Nobody takes it for the last of them."""
    now = datetime.now(UTC).replace(microsecond=0)
    told = {"RunID": "short", "Command": "short", "At": now.isoformat()}
    records = [{**told, "XID": f"s-{n}", "Metrics": {"loss": n}} for n in range(1, 6)]
    run = {"XID": "short", "Command": "short", "Start": now.isoformat()}
    address = f"{own_plant.base_url}/telemetry/records"
    httpx.post(address, json={"Runs": [run], "Records": records}).raise_for_status()
    page = visit(own_plant)
    page.goto("/ui/telemetry/short")
    settled(page)
    expect(panel(page, "Numbers").get_by_role("definition")).to_have_text("3 mean of 5")


def test_readings_of_the_machine_have_their_units(run: Page) -> None:
    """Memory in bytes, shares in percent."""
    machine = panel(run, "The machine meanwhile")
    for name, text in (("system.cpu.utilization", "25 %"), ("system.memory.usage", "6 GB")):
        figure = machine.locator("figure").filter(has_text=name)
        figure.get_by_role("application").press("ArrowRight")
        expect(figure.locator("[aria-live]")).to_contain_text(text)
    facts = panel(run, "The machine")
    expect(facts).to_contain_text("box-7")
    expect(facts).to_contain_text("25.8 GB")


def test_records_are_listed_newest_first_and_readings_on_request(run: Page) -> None:
    """The readings are many and say what the charts say."""
    records = run.get_by_role("table", name="Records").locator("tbody tr")
    expect(records).to_have_count(23)
    expect(records.first).to_contain_text("completed")
    expect(records.last).to_contain_text("started")
    expect(records.filter(has_text="model_loaded")).to_have_count(1)
    run.get_by_role("checkbox", name="With readings of the machine").check()
    expect(records).to_have_count(43)
    expect(run).to_have_url(re.compile("readings=true$"))


def test_readings_asked_for_while_the_records_are_renewed_stay(
    visit: Visit, own_plant: Serving
) -> None:
    """An answer without them that comes later does not take them away."""
    tell = telling(own_plant)
    tell(-1)
    page = visit(own_plant)
    page.goto("/ui/telemetry/job-now")
    settled(page)
    records = page.get_by_role("table", name="Records").locator("tbody tr")
    expect(records).to_have_count(22)
    held: list[Route] = []
    ended: list[Request] = []

    def hold(route: Route) -> None:
        held.append(route)

    def end(request: Request) -> None:
        ended.append(request)

    page.on("requestfinished", end)
    page.on("requestfailed", end)
    page.route(re.compile(r"/records\?.*kind=record&kind=event&limit=50$"), hold)
    tell(None)
    until(page, lambda: len(held) == 1)
    page.get_by_role("checkbox", name="With readings of the machine").check()
    expect(records).to_have_count(43)
    held[0].continue_()
    until(page, lambda: held[0].request in ended)
    page.wait_for_function("() => new Promise(requestAnimationFrame)")
    expect(records).to_have_count(43)


def test_a_slow_answer_with_new_records_arrives_while_more_are_told(
    visit: Visit, own_plant: Serving, watches: dict[Page, Watch]
) -> None:
    """It is not cancelled by the next look, which would never let one arrive."""
    tell = telling(own_plant)
    tell(20)
    page = visit(own_plant)
    page.goto("/ui/telemetry/job-now")
    settled(page)
    records = page.get_by_role("table", name="Records").locator("tbody tr")
    expect(records).to_have_count(20)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/records\?.*kind=record&kind=event&limit=50$"), hold)
    tell(-2)
    until(page, lambda: len(held) == 1)
    sums = "/telemetry/summary?run=job-now"
    asked = watches[page].requests.count(sums)
    tell(None)
    until(page, lambda: watches[page].requests.count(sums) > asked, lambda: watches[page].requests)
    expect(page.locator("dl div").filter(has_text="Records").locator("dd")).to_have_text("23")
    assert len(held) == 1
    held.pop().continue_()
    until(page, lambda: len(held) == 1)
    held.pop().continue_()
    expect(records).to_have_count(23)


def test_records_that_come_while_the_first_page_is_on_its_way_are_shown(
    visit: Visit, own_plant: Serving
) -> None:
    """Also when the run says nothing more after them."""
    tell = telling(own_plant)
    tell(-1)
    page = visit(own_plant)
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        held.append((route, route.fetch()))

    page.route(re.compile(r"/records\?.*kind=record&kind=event&limit=50$"), hold, times=1)
    page.goto("/ui/telemetry/job-now")
    until(page, lambda: len(held) == 1)
    tell(None)
    expect(page.locator("dl div").filter(has_text="Records").locator("dd")).to_have_text("23")
    route, answer = held.pop()
    route.fulfill(response=answer)
    records = page.get_by_role("table", name="Records").locator("tbody tr")
    expect(records).to_have_count(23)


def test_records_that_cannot_be_renewed_are_said_and_asked_for_again(
    visit: Visit, own_plant: Serving, watches: dict[Page, Watch]
) -> None:
    """What is shown stays, and is not taken for all."""
    tell = telling(own_plant)
    tell(-1)
    page = visit(own_plant)
    watches[page].expect("status of 400")
    page.goto("/ui/telemetry/job-now")
    settled(page)
    records = page.get_by_role("table", name="Records").locator("tbody tr")
    expect(records).to_have_count(22)
    refused = re.compile(r"/records\?.*kind=record&kind=event&limit=50$")
    page.route(refused, lambda route: route.fulfill(status=400, json={"title": "Refused"}))
    tell(None)
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    expect(records).to_have_count(22)
    page.unroute_all()
    alert.get_by_role("button").click()
    expect(records).to_have_count(23)
    expect(alert).to_have_count(0)


def test_a_run_that_goes_on_is_followed(visit: Visit, own_plant: Serving) -> None:
    """Its end appears by itself, in the list and on its page."""
    page, start = visit(own_plant), datetime.now(UTC)
    whole = job("job-now", "train", start, "completed", None)
    begun = {**whole, "Records": whole["Records"][:1]}
    address = f"{own_plant.base_url}/telemetry/records"
    httpx.post(address, json=begun).raise_for_status()
    page.goto("/ui/telemetry")
    settled(page)
    row = runs(page).filter(has_text="job-now")
    expect(row).to_contain_text("started")
    row.get_by_role("link").click()
    settled(page)
    httpx.post(address, json=whole).raise_for_status()
    words = panel(page, "Status over time").get_by_role("listitem")
    expect(words).to_have_count(2)
    page.go_back()
    expect(row).to_contain_text("completed")


def test_a_run_whose_xid_browsers_resolve_away_is_said_to_be_one(page: Page) -> None:
    """Nothing else is shown in its place."""
    page.goto("/ui/telemetry/~..")
    expect(page.get_by_role("alert")).to_contain_text("This run cannot be opened in a browser")


def test_a_run_that_is_not_there_is_said(page: Page, watch: Watch) -> None:
    """With the way to those that are."""
    watch.expect("status of 404")
    page.goto("/ui/telemetry/nobody")
    expect(page.get_by_role("heading", level=1)).to_have_text("No such run")
    page.get_by_role("link", name="See all runs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Telemetry")
