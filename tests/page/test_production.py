"""Production: the figures of the report, over time and by their parts."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.page import hostile
from tests.page.charts import saved
from tests.page.conftest import PHONE, Serving, Visit, settled
from tests.page.measured import hostile_intervals, interval, requests, scanned, send
from tests.page.test_hostile import answers_to_a_click, untouched
from tests.page.watch import Watch, until

MINUTE = 61_000  # ms; a little more
SUMMARY = re.compile(r"/production/summary\?")


@pytest.fixture(name="page")
def _page(visit: Visit, business: Serving) -> Page:
    """A page of the server with production metrics."""
    return visit(business)


@pytest.fixture(name="production")
def _production(page: Page) -> Page:
    """The figures of a week."""
    page.goto("/ui/production?last=7d")
    settled(page)
    return page


def part(page: Page, heading: str) -> Locator:
    """A part of the report."""
    own = page.get_by_role("heading", level=2, name=heading, exact=True)
    return page.locator("section").filter(has=own)


def figure(page: Page, of: str, name: str) -> Locator:
    """A row of a part; it opens."""
    named = page.get_by_text(name, exact=True)
    return part(page, of).locator("details").filter(has=page.locator("summary").filter(has=named))


def drawn(page: Page, title: str) -> Locator:
    """A chart."""
    own = page.get_by_role("heading", name=title, exact=True)
    chart = page.locator("figure").filter(has=own)
    expect(chart.locator("canvas")).to_be_visible()
    return chart


def reported(watch: Watch) -> dict[str, dict[str, dict[str, float]]]:
    """What the server says of the same window."""
    asked = next(one for one in watch.requests if SUMMARY.search(one))
    answer = httpx.get(f"{watch.base_url}{asked}").raise_for_status()
    return dict(answer.json())


def requests_of_now(number: int) -> list[dict[str, object]]:
    """An hour in which more is asked for, which nobody has sent yet."""
    start = datetime.now(UTC) - timedelta(hours=1)
    return [interval(f"more-{number}", start, list(requests(50, 1)))]


def fits(page: Page) -> None:
    """Nothing is wider than the page, also on a phone, and no sign hides or turns others around."""
    page.set_viewport_size(PHONE)
    width = "document.documentElement.scrollWidth"
    until(page, lambda: page.evaluate(width) <= PHONE["width"], lambda: page.evaluate(width))
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.locator("main").inner_text())


def test_the_figures_are_those_of_the_server(production: Page, watch: Watch) -> None:
    """As the report has them, in the words of the page."""
    told = reported(watch)
    count, cost = told["Requests"]["Count"]["Value"], told["Llm"]["Cost"]["Value"]
    memory = told["Runtime"]["MemoryMean"]["Value"]
    expect(figure(production, "API", "Requests")).to_contain_text(f"{count:,}")
    expect(figure(production, "Cost", "Language models")).to_contain_text(f"${cost:.2f}")
    expect(figure(production, "Machine", "Memory, mean")).to_contain_text(f"{memory * 100:.3g} %")
    expect(figure(production, "Models", "Accuracy")).to_contain_text("93 %")


def test_a_change_says_whether_it_is_better_in_words(production: Page) -> None:
    """Quicker is better and rarer right is worse, for who sees no colour as well."""
    expect(figure(production, "API", "Latency p95")).to_contain_text(re.compile("↓ .* better"))
    expect(figure(production, "Models", "Accuracy")).to_contain_text(re.compile("↑ .* better"))
    unseen = figure(production, "API", "Latency p95").locator(".change .unseen")
    expect(unseen).to_contain_text(re.compile("down by .* better"))


def test_without_a_baseline_nothing_is_compared(production: Page) -> None:
    """The address keeps it, and back undoes it."""
    changes = production.get_by_role("main").locator(".change")
    expect(changes).not_to_have_count(0)
    production.get_by_label("Compare with").select_option("nothing")
    expect(production).to_have_url(re.compile("baseline=none"))
    expect(changes).to_have_count(0)
    expect(figure(production, "Cost", "Savings")).to_contain_text("not measured")
    production.go_back()
    expect(changes).not_to_have_count(0)
    expect(production.get_by_label("Compare with")).to_have_value("before")


def test_a_service_narrows_all_figures(production: Page) -> None:
    """What it does not measure is said, with the line that would."""
    production.get_by_label("Service").select_option("billing")
    expect(production).to_have_url(re.compile("service=billing"))
    routes = production.get_by_role("region", name="By route").locator("tbody tr")
    expect(routes).to_have_count(1)
    expect(routes).to_contain_text("/invoices")
    models = part(production, "Models")
    expect(models).to_contain_text("No predictions were measured in this window.")
    expect(models.locator("code")).to_contain_text("@model_metrics")


def test_a_window_is_chosen_and_kept_in_the_address(production: Page) -> None:
    """Other pages with a range have the same one."""
    count = figure(production, "API", "Requests").locator(".value")
    before = count.inner_text()
    production.get_by_role("button", name=re.compile("^Time: ")).click()
    production.get_by_role("button", name="last 24 hours", exact=True).click()
    expect(production).to_have_url(re.compile("last=24h"))
    expect(count).not_to_have_text(before)
    pages = production.get_by_role("navigation", name="Pages")
    expect(pages.get_by_role("link", name="Overview")).to_have_attribute(
        "href", re.compile("last=24h")
    )


def test_a_figure_opens_by_keys_and_tells_what_it_rests_on(production: Page) -> None:
    """Samples, window, source, bucket, and the same of the baseline."""
    p95 = figure(production, "API", "Latency p95")
    p95.locator("summary").focus()
    production.keyboard.press("Enter")
    for text in ("Rests on", "requests, from metrics", "Lies in", "Window", "Before", "Interpolat"):
        expect(p95).to_contain_text(text)
    expect(p95.locator("summary")).to_contain_text("estimated")


@pytest.mark.parametrize(
    ("of", "name", "text"),
    [
        ("Machine", "Uptime", "1 less the minutes without any heartbeat"),
        ("Cost", "Savings", "1 less what was spent per day over"),
        ("Cost", "Cloud", "No costs of the cloud are known"),
        ("Machine", "Container up", "Nothing measured how long a container was up"),
    ],
)
def test_a_figure_says_how_it_is_defined_or_why_it_is_missing(
    production: Page, of: str, name: str, text: str
) -> None:
    """Reached by keys as everything is."""
    one = figure(production, of, name)
    one.locator("summary").press("Enter")
    expect(one).to_contain_text(text)


def test_routes_stand_in_an_order_that_can_be_chosen(production: Page) -> None:
    """The most asked for first; a column says that it orders, and which way."""
    table = production.get_by_role("region", name="By route")
    first = table.locator("tbody tr").first
    expect(first).to_contain_text("/items/{item_id}")
    slowest = table.get_by_role("columnheader", name="p95")
    slowest.get_by_role("button").press("Enter")
    expect(slowest).to_have_attribute("aria-sort", "descending")
    expect(first).to_contain_text("/invoices")
    slowest.get_by_role("button").press("Enter")
    expect(slowest).to_have_attribute("aria-sort", "ascending")
    expect(first).to_contain_text("GET")
    production.get_by_role("button", name="Show all 13").click()
    expect(table.locator("tbody tr")).to_have_count(13)


def test_errors_of_servers_are_told_by_route(production: Page, watch: Watch) -> None:
    """All of them together are those of the report."""
    told = reported(watch)["Requests"]
    production.get_by_role("button", name="Show all 13").click()
    cells = production.get_by_role("region", name="By route").locator("tbody td:nth-child(3)")
    errors = sum(int(text.replace(",", "")) for text in cells.all_inner_texts())
    assert errors == pytest.approx(told["Count"]["Value"] * told["ServerErrorRate"]["Value"])


def test_charts_are_read_by_keys(production: Page) -> None:
    """All requests of a point, and those that failed."""
    chart = drawn(production, "Requests and errors")
    chart.get_by_role("application").press("ArrowRight")
    told = chart.locator("[aria-live]")
    expect(told).to_contain_text(re.compile(r"requests [\d.]+k?, 4xx \d+"))
    chart.get_by_role("application").press("ArrowRight")
    expect(told).to_contain_text(re.compile(r"requests \d+"))


def test_the_bars_add_up_to_the_figures(production: Page, watch: Watch, tmp_path: Path) -> None:
    """As a table: requests, and money by the days of who looks."""
    told = reported(watch)

    def total(title: str) -> float:
        production.get_by_role("button", name=f"Export: {title}").click()
        csv = production.get_by_role("button", name=re.compile("^CSV"))
        rows = saved(production, csv, tmp_path / "saved.csv")
        return sum(float(row[1]) for row in rows[1:])

    drawn(production, "Requests and errors")
    assert total("Requests and errors") == told["Requests"]["Count"]["Value"]
    cost = total("Cost of language models per day")
    assert cost == pytest.approx(told["Llm"]["Cost"]["Value"])


@pytest.mark.parametrize(("kind", "begin"), [("SVG", b"<svg"), ("PNG", b"\x89PNG")])
def test_a_chart_is_saved_as_a_picture(
    production: Page, tmp_path: Path, kind: str, begin: bytes
) -> None:
    """With its title, in a file that says what it is."""
    drawn(production, "Latency")
    production.get_by_role("button", name="Export: Latency").click()
    with production.expect_download() as download:
        production.get_by_role("button", name=re.compile(f"^{kind}")).click()
    download.value.save_as(tmp_path / "picture")
    assert download.value.suggested_filename == f"Latency.{kind.lower()}"
    assert (tmp_path / "picture").read_bytes().startswith(begin)


def test_each_minute_brings_new_figures_and_moves_nothing(
    visit: Visit, own_business: Serving
) -> None:
    """What is opened stays open, the focus and the scroll stay where they are."""
    page = visit(own_business)
    page.clock.install()
    page.goto("/ui/production?last=7d")
    settled(page)
    drawn(page, "Memory")
    uptime = figure(page, "Machine", "Uptime")
    uptime.locator("summary").press("Enter")
    count = figure(page, "API", "Requests").locator(".value")
    before, scroll = count.inner_text(), page.evaluate("scrollY")
    assert scroll > 0
    send(own_business.base_url, requests_of_now(1))
    page.clock.fast_forward(MINUTE)
    expect(count).not_to_have_text(before)
    settled(page)
    drawn(page, "Memory")
    assert page.evaluate("scrollY") == scroll
    expect(uptime.locator("summary")).to_be_focused()
    expect(uptime).to_have_attribute("open", "")


def test_a_slow_answer_arrives_though_the_next_minute_has_come(
    visit: Visit, own_business: Serving
) -> None:
    """It is not cancelled: where each took longer than a minute none would ever be shown."""
    page = visit(own_business)
    page.clock.install()
    page.goto("/ui/production?last=7d")
    settled(page)
    count = figure(page, "API", "Requests").locator(".value")
    before = count.inner_text()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(SUMMARY, hold)
    send(own_business.base_url, requests_of_now(2))
    page.clock.fast_forward(MINUTE)
    until(page, lambda: len(held) == 1)
    page.clock.fast_forward(MINUTE)
    page.clock.fast_forward(MINUTE)
    held[0].continue_()
    expect(count).not_to_have_text(before)
    until(page, lambda: len(held) == 2)  # the one that was due meanwhile
    held[1].continue_()


def test_a_late_answer_of_another_window_is_not_shown(page: Page) -> None:
    """The figures are of the window that the address names."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/production/summary\?.*baseline"), hold, times=1)
    page.goto("/ui/production?last=30d")
    until(page, lambda: len(held) == 1)
    page.get_by_label("Compare with").select_option("nothing")
    settled(page)
    held[0].abort()
    expect(page.get_by_role("main").locator(".change")).to_have_count(0)


