"""What was said in a trace: at once, by span and as a conversation; and what to do with it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.cast import MARKDOWN, Cast
from tests.page.conftest import PHONE, Serving, Visit, settled
from tests.page.test_trace import details, opened, section, span, spans
from tests.page.watch import Watch

QUESTION = "One of the mugs is broken, though."
ANSWER = "our payment service did not answer just now"


def thread(page: Page) -> Locator:
    """The conversation in the place of the tree."""
    return page.get_by_role("region", name="Conversation of the trace")


def blocks(page: Page) -> Locator:
    """Its calls of models."""
    return thread(page).locator("li[data-call]")


@pytest.fixture(name="talk")
def _talk(page: Page, cast: Cast) -> Page:
    """The failed turn of the demo as a conversation."""
    opened(page, cast.turns[1])
    page.get_by_role("button", name="Conversation", exact=True).click()
    expect(blocks(page)).to_have_count(3)
    return page


def test_what_was_said_is_seen_at_once(page: Page, cast: Cast) -> None:
    """Question, answer and failure, with the ways to their spans; then findings and totals."""
    opened(page, cast.turns[1])
    told = details(page)
    for text in (QUESTION, ANSWER, "the payment service did not answer within 2 s"):
        expect(told.get_by_text(re.compile(text)).first).to_be_in_viewport()
    expect(section(page, "Totals")).to_contain_text("7: 1 of the trace itself, 6 of its spans")
    expect(section(page, "Findings")).to_contain_text("llm.response_check 2")
    told.get_by_role("link", name="Output, in llm.generate_final").click()
    expect(told.get_by_role("heading", level=2)).to_have_text("llm.generate_final")
    page.keyboard.press("Escape")
    told.get_by_role("link", name="Input, in llm.generate", exact=True).click()
    expect(told.get_by_role("heading", level=2)).to_have_text("llm.generate")


def test_a_search_tells_what_it_was_asked_and_what_it_found(page: Page, cast: Cast) -> None:
    """Where no model was called; and it is said where nobody was asked anything."""
    opened(page, cast.searched)
    expect(details(page)).to_contain_text("islands of spice")
    expect(details(page)).to_contain_text("2 documents: Unguja, Pemba")
    opened(page, cast.slow)
    expect(details(page)).to_contain_text("No call of a model or search says what came in.")


def test_a_large_trace_is_not_read_whole_for_what_was_said(
    page: Page, watch: Watch, cast: Cast
) -> None:
    """Only the calls at its ends."""
    opened(page, cast.large)
    expect(details(page).get_by_role("link", name=re.compile("^Input, in "))).to_be_visible()
    assert f"/traces/{cast.large}" not in watch.requests
    assert 0 < sum(path.startswith("/spans/") for path in watch.requests) <= 8


def test_the_answer_is_one_click_or_key_away(page: Page, cast: Cast) -> None:
    """However long the messages before it are; the number of them says which are joined."""
    opened(page, cast.turns[1], "llm.generate_final")
    said = section(page, "Messages")
    expect(said.get_by_role("heading")).to_contain_text("11, 2 joined to their calls")
    answer = said.get_by_text(re.compile(ANSWER))
    expect(answer).not_to_be_in_viewport()
    said.get_by_role("button", name="To the answer").click()
    expect(answer).to_be_in_viewport()
    details(page).evaluate("panel => panel.scrollTo(0, 0)")
    expect(answer).not_to_be_in_viewport()
    page.keyboard.press("a")
    expect(answer).to_be_in_viewport()


def test_a_conversation_says_everything_once(talk: Page) -> None:
    """What a later call was told again is folded, and the number of it is said."""
    expect(talk.get_by_role("status").filter(has_text="calls of models")).to_have_text(
        "3 calls of models, 14 messages"
    )
    expect(thread(talk).get_by_text("You are the support agent of a shop")).to_have_count(1)
    expect(thread(talk).get_by_text(QUESTION)).to_have_count(1)
    final = blocks(talk).nth(1)
    expect(final).to_contain_text(ANSWER)
    # the tool was called by the span before: there stands what it answered
    expect(blocks(talk).nth(0)).to_contain_text("RequestRefund")
    expect(blocks(talk).nth(0).locator(".result")).to_have_count(2)
    final.get_by_role("button", name="9 messages as before").click()
    expect(final.get_by_text("You are the support agent of a shop")).to_have_count(1)


def test_a_conversation_leads_to_its_spans(talk: Page) -> None:
    """Beside it, with the view in the address: a link shows others the same."""
    details(talk).get_by_role("link", name="Input, in llm.generate", exact=True).click()
    expect(talk).to_have_url(re.compile(r"/spans/[^/]+\?view=conversation$"))
    blocks(talk).nth(2).get_by_role("link", name="llm.response_check").click()
    heading = details(talk).get_by_role("heading", level=2)
    expect(heading).to_have_text("llm.response_check")
    expect(talk).to_have_url(re.compile(r"/spans/[^/]+\?view=conversation$"))
    talk.reload()
    expect(heading).to_have_text("llm.response_check")
    expect(blocks(talk).nth(2)).to_have_attribute("aria-current", "true")
    expect(blocks(talk).nth(2).get_by_role("link")).to_be_in_viewport()
    talk.get_by_role("button", name="Tree", exact=True).click()
    expect(span(talk, "llm.response_check")).to_have_attribute("aria-selected", "true")


def test_keys_walk_through_a_conversation(page: Page, cast: Cast) -> None:
    """To it and back, from call to call, and to the answer, which is not the check after it."""
    opened(page, cast.turns[1])
    page.keyboard.press("v")
    expect(blocks(page)).to_have_count(3)
    heading = details(page).get_by_role("heading", level=2)
    for key, name in (("j", "llm.generate"), ("j", "llm.generate_final"), ("k", "llm.generate")):
        page.keyboard.press(key)
        expect(heading).to_have_text(name)
    answer = blocks(page).nth(1).get_by_text(re.compile(ANSWER))
    expect(answer).not_to_be_in_viewport()
    page.keyboard.press("a")
    expect(answer).to_be_in_viewport()
    page.keyboard.press("v")
    expect(spans(page)).to_have_count(6)
    expect(page).not_to_have_url(re.compile("view="))
    page.keyboard.press("v")
    expect(blocks(page)).to_have_count(3)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search the spans of this trace")).to_be_focused()


def test_a_conversation_of_thousands_of_spans_is_read_in_steps(page: Page, cast: Cast) -> None:
    """The first calls, and more when they are asked for."""
    page.goto(f"/ui/traces/{cast.large}?view=conversation")
    expect(blocks(page)).to_have_count(40)
    more = thread(page).get_by_role("button", name=re.compile("^Show 40 further calls of"))
    more.click()
    expect(blocks(page)).to_have_count(80)


def test_a_trace_without_calls_of_models_has_no_conversation(page: Page, cast: Cast) -> None:
    """The way to it says why; an address that asks for it does too."""
    opened(page, cast.slow)
    expect(page.get_by_role("button", name="Conversation", exact=True)).to_be_disabled()
    page.goto(f"/ui/traces/{cast.slow}?view=conversation")
    expect(thread(page)).to_contain_text("No span of this trace is a call of a model.")


def test_markdown_is_rendered_in_a_conversation(page: Page, cast: Cast) -> None:
    """Or raw, by the key that does it everywhere."""
    page.goto(f"/ui/traces/{cast.spoken}?view=conversation")
    said = thread(page)
    expect(said.locator("strong", has_text="Zanzibar")).to_be_visible()
    page.keyboard.press("m")
    expect(said).to_contain_text(MARKDOWN.splitlines()[0])


def test_a_conversation_on_a_phone(visit: Visit, shop: Serving) -> None:
    """Tree, conversation and details take turns."""
    page = visit(shop, viewport=PHONE)
    page.goto(f"/ui/traces/{shop.cast.turns[1]}")
    settled(page)
    page.get_by_role("button", name="Conversation", exact=True).click()
    expect(blocks(page)).to_have_count(3)
    blocks(page).nth(0).get_by_role("link", name="llm.generate").click()
    expect(details(page).get_by_role("heading", level=2)).to_have_text("llm.generate")
    expect(thread(page)).to_be_hidden()
    page.get_by_role("button", name="Conversation", exact=True).click()
    expect(thread(page)).to_be_visible()
    page.get_by_role("button", name="Spans", exact=True).click()
    expect(spans(page).first).to_be_visible()


def test_a_trace_is_compared_from_its_page(page: Page, cast: Cast) -> None:
    """It is A already, and B is asked for."""
    opened(page, cast.slow)
    page.get_by_role("button", name="Compare…").click()
    expect(page.get_by_label("A", exact=True)).to_have_value(cast.slow)
    other = page.get_by_label("B", exact=True)
    expect(other).to_be_focused()
    expect(page.get_by_role("main")).to_contain_text("Which trace is B?")
    other.fill(cast.parallel)
    other.press("Enter")
    expect(page.get_by_role("link", name="known.parallel")).to_be_visible()


def test_a_trace_is_compared_with_one_of_its_name(page: Page, cast: Cast) -> None:
    """The latest are offered, itself not among them."""
    opened(page, cast.rated)
    page.get_by_role("button", name="Compare…").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Or one of the latest known.rated")
    others = page.get_by_role("main").locator("li").get_by_role("link")
    expect(others).to_have_count(2)
    others.first.click()
    expect(page).to_have_url(re.compile(f"a={cast.rated}&b="))
    expect(page.get_by_role("link", name="known.rated")).to_have_count(2)


def test_a_trace_is_deleted_from_its_page(own: Serving, visit: Visit) -> None:
    """After a question; then its list is there as it was narrowed, without what is gone."""
    page = visit(own)
    # In this order the list does not follow what is new, so it is found again as it was left.
    page.goto("/ui/traces?name=known.slow&name=known.failed&sort=-duration")
    page.get_by_role("checkbox", name="Select known.slow").check()
    page.get_by_role("link", name="known.slow", exact=True).click()
    expect(spans(page).first).to_be_visible()
    page.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete 1 trace?")
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Delete…").click()
    dialog.get_by_role("button", name="Delete 1 trace").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Traces")
    expect(page.get_by_text("Deleted 1 trace.").first).to_be_visible()
    expect(page.get_by_role("toolbar", name="Selected traces")).to_have_count(0)
    assert own.store.get_trace("local", own.cast.slow) is None
    expect(page).to_have_url(re.compile("name=known.slow&name=known.failed&sort=-duration"))
    expect(page.get_by_role("link", name="known.failed", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="known.slow", exact=True)).to_have_count(0)


def test_who_may_not_delete_is_told_why(
    own: Serving, visit: Visit, watches: dict[Page, Watch]
) -> None:
    """The button says which scope it needs."""
    _, secret = own.store.create_key("local", frozenset({"read"}))
    page = visit(own)
    watches[page].expect("status of 401")
    page.goto("/ui/traces")
    page.get_by_label("API key").fill(secret)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Traces")
    opened(page, own.cast.slow)
    button = page.get_by_role("button", name="Delete…")
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("title", re.compile("needs the scope admin"))
