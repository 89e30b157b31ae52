"""Content that means harm: shown as text, nothing runs, nothing freezes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page, expect

from modelmetry.demo.traffic.month import large_trace
from tests.page import hostile
from tests.page.cast import Cast
from tests.page.conftest import Serving, Visit, serving, settled
from tests.page.watch import Watch

LISTS: Final = (
    "overview?last=24h", "traces", "sessions", "findings?last=24h", "executions", "telemetry",
    "production",
)  # fmt: skip
SPANS: Final = 5  # of each trace


@pytest.fixture(scope="module", name="harmed")
def _harmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server on which every field of every signal was misused."""
    path = tmp_path_factory.mktemp("harmed") / "store.db"
    with serving(path, Cast()) as server:
        for word in hostile.TEXTS:
            server.store.ingest("local", hostile.hostile_body(word))
        for body in (hostile.markdown_body(), hostile.large_body(), hostile.tangled_body()):
            server.store.ingest("local", body)
        with httpx.Client(base_url=server.base_url) as http:
            for word in hostile.TEXTS:
                send_work(http, word)
        server.store.settle()
        yield server


@pytest.fixture(name="page")
def _page(visit: Visit, harmed: Serving) -> Page:
    """A page of that server."""
    return visit(harmed)


def send_work(http: httpx.Client, word: str) -> None:
    """An execution with its metrics, and a run."""
    execution, values, lists = hostile.hostile_execution(word)
    own = f"/executions/{quote(execution['XID'], safe='')}/metrics"
    http.post("/telemetry/records", json=hostile.hostile_telemetry(word)).raise_for_status()
    for value in values:
        http.post(f"{own}/values", json=value).raise_for_status()
    for one in lists:
        http.post(f"{own}/lists", json=one).raise_for_status()
    http.post("/executions", json=execution).raise_for_status()


def address(xid: str, page: str = "traces") -> str:
    """The address of something with any XID, as the page writes it."""
    name = f"~{xid}" if re.fullmatch(r"~*\.{1,2}", xid) else xid
    return f"/ui/{page}/{quote(name, safe='')}"


def untouched(page: Page) -> None:
    """Nothing ran, nothing was loaded, the page's own objects are as they were."""
    assert "000,000,000,000,000" not in page.locator("main").inner_text()  # numbers stay short
    assert page.evaluate("() => ({}).polluted === undefined && window.ran === undefined")
    # Only the page's own scripts and styles, no form that leads away, nothing framed
    own = """() => [...document.querySelectorAll(["script", "iframe", "object", "embed", "base",
      "form[action]", "link[rel=stylesheet]", "meta[http-equiv]", "style"].join())]
      .filter((one) => !(one.src ?? one.href ?? "").startsWith(`${location.origin}/ui/assets/`))
      .map((one) => one.outerHTML.slice(0, 100))"""
    assert page.evaluate(own) == []
    dangerous = """() => [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes])
      .filter(({ name, value }) => name.startsWith("on")
        || (/^(href|src|action|formaction|xlink:href)$/.test(name)
          && !/^(https?:|mailto:|blob:|[/#.]|data:image.(png|jpeg|gif|webp)[;,])/.test(value)))
      .map(({ name, value }) => `${name}=${value.slice(0, 80)}`)"""
    assert page.evaluate(dangerous) == []


def answers_to_a_click(page: Page) -> None:
    """The page is not frozen: its help opens and closes within the time of any click."""
    page.get_by_role("button", name="Help and keys").click()
    dialog = page.get_by_role("dialog", name="Help and keys")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize("place", LISTS)
def test_lists_show_hostile_names_as_text(page: Page, place: str) -> None:
    """All of them on one page."""
    page.goto(f"/ui/{place}")
    settled(page)
    untouched(page)
    answers_to_a_click(page)


