"""One trace: tree and time on one side, what each span did on the other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from modelmetry_api.types import encode_json
from playwright.sync_api import Locator, Page, expect

from modelmetry.store.open import open_store
from modelmetry.store.queries import SessionQuery, TraceQuery
from modelmetry.store.sqlite.store import SqliteStore
from tests.page.cast import Cast, one_more
from tests.page.conftest import Serving, Visit, settled
from tests.page.watch import Watch, until


def spans(page: Page) -> Locator:
    """The rows that can be seen."""
    return page.get_by_role("tree", name="Spans of the trace").get_by_role("treeitem")


def span(page: Page, name: str) -> Locator:
    """The first row with this name."""
    return spans(page).filter(has=page.get_by_text(name, exact=True)).first


def details(page: Page) -> Locator:
    """The side that tells what a span did."""
    return page.get_by_role("region", name="Details")


def opened(page: Page, xid: str, span_name: str = "") -> Page:
    """The page of a trace, with a span selected."""
    page.goto(f"/ui/traces/{xid}")
    settled(page)
    expect(spans(page).first).to_be_visible()
    if span_name:
        span(page, span_name).click()
        expect(details(page).get_by_role("heading", level=2)).to_have_text(span_name)
        settled(page)
    return page


def section(page: Page, title: str) -> Locator:
    """A part of the details, by its heading."""
    heading = page.get_by_role("button", name=re.compile(f"^{title}"))
    return details(page).locator("section").filter(has=heading)


def test_the_head_says_what_the_trace_was(page: Page, cast: Cast) -> None:
    """Name, state, duration, spans, tokens, cost and models."""
    opened(page, cast.spoken)
    expect(page.get_by_role("heading", level=1)).to_have_text("known.spoken")
    for text in ("ok", "1.25 s", "1 span", "1,200 → 340 tokens", "€0.046", "tiny-1"):
        expect(page.get_by_role("main")).to_contain_text(text)


def test_a_conversation_is_a_click_away(page: Page, cast: Cast) -> None:
    """From a turn to its session."""
    opened(page, cast.turns[0])
    page.get_by_role("link", name="chat-42", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("chat-42")


def test_failed_spans_are_told_by_more_than_colour(page: Page, cast: Cast) -> None:
    """A word for who hears the page, a sign for who sees it, and the message of the failure."""
    opened(page, cast.failed, "inner")
    expect(span(page, "inner")).to_contain_text("failed")
    expect(details(page)).to_contain_text("no such planet")
    expect(section(page, "Events")).to_contain_text("Vulcan")


def test_the_spans_that_failed_are_listed_with_their_messages(page: Page, cast: Cast) -> None:
    """Beside the trace itself; each leads to its span."""
    opened(page, cast.failed)
    failures = details(page).get_by_role("list", name="Spans that failed")
    expect(failures.get_by_role("listitem")).to_have_count(2)
    expect(failures.get_by_role("listitem").nth(1)).to_contain_text("LookupError: no such planet")
    failures.get_by_role("link", name="inner").click()
    expect(details(page).get_by_role("heading", level=2)).to_have_text("inner")
    expect(span(page, "inner")).to_have_attribute("aria-selected", "true")


def test_a_trace_in_which_nothing_failed_lists_no_failures(page: Page, cast: Cast) -> None:
    """Neither a list nor a button, and the key goes nowhere."""
    opened(page, cast.slow)
    expect(page.get_by_role("list", name="Spans that failed")).to_have_count(0)
    expect(page.get_by_role("button", name="failed span")).to_have_count(0)
    page.keyboard.press("f")
    expect(page).not_to_have_url(re.compile("/spans/"))


def test_a_key_walks_from_failure_to_failure(own: Serving, visit: Visit) -> None:
    """Past what did not fail, into what is folded, and from the last one to the first again."""
    own.store.ingest("local", failing_twice(datetime.now(UTC).isoformat()))
    page = opened(visit(own), "fails-twice")
    button = page.get_by_role("button", name=re.compile("2 failed spans$"))
    expect(button).to_be_visible()
    page.get_by_role("button", name="Fold", exact=True).click()
    expect(spans(page)).to_have_count(1)
    selected = page.locator("[role=treeitem][aria-selected=true]")
    for name in ("asked.first", "asked.again", "asked.first"):
        page.keyboard.press("f")
        expect(selected).to_contain_text(name)
        expect(details(page).get_by_role("heading", level=2)).to_have_text(name)
    button.click()
    expect(selected).to_contain_text("asked.again")


def failing_twice(start: str) -> dict[str, Any]:
    """A trace of five spans, the second and the last of which failed."""
    parents = {
        "whole": None, "asked.first": "whole", "waited": "whole", "inside": "waited",
        "asked.again": "inside",
    }  # fmt: skip
    spans_ = [
        {
            "XID": f"fails-twice {name}", "TraceID": "fails-twice", "Name": name, "Start": start,
            "ParentID": parent and f"fails-twice {parent}", "End": start,
            "Severity": "error" if name.startswith("asked") else "info",
        }
        for name, parent in parents.items()
    ]  # fmt: skip
    trace = {"XID": "fails-twice", "Name": "fails.twice", "Start": start, "End": start}
    return {"Traces": [trace], "Spans": spans_}


def test_what_is_open_or_missing_is_said(page: Page, cast: Cast) -> None:
    """In words, not by a sign alone."""
    opened(page, cast.open)
    expect(details(page)).to_contain_text("The trace has not ended.")
    opened(page, cast.slow)
    expect(details(page)).to_contain_text("Complete")


def test_messages_are_shown_by_role_with_tools_joined(page: Page, cast: Cast) -> None:
    """The answer of a tool stands below its call; Markdown is rendered, and raw is one key away."""
    opened(page, cast.spoken, "llm.speak")
    said = section(page, "Messages")
    for text in ("system", "You know every parcel.", "Where is my parcel?", "track", "P-1"):
        expect(said).to_contain_text(text)
    call = said.get_by_text("answered").locator("..")
    expect(call).to_contain_text("Zanzibar")
    expect(said.locator("strong", has_text="Where it is")).to_be_visible()
    link = said.get_by_role("link", name="the courier")
    expect(link).to_have_attribute("href", "https://courier.example.com/track")
    assert {"noopener", "noreferrer"} <= set((link.get_attribute("rel") or "").split())
    said.get_by_role("button", name="Raw").click()
    expect(said.locator("strong", has_text="Where it is")).to_have_count(0)
    expect(said).to_contain_text("## Where it is")


def test_images_are_drawn_and_other_files_are_chips(page: Page, cast: Cast) -> None:
    """With their type and size; nothing is fetched for them."""
    opened(page, cast.spoken, "llm.speak")
    said = section(page, "Messages")
    picture = said.get_by_role("img", name="Part of the message")
    expect(picture).to_be_visible()
    assert (picture.get_attribute("src") or "").startswith(("data:image/png", "blob:"))
    chip = said.get_by_text("application/pdf").locator("..")
    with page.expect_download() as waiting:
        chip.get_by_role("button", name="Save").click()
    assert waiting.value.path().read_bytes() == b"%PDF-1.4 nothing"


def test_options_usage_and_cost_are_shown(page: Page, cast: Cast) -> None:
    """Also a temperature above what the contract knows."""
    opened(page, cast.spoken, "llm.speak")
    expect(section(page, "Options")).to_contain_text("1.4")
    expect(section(page, "Options")).to_contain_text("321")
    used = section(page, "Usage and cost")
    for text in ("1,200", "340", "200", "€0.012", "€0.034", "€0.046"):
        expect(used).to_contain_text(text)


def test_documents_have_their_scores_and_embeddings_their_inputs(page: Page, cast: Cast) -> None:
    """Each family has a panel of its own."""
    opened(page, cast.searched, "atlas.search")
    expect(section(page, "Queries")).to_contain_text("islands of spice")
    found = section(page, "Documents")
    for text in ("Unguja", "0.91", "Cloves grow here.", "Pemba", "0.42"):
        expect(found).to_contain_text(text)
    span(page, "atlas.embed").click()
    expect(section(page, "Inputs")).to_contain_text("two spices")


def test_findings_have_units_comments_and_sources(page: Page, cast: Cast) -> None:
    """Of a span, and of the trace where no span is selected."""
    opened(page, cast.rated, "judge")
    found = section(page, "Findings")
    for text in ("rating", "7", "points", "Well said.", "polite", "true"):
        expect(found).to_contain_text(text)
    page.keyboard.press("Escape")
    expect(section(page, "Findings")).to_contain_text("a<b = c!")
    expect(section(page, "Metadata")).to_contain_text("v7")


def test_the_raw_answer_of_the_server_is_there_too(page: Page, cast: Cast) -> None:
    """Folded, and searched through."""
    opened(page, cast.spoken, "llm.speak")
    raw = section(page, "Raw JSON")
    raw.get_by_role("button", name=re.compile("^Raw JSON")).click()
    raw.get_by_role("searchbox").fill("courier.example.com")
    expect(raw.get_by_role("status")).to_have_text(re.compile(r"^[1-9] found$"))
    expect(raw).to_contain_text("courier.example.com")


def test_the_selected_span_is_in_the_address(page: Page, cast: Cast) -> None:
    """So that a link shows the same to others."""
    opened(page, cast.failed, "inner")
    expect(page).to_have_url(re.compile(f"/ui/traces/{cast.failed}/spans/[^/]+$"))
    page.reload()
    settled(page)
    expect(details(page).get_by_role("heading", level=2)).to_have_text("inner")
    expect(span(page, "inner")).to_have_attribute("aria-selected", "true")


def test_back_from_a_trace_leads_to_the_list(page: Page, cast: Cast) -> None:
    """However many spans were looked at: moving between them is no step of the history."""
    page.goto("/ui/traces?name=known.failed")
    page.get_by_role("link", name="known.failed", exact=True).click()
    expect(spans(page).first).to_be_visible()
    span(page, "outer").click()
    span(page, "inner").click()
    expect(page).to_have_url(re.compile("/spans/"))
    page.go_back()
    expect(page).to_have_url(re.compile("name=known.failed"))


def test_keys_walk_fold_and_leave(page: Page, cast: Cast) -> None:
    """Down and up, folded and unfolded, and Escape goes back step by step."""
    opened(page, cast.failed)
    page.keyboard.press("j")
    expect(span(page, "outer")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("j")
    expect(span(page, "inner")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("k")
    expect(span(page, "outer")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    expect(span(page, "outer")).to_have_attribute("aria-expanded", "false")
    expect(span(page, "inner")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(span(page, "inner")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("/spans/"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_text("Traces")


def test_all_is_folded_and_unfolded_at_once(page: Page, cast: Cast) -> None:
    """A folded row says that something failed below it."""
    opened(page, cast.failed)
    page.get_by_role("button", name="Fold", exact=True).click()
    expect(spans(page)).to_have_count(1)
    expect(span(page, "outer")).to_contain_text("failed")
    page.get_by_role("button", name="Unfold", exact=True).click()
    expect(spans(page)).to_have_count(2)


def test_spans_are_searched(page: Page, cast: Cast) -> None:
    """With the key that searches everywhere; Enter goes from one to the next, also far down."""
    opened(page, cast.large)
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search the spans of this trace")
    expect(search).to_be_focused()
    search.fill("agent.note")
    expect(page.get_by_role("status").filter(has_text="found")).to_be_visible()
    search.press("Enter")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"^1 of [\d,]+$"))).to_be_visible()
    expect(span(page, "agent.note")).to_be_visible()
    search.press("Enter")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"^2 of "))).to_be_visible()
    search.press("Escape")
    expect(search).to_have_value("")


def test_the_critical_path_is_shown(page: Page, cast: Cast) -> None:
    """The branch that was waited for is on it, the short one is not."""
    opened(page, cast.parallel)
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Critical path")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(span(page, "branch.inside").locator(".path")).to_have_count(1)
    expect(span(page, "join").locator(".path")).to_have_count(1)
    expect(span(page, "branch.short").locator(".path")).to_have_count(0)


def test_zoom_by_keys_and_back_to_the_whole(page: Page, cast: Cast) -> None:
    """What is outside leaves the view; 0 shows everything."""
    opened(page, cast.slow, "wait.first")
    page.keyboard.press("z")
    expect(page.get_by_text("33 s seen")).to_be_visible()
    page.keyboard.press("0")
    expect(page.get_by_text("seen", exact=False)).to_have_count(0)
    handle = page.get_by_role("slider", name="Start of the stretch that is seen")
    handle.press("ArrowRight")
    expect(page.get_by_text("41.2 s seen")).to_be_visible()


def test_dragging_over_the_minimap_zooms(page: Page, cast: Cast) -> None:
    """A double click undoes it."""
    opened(page, cast.slow)
    strip = page.locator("canvas").first
    box = strip.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.25, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, y, steps=5)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"^(20\.\d+|21(\.\d+)?) s seen$"))).to_be_visible()
    strip.dblclick()
    expect(page.get_by_text(" seen", exact=False)).to_have_count(0)


def test_five_thousand_spans_are_scrolled_to_the_end(page: Page, cast: Cast) -> None:
    """Only the rows that can be seen are in the document."""
    opened(page, cast.large)
    tree = page.get_by_role("tree", name="Spans of the trace")
    tree.focus()
    page.keyboard.press("End")
    expect(
        spans(page)
        .locator("[aria-selected=true]")
        .or_(page.locator("[role=treeitem][aria-selected=true]"))
    ).to_be_visible()
    assert spans(page).count() < 120
    page.keyboard.press("Home")
    expect(span(page, "agent")).to_have_attribute("aria-selected", "true")


def test_an_annotation_is_added_to_a_span_and_seen(own: Serving, visit: Visit) -> None:
    """A number with its unit and a comment; the server has it with source `annotation`."""
    page = opened(visit(own), own.cast.spoken, "llm.speak")
    details(page).get_by_role("button", name="Annotate").click()
    form = details(page).locator("form")
    form.get_by_label("Name").fill("helpfulness")
    form.get_by_label("Value").select_option("number")
    form.get_by_label("Number").fill("4")
    form.get_by_label("Unit").fill("stars")
    form.get_by_label("Comment").fill("Said where it is.")
    form.get_by_role("button", name="Add").click()
    found = section(page, "Findings")
    for text in ("helpfulness", "4", "stars", "Said where it is."):
        expect(found).to_contain_text(text)
    (said,) = as_sent(own.store, own.cast.spoken)["Spans"][0]["Findings"]
    assert (said["Name"], said["Value"], said["Source"]) == ("helpfulness", 4, "annotation")


@pytest.mark.parametrize(("kind", "shown"), [("true or false", "false"), ("text", "fair")])
def test_an_annotation_is_added_to_a_trace(
    own: Serving, visit: Visit, kind: str, shown: str
) -> None:
    """True or false, or a text."""
    page = opened(visit(own), own.cast.slow)
    details(page).get_by_role("button", name="Annotate").click()
    form = details(page).locator("form")
    form.get_by_label("Name").fill("opinion")
    form.get_by_label("Value").select_option(kind)
    if kind == "text":
        form.get_by_label("Text").fill(shown)
    else:
        form.get_by_label("false", exact=True).check()
    form.get_by_role("button", name="Add").click()
    expect(section(page, "Findings")).to_contain_text(f"{shown}")
    expect(section(page, "Findings")).to_contain_text("opinion")


def copied(page: Page, name: str) -> str:
    """What a button of the menu puts into the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy or save").click()
    page.get_by_role("button", name=name).click()
    expect(page.get_by_text(re.compile("^Copied ")).first).to_be_visible()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


