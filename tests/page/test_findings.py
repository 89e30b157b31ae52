"""Findings: every name, and each one over time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from modelmetry.store.queries import MetadataCondition, SeriesQuery
from tests.page.conftest import Serving, Visit, settled

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
    expect(finding).to_have_url(re.compile(r"/ui/traces\?.*found_after=.*finding=response_safe"))
    expect(finding.locator("main tbody tr[data-row]").first).to_be_visible()


@pytest.mark.parametrize(("value", "number"), [(3, True), ("fair", False)])
def test_a_point_leads_to_just_what_was_found_in_it(
    own: Serving, visit: Visit, value: float | str, *, number: bool
) -> None:
    """By the time of the finding: one that a person added later belongs to an old trace."""
    now = datetime.now(UTC)
    record_late(own, now, value)
    page = visit(own)
    page.goto("/ui/findings/opinion?last=24h")
    settled(page)
    chart = page.get_by_role("application", name=re.compile("^How often"))
    expect(chart.locator(".u-over")).to_be_visible()
    chart.focus()
    chart.press("ArrowLeft")  # the last point
    chart.press("Enter")
    rows = page.locator("main tbody tr[data-row]")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("rated.late")
    chips = page.get_by_role("list", name="Filters in use")
    expect(chips).to_contain_text("opinion >= 3" if number else "has opinion")
    chips.get_by_role("button", name=re.compile("Remove the filter found ")).click()
    expect(rows).to_have_count(2)


def record_late(server: Serving, now: datetime, value: float | str) -> None:
    """An old trace with a finding of now, and a trace of now with an old finding."""
    earlier = (now - timedelta(hours=5)).isoformat()
    traces: list[dict[str, Any]] = []
    findings: list[dict[str, Any]] = []
    for name, start, at in (
        ("rated.late", earlier, now.isoformat()),
        ("rated.early", now.isoformat(), earlier),
    ):
        traces.append({"XID": name, "Name": name, "Start": start, "End": start})
        findings.append(
            {"XID": f"of {name}", "TraceID": name, "Name": "opinion", "Value": value, "At": at}
        )
    server.store.ingest("local", {"Traces": traces, "Findings": findings})


def test_a_finding_is_split_by_metadata(finding: Page, shop: Serving) -> None:
    """A line and a row for each release, with the figures of the server, in the address."""
    finding.get_by_role("button", name="Split by metadata").click()
    finding.get_by_role("combobox", name="by", exact=True).select_option("release")
    expect(finding).to_have_url(re.compile("split=release"))
    section = finding.locator("section").filter(has=finding.get_by_role("figure", name="Mean"))
    row = section.get_by_role("row").filter(
        has=finding.get_by_role("link", name="2.5.1", exact=True)
    )
    count, mean = split_by_hand(shop, "2.5.1")
    expect(row.get_by_role("cell").first).to_have_text(f"{count:,}")
    expect(row.get_by_role("cell").nth(1)).to_have_text(f"{float(f'{mean:.3g}'):g}")
    for release in ("2.3.0", "2.4.0", "2.5.0", "2.5.1"):
        expect(section.locator(".legend")).to_contain_text(release)
    finding.reload()
    settled(finding)
    expect(row).to_be_visible()
    row.get_by_role("link").click()
    expect(finding).to_have_url(
        re.compile(r"/ui/traces\?.*metadata=release%3D2\.5\.1&finding=resp")
    )
    expect(finding.locator("main tbody tr[data-row]").first).to_be_visible()


def split_by_hand(server: Serving, release: str) -> tuple[int, float]:
    """How many scores a release has in 30 days, and their mean."""
    series = server.store.finding_series(
        "local",
        SeriesQuery(
            name="response_safe_score",
            start_after=datetime.now(UTC) - timedelta(days=30),
            metadata=(MetadataCondition.parse(f"release={release}"),),
        ),
    )
    numbers = [point.numbers for point in series.points if point.numbers]
    count = sum(one.count for one in numbers)
    assert count > 0
    return count, sum(one.count * one.mean for one in numbers) / count


def test_a_split_is_a_deep_link_and_can_be_taken_back(page: Page) -> None:
    """Each value of the key with its own figures, also of a key that few would choose."""
    page.goto("/ui/findings/rating?last=24h&split=version")
    settled(page)
    found = page.get_by_role("combobox", name="by", exact=True)
    expect(found).to_have_value("version")
    section = page.locator("section").filter(has=page.get_by_role("figure", name="Mean"))
    for value, mean in (("v5", "5"), ("v6", "6"), ("v7", "7")):
        row = section.get_by_role("row").filter(has=page.get_by_role("link", name=value))
        expect(row.get_by_role("cell").first).to_have_text("1")
        expect(row.get_by_role("cell").nth(1)).to_have_text(mean)
    found.select_option("")
    expect(page).not_to_have_url(re.compile("split="))
    expect(section).to_have_count(0)


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