def test_what_was_said_is_one_line_of_text_in_the_list(page: Page) -> None:
    """Whatever it is, it neither makes elements nor a row higher, and hides no sign."""
    page.goto("/ui/traces")
    settled(page)
    heads = page.get_by_role("columnheader").all_inner_texts()
    column = heads.index("Input")
    cells = page.locator("main tbody tr[data-row]").locator(f"td:nth-child({column + 1}) > bdi")
    texts = cells.all_inner_texts()
    assert any("<iframe srcdoc=" in text for text in texts)
    assert any("invoice[RLO]" in text for text in texts)
    assert cells.evaluate_all("all => all.every((one) => one.childElementCount === 0)")
    heights = """all => all.map((one) => one.closest("tr").getBoundingClientRect().height)"""
    assert set(cells.evaluate_all(heights)) == {32}


@pytest.mark.parametrize("word", hostile.TEXTS)
def test_a_hostile_execution_is_shown_as_text(page: Page, word: str) -> None:
    """Its metrics, its traces, its telemetry, and the run."""
    xid = hostile.execution_xid(word)
    page.goto(address(xid, "executions"))
    settled(page)
    expect(page.locator("canvas").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^History of")).click()
    expect(page.get_by_text("As a table")).to_have_count(2)
    for table in page.get_by_text("As a table").all():
        table.click()
    untouched(page)
    parts = page.get_by_role("navigation", name="Parts of the execution")
    parts.get_by_role("link", name="Traces").click()
    expect(page.get_by_role("table", name="Traces of the execution")).to_be_visible()
    settled(page)
    untouched(page)
    parts.get_by_role("link", name="Telemetry").click()
    page.get_by_role("table", name="Runs").get_by_role("link").click()
    settled(page)
    expect(page.get_by_role("heading", name="Records")).to_be_visible()
    untouched(page)
    answers_to_a_click(page)


def test_hostile_executions_are_compared_as_text(page: Page) -> None:
    """Ten of them, which have no metric in common."""
    chosen = "&".join(
        f"execution={quote(hostile.execution_xid(word), safe='')}"
        for word in list(hostile.TEXTS)[:10]
    )
    page.goto(f"/ui/compare-executions?{chosen}")
    settled(page)
    expect(page.locator("thead").get_by_role("link")).to_have_count(10)
    untouched(page)
    page.get_by_role("main").locator("section").last.scroll_into_view_if_needed()
    page.get_by_text("As a table").last.click()
    untouched(page)
    answers_to_a_click(page)


@pytest.mark.parametrize("word", hostile.TEXTS)
def test_a_hostile_trace_is_shown_as_text(page: Page, word: str) -> None:
    """Each of its spans, with whatever stands in it; all is reached by links of the page."""
    body = hostile.hostile_body(word)
    page.goto(address(body["Traces"][0]["XID"]))
    settled(page)
    tree = page.get_by_role("tree")
    for n in range(SPANS):
        tree.get_by_role("treeitem").nth(n).click()
        settled(page)
        details = page.get_by_role("region", name="Details")
        expect(details.get_by_role("heading", level=2)).to_be_visible()
        for button in details.get_by_role("button", name=re.compile("^Raw JSON")).all():
            button.click()
        untouched(page)
    page.get_by_role("button", name="Conversation", exact=True).click()
    settled(page)
    thread = page.get_by_role("region", name="Conversation of the trace")
    expect(thread.get_by_role("listitem").first).to_be_visible()
    untouched(page)
    answers_to_a_click(page)


@pytest.mark.parametrize("word", hostile.TEXTS)
def test_hostile_names_lead_to_their_pages_and_back(page: Page, word: str) -> None:
    """A session and a finding by names that no address can hold as they are."""
    text = hostile.TEXTS[word]
    page.goto("/ui/nowhere")
    settled(page)
    # What is only dots is no segment of a path: browsers resolve it (URL Standard 4.4).
    for place in ("sessions", "findings") if word != "dots" else ("findings",):
        href = page.evaluate(
            """([place, text]) => `/ui/${place}/${encodeURIComponent(
              text.replace(/^(?=~*\\.{1,2}$)/, "~"))}?last=24h`""",
            [place, text],
        )
        page.goto(href)
        settled(page)
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(
            page.get_by_role("heading", name=re.compile("No such|No finding has"))
        ).to_have_count(0)
        untouched(page)


def test_markdown_of_a_model_is_harmless(page: Page, watches: dict[Page, Watch]) -> None:
    """Links lead only to the web, images are not fetched, HTML does nothing."""
    page.goto("/ui/traces/markdown")
    settled(page)
    details = page.get_by_role("region", name="Details")
    for n in range(1 + len(hostile.DEEP_MARKDOWN)):
        page.goto(f"/ui/traces/markdown/spans/markdown-{n}")
        settled(page)
        expect(details).to_contain_text("deep" if n else "mglyph")
        untouched(page)
    page.goto("/ui/traces/markdown/spans/markdown-0")
    settled(page)
    for link in details.get_by_role("link").all():
        href = link.get_attribute("href") or ""
        assert href.startswith(("https://", "/ui/", "mailto:")), href
    assert not [path for path in watches[page].requests if "elsewhere" in path]
    assert page.locator("[style*=fixed]").count() == 0
    answers_to_a_click(page)


def test_a_megabyte_is_shown_in_steps(page: Page) -> None:
    """In a name, a message, a value, and in Markdown of 50,000 lines."""
    page.goto("/ui/traces/large")
    settled(page)
    assert page.evaluate("document.body.innerText.length") < 200_000
    answers_to_a_click(page)
    for n in range(3):
        page.get_by_role("treeitem").nth(n).click()
        settled(page)
        assert page.evaluate("document.querySelectorAll('*').length") < 20_000
        answers_to_a_click(page)


def test_deep_and_wide_json_is_unfolded_without_end(page: Page) -> None:
    """Level by level, and 20,000 keys in steps."""
    page.goto("/ui/traces/large/spans/large-2")
    settled(page)
    details = page.get_by_role("region", name="Details")
    for _ in range(5):
        details.get_by_role("button", name=re.compile("^Unfold")).first.click()
    answers_to_a_click(page)
    page.goto("/ui/traces/large/spans/large-3")
    settled(page)
    details.get_by_role("button", name="Show more lines").first.click()
    answers_to_a_click(page)


def test_spans_in_circles_and_without_parents_are_shown(page: Page) -> None:
    """Each of them once, below a row that says what is wrong."""
    page.goto("/ui/traces/tangled")
    settled(page)
    items = page.get_by_role("treeitem")
    for name in ("self", "one", "two", "orphan", "fine"):
        expect(items.filter(has_text=f"span.{name}")).to_have_count(1)
    expect(items.filter(has_text="missing parent")).to_have_count(1)
    expect(items.filter(has_text="circle of parents").first).to_be_visible()


def test_ten_thousand_spans_do_not_freeze_the_page(visit: Visit, empty: Serving) -> None:
    """Opened, searched, folded, scrolled and compared with itself."""
    xid, body = large_trace(time.time_ns() // 1000, 10_000)
    empty.store.ingest("local", body)
    page = visit(empty)
    page.goto(f"/ui/traces/{xid}")
    settled(page)
    expect(page.get_by_role("treeitem").first).to_be_visible()
    answers_to_a_click(page)
    page.get_by_role("searchbox").fill("tool")
    expect(page.get_by_role("status").filter(has_text="found")).to_be_visible()
    page.get_by_role("button", name="Fold", exact=True).click()
    page.get_by_role("button", name="Unfold", exact=True).click()
    page.get_by_role("tree").focus()
    page.keyboard.press("End")
    answers_to_a_click(page)
    page.goto(f"/ui/compare?a={xid}&b={xid}")
    settled(page)
    answers_to_a_click(page)


def test_signs_that_turn_text_around_are_shown(page: Page) -> None:
    """A name with a right-to-left override cannot pretend to be another."""
    xid = hostile.hostile_body("bidi")["Traces"][0]["XID"]
    page.goto(address(xid))
    settled(page)
    page.get_by_role("treeitem").first.click()
    settled(page)
    shown: str = page.get_by_role("main").inner_text()
    assert "invoice" in shown
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", re.sub("<[^>]+>", "", shown))
