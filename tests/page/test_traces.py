"""The list of traces."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from modelmetry.client.client import Client
from modelmetry.config import Config
from tests.page.cast import Cast, one_more
from tests.page.conftest import PHONE, Serving, Visit, settled
from tests.page.watch import Watch, until


@pytest.fixture(name="traces")
def _traces(page: Page) -> Page:
    """The list, with nothing that narrows it."""
    page.goto("/ui/traces")
    settled(page)
    return page


def rows(page: Page) -> Locator:
    """The rows that can be seen, without the heading."""
    return page.locator("main tbody tr[data-row]")


def names(page: Page) -> list[str]:
    """Names in the rows that can be seen, from the top."""
    return rows(page).locator("a[data-row]").all_inner_texts()


def row(page: Page, name: str) -> Locator:
    """The first row with this name."""
    return rows(page).filter(has=page.get_by_role("link", name=name, exact=True)).first


def expect_only(page: Page, *wanted: str) -> None:
    """The list shows traces with these names and no other."""
    until(page, lambda: set(names(page)) == set(wanted), lambda: names(page))


def more_filters(page: Page) -> Locator:
    """The form with the filters that are not needed every day."""
    page.get_by_role("button", name=re.compile("^Filters")).click()
    return page.get_by_role("group", name=re.compile("^Filters"))


def apply(form: Locator) -> None:
    """Let the form count."""
    form.get_by_role("button", name="Apply").click()


def test_a_row_says_what_a_trace_was(traces: Page) -> None:
    """Name, status, duration, session, models, tokens and cost."""
    spoken = row(traces, "known.spoken")
    for text in ("ok", "1.25 s", "tiny-1", "1,540", "€0.046"):
        expect(spoken).to_contain_text(text)
    expect(row(traces, "known.failed")).to_contain_text("failed")
    expect(row(traces, "known.open")).to_contain_text("open")
    expect(row(traces, "chatbot.turn")).to_contain_text("gpt-4o")


def test_times_are_those_of_the_viewer_with_utc_behind_them(traces: Page, cast: Cast) -> None:
    """Five and a half hours apart for a viewer in Kolkata."""
    time = row(traces, "known.slow").locator("time").first
    iso = time.get_attribute("datetime") or ""
    shown, title = time.inner_text(), time.get_attribute("title") or ""
    assert "UTC" in title
    assert iso[11:16] in title
    hours, minutes = int(iso[11:13]), int(iso[14:16])
    local = (hours * 60 + minutes + 330) % 1440
    assert f"{local // 60:02}:{local % 60:02}" in shown


def test_the_newest_come_first(traces: Page) -> None:
    """As the server gives them."""
    times = rows(traces).locator("time").evaluate_all("all => all.map((one) => one.dateTime)")
    assert times == sorted(times, reverse=True)


def test_a_click_opens_a_trace_and_back_returns_to_the_same_place(traces: Page) -> None:
    """Rows that were loaded are there again, scrolled as they were."""
    region = traces.get_by_role("region", name="Traces")
    region.evaluate("one => one.scrollTo(0, 5000)")
    expect(rows(traces).first).not_to_have_attribute("data-row", "0")
    wanted = rows(traces).nth(20).locator("a[data-row]")
    at, before = wanted.get_attribute("data-row"), region.evaluate("one => one.scrollTop")
    wanted.click()
    expect(traces).to_have_url(re.compile(r"/ui/traces/[^/?]+"))
    traces.go_back()
    expect(traces.locator(f"a[data-row='{at}']")).to_be_visible()
    assert abs(region.evaluate("one => one.scrollTop") - before) < 40


def test_scrolling_loads_what_is_below_without_a_jump(traces: Page, shop: Serving) -> None:
    """Until the last trace of all, and only the rows that can be seen are in the document."""
    region = traces.get_by_role("region", name="Traces")
    last = shop.store.totals("local").traces - 1

    def at_the_end() -> bool:
        region.evaluate("one => one.scrollTo(0, one.scrollHeight)")
        return rows(traces).last.get_attribute("data-row") == str(last)

    until(traces, at_the_end, lambda: rows(traces).last.get_attribute("data-row"))
    assert rows(traces).count() < 80


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("name=known.slow", {"known.slow"}),
        ("name=known.slow&name=known.open", {"known.slow", "known.open"}),
        ("min_duration_ms=41999&max_duration_ms=42001", {"known.slow"}),
        ("model=tiny-1", {"known.spoken"}),
        ("span_name=wait.first", {"known.slow"}),
        ("span_name=wait.first&span_name=judge", {"known.slow", "known.rated"}),
        ("metadata=team%3Dblue", {"known.slow"}),
        ("metadata=team%3Dblue&metadata=floor%3D3", {"known.slow"}),
        ("finding=rating%3E%3D6", {"known.rated"}),
        ("finding=polite%3Dfalse", {"known.rated"}),
        ("finding=verdict%3Dpoor&finding=rating%3C6", {"known.rated"}),
        ("finding=!a%253Cb%20%253D%20c%2521%3E6", {"known.rated"}),
        ("q=Zanzibar", {"known.spoken"}),
        ("q=cloves", {"known.searched"}),
        ("q=planet", {"known.failed"}),
    ],
)
def test_an_address_is_a_filter(page: Page, query: str, wanted: set[str]) -> None:
    """Deep links: what somebody sends shows the same."""
    page.goto(f"/ui/traces?{query}")
    expect_only(page, *sorted(wanted))
    chips = page.get_by_role("list", name="Filters in use").get_by_role("listitem")
    assert chips.count() == query.count("&") + 2  # and the button that clears them all


def test_the_status_is_a_filter(traces: Page) -> None:
    """Failed, not failed, or any."""
    traces.get_by_label("Status").select_option("Failed")
    expect(traces).to_have_url(re.compile("failed=true"))
    expect(row(traces, "known.slow")).to_have_count(0)
    expect(rows(traces).filter(has_not_text="failed")).to_have_count(0)
    traces.get_by_label("Status").select_option("Not failed")
    expect(row(traces, "known.slow")).to_be_visible()
    expect(row(traces, "known.failed")).to_have_count(0)
    traces.get_by_label("Status").select_option("Any status")
    expect(row(traces, "known.failed")).to_be_visible()


def test_names_are_chosen_from_those_in_use(traces: Page) -> None:
    """Several of them; a chip takes one away again."""
    traces.get_by_role("button", name="Name", exact=True).click()
    traces.get_by_label("Names that begin with").fill("known.")
    traces.get_by_role("checkbox", name="known.slow", exact=True).check()
    traces.get_by_role("checkbox", name="known.rated", exact=True).check()
    traces.keyboard.press("Escape")
    expect_only(traces, "known.slow", "known.rated")
    traces.get_by_role("button", name="Remove the filter name known.slow").click()
    expect(row(traces, "known.slow")).to_have_count(0)
    expect_only(traces, "known.rated")


def test_a_duration_is_written_as_people_do(traces: Page) -> None:
    """What is none is said at once."""
    form = more_filters(traces)
    form.get_by_label("At least").fill("soon")
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_label("At least").fill("41 s")
    form.get_by_label("At most").fill("0.701min")
    apply(form)
    expect(traces).to_have_url(re.compile("min_duration_ms=41000&max_duration_ms=42060"))
    expect_only(traces, "known.slow")


def test_a_finding_is_compared(traces: Page) -> None:
    """Also one whose name is full of signs of comparison."""
    form = more_filters(traces)
    form.get_by_label("Name of a finding").fill("a<b = c!")
    form.get_by_label("Comparison").select_option(">=")
    form.get_by_label("Value", exact=True).fill("7")
    apply(form)
    expect_only(traces, "known.rated")
    assert rows(traces).count() == 1
    chips = traces.get_by_role("list", name="Filters in use")
    expect(chips).to_contain_text("a<b = c! >= 7")


def test_the_name_of_a_span_is_a_filter(traces: Page) -> None:
    """Of one span or of any of several; a chip takes one away again."""
    for name in ("wait.first", "judge"):
        form = more_filters(traces)
        form.get_by_label("Name of a span").fill(name)
        apply(form)
    expect_only(traces, "known.slow", "known.rated")
    traces.get_by_role("button", name="Remove the filter span judge").click()
    expect_only(traces, "known.slow")


def test_metadata_model_session_and_severity_are_filters(traces: Page, cast: Cast) -> None:
    """Each narrows what the others leave."""
    form = more_filters(traces)
    form.get_by_label("Key").first.fill("team")
    expect(form.locator("option[value=blue]")).to_be_attached()
    form.get_by_label("Value of the key").fill("blue")
    apply(form)
    expect_only(traces, "known.slow")
    traces.get_by_role("button", name="Clear all").click()
    form = more_filters(traces)
    form.get_by_label("Model").fill("tiny-1")
    apply(form)
    expect_only(traces, "known.spoken")
    traces.get_by_role("button", name="Clear all").click()
    form = more_filters(traces)
    form.get_by_label("Session", exact=True).fill("chat-4")
    expect(form.locator(f"option[value='{cast.session}']")).to_have_text("chat-42")
    form.get_by_label("Session", exact=True).fill(cast.session)
    apply(form)
    expect_only(traces, "chatbot.turn")
    assert rows(traces).count() == 3
    expect(rows(traces).first.get_by_role("link", name="chat-42", exact=True)).to_be_visible()
    expect(traces.get_by_role("button", name="Remove the filter session chat-42")).to_be_visible()
    form = more_filters(traces)
    form.get_by_label("Severity").fill("error")
    apply(form)
    expect(rows(traces)).to_have_count(1)


def test_a_session_is_meant_by_its_name_too(traces: Page, cast: Cast) -> None:
    """Who types the name that the list shows gets its traces."""
    form = more_filters(traces)
    form.get_by_label("Session", exact=True).fill("chat-42")
    apply(form)
    expect(traces).to_have_url(re.compile(f"session={cast.session}"))
    expect(rows(traces)).to_have_count(3)


def test_a_sessions_xid_comes_before_the_name_of_another(own: Serving, visit: Visit) -> None:
    """A name can hide no session."""
    with Client(config=Config(base_url=own.base_url, exit_timeout=60)) as client:
        client.session("s-1", name="alone").trace("by.xid").end()
        client.session("s-2", name="s-1").trace("by.name").end()
        assert client.flush_all().ok
    page = visit(own)
    page.goto("/ui/traces")
    form = more_filters(page)
    form.get_by_label("Session", exact=True).fill("s-1")
    apply(form)
    expect_only(page, "by.xid")


def test_filters_that_wait_for_a_session_are_applied_once(traces: Page, cast: Cast) -> None:
    """However often somebody says so; and not at all when the form was closed meanwhile."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    traces.route(re.compile(r"/sessions\?name="), hold)
    before = traces.evaluate("history.length")
    for closed in (True, False):
        form = more_filters(traces)
        form.get_by_label("Key").first.fill("channel")
        form.get_by_label("Value of the key").fill("web")
        form.get_by_label("Session", exact=True).fill("chat-42")
        for _ in range(2):
            form.get_by_label("Session", exact=True).press("Enter")
        until(traces, lambda: len(held) == 2, lambda: held)
        if closed:
            traces.keyboard.press("Escape")
            expect(form).to_be_hidden()
        while held:
            with traces.expect_response(re.compile(r"/sessions\?name=")):
                held.pop().continue_()
    expect(traces).to_have_url(re.compile(f"session={cast.session}"))
    assert traces.evaluate("history.length") == before + 1