def test_a_table_of_another_service_is_marked_until_its_own_arrives(page: Page) -> None:
    """Nobody takes the routes of one service for those of another."""
    page.goto("/ui/production?last=24h")
    settled(page)
    routes = page.locator("section.panel").filter(has=page.get_by_role("region", name="By route"))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/series\?.*service=billing.*group_by=http.route"), hold, times=1)
    page.get_by_label("Service").select_option("billing")
    until(page, lambda: len(held) == 1)
    expect(routes).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    expect(routes.locator("tbody tr")).to_have_count(1)
    expect(routes).to_have_attribute("aria-busy", "false")


def test_a_server_that_is_older_says_so(
    visit: Visit, business: Serving, watches: dict[Page, Watch]
) -> None:
    """And its overview is as it was."""
    page = visit(business)
    watches[page].expect("status of 404")
    missing = {"title": "Not Found", "status": 404, "detail": "there is no such path"}
    page.route(
        re.compile("/production/(summary|series|metrics)"),
        lambda route: route.fulfill(status=404, json=missing),
    )
    page.goto("/ui/production")
    said = page.get_by_role("heading", name="This server does not know production metrics")
    expect(said).to_be_visible()
    page.goto("/ui/overview?last=7d")
    settled(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_nulls_everywhere_are_not_measured(visit: Visit, business: Serving) -> None:
    """A figure without a value stands beside one that has one, and no chart breaks."""
    page = visit(business)

    def emptied(route: Route) -> None:
        answer = route.fetch()
        found = answer.json()
        for section in ("Requests", "Predictions", "Llm", "Costs", "Runtime"):
            for name, one in found[section].items():
                if name != "Count":
                    one.update(Value=None, Source="none", Bucket=None, Change=None, Samples=0)
        route.fulfill(response=answer, json=found)

    def without(route: Route) -> None:
        answer = route.fetch()
        found = answer.json()
        for group in found["Groups"]:
            for point in (*group["Points"], group["Total"]):
                point.update({**dict.fromkeys(point), "Start": point["Start"], "Quantiles": []})
        route.fulfill(response=answer, json=found)

    page.route(SUMMARY, emptied)
    page.route(re.compile(r"/production/series\?"), without)
    page.goto("/ui/production?last=7d")
    settled(page)
    expect(figure(page, "API", "Latency p95")).to_contain_text("not measured")
    expect(page.get_by_text("Nothing in this range.").first).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text(re.compile("NaN|undefined|Infinity|null"))
    page.unroute_all(behavior="wait")


def test_two_thousand_routes_are_the_most_asked_for_and_how_many_there_are(
    visit: Visit, own_business: Serving
) -> None:
    """A scanner cannot make the page long or slow."""
    send(own_business.base_url, scanned(2_000))
    page = visit(own_business)
    page.goto("/ui/production?last=24h&service=shop")
    settled(page)
    table = page.get_by_role("region", name="By route")
    expect(table.locator("tbody tr")).to_have_count(10)
    row = table.locator("tbody tr").filter(has_text="/scan/01999")
    expect(row).to_contain_text("2,000")
    expect(
        page.get_by_text("These are the 50 with the most measurements, of 2,012.")
    ).to_be_visible()
    answers_to_a_click(page)


@pytest.mark.parametrize("word", hostile.TEXTS)
def test_hostile_names_are_text(visit: Visit, empty: Serving, word: str) -> None:
    """Of services, routes, models, versions, units and attributes, with numbers to match."""
    send(empty.base_url, hostile_intervals(word))
    page = visit(empty)
    page.goto("/ui/production")
    settled(page)
    expect(page.get_by_role("region", name="By route").locator("tbody tr")).to_have_count(1)
    for row in page.get_by_role("main").locator("summary").all():
        row.click()
    untouched(page)
    page.get_by_label("Service").select_option(index=1)
    expect(page).to_have_url(re.compile("service="))
    settled(page)
    expect(page.get_by_role("region", name="By route").locator("tbody tr")).to_have_count(1)
    untouched(page)
    answers_to_a_click(page)
    fits(page)


def test_a_window_in_which_nothing_was_measured_says_so(page: Page) -> None:
    """With the way to one that has something."""
    page.goto("/ui/production?service=nobody&last=24h")
    settled(page)
    expect(page.get_by_role("heading", name="Nothing was measured in this window")).to_be_visible()
    page.get_by_role("button", name="Show the last 30 days of all services").click()
    expect(figure(page, "API", "Requests")).to_be_visible()


def test_a_filter_that_is_not_understood_is_said(page: Page) -> None:
    """No figure is shown until it is taken away."""
    page.goto("/ui/production?sevice=shop")
    settled(page)
    expect(page.get_by_text("sevice = shop")).to_be_visible()
    expect(page.get_by_role("main").locator("details")).to_have_count(0)


def test_a_window_that_the_server_refuses_is_said(page: Page, watches: dict[Page, Watch]) -> None:
    """It is longer than a report may be."""
    watches[page].expect("status of 4")
    page.goto("/ui/production?start_after=2001-01-01T00:00:00Z")
    expect(page.get_by_role("alert")).to_contain_text("400 days")


def test_calls_that_were_only_recorded_lead_to_the_overview(visit: Visit, shop: Serving) -> None:
    """Figures of traces are marked as such; there are no series of them here."""
    page = visit(shop)
    page.goto("/ui/production?last=30d")
    settled(page)
    calls = figure(page, "Language models", "Calls")
    calls.locator("summary").click()
    expect(calls).to_contain_text("from traces that were recorded")
    page.get_by_role("link", name="the overview").click()
    expect(page).to_have_url(re.compile("/ui/overview.*last=30d"))


def test_the_overview_leads_to_what_was_measured(page: Page) -> None:
    """With the same range, and the figures that matter most."""
    page.goto("/ui/overview?last=7d")
    row = page.get_by_role("region", name="Production")
    for text in ("requests", "server errors", "predictions", "uptime"):
        expect(row).to_contain_text(text)
    row.get_by_role("link", name="Production").click()
    expect(page).to_have_url(re.compile("/ui/production.*last=7d"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Production")


def test_the_overview_has_no_such_row_where_nothing_was_measured(
    visit: Visit, shop: Serving, watches: dict[Page, Watch]
) -> None:
    """Traces alone are no production metrics."""
    page = visit(shop)
    page.goto("/ui/overview?last=30d")
    settled(page)
    asked = watches[page].requests
    until(page, lambda: any(SUMMARY.search(one) for one in asked), lambda: asked)
    expect(page.get_by_role("region", name="Production")).to_have_count(0)


def test_the_lines_for_a_first_metric_work(visit: Visit, empty: Serving) -> None:
    """What the empty page teaches, run as it stands, appears on it."""
    page = visit(empty)
    page.goto("/ui/production")
    settled(page)
    expect(page.get_by_role("heading", name="Nothing was measured yet")).to_be_visible()
    lesson = page.locator("pre").inner_text()
    subprocess.run([sys.executable, "-c", lesson], check=True, timeout=60)  # as a reader does
    assert httpx.get(f"{empty.base_url}/production/metrics").json()["Metrics"]
    page.reload()
    expect(figure(page, "Models", "Predictions").locator(".value")).to_have_text("1")
    for name in ("Memory, mean", "Process up"):  # observe() tells of the machine, too
        expect(figure(page, "Machine", name).locator(".value")).to_contain_text(re.compile(r"\d"))
