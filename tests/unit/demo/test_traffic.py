"""The made-up month: its size, its shape, and that a store takes it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from modelmetry.demo.traffic.month import LARGE, large_trace, month
from modelmetry.demo.traffic.recorder import Body
from modelmetry.demo.traffic.training import STEPS, trainings
from modelmetry.store.executions import CurveQuery, ExecutionQuery
from modelmetry.store.queries import FindingCondition, SpanQuery, TraceQuery
from modelmetry.store.sqlite.store import SqliteStore
from modelmetry.store.telemetry import TelemetryFilter

NOW = 1_795_000_000_000_000
DAY_SECONDS = 86_400


@pytest.fixture(name="made", scope="module")
def _made() -> Body:
    """A month of 30,000 spans as one body."""
    bodies = list(month(30_000, NOW))
    return {name: list(chain.from_iterable(body[name] for body in bodies)) for name in bodies[0]}


def seconds(text: str) -> float:
    """A time of the wire in seconds."""
    return datetime.fromisoformat(text).timestamp()


def test_the_same_seed_makes_the_same_month() -> None:
    """Identities and times included; another seed makes another one."""
    assert list(month(300, NOW, seed=7)) == list(month(300, NOW, seed=7))
    assert list(month(300, NOW, seed=7)) != list(month(300, NOW, seed=8))


@pytest.mark.parametrize("spans", [1, 1_000, 10_000])
def test_a_month_has_about_as_many_spans_as_were_asked_for(spans: int) -> None:
    """Within a fifth, or the largest agent's run."""
    made = sum(len(body["Spans"]) for body in month(spans, NOW))
    assert abs(made - spans) <= max(0.2 * spans, 160)


def test_one_trace_is_as_large_as_traces_get(made: Body) -> None:
    """5,000 spans exactly, while no other has more than a few hundred."""
    sizes = Counter(span["TraceID"] for span in made["Spans"])
    (_, largest), (_, second) = sizes.most_common(2)
    assert largest == LARGE
    assert second < 300


def test_it_is_spread_over_thirty_days_until_now(made: Body) -> None:
    """Something happens on each day, and nothing is over before it began or after now."""
    ages = [NOW / 1e6 - seconds(trace["Start"]) for trace in made["Traces"]]
    assert {int(age // DAY_SECONDS) for age in ages} == set(range(30))
    for span in made["Spans"]:
        assert span["Start"] <= span["End"]


def test_a_few_traces_fail_and_one_release_fails_more(made: Body) -> None:
    """2 to 4 in a hundred, and about twice as many in the release that a person should find."""
    failed = {span["TraceID"] for span in made["Spans"] if span.get("Severity") == "error"}
    assert 0.015 <= len(failed) / len(made["Traces"]) <= 0.04
    release = {trace["XID"]: trace["Metadata"]["release"] for trace in made["Traces"]}
    ran, fell = Counter(release.values()), Counter(release[xid] for xid in failed)
    assert fell["2.5.0"] / ran["2.5.0"] > 1.5 * fell["2.5.1"] / ran["2.5.1"]


def test_durations_have_a_long_tail(made: Body) -> None:
    """One in a hundred takes many times as long as the usual one."""
    took = sorted(
        seconds(trace["End"]) - seconds(trace["Start"])
        for trace in made["Traces"]
        if trace["Name"] == "chatbot.turn" and trace["End"]
    )
    assert took[len(took) * 99 // 100] > 3 * took[len(took) // 2]


def test_parents_are_in_the_trace_and_last_as_long_as_their_children(made: Body) -> None:
    """So that trees are whole; a root has no parent."""
    spans = {span["XID"]: span for span in made["Spans"]}
    assert len(spans) == len(made["Spans"])
    for span in made["Spans"]:
        if span["ParentID"] is not None:
            parent = spans[span["ParentID"]]
            assert parent["TraceID"] == span["TraceID"]
            assert parent["Start"] <= span["Start"]
            assert span["End"] <= parent["End"]


def test_there_is_something_of_everything(made: Body) -> None:
    """All families, models, kinds of findings, scores, tools, several currencies, open traces."""
    assert {span["Family"] for span in made["Spans"]} == {
        *("completion", "retrieval", "embeddings", "other"),
    }
    values: set[Any] = {type(found["Value"]) for found in made["Findings"]}
    assert values == {float, int, bool, str}
    assert {found["Source"] for found in made["Findings"]} == {"sdk", "evaluator", "annotation"}
    data = [span["FamilyData"] for span in made["Spans"] if "FamilyData" in span]
    assert len({one["Options"]["Model"] for one in data if "Options" in one}) == 6
    currencies = {one["Cost"]["Total"]["Currency"] for one in data if "Cost" in one}
    assert currencies == {"USD", "EUR"}
    assert any("ToolCalls" in message for one in data for message in one.get("Messages", []))
    assert all("score" in doc["Metadata"] for one in data for doc in one.get("Documents", []))
    assert sum(trace["End"] is None for trace in made["Traces"]) == 2


def test_a_store_takes_it(tmp_path: Path) -> None:
    """And finds what fails, costs and is unsafe in it."""
    with SqliteStore(tmp_path / "store.db") as store:
        for body in month(2_000, NOW):
            store.ingest("local", body)
        assert store.check().ok
        assert store.list_traces("local", TraceQuery(failed=True)).traces
        unsafe = FindingCondition.parse("response_safe_score<0.9")
        assert store.list_traces("local", TraceQuery(findings=(unsafe,))).traces
        assert store.list_spans("local", SpanQuery(model="gpt-4o")).spans
        assert {cost.currency for cost in store.totals("local").costs} == {"USD", "EUR"}


def test_a_large_trace_comes_alone_when_asked_for(tmp_path: Path) -> None:
    """With the number of spans that was said, and one tool that failed in it."""
    xid, body = large_trace(NOW, 1_234)
    failed: list[Any] = [span for span in body["Spans"] if "Severity" in span]
    assert (len(body["Spans"]), body["Traces"][0]["XID"]) == (1_234, xid)
    assert len(failed) <= 1


def test_trainings_can_be_repeated() -> None:
    """The same seed and time give the same, identities included."""
    assert list(trainings(NOW)) == list(trainings(NOW))
    assert list(trainings(NOW)) != list(trainings(NOW, seed=2))


def test_a_store_takes_the_trainings(tmp_path: Path) -> None:
    """One fails, the last goes on, and each has its trace, its curves and its telemetry."""
    with SqliteStore(tmp_path / "m.db") as store:
        for body in trainings(NOW):
            store.ingest("local", body)
        found = store.list_executions("local", ExecutionQuery()).executions
        assert Counter(one.status for one in found) == {"completed": 4, "failed": 1, "running": 1}
        assert {(one.list_count, one.run_count, len(one.traces)) for one in found} == {(3, 1, 1)}
        curves = store.metric_curves(
            "local", CurveQuery(executions=tuple(one.xid for one in found), name="loss")
        ).curves
        assert sorted(curve.total_count for curve in curves) == [1_800, 2_400, *[STEPS] * 4]
        assert store.telemetry_summary("local", TelemetryFilter()).success_rate == 0.8
        assert store.check().ok