def test_a_span_that_failed_is_a_filter(traces: Page) -> None:
    """Of a name or of any; the name's chip takes both away."""
    form = more_filters(traces)
    form.get_by_label("Name of a span").fill("outer")
    form.get_by_label("that failed").check()
    apply(form)
    expect(traces).to_have_url(re.compile("span_name=outer&span_failed=true"))
    expect_only(traces, "known.failed")
    traces.get_by_role("button", name="Remove the filter failed span outer").click()
    expect(traces).to_have_url(re.compile("/ui/traces$"))
    form = more_filters(traces)
    form.get_by_label("that failed").check()
    apply(form)
    expect(traces.get_by_role("button", name="Remove the filter a failed span")).to_be_visible()
    expect(row(traces, "known.slow")).to_have_count(0)
    expect(row(traces, "known.failed")).to_be_visible()


def test_a_range_of_time_is_a_filter(traces: Page) -> None:
    """A stretch up to now, or two moments."""
    traces.get_by_role("button", name=re.compile("^Time: ")).click()
    traces.get_by_role("button", name="last 24 hours", exact=True).click()
    expect(traces).to_have_url(re.compile("last=24h"))
    expect(row(traces, "known.slow")).to_be_visible()
    traces.goto("/ui/traces?start_before=2020-01-01T00:00:00Z")
    expect(traces.get_by_role("heading", name="No trace matches")).to_be_visible()
    traces.get_by_role("button", name="Clear the filters").click()
    expect(row(traces, "known.slow")).to_be_visible()


