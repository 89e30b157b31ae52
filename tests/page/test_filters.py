"""Filters that are not understood, or only half written."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import settled
from tests.page.test_traces import apply, expect_only, more_filters, rows
from tests.page.watch import Watch

NOT_UNDERSTOOD = re.compile("of the address (is|are) not understood$")


@pytest.fixture(name="traces")
def _traces(page: Page) -> Page:
    """The list, with nothing that narrows it."""
    page.goto("/ui/traces")
    settled(page)
    return page


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("failed=maybe", "true or false"),
        ("finding=abc", "score<0.5"),
        ("min_duration_ms=banana", "milliseconds"),
        ("start_after=yesterday", "2026-11-02T09:30:00Z"),
        ("last=99y", "24h"),
        ("metadata=foo", "channel=web"),
        ("nmae=known.slow", "none has this name"),
        ("failed=true&failed=false", "only once"),
        ("sort=colour", "-duration"),
    ],
)
def test_a_wrong_filter_is_said_and_no_row_is_shown_until_it_is_taken_away(
    page: Page, watch: Watch, wrong: str, right: str
) -> None:
    """What is left out silently shows more than was asked for, beside “Select all” and “Delete”."""
    page.goto(f"/ui/traces?name=known.failed&{wrong}")
    expect(page.get_by_role("heading", name=NOT_UNDERSTOOD)).to_be_visible()
    name, value = wrong.rsplit("&", maxsplit=1)[-1].split("=")
    expect(page.locator("main")).to_contain_text(f"{name} = {value}")
    expect(page.locator("main")).to_contain_text(right)
    expect(rows(page)).to_have_count(0)
    assert not [one for one in watch.requests if one.startswith("/traces?")]
    page.get_by_role("button", name="Show without it").click()
    expect_only(page, "known.failed")
    assert f"{name}={value}" not in page.url


def test_each_wrong_filter_is_taken_away_by_its_cross(page: Page) -> None:
    """Another filter that is chosen meanwhile takes none away, and rows come after the last one."""
    page.goto("/ui/traces?last=99y&failed=maybe")
    page.get_by_role("button", name="Remove last = 99y").click()
    expect(page).not_to_have_url(re.compile("last="))
    page.get_by_role("button", name="Name", exact=True).click()
    page.get_by_role("checkbox", name="known.slow", exact=True).check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Remove the filter name known.slow")).to_be_visible()
    expect(rows(page)).to_have_count(0)
    page.get_by_label("Status").select_option("Not failed")
    expect_only(page, "known.slow")


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("overview?last=99y", "Slowest spans"),
        ("overview?start_after=yesterday", "Slowest spans"),
        ("findings?last=99y", "Last seen"),
        ("findings/rating?metadata=foo", "How often"),
        ("findings/rating?start_before=soon", "How often"),
        ("sessions?last=99y", "Turns"),
        ("sessions?start_before=soon", "Turns"),
    ],
)
def test_wrong_filters_are_said_on_every_page_that_has_them(
    page: Page, place: str, shown: str
) -> None:
    """No other range is shown in the place of what was meant."""
    page.goto(f"/ui/{place}")
    expect(page.get_by_role("heading", name=NOT_UNDERSTOOD)).to_be_visible()
    expect(page.get_by_text(shown, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Show without it").click()
    expect(page.get_by_text(shown, exact=True).first).to_be_visible()


def test_a_finding_without_a_value_is_any_of_its_name(traces: Page) -> None:
    """The form says so before one applies it, and a chip after it."""
    form = more_filters(traces)
    form.get_by_label("Name of a finding").fill("verdict")
    expect(form).to_contain_text("Without a value: any trace that has “verdict”.")
    apply(form)
    expect_only(traces, "known.rated")
    chips = traces.get_by_role("list", name="Filters in use")
    expect(chips).to_contain_text("has verdict")


@pytest.mark.parametrize(
    ("typed", "missing", "said"),
    [
        (("Key", "release"), "Value of the key", "Give the value that “release” has to have."),
        (("Value of the key", "web"), "Key", "Give the key whose value this is."),
        (("Value", "0.5"), "Name of a finding", "Name the finding that is to be compared."),
    ],
)
def test_a_filter_that_is_half_written_is_asked_for_and_not_dropped(
    traces: Page, typed: tuple[str, str], missing: str, said: str
) -> None:
    """The form stays, what was typed as well, and the focus goes to what lacks."""
    form = more_filters(traces)
    form.get_by_label("At least").fill("1s")
    form.get_by_label(typed[0], exact=True).fill(typed[1])
    apply(form)
    expect(form.get_by_role("alert")).to_have_text(said)
    expect(form.get_by_label(missing, exact=True)).to_be_focused()
    expect(form.get_by_label(typed[0], exact=True)).to_have_value(typed[1])
    assert "?" not in traces.url
    form.get_by_label(missing, exact=True).fill("rating" if "finding" in missing else "nothing")
    expect(form.get_by_role("alert")).to_have_count(0)
    apply(form)
    expect(traces).to_have_url(re.compile("min_duration_ms=1000"))
