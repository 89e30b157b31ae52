"""Sums over records mean what those of the server mean."""

from __future__ import annotations

import math
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelmetry.errors import InvalidValueError
from modelmetry.telemetry import aggregate, summary
from modelmetry.telemetry.sums import CommandSums, Count, Distribution, distribution
from tests.unit.telemetry.older import older_record


def test_the_success_rate_is_of_jobs_that_have_ended() -> None:
    """Starts, readings and records without a status are no jobs."""
    statuses = [
        "started",
        "completed",
        "started",
        "completed",
        "",
        "failed",
        "started",
        "cancelled",
    ]
    records = [older_record(status=status) for status in statuses]
    records.append(older_record(kind="reading", status="completed"))
    found = summary(records)

    assert (found.record_count, found.finished_count, found.success_rate) == (8, 4, 0.5)
    assert found.statuses[0] == Count("started", 3)
    assert found.commands == [CommandSums("old", 8, 2, 1, 1, 0.5)]


def test_without_an_end_there_is_no_rate() -> None:
    """Nothing is not zero per cent."""
    assert summary([older_record(status="started")]).success_rate is None
    assert summary([]).success_rate is None


def test_numbers_events_and_runs_are_counted() -> None:
    """Booleans, texts, NaN and integers that no float holds are no numbers."""
    metrics = {"loss": 0.5, "flag": True, "name": "a", "bad": math.nan, "large": 10**400}
    found = summary(
        [
            older_record(metrics=metrics, run_id="a"),
            older_record(metrics={"loss": 1}, run_id="b", event="warm"),
        ]
    )

    assert found.metrics == [Count("loss", 2)]
    assert found.events == [Count("warm", 1)]
    assert found.run_count == 2


def test_a_metric_is_summed_up_by_group() -> None:
    """The groups with the most values come first."""
    records = [
        older_record(command=command, metrics={"loss": value})
        for command, value in [("a", 1.0), ("b", 2.0), ("b", 4.0)]
    ]
    first, second = aggregate(records, "loss", "command")

    assert (first.group, first.numbers.count, first.numbers.mean) == ("b", 2, 3.0)
    assert (second.group, second.numbers) == ("a", Distribution(1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0))
    (whole,) = aggregate(records, "loss")
    assert (whole.group, whole.numbers.count, whole.numbers.p50) == ("", 3, 2.0)
    assert aggregate(records, "none of this name") == []


def test_an_unknown_group_is_refused() -> None:
    """The message says which there are."""
    group: Any = "month"
    with pytest.raises(InvalidValueError, match="none, command, status or run"):
        aggregate([], "loss", group)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
@example([sys.float_info.max] * 3)
def test_percentiles_are_of_the_nearest_rank(values: list[float]) -> None:
    """Each is one of the values, with at least that share of them at or below it."""
    found = distribution(values)

    for share, percentile in ((0.5, found.p50), (0.95, found.p95), (0.99, found.p99)):
        assert percentile in values
        at_or_below = sum(value <= percentile for value in values)
        below = sum(value < percentile for value in values)
        assert at_or_below >= share * len(values) > below
    assert (found.min, found.max) == (min(values), max(values))
    assert found.min <= found.mean <= found.max or math.isclose(found.mean, found.min)
