"""The search within a trace: names at once, then what was said inside of the spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from modelmetry.store.open import open_store
from tests.page.cast import Cast
from tests.page.conftest import Serving, Visit, serving
from tests.page.hostile import at
from tests.page.test_trace import details, opened, span, spans
from tests.page.watch import Watch, until

MATCHES = re.compile(r"/matches\?")
HARM = "refund <img src=x onerror=alert(1)> \u202ednufer"


def said(text: str) -> dict[str, Any]:
    """Family data of a conversation of one message."""
    return {"Messages": [{"Role": "user", "Contents": [{"Text": text}]}]}


def told(xid: str, name: str, text: str, start: float, **more: Any) -> dict[str, Any]:
    """A span in which somebody said something."""
    sent = {"XID": xid, "TraceID": "said", "Name": name, "Start": at(start), "End": at(2)}
    return {**sent, "Family": "completion", "FamilyData": said(text), **more}


@pytest.fixture(scope="module", name="saying")
def _saying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server with a trace in whose spans something was said."""
    path = tmp_path_factory.mktemp("saying") / "store.db"
    body = {
        "Traces": [{"XID": "said", "Name": "turn", "Start": at(0), "End": at(2),
                    "Metadata": {"desk": "Lisbon"}}],
        "Spans": [
            told("one", "first", f"{'Well. ' * 800} I want a Refund for my order.", 0),
            told("two", "refund.check", "Is it allowed?", 0.2, Severity="error"),
            told("three", "second", "It is allowed.", 0.1, ParentID="one",
                 Metadata={"reason": "a refund policy"}),
            told("four", "third", HARM, 0.3),
        ],
        "Findings": [{"XID": "f", "TraceID": "said", "SpanID": "two", "Name": "opinion",
                      "Value": "fair", "Comment": "No refund without a receipt."}],
    }  # fmt: skip
    with open_store(str(path)) as store:
        store.ingest("local", body)
    with serving(path, Cast()) as found:
        yield found


@pytest.fixture(name="page")
def _page(visit: Visit, saying: Serving) -> Page:
    """The page of that trace."""
    return opened(visit(saying), "said")


def searching(page: Page, text: str) -> Locator:
    """The field, with a text in it."""
    field = page.get_by_role("searchbox", name="Search the spans of this trace")
    field.fill(text)
    return field


def says(page: Page, told: str) -> None:
    """What stands beside the field."""
    expect(page.locator(".tools").get_by_role("status")).to_have_text(told)


