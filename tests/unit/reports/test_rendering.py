"""The report in its forms, of summaries made by hand."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any, cast

import attrs
import pytest
from modelmetry_api.models import ProductionSummary
from modelmetry_api.types import evolve

from modelmetry.reports.both import of_both
from modelmetry.reports.escaping import fitting, in_html, in_markdown
from modelmetry.reports.html import html
from modelmetry.reports.markdown import markdown
from modelmetry.reports.report import BarChart, Line, LineChart
from modelmetry.reports.rows import HEADLINES, SECTIONS, figures
from modelmetry.reports.scales import value_ticks
from modelmetry.reports.thinning import thinned
from tests.unit.reports.cast import BEFORE, END, PARTS, WINDOW, before, figure, report, summary

HOUR = timedelta(hours=1)
HOSTILE = "</title><script>alert(1)</script>\"'&\x1b[31m\u202e<img src=x onerror=alert(1)>"


def test_the_rows_are_the_figures_of_the_contract() -> None:
    """Each once, and the headlines are among them."""
    places = [row.place for section in SECTIONS for row in section.rows]
    known = [
        f"{name}.{one.alias}"
        for name, kind in PARTS.items()
        for one in attrs.fields(cast("Any", kind))
    ]
    assert sorted(places) == sorted(known)
    assert set(HEADLINES) <= set(places)


def test_the_block_of_markdown_is_as_people_write_it() -> None:
    """Average and percentile apart, with the window, the sample size and what moved."""
    told = markdown(
        report(
            requests__count=figure(15_234, change=0.088, baseline=before(14_000)),
            requests__latency_mean=figure(0.045, "s"),
            requests__latency_p95=figure(0.12, "s", estimated=True),
            runtime__uptime=figure(0.997, "1", samples=43_200),
            costs__cloud_per_prediction=figure(0.0023, "USD", source="costs", estimated=True),
        )
    )
    assert "- Requests: **15,234** — 30 days, n = 15,234; +8.8 % from 14,000, n = 14,000" in told
    assert "- Average latency: **45 ms (p95 120 ms)** — 30 days, n = 15,234; p95 is an est" in told
    assert "- Uptime: **99.7 %** — 30 days, n = 43,200" in told
    assert (
        "- Cost per prediction: **$0.0023** — 30 days, n = 15,234; an estimate; "
        "from costs of the cloud" in told
    )
    assert re.findall("^##.*", told, re.MULTILINE) == [
        "## Production summary: 30 days",
        "### API performance",
        "### Model performance",
        "### Cost",
        "### Language models",
        "### Resources",
    ]


def test_what_is_to_be_known_of_a_percentile_beside_an_average_is_told_there() -> None:
    """As that it lies above the last bound; and a change of many times is no percentage."""
    told = markdown(
        report(
            requests__latency_mean=figure(0.045, "s", change=42.5, baseline=before(0.001)),
            requests__latency_p95=figure(10, "s", estimated=True, note="it is that or more"),
        )
    )
    assert "(p95 10 s)** — 30 days, n = 15,234; \u00d743.5 from 1 ms, n = 14,000; " in told
    assert "p95 is an estimate; p95: it is that or more\n" in told


def test_advice_is_code_that_can_be_copied() -> None:
    """Without a mark or an invisible letter in it; who named a baseline is not told to name one."""
    found = report()
    told, page = markdown(found), html(found)
    assert '`@model_metrics("churn", version="3")`' in told
    assert "<code>@model_metrics(&quot;churn&quot;, version=&quot;3&quot;)</code>" in page
    assert "\u2060" not in told
    assert "- Savings: not measured (nothing did). To have it, name a baseline" in told
    compared = attrs.evolve(found, summary=evolve(found.summary, baseline=BEFORE))
    assert "Savings: not measured (nothing did). To have it, bring costs" in markdown(compared)


def test_what_was_not_measured_says_why_and_what_to_do() -> None:
    """In one line for all that are missing for one reason."""
    told = markdown(report())
    assert "- Cost of the cloud; Daily cost; Monthly cost: not measured" in told
    assert told.count("not measured (nothing did). To have it, ") < len(list(figures(summary())))
    assert "**" not in told


class Tags(HTMLParser):
    """Counts what is opened and closed."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note each element."""
        del attrs
        self.opened.append(tag)


def chart(label: str = "Requests", points: int = 10, title: str = "Requests") -> LineChart:
    """A line of hours."""
    line = Line(label, tuple((WINDOW.start + HOUR * n, float(n % 7)) for n in range(points)))
    return LineChart(
        name="c", section="api", title=title, unit="{request}", step=3_600, lines=(line,)
    )