def test_words_are_searched_while_one_types(traces: Page) -> None:
    """One entry of the history for a search, so that back leads to the whole list."""
    traces.keyboard.press("/")
    search = traces.get_by_label("Search in names, messages and values")
    expect(search).to_be_focused()
    search.press_sequentially("Zanzibar", delay=20)
    expect(traces).to_have_url(re.compile("q=Zanzibar"))
    expect_only(traces, "known.spoken")
    traces.go_back()
    expect(traces).not_to_have_url(re.compile("q="))
    expect(row(traces, "known.slow")).to_be_visible()


@pytest.mark.parametrize(
    ("heading", "word"),
    [("Duration", "duration"), ("Tokens", "tokens"), ("Cost", "cost"), ("Time", "start")],
)
def test_a_heading_sorts_down_and_up(traces: Page, heading: str, word: str) -> None:
    """In the order of the server, which the heading says to assistive technology as well."""
    button = traces.get_by_role("columnheader", name=heading).get_by_role("button")
    orders = ["descending", "ascending"]
    if word == "start":
        orders.reverse()  # it is sorted by it already
    for order in orders:
        button.click()
        sign = "-" if order == "descending" else ""
        expect(traces.get_by_role("columnheader", name=heading)).to_have_attribute(
            "aria-sort", order
        )
        found = traces.evaluate(
            "(sort) => fetch(`/traces?limit=10&sort=${sort}`).then((one) => one.json())",
            f"{sign}{word}",
        )
        wanted = [one["Name"] for one in found["Traces"]]
        expect_first(traces, wanted)


