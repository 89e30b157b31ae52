"""The report: true numbers with their samples, and plain words where there are none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from modelmetry_api.types import to_builtins

from modelmetry.metrics import semantic
from modelmetry.metrics.resources.table import TABLE
from modelmetry.store import production_names as names
from modelmetry.store.figures import Reading, absent, measured
from modelmetry.store.production import Window
from modelmetry.store.spending import CostDay, Spend, cloud_readings, savings, spend
from modelmetry.store.sqlite.encode import to_micros
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, Item, body, completion, span, trace
from tests.unit.store.production_cast import counter, gauge, histogram, interval, intervals

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WINDOW = Window(NOON - HOUR, NOON + HOUR)
NOW = NOON + HOUR


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store in which it is one hour after noon."""
    with SqliteStore(tmp_path / "s.db", clock=lambda: to_micros(NOW)) as opened:
        yield opened


def report(store: SqliteStore, part: str, window: Window = WINDOW, **asked: Any) -> Any:
    """A part of the report."""
    return to_builtins(store.production_summary(TENANT, window, **asked))[part]


def values(part: dict[str, Any]) -> dict[str, Any]:
    """The values of figures."""
    return {name: figure["Value"] for name, figure in part.items()}


def served(status: str, count: int, **members: Any) -> Item:
    """Requests that took half a second."""
    seen = histogram(
        names.HTTP_DURATION,
        (0, count, 0),
        (0.1, 1.0),
        count / 2,
        http__response__status_code=status,
    )
    return interval(seen, **members)


def test_of_nothing_every_figure_says_that_it_was_not_measured(store: SqliteStore) -> None:
    """In words, with its unit and its window."""
    found = to_builtins(store.production_summary(TENANT, WINDOW))
    for part in ("Requests", "Predictions", "Llm", "Costs", "Runtime"):
        for figure in found[part].values():
            assert figure["Value"] is None
            assert figure["Note"].startswith("not measured: ")
            assert (figure["Source"], figure["Samples"]) == ("none", 0)
            assert figure["Window"] == found["Window"]
            assert figure["Unit"]


def test_requests_have_rates_and_latencies(store: SqliteStore) -> None:
    """Whose status is not known is left out of the rates, and said."""
    store.ingest(
        TENANT, intervals(served("200", 90), served("404", 6), served("503", 4), served("", 10))
    )
    found = report(store, "Requests")
    assert values(found) == {
        "Count": 110,
        "PerSecond": pytest.approx(110 / 7_200),
        "LatencyMean": 0.5,
        "LatencyP50": pytest.approx(0.55),
        "LatencyP95": pytest.approx(0.955),
        "LatencyP99": pytest.approx(0.991),
        "SuccessRate": 0.9,
        "ClientErrorRate": 0.06,
        "ServerErrorRate": 0.04,
    }
    p95 = found["LatencyP95"]
    assert (p95["Bucket"], p95["Estimated"]) == ({"Above": 0.1, "UpTo": 1}, True)
    assert "histogram_quantile" in p95["Note"]
    assert found["SuccessRate"]["Samples"] == 100
    assert "10 requests without a status" in found["SuccessRate"]["Note"]


def test_a_quantile_above_the_last_bound_says_so(store: SqliteStore) -> None:
    """It is that bound, and may be more."""
    seen = histogram(names.HTTP_DURATION, (0, 0, 5), (0.1, 1.0), 50)
    store.ingest(TENANT, intervals(interval(seen)))
    found = report(store, "Requests")["LatencyP95"]
    assert (found["Value"], found["Bucket"]) == (1, {"Above": 1, "UpTo": None})
    assert "or more" in found["Note"]


def test_uptime_counts_minutes_without_a_heartbeat(store: SqliteStore) -> None:
    """From the first one on; the last three minutes are not judged, one process is enough."""
    first = interval(start=0, seconds=600)
    second = interval(start=300, seconds=600, Process="p2")  # both: minutes 0 to 14
    store.ingest(TENANT, intervals(first, second, interval(start=3_000, seconds=540)))
    found = report(store, "Runtime")
    assert found["Uptime"]["Value"] == pytest.approx((15 + 7) / 57)
    assert found["Uptime"]["Samples"] == 57
    assert "35 of 57 minutes without a heartbeat; 2 processes" in found["Uptime"]["Note"]
    assert found["ProcessUptimeDays"]["Value"] == pytest.approx(3_540 / 86_400)
    assert report(store, "Runtime", service="other")["Uptime"]["Value"] is None
    assert report(store, "Runtime", service="shop")["Uptime"]["Samples"] == 57