def test_hostile_names_stay_text_wherever_they_stand() -> None:
    """In titles, notes, services, charts and tables."""
    bars = BarChart(
        name="b", section="api", title=HOSTILE, unit=HOSTILE, of=HOSTILE, bars=((HOSTILE, 1.0),) * 2
    )
    made = report(
        chart(HOSTILE, title=HOSTILE),
        bars,
        service=HOSTILE,
        requests__count=figure(1, HOSTILE, note=HOSTILE),
        llm__calls=figure(None, note=HOSTILE),
    )
    told = html(made)
    tags = Tags()
    tags.feed(told)
    assert not {"script", "img"} & set(tags.opened)
    assert tags.opened.count("title") == 3
    assert "\x1b" not in told
    assert "\u202e" not in told
    block = markdown(made)
    assert not re.search(r"(?<!\\)<", block)


def test_markdown_of_foreign_text_has_no_links_and_no_marks() -> None:
    """Nor does a new line begin."""
    told = in_markdown("a\n# b [x](http://e) www.e.com @all *b* `c` | $d$")
    assert "\n" not in told
    assert not re.search(r"(?<!\\)[*`\[\]|$]", told)
    assert "http:" not in told
    assert "www." not in told
    assert "@all" not in told
    assert in_html("\"<&'") == "&quot;&lt;&amp;&#x27;"


def test_an_axis_reaches_above_the_largest_value_in_round_steps() -> None:
    """Also when there is nothing, or very little."""
    assert value_ticks(0) == [0, 1]
    assert value_ticks(95) == [0, 25, 50, 75, 100]
    assert value_ticks(1e-9)[-1] == pytest.approx(1e-9)
    assert value_ticks(1e300)[-1] >= 1e300


def test_what_has_too_many_points_keeps_its_sums_and_its_peaks() -> None:
    """At most 300 in a line, at the same places in all lines of a chart."""
    many = chart(points=4_000)
    fewer = thinned(many)
    (line,) = fewer.lines
    assert len(line.points) <= 300
    assert sum(value for _, value in line.points) == sum(v for _, v in many.lines[0].points)
    peaks = thinned(attrs.evolve(many, merge="largest"))
    assert max(value for _, value in peaks.lines[0].points) == 6
    assert thinned(chart(points=3)) == chart(points=3)


def test_a_page_with_all_that_fits_stays_small() -> None:
    """Under 300 KB with twelve charts of 300 points and names of any length."""
    drawn: list[LineChart] = []
    for number in range(12):
        one = chart(HOSTILE * 9, points=4_000, title=HOSTILE * 9)
        lines = tuple(Line(f"{HOSTILE}{n}", one.lines[0].points) for n in range(3))
        drawn.append(attrs.evolve(one, name=f"c{number}", lines=lines))
    notes = {"requests__count": figure(1, note=HOSTILE * 900)}
    assert len(html(report(*drawn, **notes)).encode()) < 300_000


def test_a_line_is_broken_where_nothing_was_measured() -> None:
    """And what stands alone is a dot."""
    points = tuple((WINDOW.start + HOUR * n, 1.0) for n in (0, 1, 2, 10, 20, 21))
    one = attrs.evolve(chart(), lines=(Line("x", points),))
    told = html(report(one))
    assert (told.count('class="line s1"'), told.count("<circle")) == (2, 1)


def test_of_two_sources_the_first_goes_first() -> None:
    """What it lacks is filled in, and what differs by more than 5 % is said."""
    first = summary(requests__count=figure(100), llm__calls=figure(100))
    second = summary(
        requests__count=figure(104, source="prometheus"),
        llm__calls=figure(120, source="prometheus"),
        llm__cost=figure(3, "USD", source="prometheus"),
    )
    both: ProductionSummary = of_both(first, second)
    assert (both.requests.count.value, both.requests.count.note) == (100, "")
    assert both.llm.calls.note == "Prometheus says 120 (+20 %)"
    assert (both.llm.cost.value, both.llm.cost.source) == (3, "prometheus")
    assert both.costs.savings.value is None
    assert "from Prometheus" in markdown(attrs.evolve(report(), summary=both))


def test_a_page_says_when_it_was_made_and_what_its_words_mean() -> None:
    """In English, and of which window."""
    told = html(report())
    assert '<html lang="en">' in told
    assert "2026-10-23 10:00 to 2026-11-22 10:00 UTC" in told
    assert f"Made {END:%Y-%m-%d %H:%M} UTC" in told
    for word in ("Uptime", "Savings"):
        assert f"<dt>{word}</dt>" in told


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("gpt-4o", "gpt-4o"),
        ("/api/v1/customers/{id}/orders", "/api/v1/cus…id}/orders"),
        ("/api/v1/customers/{id}/basket", "/api/v1/cus…id}/basket"),
        ("数据科学很有趣数据科学很有趣", "数据科学很…科学很有趣"),
        ("", ""),
        ("a\x1b[31m\u202eb", "a [31m b"),
    ],
)
def test_a_long_name_beside_a_bar_keeps_its_begin_and_its_end(name: str, shown: str) -> None:
    """So that routes with the same begin are told apart; letters of East Asia take two places."""
    assert fitting(name, 22) == shown
    assert sum(1 + (letter > "\u2e80") for letter in shown) <= 22