@pytest.mark.parametrize(
    ("words", "sort"),
    [("Slowest", "-duration"), ("Fewest tokens", "tokens"), ("Most expensive", "-cost")],
)
def test_a_phone_sorts_by_a_list_of_orders(
    visit: Visit, shop: Serving, words: str, sort: str
) -> None:
    """There is no room for headings; the order of the server stands in the address."""
    page = visit(shop, viewport=PHONE)
    page.goto("/ui/traces")
    settled(page)
    page.get_by_label("Order").select_option(words)
    expect(page).to_have_url(re.compile(f"sort={sort}$"))
    answer = page.evaluate(
        "(sort) => fetch(`/traces?limit=8&sort=${sort}`).then((one) => one.json())", sort
    )
    expect_first(page, [one["Name"] for one in answer["Traces"]])
    expect(page.get_by_label("Order")).to_have_value(sort)
    page.get_by_label("Order").select_option("Newest")
    expect(page).not_to_have_url(re.compile("sort="))
    expect(row(page, "known.open")).to_be_visible()


def expect_first(page: Page, wanted: list[str]) -> None:
    """The list begins with these names."""
    until(page, lambda: names(page)[: len(wanted)] == wanted, lambda: names(page))


def test_columns_are_chosen_and_remembered(traces: Page) -> None:
    """Any finding can be one; the usual ones are a click away."""
    traces.get_by_role("button", name="Columns").click()
    traces.get_by_role("checkbox", name="Session", exact=True).uncheck()
    traces.get_by_role("checkbox", name="XID", exact=True).check()
    traces.get_by_label("Findings that begin with").fill("rat")
    traces.get_by_role("checkbox", name="rating", exact=True).check()
    traces.keyboard.press("Escape")
    expect(row(traces, "known.rated")).to_contain_text("points")
    traces.reload()
    settled(traces)
    headings = traces.get_by_role("columnheader")
    expect(headings.filter(has_text="XID")).to_be_visible()
    expect(headings.filter(has_text="rating")).to_be_visible()
    expect(headings.filter(has_text="Session")).to_have_count(0)
    traces.get_by_role("button", name="Columns").click()
    traces.get_by_role("button", name="The usual columns").click()
    expect(headings.filter(has_text="Session")).to_be_visible()


