"""The report as a page: whole in both lights, for readers of any kind, on a screen and on paper."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from modelmetry.store.open import open_store
from tests.page.conftest import DESKTOP, PHONE, SHOTS, shot
from tests.page.produced import DAYS, record_month
from tests.page.test_looks import too_wide, violations
from tests.page.watch import Watch

LARGEST = 300_000
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> & `md`"
LIGHTS: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture(scope="module", name="written")
def _written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of a month beside the one before."""
    return _report(tmp_path_factory.mktemp("report"), ("shop", "api"))


def _report(folder: Path, services: tuple[str, ...], days: int = DAYS) -> Path:
    place = f"sqlite:///{folder / 'store.db'}"
    with open_store(place) as store:
        record_month(store, datetime.now(UTC), services=services, days=days)
        store.settle()
    file = folder / "report.html"
    # In a process of its own: playwright's loop runs in this thread.
    words = ["report", "--store", place, "--baseline", "60d..30d", "-o", str(file)]
    subprocess.run([sys.executable, "-m", "modelmetry.cli", *words], check=True, timeout=120)
    return file


@pytest.fixture(name="opened")
def _opened(browser: Browser, written: Path) -> Iterator[tuple[Page, Watch]]:
    """The report as somebody opens it from a folder."""
    with browser.new_context(viewport=DESKTOP) as context:
        watch = Watch(written.parent.as_uri())
        watch.over(context)
        page = context.new_page()
        page.goto(written.as_uri())
        yield page, watch
        assert watch.unexpected() == []


def test_the_report_is_whole_in_both_lights_and_at_any_size(
    opened: tuple[Page, Watch], written: Path
) -> None:
    """Axe finds nothing, also in an open table; nothing is asked but the file; it is small."""
    page, watch = opened
    assert written.stat().st_size < LARGEST
    for light in LIGHTS:
        page.emulate_media(color_scheme=light)
        shot(page, f"report-{light}")
        page.screenshot(path=SHOTS / f"report-{light}-whole.png", full_page=True)
        assert violations(page) == []
    page.locator("summary").nth(1).click()
    page.set_viewport_size(PHONE)
    shot(page, "report-phone")
    assert violations(page) == []
    assert too_wide(page) == []
    assert watch.requests == ["/report.html"]


def test_every_chart_has_a_name_and_its_values_as_a_table(opened: tuple[Page, Watch]) -> None:
    """Who cannot see it learns the same."""
    page, _ = opened
    charts = page.get_by_role("img")
    assert charts.count() >= 10
    for chart in charts.all():
        title = chart.locator("title").text_content()
        said = chart.locator("desc").text_content()
        assert title
        assert said
        expect(chart).to_have_accessible_name(f"{title} {said}")
    first = page.locator("figure").first
    first.locator("summary").click()
    expect(first.get_by_role("row").nth(1)).to_be_visible()


def test_on_paper_it_is_light_and_leaves_out_what_is_folded(
    opened: tuple[Page, Watch], tmp_path: Path
) -> None:
    """Also when the screen is dark."""
    page, _ = opened
    page.emulate_media(media="print", color_scheme="dark")
    seen = page.evaluate("getComputedStyle(document.body).color")
    assert seen == "rgb(26, 30, 38)"
    expect(page.locator("details").first).to_be_hidden()
    page.screenshot(path=SHOTS / "report-print.png", full_page=True)
    page.emulate_media(media=None)
    assert page.pdf(path=tmp_path / "report.pdf").startswith(b"%PDF")


def test_names_that_are_hostile_stay_text(browser: Browser, tmp_path: Path) -> None:
    """Nothing of them runs, in tables and in charts."""
    file = _report(tmp_path, (HOSTILE, "shop"), days=2)
    with browser.new_context() as context:
        watch = Watch(tmp_path.as_uri())
        watch.over(context)
        page = context.new_page()
        page.goto(file.as_uri())
        expect(page.get_by_text("<script>alert(1)</script>").first).to_be_attached()
        assert page.locator("script, main img").count() == 0
        assert violations(page) == []
        assert watch.unexpected() == []
