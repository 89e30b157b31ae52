"""Every page as a picture, and what each must keep: nothing cut, nothing moving, axe silent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.page.conftest import DESKTOP, PHONE, Serving, Visit, settled, shot
from tests.page.places import BUSINESSPLACES, PLACES, WORKPLACES
from tests.page.watch import Watch, until

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LIGHTS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES: dict[str, ViewportSize] = {"1440": DESKTOP, "390": PHONE}
# 200 and 400 % of 1280 by 1024: what browsers do is to leave as many pixels (WCAG 1.4.4, 1.4.10).
ZOOMED: tuple[ViewportSize, ...] = ({"width": 640, "height": 512}, {"width": 320, "height": 256})


def violations(page: Page) -> list[str]:
    """What axe finds, one line for each rule with its elements."""
    page.evaluate(AXE)  # goes past the policy, which stays as it is
    found: dict[str, Any] = page.evaluate(
        "(tags) => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })", TAGS
    )
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:4]]}"
        for one in found["violations"]
    ]


def without_violations(page: Page) -> None:
    """Axe finds nothing; what is only dimmed while a newer answer comes is looked at again."""
    until(page, lambda: violations(page) == [], lambda: violations(page))


def known_status(watch: Watch, name: str) -> None:
    """What is not there is answered 404, which Chromium writes to the console."""
    if name.endswith("-missing"):
        watch.expect("status of 404")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PLACES)
def test_a_page_is_whole_at_any_size_in_any_light(
    visit: Visit, shop: Serving, watches: dict[Page, Watch], name: str, size: str
) -> None:
    """Axe finds nothing, the document does not scroll sideways, and there is a picture of it."""
    page = visit(shop, viewport=SIZES[size])
    known_status(watches[page], name)
    page.goto(PLACES[name](shop.cast))
    whole(page, f"{name}-{size}")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", WORKPLACES)
def test_a_page_of_work_is_whole_at_any_size_in_any_light(
    visit: Visit, plant: Serving, watches: dict[Page, Watch], name: str, size: str
) -> None:
    """Executions and telemetry as well."""
    page = visit(plant, viewport=SIZES[size])
    known_status(watches[page], name)
    page.goto(WORKPLACES[name])
    whole(page, f"{name}-{size}")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", BUSINESSPLACES)
def test_a_page_of_production_is_whole_at_any_size_in_any_light(
    visit: Visit, business: Serving, name: str, size: str
) -> None:
    """And where nothing was measured, or nobody understands what is asked."""
    page = visit(business, viewport=SIZES[size])
    page.goto(BUSINESSPLACES[name])
    whole(page, f"{name}-{size}")


def whole(page: Page, name: str) -> None:
    """What each page must keep."""
    for scheme in LIGHTS:
        page.emulate_media(color_scheme=scheme)
        settled(page)
        shot(page, f"{name}-{scheme}")
        without_violations(page)
        assert moving(page) == []
    assert too_wide(page) == []
    assert beyond(page) == []
    for zoomed in ZOOMED:
        page.set_viewport_size(zoomed)
        # charts and tables learn of their new size a moment later
        until(page, lambda: too_wide(page) == [], lambda: too_wide(page))


def too_wide(page: Page) -> list[str]:
    """The elements because of which the document can be scrolled sideways."""
    found: list[str] = page.evaluate(
        """() => {
          const { scrollWidth, clientWidth } = document.scrollingElement;
          if (scrollWidth <= clientWidth) return [];
          return [...document.body.querySelectorAll("*")]
            .filter((one) => one.getBoundingClientRect().right > clientWidth + 1)
            .map((one) => one.outerHTML.slice(0, 120)).slice(-8);
        }"""
    )
    return found


def beyond(page: Page) -> list[str]:
    """What lies below the end of the content, where the document could be scrolled into nothing."""
    found: list[str] = page.evaluate(
        """() => {
          const end = document.body.getBoundingClientRect().bottom + scrollY;
          const { scrollHeight } = document.scrollingElement;
          if (scrollHeight <= Math.max(innerHeight, Math.ceil(end))) return [];
          return [...document.body.querySelectorAll("*")]
            .filter((one) => one.getBoundingClientRect().bottom + scrollY > end + 1)
            .map((one) => one.outerHTML.slice(0, 120)).slice(-8);
        }"""
    )
    return found


@pytest.mark.parametrize("size", SIZES)
def test_a_trace_that_tells_much_does_not_lengthen_the_document(
    visit: Visit, shop: Serving, size: str
) -> None:
    """Its details scroll by themselves, and nothing lies below them."""
    page = visit(shop, viewport=SIZES[size])
    page.goto(f"/ui/traces/{shop.cast.spoken}")
    settled(page)
    page.get_by_role("tree").get_by_role("treeitem").filter(has_text="llm.speak").click()
    page.get_by_role("button", name="Raw JSON").click()
    expect(page.get_by_label("Search in the span")).to_be_visible()
    assert beyond(page) == []


def moving(page: Page) -> list[str]:
    """What is animated for longer than a blink, though the viewer wants less motion."""
    found: list[str] = page.evaluate(
        """() => document.getAnimations()
          .filter((one) => one.effect.getComputedTiming().activeDuration > 10)
          .map((one) => one.effect.target.outerHTML.slice(0, 120))"""
    )
    return found


# By a hair is enough for dots in the place of letters, and scrollWidth is a whole number.
FITS = """(one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return range.getBoundingClientRect().right <= one.getBoundingClientRect().right + 0.01;
}"""
LONG = "an.agent.whose.name.somebody.made.from.the.path.of.a.module.and.of.a.class.and.a.method"
LONG_PLACES = (
    "overview?last=1h", "traces", "traces/long", "traces/long/spans/long-13", "sessions",
    "sessions/long", "executions", "executions/long", "executions/long?tab=traces",
    "executions/long?tab=telemetry", "compare-executions?execution=long&execution=longer",
    "telemetry", "telemetry/long", "findings?last=1h", f"findings/{LONG}?last=1h",
    "compare?a=long&b=long",
)  # fmt: skip


def long_names(start: str) -> dict[str, Any]:
    """A trace, fourteen levels deep, in which everything has a name without a space."""
    at = {"Start": start, "End": start}
    options = {"Options": {"Model": f"gpt-{LONG}", "Provider": LONG}}
    spans: list[dict[str, Any]] = [
        {
            "XID": f"long-{level}", "TraceID": "long",
            "ParentID": f"long-{level - 1}" if level else None,
            "Name": f"level.{level}" if level else LONG, "Severity": "error", "Message": LONG, **at,
        }
        for level in range(14)
    ]  # fmt: skip
    spans.append({
        "XID": "long-said", "TraceID": "long", "ParentID": "long-0", "Name": "llm.generate",
        "Family": "completion", "FamilyData": {**options, "Messages": [
            {"Role": "user", "Contents": [{"Text": LONG * 4}]},
        ]}, **at,
    })  # fmt: skip
    trace = {"XID": "long", "SessionID": "long", "Name": LONG, "Metadata": {LONG: LONG}, **at}
    return {
        "Sessions": [{"XID": "long", "Name": LONG, "Metadata": {LONG: LONG}}],
        "Traces": [trace],
        "Spans": spans,
        "Findings": [
            {"XID": "long-found", "TraceID": "long", "Name": LONG, "Value": 0.5, "Unit": LONG,
             "Comment": LONG * 3, "At": start},
            {"XID": "long-label", "TraceID": "long", "Name": "label", "Value": LONG, "At": start},
        ],
    }  # fmt: skip


def long_work(start: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Two executions and a run in which everything has a name without a space."""
    for xid in ("long", "longer"):
        for value in (1, 2):
            yield f"/executions/{xid}/metrics/values", {"Name": LONG, "Value": value / 3}
        yield f"/executions/{xid}/metrics/lists", {"Name": LONG, "Values": [1e-9, 1e9]}
        yield "/executions", {
            "XID": xid, "PipelineName": LONG, "DeploymentName": LONG, "Status": "failed",
            "Message": LONG * 3, "Metadata": {LONG: LONG}, "Start": start, "TraceID": "long",
        }  # fmt: skip
    told = {"RunID": "long", "Command": LONG, "Status": LONG, "Message": LONG, "At": start}
    records = [
        {"XID": f"long-{kind}", "Kind": kind, "Event": LONG, "Metrics": {LONG: 1.5}, **told}
        for kind in ("record", "event", "reading")
    ]
    run = {"XID": "long", "Command": LONG, "Start": start, "ExecutionID": "long"}
    yield "/telemetry/records", {"Runs": [{**run, "System": {LONG: LONG}}], "Records": records}


