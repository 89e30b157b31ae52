"""Costs of the cloud on the page "Production": days by service, the month, and units."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from modelmetry.costs.ledger import Poll
from tests.page import costed, hostile
from tests.page.charts import saved
from tests.page.conftest import Serving, Visit, settled
from tests.page.test_hostile import answers_to_a_click, untouched
from tests.page.test_looks import SIZES, whole
from tests.page.test_production import drawn, figure, fits
from tests.page.watch import Watch

SERVICES = (("Compute", "12.5"), ("Storage", "2.25"), ("Database", "6"), ("Network", "1"))
CHART = "Cost of the cloud per day"


def month(page: Page) -> Locator:
    """What is told beside the chart."""
    own = page.get_by_role("heading", name="What the cloud costs", exact=True)
    return page.locator(".panel").filter(has=own)


@pytest.fixture(name="bill")
def _bill(visit: Visit, own_business: Serving) -> Page:
    """Thirty days of a shop whose cloud is known."""
    services = (*SERVICES, ("Mail", "0.5"), ("Credits", "-2"))
    costed.state(own_business.base_url, costed.known_days(services))
    page = visit(own_business)
    page.goto("/ui/production?last=30d&baseline=none")
    settled(page)
    return page


def test_the_days_add_up_to_the_figure(bill: Page, tmp_path: Path) -> None:
    """Of the same days as in the report, each of which stands there by its own date."""
    drawn(bill, CHART)
    bill.get_by_role("button", name=f"Export: {CHART}").click()
    csv = bill.get_by_role("button", name=re.compile("^CSV"))
    header, *rows = saved(bill, csv, tmp_path / "saved.csv")
    assert header[:2] == ["from", "all"]
    assert rows[-1][0] == f"{costed.today() - costed.DAY}T00:00:00.000Z"
    total = sum(float(row[1]) for row in rows)
    expect(figure(bill, "Cost", "Cloud").locator(".value")).to_contain_text(f"${total:,.2f}")


def test_days_tell_their_services_and_whether_they_may_change(bill: Page) -> None:
    """By keys; what is cheaper than the dearest is gathered, and credits stand apart."""
    chart = drawn(bill, CHART)
    chart.get_by_role("application").press("ArrowLeft")
    told = chart.locator("[aria-live]")
    for text in ("all $20.25", "Compute $12.50", "1 other $0.50", "credits −$2.00"):
        expect(told).to_contain_text(text)
    expect(told).to_contain_text("estimated $20.25")
    for _ in range(5):
        chart.get_by_role("application").press("ArrowLeft")
    expect(told).to_contain_text("estimated –")
    expect(bill.get_by_role("main")).to_contain_text("Days are those of UTC. Known from")


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
def test_a_day_has_its_date_wherever_somebody_looks(
    visit: Visit, own_business: Serving, zone: str
) -> None:
    """It is a day of UTC, neither the one before nor the one after."""
    rows = costed.known_days([("Compute", "2")], days=20)
    last = costed.today() - costed.DAY
    costed.state(own_business.base_url, [*rows[:-1], costed.row(last, "Compute", "7")])
    page = visit(own_business, timezone_id=zone)
    page.goto("/ui/production?last=7d")
    settled(page)
    chart = drawn(page, CHART)
    chart.get_by_role("application").press("ArrowLeft")
    expect(chart.locator("[aria-live]")).to_contain_text(f"{last}: Compute $7.00")


def test_the_month_is_foretold_with_its_interval(bill: Page, own_business: Serving) -> None:
    """As the server says it, beside what a prediction and a call came to."""
    trend = httpx.get(f"{own_business.base_url}/costs/trend").raise_for_status().json()
    rows = month(bill)
    expect(rows).to_contain_text(f"{trend['Month']['From'][:7]} expected")
    expect(rows).to_contain_text(f"${float(trend['Month']['Amount']):,.2f}")
    expect(rows).to_contain_text("may still change")
    expect(rows).to_contain_text("as much as in the 7 before")
    units = trend["Units"]
    expect(rows).to_contain_text(f"{units['Predictions']:,} in {units['From']}")
    expect(rows).to_contain_text(f"{units['LlmCalls']:,} in {units['From']}")


def test_two_currencies_are_never_added(visit: Visit, empty: Serving) -> None:
    """Each has a chart and a month of its own, by the name of its source."""
    costed.state(empty.base_url, costed.known_days([("Compute", "10")]))
    euros = costed.known_days([("Rechner", "7")])
    costed.state(empty.base_url, euros, source="azure", currency="EUR")
    page = visit(empty)
    page.goto("/ui/production?last=30d")
    settled(page)
    drawn(page, f"{CHART}, USD")
    drawn(page, f"{CHART}, EUR")
    for text in ("aws", "azure", "$70.00", "€49.00"):
        expect(month(page)).to_contain_text(text)
    expect(page.get_by_role("main")).not_to_contain_text(re.compile("17[.0-9]|119"))


def test_without_any_costs_the_page_says_how_to_have_them(visit: Visit, business: Serving) -> None:
    """Not measured is not nothing."""
    page = visit(business)
    page.goto("/ui/production?last=7d")
    settled(page)
    said = page.get_by_text("What the cloud costs is not measured.")
    expect(said).to_contain_text("modelmetry costs import")
    expect(said).to_contain_text("MODELMETRY_SERVER_COSTS=aws")


def test_days_that_only_some_sources_know_are_not_drawn(visit: Visit, empty: Serving) -> None:
    """They would look cheaper than they were."""
    rows = costed.known_days([("Compute", "10")])
    costed.state(empty.base_url, rows)
    costed.state(empty.base_url, costed.known_days([("Disk", "1")])[:-2], source="azure")
    page = visit(empty)
    page.goto("/ui/production?last=30d")
    settled(page)
    chart = drawn(page, CHART)
    chart.get_by_role("application").press("ArrowLeft")
    last = costed.today() - costed.DAY * 3
    expect(chart.locator("[aria-live]")).to_contain_text(f"{last}: all $11.00")
    expect(page.get_by_role("main")).to_contain_text(f"to {last}.")


def test_a_service_is_told_that_costs_are_of_the_whole_cloud(bill: Page) -> None:
    """No cloud knows what of it a service of ours caused."""
    bill.get_by_label("Service").select_option("billing")
    expect(bill.get_by_role("main")).to_contain_text("costs of the whole cloud, whoever caused")


def test_more_services_than_a_server_tells_apart_are_told_together(
    visit: Visit, own_business: Serving, watches: dict[Page, Watch]
) -> None:
    """The bars are still there, and a sentence says why they have one colour."""
    many = [(f"Service {number}", "1") for number in range(700)]
    rows = costed.known_days(many, days=30)
    for first in range(0, len(rows), 700 * 5):
        costed.state(own_business.base_url, rows[first : first + 700 * 5])
    page = visit(own_business)
    watches[page].expect("status of 422")
    page.goto("/ui/production?last=30d&baseline=none")
    settled(page)
    chart = drawn(page, CHART)
    chart.get_by_role("application").press("ArrowLeft")
    expect(chart.locator("[aria-live]")).to_contain_text("all services $700.00")
    expect(page.get_by_role("main")).to_contain_text("too many services in these days")


def test_a_poll_that_failed_says_why(visit: Visit, own_business: Serving) -> None:
    """Beside what is known of that source; of one that knows nothing yet as well."""
    said = "no credentials were found; set AWS_PROFILE"
    failed = Poll(at=datetime.now(UTC), due=datetime.now(UTC), done=True, failures=2, message=said)
    own_business.store.cost_ledger("local").note_poll("aws", failed)
    page = visit(own_business)
    page.goto("/ui/production?last=7d")
    settled(page)
    expect(month(page)).to_contain_text(f"aws 0 days known The last poll failed: {said}")
    expect(page.get_by_text("No cost of the cloud is known in these days.")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_costs_are_whole_at_any_size_in_any_light(bill: Page, size: str) -> None:
    """Axe finds nothing, and the document does not scroll sideways."""
    bill.set_viewport_size(SIZES[size])
    drawn(bill, CHART)
    whole(bill, f"production-cloud-{size}")


@pytest.mark.parametrize("word", hostile.TEXTS)
def test_hostile_names_of_services_and_sources_are_text(
    visit: Visit, empty: Serving, word: str
) -> None:
    """With amounts to match."""
    text = hostile.TEXTS[word]
    services = [(text[:255], f"1{'0' * 20}"), ("Credits", f"-{'9' * 19}.5"), ("toString", "1")]
    costed.state(empty.base_url, costed.known_days(services, days=20), source=text[:100])
    page = visit(empty)
    page.goto("/ui/production?last=30d")
    settled(page)
    drawn(page, CHART)
    untouched(page)
    answers_to_a_click(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("main")).not_to_contain_text(re.compile("NaN|undefined|Infinity"))
    fits(page)
