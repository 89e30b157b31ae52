"""The page and `modelmetry report` tell the same numbers of the same window."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.page import costed
from tests.page.conftest import Serving, Visit, settled
from tests.page.test_production import SUMMARY, figure
from tests.page.watch import Watch

DAY = timedelta(days=1)
END = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
START = END - 7 * DAY
WINDOW = f"start_after={START:%Y-%m-%dT%H:%M:%SZ}&start_before={END:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture(name="paid")
def _paid(own_business: Serving) -> Serving:
    """A shop whose cloud is known as well."""
    costed.state(own_business.base_url, costed.known_days([("Compute", "12.5")]))
    return own_business


def report(server: Serving, *options: str) -> dict[str, Any]:
    """What the command writes, as whoever keeps it in a file has it."""
    window = ("--since", START.isoformat(), "--until", END.isoformat())
    entry = "from modelmetry.cli.entry import main; main()"
    command = (sys.executable, "-c", entry, "report", "--format", "json")
    done = subprocess.run(
        [*command, *window, "--base-url", server.base_url, *options],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return dict(json.loads(done.stdout))


def test_the_overview_has_the_numbers_of_the_report(visit: Visit, paid: Serving) -> None:
    """All that its row tells, as people read them."""
    told = report(paid)
    of = {
        "requests": f"{value(told, 'Requests', 'Count'):,.0f}",
        "p95 of requests": f"{value(told, 'Requests', 'LatencyP95') * 1000:.3g} ms",
        "server errors": share(value(told, "Requests", "ServerErrorRate")),
        "predictions": f"{value(told, 'Predictions', 'Count'):,.0f}",
        "accuracy": share(value(told, "Predictions", "Accuracy")),
        "calls of language models": f"{value(told, 'Llm', 'Calls'):,.0f}",
        "for language models": f"${value(told, 'Llm', 'Cost'):,.2f}",
        "for the cloud": f"${value(told, 'Costs', 'CloudTotal'):,.2f}",
        "uptime": share(value(told, "Runtime", "Uptime")),
    }
    page = visit(paid)
    page.goto(f"/ui/overview?{WINDOW}")
    row = page.get_by_role("region", name="Production").locator("li")
    expect(row).to_have_text([f"{text} {name}" for name, text in of.items()])


def test_the_page_has_the_answer_of_the_report(
    visit: Visit, paid: Serving, watches: dict[Page, Watch]
) -> None:
    """Every figure with its window, samples, note and baseline; here read a second time."""
    page = visit(paid)
    page.goto(f"/ui/production?{WINDOW}")
    settled(page)
    (asked,) = {one for one in watches[page].requests if SUMMARY.search(one)}
    answer = httpx.get(f"{paid.base_url}{asked}").raise_for_status().json()
    before = f"{(START - 7 * DAY).isoformat()}..{START.isoformat()}"
    assert report(paid, "--baseline", before) == answer
    count = f"{answer['Requests']['Count']['Value']:,}"
    expect(figure(page, "API", "Requests").locator(".value")).to_have_text(re.compile(count))


def value(told: dict[str, Any], part: str, name: str) -> float:
    """A figure that was measured."""
    found = told[part][name]["Value"]
    assert found is not None, (part, name)
    return float(found)


def share(ratio: float) -> str:
    """A ratio in percent, as the page writes it."""
    return "> 99.9 %" if 0.999 < ratio < 1 else f"{round(ratio * 100, 1):.3g} %"