def test_uptime_of_a_process_that_is_there_is_whole(store: SqliteStore) -> None:
    """Also when its last minute is on its way."""
    minutes = [interval(start=60 * number) for number in range(58)]
    store.ingest(TENANT, intervals(*minutes))
    found = report(store, "Runtime", Window(NOON - DAY, NOON + DAY))["Uptime"]
    assert (found["Value"], found["Samples"]) == (1, 57)


def test_predictions_are_counted_with_their_failures(store: SqliteStore) -> None:
    """And accuracy is that of the truths that came, corrections included."""
    of = {"model__name": "churn"}
    store.ingest(
        TENANT,
        intervals(
            interval(
                counter(names.PREDICTIONS, 8, outcome="ok", **of),
                counter(names.PREDICTIONS, 2, outcome="error", **of),
                counter(names.PREDICTIONS, 1, outcome="cancelled", **of),
                histogram(names.PREDICTION_DURATION, (10, 0), (0.1,), 0.5, **of),
                histogram(names.PREDICTION_CONFIDENCE, (5, 5), (0.5,), 8, **of),
                counter(names.GROUND_TRUTHS, 3, result="correct", **of),
                counter(names.GROUND_TRUTHS, 1, result="wrong", **of),
                counter(names.GROUND_TRUTHS, 1, result="corrected_to_correct", **of),
                counter(names.GROUND_TRUTHS, 7, result="unknown", **of),
            )
        ),
    )
    found = report(store, "Predictions")
    assert values(found) == {
        "Count": 11,
        "Failed": 2,
        "DurationMean": 0.05,
        "DurationP95": pytest.approx(0.095),
        "ConfidenceMean": 0.8,
        "Accuracy": 1,
    }
    assert found["Accuracy"]["Samples"] == 4
    assert found["Failed"]["Note"] == "1 more were cancelled"


def test_accuracy_that_models_told_is_weighed_by_samples(store: SqliteStore) -> None:
    """Of several windows of a model that with the most counts."""

    def accuracy(model: str, window: str, share: float, samples: int) -> list[Item]:
        of = {"model__name": model, "window": window}
        return [
            gauge(names.MODEL_ACCURACY, share, **of),
            gauge(names.MODEL_ACCURACY_SAMPLES, float(samples), **of),
        ]

    told = [
        *accuracy("a", "24h", 0.9, 300),
        *accuracy("a", "last 100", 0.5, 100),
        *accuracy("b", "24h", 0.5, 100),
    ]
    store.ingest(TENANT, intervals(interval(*told)))
    found = report(store, "Predictions")["Accuracy"]
    assert (found["Value"], found["Samples"]) == (pytest.approx(0.8), 400)


def called(name: str, count: int, error: str = "", **members: Any) -> Item:
    """Calls of a model that took a second each."""
    of = {"gen_ai__request__model": "gpt-4o", "error__type": error}
    return histogram(name, (0, count, 0), (0.5, 1.5), float(count), **of, **members)


def test_calls_of_language_models_come_from_metrics(store: SqliteStore) -> None:
    """Each token once in the metrics, and both generations of names count a call once."""
    both = [called(name, 8) for name in names.LLM_DURATIONS]
    failed = [called(name, 2, "timeout") for name in names.LLM_DURATIONS]
    tokens = {"input": 70, "cache_read": 25, "cache_write": 5, "output": 40, "reasoning": 10}
    typed = [
        counter(names.LLM_TOKENS, number, gen_ai__token__type=kind)
        for kind, number in tokens.items()
    ]
    money = counter(names.LLM_COST, 0.9, component="input") | {"Unit": "USD"}
    first = histogram(names.LLM_FIRST_CHUNKS[0], (10, 0), (1.0,), 2)
    unpriced = counter(names.LLM_UNPRICED, 1, reason="unknown")
    store.ingest(TENANT, intervals(interval(*both, *failed, *typed, money, first, unpriced)))
    found = report(store, "Llm")
    assert values(found) == {
        "Calls": 10, "Errors": 2, "InputTokens": 100, "OutputTokens": 50,
        "CachedInputTokens": 25, "CacheWriteTokens": 5, "ReasoningTokens": 10,
        "Cost": 0.9, "CostPerCall": pytest.approx(0.1), "UnpricedCalls": 1, "LatencyMean": 1,
        "LatencyP95": pytest.approx(1.45), "FirstTokenP95": pytest.approx(0.95),
    }  # fmt: skip
    assert {figure["Source"] for figure in found.values()} == {"metrics"}
    assert found["Cost"]["Unit"] == "USD"


def test_a_generation_of_names_that_came_in_between_counts_no_call_twice(
    store: SqliteStore,
) -> None:
    """That which told more of a series is taken."""
    older, newer = (
        called(name, count) for name, count in zip(names.LLM_DURATIONS, (8, 3), strict=True)
    )
    store.ingest(TENANT, intervals(interval(older, newer)))
    assert report(store, "Llm")["Calls"]["Value"] == 8