def test_long_names_do_not_make_a_page_wider_than_a_phone(empty: Serving, visit: Visit) -> None:
    """They are cut or broken wherever they stand."""
    start = datetime.now(UTC).isoformat()
    empty.store.ingest("local", long_names(start))
    with httpx.Client(base_url=empty.base_url) as http:
        for path, body in long_work(start):
            http.post(path, json=body).raise_for_status()
    page = visit(empty, viewport=PHONE)
    for place in LONG_PLACES:
        page.goto(f"/ui/{place}")
        settled(page)
        shot(page, f"long-{place}")
        assert too_wide(page) == [], place
        assert beyond(page) == [], place


@pytest.mark.parametrize("size", SIZES)
def test_deep_spans_and_long_models_leave_the_name_of_a_span_readable(
    empty: Serving, visit: Visit, size: str
) -> None:
    """Indentation and the name of the model give way first, in a trace and in a comparison."""
    empty.store.ingest("local", long_names(datetime.now(UTC).isoformat()))
    page = visit(empty, viewport=SIZES[size])
    names = ["llm.generate", *(f"level.{level}" for level in range(1, 14))]
    page.goto("/ui/traces/long")
    settled(page)
    for name in names:
        whole = page.get_by_role("tree").get_by_text(name, exact=True)
        assert whole.evaluate(FITS), name
    page.goto("/ui/compare?a=long&b=long")
    settled(page)
    for name in names:
        option = page.get_by_role("option").filter(has_text=re.compile(rf"^\s*{name}\s"))
        whole = option.locator(".name")
        assert whole.evaluate(FITS), name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "name", ["overview", "traces", "sessions", "findings", "executions", "telemetry"]
)
def test_an_empty_page_is_whole_too(visit: Visit, empty: Serving, name: str, scheme: str) -> None:
    """Where nothing was recorded yet the page says how to begin, and axe finds nothing."""
    page = visit(empty, color_scheme=scheme)
    page.goto(f"/ui/{name}")
    settled(page)
    shot(page, f"empty-{name}-1440-{scheme}")
    without_violations(page)
    link = page.get_by_role("link", name="See how to send a first trace")
    lesson = page.locator("pre", has_text=re.compile("modelmetry|session=|finding"))
    expect(link.or_(lesson).first).to_be_visible()