def test_a_view_is_saved_opened_and_deleted(traces: Page) -> None:
    """It keeps filters, order and columns, over a reload."""
    traces.get_by_label("Status").select_option("Failed")
    traces.get_by_role("columnheader", name="Duration").get_by_role("button").click()
    traces.get_by_role("button", name="Views").click()
    traces.get_by_label("Name of the view").fill("slow failures")
    traces.get_by_role("button", name="Save", exact=True).click()
    traces.goto("/ui/traces")
    settled(traces)
    traces.get_by_role("button", name="Views").click()
    traces.get_by_role("button", name="slow failures", exact=True).click()
    expect(traces).to_have_url(re.compile("failed=true&sort=-duration"))
    traces.get_by_role("button", name="Views").click()
    traces.get_by_role("button", name="Delete the view slow failures").click()
    expect(traces.get_by_role("button", name="slow failures", exact=True)).to_have_count(0)


def test_keys_walk_through_the_list(traces: Page) -> None:
    """Down, up, select, open."""
    first, second = names(traces)[:2]
    traces.keyboard.press("j")
    expect(rows(traces).nth(0).locator("a[data-row]")).to_be_focused()
    traces.keyboard.press("j")
    expect(rows(traces).nth(1).locator("a[data-row]")).to_be_focused()
    traces.keyboard.press("x")
    expect(rows(traces).nth(1)).to_have_attribute("aria-selected", "true")
    traces.keyboard.press("k")
    expect(rows(traces).nth(0).locator("a[data-row]")).to_be_focused()
    traces.keyboard.press("Enter")
    expect(traces).to_have_url(re.compile(r"/ui/traces/[^/?]+$"))
    assert first != second


def test_a_new_trace_appears_by_itself(own: Serving, visit: Visit) -> None:
    """At the top, without a reload, and politely said."""
    page = visit(own)
    page.goto("/ui/traces")
    settled(page)
    one_more(own.base_url, "arrived.now")
    expect(row(page, "arrived.now")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="new trace")).to_have_count(1)


def test_a_list_that_is_paused_stays_as_it_is(
    own: Serving, visit: Visit, watches: dict[Page, Watch]
) -> None:
    """And goes on when one wants it to."""
    page = visit(own)
    page.goto("/ui/traces")
    settled(page)
    live = page.get_by_role("button", name="Live")
    expect(live).to_have_attribute("aria-pressed", "true")
    live.click()
    expect(live).to_have_attribute("aria-pressed", "false")
    watch, asked = watches[page], len(watches[page].requests)
    one_more(own.base_url, "arrived.late")
    page.wait_for_timeout(3_000)  # longer than it would take: there is no event for nothing
    assert len(watch.requests) == asked
    expect(row(page, "arrived.late")).to_have_count(0)
    live.click()
    expect(row(page, "arrived.late")).to_be_visible()