def test_without_metrics_calls_are_those_of_recorded_spans(store: SqliteStore) -> None:
    """Exactly, with the service that their traces name; and a sample is said to be one."""
    spans = [
        span("p1", Family="completion", FamilyData=completion(tokens=10, cost=0.5)),
        span("p2", Family="completion", FamilyData=completion(tokens=30, cost=1.5), end=3),
        span("p3", Family="completion", Severity="error", end=None),
        span("p4", Family="retrieval"),
    ]
    named = trace(Metadata={"service": "shop"})
    store.ingest(TENANT, body(traces=[named], spans=spans))
    found = report(store, "Llm")
    assert found["Calls"]["Value"] == 3
    assert (found["InputTokens"]["Value"], found["OutputTokens"]["Value"]) == (40, 4)
    assert (found["Errors"]["Value"], found["UnpricedCalls"]["Value"]) == (1, 1)
    assert (found["Cost"]["Value"], found["CostPerCall"]["Value"]) == (2, 1)
    assert (found["LatencyMean"]["Value"], found["LatencyP95"]["Value"]) == (2, 3)
    assert found["Calls"]["Source"] == "traces"
    assert found["CachedInputTokens"]["Value"] is None
    assert report(store, "Llm", service="shop")["Calls"]["Value"] == 3
    assert report(store, "Llm", service="other")["Calls"]["Value"] is None
    assert not found["Calls"]["Estimated"]
    store.ingest(TENANT, body(traces=[named | {"Weight": 10}]))
    for name in ("Calls", "Cost", "LatencyP95"):
        sampled = report(store, "Llm")[name]
        assert "sample" in sampled["Note"]
        assert sampled["Estimated"]


def test_a_call_that_was_refused_costs_nothing(store: SqliteStore) -> None:
    """It used nothing; of one that used something and told no cost nobody knows."""
    used = {"Usage": completion()["Usage"]}
    told = [completion(cost=3), {}, used]
    spans = [
        span(f"p{place}", Family="completion", FamilyData=data, Severity=severity)
        for place, (data, severity) in enumerate(zip(told, ["info", "error", "error"], strict=True))
    ]
    store.ingest(TENANT, body(traces=[trace()], spans=spans))
    found = report(store, "Llm")
    assert (found["Errors"]["Value"], found["UnpricedCalls"]["Value"]) == (2, 1)
    assert (found["CostPerCall"]["Value"], found["CostPerCall"]["Samples"]) == (1.5, 2)


def test_a_call_costs_what_those_of_its_currency_do(store: SqliteStore) -> None:
    """Calls that were paid in another one are not among those that the sum is divided by."""
    paid = [completion(cost=3), completion(cost=1), completion(cost=7, currency="EUR")]
    spans = [
        span(f"p{number}", Family="completion", FamilyData=data) for number, data in enumerate(paid)
    ]
    store.ingest(TENANT, body(traces=[trace()], spans=spans))
    found = report(store, "Llm")
    cost, per_call = found["Cost"], found["CostPerCall"]
    assert (cost["Value"], cost["Samples"], cost["Note"]) == (4, 2, "costs in EUR are not in it")
    assert (per_call["Value"], per_call["Samples"]) == (2, 2)


def test_the_machine_is_told_by_gauges(store: SqliteStore) -> None:
    """Memory by its utilization, or by what is used and the limit."""
    used = {"system__memory__state": "used"}
    store.ingest(
        TENANT,
        intervals(
            interval(
                gauge(names.CPU_UTILIZATION, 0.2, 0.6),
                gauge(names.MEMORY_USAGE, 2e9, 4e9, **used),
                gauge(names.MEMORY_USAGE, 5e9, system__memory__state="free"),
                gauge(names.MEMORY_LIMIT, 8e9),
                gauge(names.CONTAINER_UPTIME, 2 * 86_400.0),
                gauge(names.PROCESS_UPTIME, 86_400.0),
            )
        ),
    )
    found = values(report(store, "Runtime"))
    del found["Uptime"]
    assert found == {
        "CpuMean": 0.4, "CpuMax": 0.6, "MemoryMean": 0.375, "MemoryMax": 0.5,
        "ProcessUptimeDays": 1, "ContainerUptimeDays": 2,
    }  # fmt: skip


