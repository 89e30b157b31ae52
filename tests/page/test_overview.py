"""The overview: figures of a range, and the way from each to its traces."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.demo.playback import RecordedClock
from modelmetry.store.queries import TraceQuery
from tests.page.conftest import PHONE, Serving, Visit, settled, shot
from tests.page.watch import Watch, until

TITLES = ("Traffic and failures", "Latency of traces", "Tokens", "Cost, USD", "Cost, EUR")


@pytest.fixture(name="overview")
def _overview(page: Page) -> Page:
    """The overview of 30 days."""
    page.goto("/ui/overview?last=30d")
    settled(page)
    return page


def choose_range(page: Page, name: str) -> None:
    """Choose a stretch in the menu."""
    page.get_by_role("button", name=re.compile("^Time: ")).click()
    page.get_by_role("button", name=name, exact=True).click()


def test_the_figures_are_those_of_the_server(overview: Page, shop: Serving) -> None:
    """Of the range that is chosen."""
    after = datetime.now(UTC) - timedelta(days=30)
    found = shop.store.totals("local", after, datetime.now(UTC))
    tiles = overview.get_by_role("main").locator("dl").first
    expect(tiles).to_contain_text(f"{found.failed_traces:,} of {found.traces:,}")


def test_a_shorter_range_has_fewer_traces(overview: Page) -> None:
    """The choice is in the address, and back undoes it."""
    failed = overview.get_by_text(re.compile(r"^[\d,]+ of [\d,]+$")).first
    before = failed.inner_text()
    choose_range(overview, "last 24 hours")
    expect(overview).to_have_url(re.compile("last=24h"))
    expect(failed).not_to_have_text(before)
    overview.go_back()
    expect(failed).to_have_text(before)


def test_an_own_range_is_taken(overview: Page) -> None:
    """From and to, in the zone of the viewer."""
    overview.get_by_role("button", name=re.compile("^Time: ")).click()
    overview.get_by_label("From").fill("2026-01-01T00:00:00")
    overview.get_by_label("To", exact=True).fill("2026-01-02T00:00:00")
    overview.get_by_role("button", name="Use these").click()
    # Asia/Kolkata is five and a half hours ahead of UTC
    expect(overview).to_have_url(re.compile("start_after=2025-12-31T18%3A30"))
    expect(overview.get_by_role("heading", name="in this range")).to_be_visible()
    overview.get_by_role("button", name="Show a range with it").click()
    expect(overview.get_by_role("heading", name="Traffic and failures")).to_be_visible()


def test_failed_traces_are_a_click_away(overview: Page) -> None:
    """With the range taken along."""
    tile = overview.locator("dl > div").filter(has=overview.get_by_text("Failed", exact=True))
    tile.get_by_role("link").click()
    expect(overview).to_have_url(re.compile(r"/ui/traces\?.*failed=true"))
    expect(overview).to_have_url(re.compile("last=30d|start_after="))


@pytest.mark.parametrize("title", TITLES)
def test_a_chart_is_also_a_table(overview: Page, title: str) -> None:
    """Whose rows lead to the traces of their time."""
    figure = overview.get_by_role("figure", name=title)
    figure.get_by_text("As a table").click()
    table = figure.get_by_role("region", name=f"{title}, as a table")
    link = table.get_by_role("link").last
    link.click()
    expect(overview).to_have_url(re.compile(r"/ui/traces\?.*start_after="))


def test_the_arrow_keys_walk_through_a_chart(overview: Page) -> None:
    """What is reached is said, and Enter shows its traces."""
    chart = overview.get_by_role("application", name=re.compile("^Traffic"))
    expect(chart.locator("canvas")).to_be_visible()
    chart.focus()
    chart.press("ArrowLeft")
    figure = overview.get_by_role("figure", name="Traffic and failures")
    expect(figure.locator("[aria-live]")).to_have_text(re.compile(r"Traces|traces"))
    chart.press("Enter")
    expect(overview).to_have_url(re.compile(r"/ui/traces\?"))


def test_a_click_into_a_chart_shows_the_traces_there(overview: Page) -> None:
    """Of the point that the pointer is nearest to."""
    chart = overview.get_by_role("application", name=re.compile("^Traffic"))
    over = chart.locator(".u-over")
    expect(over).to_be_visible()
    box = over.bounding_box()
    assert box is not None
    over.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(overview).to_have_url(re.compile(r"/ui/traces\?.*start_after="))


def test_dragging_in_a_chart_narrows_the_range(overview: Page) -> None:
    """And back widens it again."""
    chart = overview.get_by_role("application", name=re.compile("^Latency"))
    over = chart.locator(".u-over")
    expect(over).to_be_visible()
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    overview.mouse.move(box["x"] + box["width"] * 0.3, middle)
    overview.mouse.down()
    overview.mouse.move(box["x"] + box["width"] * 0.5, middle, steps=4)
    overview.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=4)
    overview.mouse.up()
    expect(overview).to_have_url(re.compile("start_after=.*start_before="))
    overview.go_back()
    expect(overview).to_have_url(re.compile("last=30d"))


@pytest.mark.parametrize("title", ["Slowest spans", "Most failing spans"])
def test_a_span_name_has_examples(overview: Page, title: str) -> None:
    """Its worst ones, which lead to their traces."""
    table = overview.get_by_role("main").locator("section", has_text=title).first
    table.get_by_role("button").first.click()
    table.get_by_role("listitem").get_by_role("link").first.click()
    expect(overview).to_have_url(re.compile(r"/ui/traces/[^?]+/spans/"))


@pytest.mark.parametrize("title", ["Slowest spans", "Most failing spans"])
def test_a_span_name_leads_to_the_traces_that_have_it(
    overview: Page, shop: Serving, title: str
) -> None:
    """By the name of the span, in the range, and failed if that is asked: they and no other."""
    failed = True if title == "Most failing spans" else None
    table = overview.get_by_role("main").locator("section", has_text=title).first
    button = table.get_by_role("button").first
    name = button.inner_text().strip()
    button.click()
    table.get_by_role("link", name=f"All traces with {'a failed ' if failed else ''}{name}").click()
    query = f"span_name={re.escape(name)}{'&span_failed=true' if failed else ''}"
    expect(overview).to_have_url(re.compile(rf"/ui/traces\?{query}&last=30d$"))
    after = datetime.now(UTC) - timedelta(days=30)
    asked = TraceQuery(span_names=(name,), span_failed=failed, start_after=after, limit=20)
    wanted = [one.xid for one in shop.store.list_traces("local", asked).traces]
    links = overview.locator("main tbody a[data-row]")
    expect(links.first).to_be_visible()
    shown = links.evaluate_all("all => all.map((one) => one.pathname.split('/').at(-1))")
    assert shown[: len(wanted)] == wanted[: len(shown)]


def test_examples_of_a_span_leave_its_name_readable_on_a_phone(visit: Visit, shop: Serving) -> None:
    """Columns that are not shown there take no room when a row is opened."""
    page = visit(shop, viewport=PHONE)
    page.goto("/ui/overview?last=30d")
    settled(page)
    table = page.get_by_role("main").locator("section", has_text="Slowest spans").first
    button = table.get_by_role("button").nth(1)
    before = button.bounding_box()
    table.get_by_role("button").first.click()
    expect(table.get_by_role("listitem").first).to_be_visible()
    after = button.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == before["width"]


def test_a_model_leads_to_its_traces(overview: Page) -> None:
    """By name, in the range."""
    models = overview.get_by_role("region", name="Models")
    models.get_by_role("link", name="tiny-1").click()
    expect(overview).to_have_url(re.compile(r"/ui/traces\?.*model=tiny-1"))


def test_what_clients_lost_is_said(own: Serving, visit: Visit) -> None:
    """With its reasons, only where something was lost."""
    page = visit(own)
    page.goto("/ui/overview?last=24h")
    settled(page)
    expect(page.get_by_text("never arrived")).to_have_count(0)
    own.store.put_report(
        "local",
        {
            "XID": "client-1", "At": datetime.now(UTC).isoformat(), "Created": 50, "Delivered": 38,
            "Dropped": {"buffer_full": 12}, "Pending": 0, "Spooled": 0, "Recovered": 0,
            "Name": "shop", "Version": "1",
        },
    )  # fmt: skip
    page.reload()
    expect(page.get_by_text("12 signals never arrived")).to_be_visible()
    expect(page.get_by_text("12 buffer full")).to_be_visible()


def test_nothing_is_asked_again_without_need(overview: Page, watch: Watch) -> None:
    """One for each part of the page: figures twice by order, once before, series, the rest."""
    asked = [path.split("?")[0] for path in watch.requests if not path.startswith("/ui")]
    once = ["/clients/reports", "/login", "/production/summary"]
    assert sorted(set(asked)) == [*once, "/totals", "/totals/series"]
    assert len(asked) <= 7


@pytest.fixture(name="quiet")
def _quiet(empty: Serving) -> Serving:
    """A server whose newest traces are three days old, one of them of 48 minutes."""
    clock = RecordedClock(time.time_ns() - 4 * 86_400 * 1_000_000_000)
    with Client(config=Config(base_url=empty.base_url, exit_timeout=60), clock=clock) as client:
        for number in range(20):
            with client.trace("quiet.turn"):
                clock.advance(48 * 60_000 if number == 10 else 900 + number)
            clock.advance(3_600_000)
        assert client.flush_all().ok
    return empty


def test_an_overview_without_a_range_opens_on_one_with_traces(quiet: Serving, visit: Visit) -> None:
    """The shortest one, and says so; the range goes along to other pages."""
    page = visit(quiet)
    page.goto("/ui/overview")
    expect(page).to_have_url(re.compile(r"last=7d"))
    expect(page.get_by_text("The last 24 hours have")).to_contain_text("this shows the last 7 days")
    expect(page.get_by_text("Traffic and failures")).to_be_visible()
    for name in ("Traces", "Findings"):
        link = page.get_by_role("navigation", name="Pages").get_by_role("link", name=name)
        expect(link).to_have_attribute("href", re.compile("last=7d"))
    choose_range(page, "last 24 hours")
    expect(page.get_by_role("heading", name="Nothing was recorded in this range")).to_be_visible()
    expect(page).to_have_url(re.compile("last=24h"))


def test_one_long_trace_does_not_flatten_the_latencies_of_all(quiet: Serving, visit: Visit) -> None:
    """The scale of this chart alone becomes a logarithmic one, which is said."""
    of_quiet = visit(quiet)
    of_quiet.goto("/ui/overview?last=7d")
    settled(of_quiet)
    figure = of_quiet.get_by_role("figure", name="Latency of traces")
    expect(figure.locator("canvas")).to_be_visible()
    expect(figure).to_contain_text("logarithmic scale")
    traffic = of_quiet.get_by_role("figure", name="Traffic and failures")
    expect(traffic).not_to_contain_text("logarithmic")
    shot(of_quiet, "latency-logarithmic")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chart_is_drawn_in_the_colours_of_its_legend(
    visit: Visit, shop: Serving, scheme: str, motion: str
) -> None:
    """In light and dark, and also for who wants less motion."""
    page = visit(shop, color_scheme=scheme, reduced_motion=motion)
    page.goto("/ui/overview?last=30d")
    settled(page)
    figure = page.get_by_role("figure", name="Traffic and failures")
    expect(figure.locator("canvas")).to_be_visible()
    missing = """(figure) => {
      const canvas = figure.querySelector("canvas");
      const copy = new OffscreenCanvas(canvas.width, canvas.height)
        .getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      const drawn = new Set();
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] > 250) drawn.add([data[at], data[at + 1], data[at + 2]].join());
      }
      return [...figure.querySelectorAll(".legend i")]
        .map((one) => getComputedStyle(one).backgroundColor.match(/\\d+/g).slice(0, 3).join())
        .filter((colour) => !drawn.has(colour));
    }"""
    until(page, lambda: figure.evaluate(missing) == [], lambda: figure.evaluate(missing))
