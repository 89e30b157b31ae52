"""Findings: every name, and each one over time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import settled

SAFE = "/ui/findings/response_safe_score?last=30d"


@pytest.fixture(name="findings")
def _findings(page: Page) -> Page:
    """The list."""
    page.goto("/ui/findings?last=30d")
    settled(page)
    return page


@pytest.fixture(name="finding")
def _finding(page: Page) -> Page:
    """A finding that is a number."""
    page.goto(SAFE)
    settled(page)
    return page


def test_every_name_is_listed_with_its_type(findings: Page) -> None:
    """Numbers with unit and mean, booleans and labels with shares."""
    row = findings.get_by_role("row")
    expect(row.filter(has_text="rating")).to_contain_text("points")
    expect(row.filter(has_text="rating")).to_contain_text("mean 6")
    expect(row.filter(has_text="grounded")).to_contain_text("boolean")
    expect(row.filter(has_text="language")).to_contain_text(re.compile(r"en \d+"))
    expect(row.filter(has_text="a<b = c!")).to_be_visible()


def test_names_are_narrowed_by_their_beginning(findings: Page) -> None:
    """In the address as well."""
    findings.get_by_role("searchbox", name="Name begins with").fill("rat")
    expect(findings.locator("tbody tr")).to_have_count(1)
    expect(findings).to_have_url(re.compile("prefix=rat"))


def test_a_name_leads_to_its_page(findings: Page) -> None:
    """Also one that is full of signs, with the range taken along."""
    findings.get_by_role("link", name="a<b = c!").click()
    expect(findings.get_by_role("heading", level=1)).to_have_text("a<b = c!")
    expect(findings).to_have_url(re.compile("last=30d"))
    expect(findings.get_by_role("heading", name="How the values are spread")).to_be_visible()


def test_statistics_are_chosen(finding: Page) -> None:
    """And stay in the address."""
    group = finding.get_by_role("group", name="Statistics shown")
    button = group.get_by_role("button", name="max")
    before = button.get_attribute("aria-pressed")
    button.click()
    expect(button).not_to_have_attribute("aria-pressed", before or "")
    expect(finding).to_have_url(re.compile("show="))


def test_a_point_leads_to_its_traces(finding: Page) -> None:
    """A click into the chart: the time of the point, and a condition on the value."""
    chart = finding.get_by_role("application", name=re.compile("^Over time"))
    over = chart.locator(".u-over")
    expect(over).to_be_visible()
    chart.focus()
    chart.press("ArrowLeft")
    chart.press("ArrowDown")
    chart.press("Enter")
    expect(finding).to_have_url(re.compile(r"/ui/traces\?.*start_after=.*finding=response_safe"))


def test_a_bar_of_the_histogram_leads_to_its_traces(finding: Page) -> None:
    """Within the bar's edges; they are as many as the bar says, or fewer where one has several."""
    bar = finding.get_by_title(re.compile("findings, show the traces")).first
    told = bar.get_attribute("title") or ""
    bar.click()
    expect(finding).to_have_url(re.compile(r"finding=response_safe_score"))
    rows = finding.locator("main tbody tr[data-row]")
    expect(rows.first).to_be_visible()
    number = re.search(r": ([\d,]+) findings", told)
    assert number is not None
    assert 0 < rows.count() <= int(number[1].replace(",", ""))


def test_the_table_of_the_histogram_leads_there_too(finding: Page) -> None:
    """For who does not use a pointer."""
    section = finding.locator("section", has_text="How the values are spread")
    section.get_by_text("As a table").click()
    section.get_by_role("link").last.click()
    expect(finding).to_have_url(re.compile(r"finding=response_safe_score"))


def test_a_finding_is_narrowed_by_trace_span_model_and_metadata(page: Page) -> None:
    """Each in the address; what is left is counted."""
    page.goto("/ui/findings/rating?last=24h")
    expect(page.get_by_text("3 findings.")).to_be_visible()
    page.get_by_label("Metadata of the trace").fill("version=v6")
    page.get_by_label("Metadata of the trace").press("Enter")
    expect(page).to_have_url(re.compile("metadata=version%3Dv6"))
    expect(page.get_by_text("1 findings.").or_(page.get_by_text("1 finding."))).to_be_visible()
    page.get_by_role("button", name="Remove version=v6").click()
    expect(page.get_by_text("3 findings.")).to_be_visible()
    page.get_by_label("Span").fill("judge")
    page.get_by_label("Span").press("Enter")
    expect(page).to_have_url(re.compile("span_name=judge"))
    expect(page.get_by_text("3 findings.")).to_be_visible()
    page.get_by_label("Trace", exact=True).fill("chatbot.turn")
    page.get_by_label("Trace", exact=True).press("Enter")
    expect(page.get_by_role("heading", name=re.compile("narrowed to"))).to_be_visible()


def test_metadata_that_is_no_pair_is_said(finding: Page) -> None:
    """Beside the field."""
    field = finding.get_by_label("Metadata of the trace")
    field.fill("release")
    field.press("Enter")
    expect(finding.get_by_role("alert")).to_have_text("Write it as key=value.")


@pytest.mark.parametrize(("name", "value"), [("grounded", "true"), ("language", "en")])
def test_booleans_and_labels_are_shown_as_shares(page: Page, name: str, value: str) -> None:
    """With a table of values that lead to their traces."""
    page.goto(f"/ui/findings/{name}?last=30d")
    settled(page)
    expect(page.get_by_role("heading", name="Shares over time")).to_be_visible()
    page.get_by_role("link", name=re.compile(f"^({value}|yes)$")).first.click()
    expect(page).to_have_url(re.compile(rf"/ui/traces\?.*finding={name}%3D{value}"))
    expect(page.locator("main tbody tr[data-row]").first).to_be_visible()


def test_a_finding_that_is_not_there_is_said(page: Page) -> None:
    """With the way to those that are."""
    page.goto("/ui/findings/nobody?last=30d")
    expect(page.get_by_role("heading", name="No finding has this name")).to_be_visible()
    page.get_by_role("link", name="See all findings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Findings")


def test_a_range_without_findings_offers_one_with_them(page: Page) -> None:
    """Nobody has to guess how far back to go."""
    page.goto(
        "/ui/findings/response_safe_score"
        "?start_after=2020-01-01T00:00:00Z&start_before=2020-01-02T00:00:00Z"
    )
    expect(page.get_by_role("heading", name="in this range")).to_be_visible()
    page.get_by_role("button", name="Show a range with it").click()
    expect(page.get_by_role("heading", name="How often")).to_be_visible()