def test_a_baseline_is_beside_every_figure(store: SqliteStore) -> None:
    """With the change; one end of it is enough."""
    store.ingest(
        TENANT, intervals(served("200", 30), served("200", 20, start=-86_400, Process="p0"))
    )
    cost = counter(names.LLM_COST, 3) | {"Unit": "USD"}
    before = counter(names.LLM_COST, 4) | {"Unit": "USD"}
    calls = called(names.LLM_DURATIONS[0], 1)
    store.ingest(
        TENANT,
        intervals(
            interval(start=-2 * 86_400, Process="p0"),
            interval(cost, calls),
            interval(before, calls, start=-86_400, Process="p0"),
        ),
    )
    named = Window(NOON - HOUR - DAY, None)
    found = to_builtins(store.production_summary(TENANT, WINDOW, named))
    assert found["Baseline"] == {"Start": "2026-11-01T11:00:00Z", "End": "2026-11-01T13:00:00Z"}
    count = found["Requests"]["Count"]
    assert (count["Value"], count["Baseline"]["Value"], count["Change"]) == (30, 20, 0.5)
    assert count["Baseline"]["Window"] == found["Baseline"]
    assert found["Costs"]["Savings"]["Value"] == 0.25
    assert found["Predictions"]["Count"]["Change"] is None


def test_the_window_is_said_as_it_is(store: SqliteStore) -> None:
    """Widened to points of five minutes, or to whole hours beyond two weeks."""
    window = Window(NOON - 20 * DAY + timedelta(minutes=7), NOON + timedelta(minutes=7))
    found = to_builtins(store.production_summary(TENANT, window))["Window"]
    assert found == {"Start": "2026-10-13T12:00:00Z", "End": "2026-11-02T12:10:00Z"}


def test_hours_and_points_make_up_a_window(store: SqliteStore) -> None:
    """Whole hours in the middle, points at both ends, each minute once."""
    minutes = [served("200", 1, start=60 * number) for number in range(-120, 120)]
    store.ingest(TENANT, intervals(*minutes))
    for first, last in ((-120, 120), (-115, 115), (-60, 110), (-5, 5), (5, 10), (-60, 0)):
        window = Window(NOON + timedelta(minutes=first), NOON + timedelta(minutes=last))
        assert report(store, "Requests", window)["Count"]["Value"] == last - first


def test_costs_of_the_cloud_come_from_days() -> None:
    """Per day that is known, and per prediction and call of the same window."""
    days = [CostDay(date(2026, 11, one), 3.0, estimated=one == 2) for one in (1, 2)]
    predictions, calls = measured(100, "{prediction}", 100), absent("{call}", "no calls")
    found = cloud_readings(days, predictions, calls)
    assert {name: one.value for name, one in found.items()} == {
        "cloud_total": 6, "cloud_daily": 3, "cloud_monthly": 90, "cloud_per_prediction": 0.06,
        "cloud_per_llm_call": None,
    }  # fmt: skip
    assert all(one.estimated for one in found.values() if one.value is not None)
    assert found["cloud_per_llm_call"].note == "not measured: no calls"
    mixed = cloud_readings([*days, CostDay(date(2026, 11, 3), 1, "EUR")], predictions, calls)
    assert mixed["cloud_total"].note == "not measured: costs are in EUR, USD"


def test_savings_compare_what_both_windows_know() -> None:
    """Per day; of what only one knows nothing is said."""

    def spent(llm: float | None, cloud: float | None) -> Spend:
        """So much per day, of 30 days."""
        models = None if llm is None else llm * 30
        unit = "USD"
        return Spend(
            Reading(value=models, unit=unit), 30, Reading(value=cloud, unit=unit, samples=30), 30
        )

    found = savings(spent(2, 5), spent(4, None))
    assert (found.value, found.samples) == (0.5, 30)
    assert "the cost of the cloud is not known in both windows" in found.note
    found = savings(spent(6, 6), spent(4, 4))
    assert (found.value, found.note) == (
        -0.5,
        "12 USD a day against 8: the cloud and language models",
    )
    assert savings(spent(1, None), spent(None, 4)).value is None
    assert savings(spent(1, 1), None).note == "not measured: no baseline was named"
    cost = Reading(value=60, unit="USD")
    assert spend(cloud_readings((), cost, cost), cost, 30).of("language models") == (2, "USD", 30)


def test_the_names_are_those_of_the_metrics() -> None:
    """The store does not depend on them, and must not drift."""
    known = {value for value in vars(semantic).values() if isinstance(value, str)}
    for by_generation in (semantic.GEN_AI_DURATION, semantic.GEN_AI_FIRST_CHUNK):
        known |= set(by_generation.values())
    known |= {*TABLE, *(name for one in TABLE.values() for name in one.attributes)}
    # By their conventions; nothing of ours tells them.
    known |= {names.MEMORY_UTILIZATION}
    constants = [value for name, value in vars(names).items() if name.isupper()]
    told = {value for value in constants if isinstance(value, str)}
    assert {*told, *names.LLM_DURATIONS, *names.LLM_FIRST_CHUNKS, *names.OF_REPORT} <= known