def test_new_traces_do_not_move_what_somebody_reads(own: Serving, visit: Visit) -> None:
    """They wait behind a button while the list is scrolled."""
    page = visit(own)
    page.goto("/ui/traces")
    settled(page)
    region = page.get_by_role("region", name="Traces")
    region.evaluate("one => one.scrollTo(0, 640)")
    expect(rows(page).first).not_to_have_attribute("data-row", "0")
    seen = names(page)
    one_more(own.base_url, "arrived.above")
    pill = page.get_by_role("button", name=re.compile("1 new trace"))
    expect(pill).to_be_visible()
    assert names(page) == seen
    pill.click()
    expect(row(page, "arrived.above")).to_be_visible()


def select(page: Page, *wanted: str) -> None:
    """Tick the first row of each of these names."""
    for name in wanted:
        row(page, name).get_by_role("checkbox").check()


def test_two_traces_are_compared(traces: Page, cast: Cast) -> None:
    """Of one alone the other may be found elsewhere: its XID can be given."""
    select(traces, "known.slow")
    bar = traces.get_by_role("toolbar", name="Selected traces")
    bar.get_by_role("link", name="Compare with…").click()
    expect(traces.get_by_label("A", exact=True)).to_have_value(cast.slow)
    expect(traces.get_by_label("B", exact=True)).to_have_value("")
    traces.go_back()
    select(traces, "known.failed")
    bar.get_by_role("button", name="Compare").click()
    expect(traces).to_have_url(re.compile(r"/ui/compare\?a=.*&b="))
    for xid in (cast.slow, cast.failed):
        assert quote(xid) in traces.url


def test_selected_traces_are_exported_whole(traces: Page, cast: Cast, tmp_path: Path) -> None:
    """As lines of JSON, each a trace with its spans."""
    select(traces, "known.slow", "known.spoken")
    with traces.expect_download() as waiting:
        traces.get_by_role("button", name="Export JSONL").click()
    waiting.value.save_as(tmp_path / "traces.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "traces.jsonl").read_text().splitlines()]
    assert {line["XID"] for line in lines} == {cast.slow, cast.spoken}
    assert {span["Name"] for line in lines for span in line["Spans"]} == {
        *("wait.first", "wait.second", "llm.speak"),
    }


def test_selected_traces_are_exported_as_a_table(traces: Page, tmp_path: Path) -> None:
    """With the columns of the list."""
    select(traces, "known.slow", "known.failed")
    with traces.expect_download() as waiting:
        traces.get_by_role("button", name="Export CSV").click()
    waiting.value.save_as(tmp_path / "traces.csv")
    text = (tmp_path / "traces.csv").read_text(encoding="utf-8-sig")
    found = {one["Name"]: one for one in csv.DictReader(io.StringIO(text))}
    assert float(found["known.slow"]["DurationMs"]) == 42_000
    assert found["known.failed"]["Failed"] == "true"


def test_selected_traces_are_deleted_after_a_question(own: Serving, visit: Visit) -> None:
    """Keeping them is the first answer."""
    page = visit(own)
    page.goto("/ui/traces?name=known.slow&name=known.failed")
    settled(page)
    page.get_by_role("checkbox", name="Select all loaded traces").check()
    page.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep").click()
    expect(row(page, "known.slow")).to_be_visible()
    page.get_by_role("button", name="Delete…").click()
    dialog.get_by_role("button", name="Delete 2 traces").click()
    expect(page.get_by_role("heading", name="No trace matches")).to_be_visible()
    assert own.store.get_trace("local", own.cast.slow) is None
    assert own.store.get_trace("local", own.cast.spoken) is not None


def test_escape_lets_the_selection_go(traces: Page) -> None:
    """And the bar with it."""
    select(traces, "known.slow")
    bar = traces.get_by_role("toolbar", name="Selected traces")
    expect(bar).to_be_visible()
    traces.keyboard.press("Escape")
    expect(bar).to_have_count(0)