def test_the_three_lines_for_a_first_trace_work(visit: Visit, empty: Serving) -> None:
    """What the empty page teaches, run as it stands, appears on it."""
    page = visit(empty)
    page.goto("/ui/traces")
    settled(page)
    lesson = page.locator("pre", has_text="import modelmetry").first.inner_text()
    assert empty.base_url in lesson
    exec(compile(lesson, "lesson", "exec"), {})  # as a reader does
    expect(page.get_by_role("row").nth(1)).to_be_visible()


def test_the_lines_for_a_first_execution_work(visit: Visit, empty: Serving) -> None:
    """What the empty page teaches, run as it stands, appears on it with its metrics."""
    page = visit(empty)
    page.goto("/ui/executions")
    settled(page)
    lesson = page.locator("pre").inner_text()
    exec(compile(lesson, "lesson", "exec"), {})  # as a reader does
    page.get_by_role("link", name="train").click()
    expect(page.get_by_role("row").filter(has_text="accuracy")).to_contain_text("0.93")
    expect(page.get_by_role("region", name="loss")).to_be_visible()


def test_the_lines_for_first_metrics_work(visit: Visit, empty: Serving) -> None:
    """What an execution without metrics teaches runs as it stands, too."""
    bare = {"XID": "bare", "PipelineName": "bare", "Start": "2026-01-01T00:00:00Z"}
    httpx.post(f"{empty.base_url}/executions", json=bare).raise_for_status()
    page = visit(empty)
    page.goto("/ui/executions/bare")
    settled(page)
    lesson = page.locator("pre").inner_text()
    exec(compile(lesson, "lesson", "exec"), {})  # as a reader does
    page.goto("/ui/executions")
    expect(page.get_by_role("link", name="train")).to_be_visible()


def test_the_lines_for_a_first_telemetry_work(visit: Visit, empty: Serving) -> None:
    """What the empty page teaches, run as it stands, appears on it with its numbers."""
    page = visit(empty)
    page.goto("/ui/telemetry")
    settled(page)
    lesson = page.locator("pre").inner_text()
    exec(compile(lesson, "lesson", "exec"), {})  # as a reader does
    page.get_by_role("link", name="train").click()
    expect(page.get_by_text("0.125").first).to_be_visible()
    statuses = page.locator("section").filter(has_text="Status over time")
    expect(statuses.get_by_role("listitem")).to_have_text(
        [re.compile("started"), re.compile("completed")]
    )
