"""Every query that the documentation gives, on a real Prometheus, with what is true of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modelmetry.metrics import Registry, ground_truth, record_prediction
from tests.dashboards.processes import ROOT
from tests.dashboards.scraping import asked, scraping, until

QUERY = re.compile(r"^```promql\n(.*?)^```", re.DOTALL | re.MULTILINE)
RESULTS = "modelmetry_model_ground_truths_total"


def documented() -> list[str]:
    """The queries, in the order of pages and of a page."""
    return [
        found
        for page in sorted(ROOT.glob("docs/*.md"))
        for found in QUERY.findall(page.read_text())
    ]


def judge(registry: Registry, right: int, wrong: int, to_right: int, to_wrong: int) -> None:
    """Predictions whose truth comes, and of some another one after that."""
    for number in range(right + wrong):
        is_right = number < right
        identity = f"{right}-{number}"
        record_prediction(identity, "stays", "churn", "3", registry=registry)
        ground_truth(identity, "stays" if is_right else "leaves", registry=registry)
        if number < to_wrong or right <= number < right + to_right:
            ground_truth(identity, "leaves" if is_right else "stays", registry=registry)


def told(url: str, query: str) -> dict[str, float]:
    """What is answered, by window if there is one."""
    found = asked(url, query)
    return {one["metric"].get("window", ""): float(one["value"][1]) for one in found}


def test_each_query_of_the_documentation_answers_what_is_true(tmp_path: Path) -> None:
    """Of what came since Prometheus looked first; of windows of what is in them."""
    of_counters, of_windows = documented()
    registry = Registry()
    judge(registry, 100, 100, 40, 40)  # more than comes now: it is extrapolated alike
    with scraping(registry, tmp_path) as url:
        until(lambda: [*told(url, f"sum({RESULTS})").values()] == [280], "what was before")
        judge(registry, 30, 10, 5, 3)
        until(lambda: [*told(url, f"sum({RESULTS})").values()] == [328], "what came")
        assert told(url, of_counters) == {"": pytest.approx((30 + 5 - 3) / 40)}
        share = pytest.approx((100 + 32) / 240)
        assert told(url, of_windows) == {"24h": share, "last_1000": share}