def holding(page: Page, *, times: int) -> list[Route]:
    """The next questions about what is inside, none of them answered yet."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(MATCHES, hold, times=times)
    return held


def found(page: Page) -> Locator:
    """The rows in which something was found."""
    return page.locator("[role=treeitem].hit")


def test_what_was_said_is_found_with_what_stands_there(page: Page) -> None:
    """In messages, metadata and findings; the keys go from one to the next, names among them."""
    field = searching(page, "REFUND")
    says(page, "4 found")
    expect(span(page, "first")).to_contain_text("want a Refund for my order.")
    expect(span(page, "second")).to_have_attribute("title", "second · metadata: a refund policy")
    here = details(page).locator(".found-here")
    for told, name in (
        ("Well. Well. I want a Refund for my order.", "first"),
        ("a refund policy", "second"),
        ("No refund without a receipt.", "refund.check"),
    ):
        field.press("Enter")
        expect(details(page).get_by_role("heading", level=2)).to_have_text(name)
        expect(here).to_contain_text(told)
        expect(here.locator("mark")).to_have_text(re.compile("^refund$", re.IGNORECASE))
    says(page, "3 of 4")
    field.press("Shift+Enter")
    says(page, "2 of 4")
    field.press("Escape")
    says(page, "")
    expect(here).to_have_count(0)
    expect(found(page)).to_have_count(0)


def test_what_was_found_is_marked_and_shown_in_the_details(page: Page) -> None:
    """Each place, without a change of the document; a button brings the first into sight."""
    marks = "() => [...(CSS.highlights.get('found') ?? [])].map(String)"
    seen = """() => { const [first] = CSS.highlights.get('found');
      const box = first.getBoundingClientRect();
      return box.top > 0 && box.bottom < innerHeight && box.height > 0; }"""
    searching(page, "refund well")
    says(page, "1 found")
    span(page, "first").click()
    until(page, lambda: len(page.evaluate(marks)) == 801, lambda: page.evaluate(marks))
    searching(page, "refund")
    says(page, "1 of 4")
    until(page, lambda: page.evaluate(marks) == ["Refund"], lambda: page.evaluate(marks))
    assert not page.evaluate(seen)
    details(page).get_by_role("button", name="Show").click()
    assert page.evaluate(seen)
    span(page, "second").click()
    until(page, lambda: page.evaluate(marks) == ["refund"], lambda: page.evaluate(marks))
    searching(page, "")
    until(page, lambda: page.evaluate(marks) == [])
    expect(details(page).get_by_role("button", name="Show")).to_have_count(0)


def test_names_are_found_before_the_server_says_more(page: Page) -> None:
    """What is known is shown at once, and said to be not all."""
    held = holding(page, times=9)
    searching(page, "refund")
    says(page, "1 found so far")
    expect(found(page)).to_have_count(1)
    until(page, lambda: len(held) == 1)
    searching(page, "allowed")
    says(page, "looking…")
    until(page, lambda: len(held) == 2)
    searching(page, "refund")
    says(page, "1 found so far")
    until(page, lambda: len(held) == 3)
    held[2].continue_()
    says(page, "4 found")


def test_an_answer_to_an_earlier_question_is_dropped(page: Page, watch: Watch) -> None:
    """The question is taken back, and each is asked only when a person pauses."""
    held = holding(page, times=1)
    searching(page, "refund")
    until(page, lambda: len(held) == 1)
    with page.expect_event("requestfailed", lambda request: "text=refund" in request.url):
        searching(page, "").press_sequentially("allowed")
    says(page, "2 found")
    asked = [path for path in watch.requests if "/matches?" in path]
    assert [path.partition("?")[2] for path in asked] == ["text=refund", "text=allowed"]


def test_words_are_found_here_and_there(page: Page) -> None:
    """One in the name or the state of a span, the next one inside of it; or as one in quotes."""
    searching(page, "failed receipt")
    says(page, "1 found")
    expect(found(page)).to_contain_text("refund.check")
    searching(page, "refund allowed")
    says(page, "2 found")
    searching(page, '"refund policy"')
    says(page, "1 found")
    searching(page, '"policy refund"')
    says(page, "nothing")


def test_the_trace_itself_is_found(page: Page) -> None:
    """What belongs to no span is in the details of the trace."""
    field = searching(page, "lisbon")
    says(page, "1 of 1")
    expect(details(page).locator(".found-here")).to_contain_text("Found in metadata: Lisbon")
    span(page, "first").click()
    expect(details(page).locator(".found-here")).to_have_count(0)
    field.press("Enter")
    expect(details(page)).to_contain_text("Found in metadata: Lisbon")


def test_hostile_text_that_is_found_is_text(page: Page) -> None:
    """Signs that turn it around are named, and nothing of it runs."""
    field = searching(page, "onerror")
    says(page, "1 found")
    field.press("Enter")
    shown = HARM.replace("\u202e", "[RLO]")
    expect(details(page).locator(".found-here")).to_contain_text(f"Found in message: {shown}")
    expect(span(page, "third")).to_contain_text("onerror=alert(1)> [RLO]dnufer")
    expect(page.locator("img")).to_have_count(0)


def test_a_search_that_fails_is_said_beside_what_is_known(page: Page, watch: Watch) -> None:
    """Names stay found; when the server can answer again, so is the rest."""
    watch.expect("status of 422")
    problem = {"title": "Too much", "detail": "It is too much.", "status": 422}
    page.route(
        MATCHES,
        lambda route: route.fulfill(
            status=422, json=problem, content_type="application/problem+json"
        ),
        times=1,
    )
    searching(page, "refund")
    says(page, "1 found only outside the spans: Too much")
    expect(spans(page)).to_have_count(4)
    searching(page, "allowed")
    says(page, "2 found")


def test_more_than_can_be_told_is_said(page: Page) -> None:
    """With a sign that there are others."""
    match = {"XID": "one", "Place": "message", "Excerpt": "a refund"}
    page.route(MATCHES, lambda route: route.fulfill(json={"Spans": [match], "More": True}))
    searching(page, "refund")
    says(page, "2+ found")