@pytest.mark.parametrize("which", ["spoken", "failed", "searched", "rated", "parallel", "slow"])
def test_the_copied_python_rebuilds_the_trace(
    page: Page, shop: Serving, tmp_path: Path, which: str
) -> None:
    """It runs as it is and records the same steps, words, figures and findings."""
    xid: str = getattr(shop.cast, which)
    program = copied(opened(page, xid), "As Python that rebuilds it")
    with open_store(run(program, tmp_path), create=False) as store:
        (short,) = store.list_traces("local", TraceQuery()).traces
        rebuilt = whole(store, short.xid)
    assert rebuilt == whole(shop.store, xid)


def test_the_copied_python_keeps_the_name_of_the_session(
    page: Page, shop: Serving, tmp_path: Path
) -> None:
    """The conversation is called as it was."""
    program = copied(opened(page, shop.cast.turns[0]), "As Python that rebuilds it")
    with open_store(run(program, tmp_path), create=False) as store:
        (rebuilt,) = store.list_sessions("local", SessionQuery()).sessions
    (was,) = shop.store.list_sessions("local", SessionQuery(names=("chat-42",))).sessions
    assert (rebuilt.xid, rebuilt.name) == (was.xid, "chat-42")
    assert rebuilt.metadata == was.metadata


def run(program: str, folder: Path) -> str:
    """Run a copied program; gives the address of the store in which it recorded."""
    url = f"sqlite:///{folder / 'rebuilt.db'}"
    (folder / "rebuild.py").write_text(program)
    ended = subprocess.run(
        [sys.executable, folder / "rebuild.py"],
        env={
            "PYTHONPATH": ":".join(sys.path), "MODELMETRY_STORE": url, "HOME": str(folder),
            "PATH": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return url


def whole(store: SqliteStore, xid: str) -> list[object]:
    """What a trace says, without its identities and times, in an order that does not hang on them.

    As it travels, so that nothing of a model's class hides a difference.
    """
    found = as_sent(store, xid)
    names: dict[str, str] = {one["XID"]: one["Name"] for one in found["Spans"]}
    told: list[dict[str, Any]] = [
        {
            "parent": names.get(one.get("ParentID")),
            "findings": sorted(map(finding, one["Findings"])),
            "events": sorted((event["Name"], str(event["Metadata"])) for event in one["Events"]),
            **{
                key: one.get(key) for key in ("Name", "Family", "FamilyData", "Severity", "Message")
            },
        }
        for one in found["Spans"]
    ]
    return [
        found["Name"],
        sorted(map(finding, found["Findings"])),
        sorted(told, key=str),
        {key: value for key, value in found["Metadata"].items() if key != "release"},
    ]


def as_sent(store: SqliteStore, xid: str) -> dict[str, Any]:
    """A trace as the server sends it."""
    trace = store.get_trace("local", xid)
    assert trace is not None
    found: dict[str, Any] = json.loads(encode_json(trace))
    return found


def finding(found: dict[str, Any]) -> tuple[str, str, str, str]:
    """What a finding says."""
    return found["Name"], repr(found["Value"]), found["Unit"], found["Comment"]


def test_the_menu_of_copies_closes_with_a_choice(page: Page, cast: Cast) -> None:
    """So that the next click opens it again, and the keys are where they were."""
    opened(page, cast.slow)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    menu = page.get_by_role("button", name="Copy or save")
    for choice in ("XID", "As curl", "As Python that rebuilds it"):
        menu.click()
        page.get_by_role("button", name=choice, exact=True).click()
        expect(menu).to_have_attribute("aria-expanded", "false")
        expect(menu).to_be_focused()
    expect(page.get_by_text("Copied as Python.").first).to_be_visible()


def test_the_copied_curl_asks_the_server_for_the_trace(page: Page, shop: Serving) -> None:
    """As a shell command that answers with its JSON."""
    command = copied(opened(page, shop.cast.slow), "As curl")
    assert shop.base_url in command
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout)["XID"] == shop.cast.slow


def test_a_trace_is_saved_as_lines_of_json(page: Page, cast: Cast) -> None:
    """As `modelmetry traces import` reads them."""
    opened(page, cast.slow)
    page.get_by_role("button", name="Copy or save").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as JSON lines").click()
    (line,) = waiting.value.path().read_text().splitlines()
    assert json.loads(line)["XID"] == cast.slow


def test_a_trace_that_is_not_there_is_said(page: Page, watch: Watch) -> None:
    """With a way on."""
    watch.expect("status of 404")
    page.goto("/ui/traces/no-such-trace")
    expect(page.get_by_role("heading", name="There is no trace with this XID")).to_be_visible()
    page.get_by_role("link", name="All traces").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Traces")


def test_a_trace_that_goes_on_grows_while_one_looks(own: Serving, visit: Visit) -> None:
    """New spans appear by themselves until it has ended."""
    page = opened(visit(own), own.cast.open)
    expect(spans(page)).to_have_count(1)
    trace = own.store.get_trace("local", own.cast.open)
    assert trace is not None
    start = trace.start.isoformat()
    own.store.ingest(
        "local",
        {
            "Spans": [
                {
                    "XID": "came-later", "TraceID": own.cast.open, "Name": "came.later",
                    "Start": start, "End": start, "Family": "other",
                }
            ]
        },
    )  # fmt: skip
    expect(span(page, "came.later")).to_be_visible()


def test_held_keys_ask_for_no_span_that_is_only_passed(
    page: Page, watch: Watch, cast: Cast
) -> None:
    """Fifty rows down cost a handful of questions, not fifty."""
    opened(page, cast.large)
    # what was said in the trace has been asked for before
    expect(details(page).get_by_role("link", name=re.compile("^Input, in "))).to_be_visible()
    watch.requests.clear()
    # at once, as this test's own keys come as slowly as the machine is busy
    page.evaluate(
        """() => {
          const key = { key: "j", bubbles: true, cancelable: true };
          for (let n = 0; n < 50; n++) {
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", key));
          }
        }"""
    )
    settled(page)
    until(page, lambda: any(path.startswith("/spans/") for path in watch.requests))
    assert sum(path.startswith("/spans/") for path in watch.requests) < 5


def test_the_page_works_on_a_phone(visit: Visit, shop: Serving) -> None:
    """Spans and details take turns."""
    page = visit(shop, viewport={"width": 390, "height": 844})
    page.goto(f"/ui/traces/{shop.cast.spoken}")
    settled(page)
    span(page, "llm.speak").click()
    expect(details(page).get_by_role("heading", level=2)).to_have_text("llm.speak")
    page.get_by_role("button", name="Spans", exact=True).click()
    expect(span(page, "llm.speak")).to_be_visible()


def fits(page: Page) -> bool:
    """Whether the window shows all of the document, so that only its parts scroll."""
    found: bool = page.evaluate(
        """() => {
          const { scrollHeight, scrollWidth } = document.documentElement;
          return scrollHeight <= innerHeight && scrollWidth <= innerWidth;
        }"""
    )
    return found


@pytest.mark.parametrize("which", ["turn", "spoken", "searched", "rated", "large"])
def test_no_state_of_a_trace_is_longer_than_the_window(page: Page, cast: Cast, which: str) -> None:
    """Whatever is selected or unfolded: no second scrollbar, and every bar ends inside."""
    opened(page, cast.turns[1] if which == "turn" else getattr(cast, which))
    assert fits(page)
    for row in spans(page).all()[:8]:
        row.click()
        settled(page)
        expect(section(page, "Raw JSON")).to_be_attached()
        assert fits(page), row.inner_text()
        bar = row.locator(".bar").bounding_box()
        room = row.locator(".bars").bounding_box()
        assert bar is not None
        assert room is not None
        assert bar["x"] + bar["width"] <= room["x"] + room["width"] + 0.5
    section(page, "Raw JSON").get_by_role("button", name=re.compile("^Raw JSON")).click()
    details(page).get_by_role("button", name="Annotate").click()
    details(page).evaluate("panel => panel.scrollTo(0, panel.scrollHeight)")
    assert fits(page)


def test_an_annotation_offers_the_type_that_its_name_has(own: Serving, visit: Visit) -> None:
    """And says what another one would do, before it is added."""
    one_more(own.base_url, "known.typed", zz_score=0.5)
    page = opened(visit(own), own.cast.spoken, "llm.speak")
    details(page).get_by_role("button", name="Annotate").click()
    form = details(page).locator("form")
    form.get_by_label("Name").fill("zz_score")
    expect(form.get_by_label("Value")).to_have_value("number")
    expect(form.get_by_role("status")).to_have_count(0)
    form.get_by_label("Value").select_option("text")
    expect(form.get_by_role("status")).to_contain_text("So far “zz_score” is a number")
    form.get_by_label("Text").fill("fair")
    form.get_by_role("button", name="Add").click()
    expect(section(page, "Findings")).to_contain_text("zz_score")
