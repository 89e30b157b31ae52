"""For each alert: series with which it fires, just so, and others with which it just does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from modelmetry.grafana import names
from modelmetry.grafana.alerts import BURNS, FAST_SPENDING
from modelmetry.grafana.choices import MONTH_SECONDS, Choices
from modelmetry.grafana.names import resource
from modelmetry.grafana.rule_tests.series import Counter, Given, Level, buckets

MORE, LESS = 1.1, 0.9
"""Times a threshold: above it, and below."""

_JANUARY: Final = 31  # promtool's clock begins in 1970


class AlertCase(Struct, frozen=True, kw_only=True):
    """One alert, once as it fires and once as it does not.

    Attributes:
        alert: its name.
        minutes: after which one looks.
        labels: what it fires with, besides its own.
        shown: the value, as its summary has it.
        above: series with which it fires.
        below: series with which it does not.
        fires: how many of the alerts of this name fire, the last ones.
    """

    alert: str
    minutes: int = 30
    labels: dict[str, str]
    shown: str = ""
    above: Given
    below: Given
    fires: int = 1


def alert_cases(choices: Choices, job: str) -> Iterable[AlertCase]:
    """All cases, for targets of `job`."""
    target = f'job="{job}",instance="i"'
    yield from _burns(choices, job, target)
    yield _slow(job, target)
    yield from _models(job, target)
    yield from _llm(job, target)
    yield from _money(choices, job, target)
    yield from _metrics(job, target)
    yield from _machines(job, target)
    yield from _server(job, target)


def burning(factor: float, choices: Choices, target: str, ends: int | None = None) -> Given:
    """1,000 requests a minute, of which so many fail that the budget burns `factor` times."""
    failed = 1_000 * factor * choices.allowed
    metric = f"{names.HTTP_REQUESTS}{{{target},{names.STATUS}="
    return {
        f'{metric}"200"}}': Counter(1_000 - failed),
        f'{metric}"500"}}': Counter(failed, ends=ends),
        **({f'{metric}"201"}}': Counter(failed)} if ends else {}),
    }


def _burns(choices: Choices, job: str, target: str) -> Iterable[AlertCase]:
    """Steady burning fires the alerts of this speed and of all that are slower."""
    for place, (_, factor, _, _) in enumerate(BURNS):
        slower = BURNS[place + 1][1] if place + 1 < len(BURNS) else 0
        yield AlertCase(
            alert="ModelmetryErrorBudgetBurn",
            minutes=360,
            labels={"job": job},
            shown=percent(MORE * factor * choices.allowed),
            above=burning(MORE * factor, choices, target),
            below={} if slower else burning(LESS * factor, choices, target),
            fires=len(BURNS) - place,
        )


def _slow(job: str, target: str) -> AlertCase:
    def requests(slow: float) -> Given:
        counts = {"1": 100 - slow, "2.5": 100.0, "+Inf": 100.0}
        return buckets(names.HTTP_DURATION, f'{target},{names.ROUTE}="/a"', counts)

    # 10 of 100 between 1 and 2.5 s: the 95th is in the middle.
    return AlertCase(
        alert="ModelmetryRequestsSlow",
        labels={"job": job},
        shown="1.75",
        above=requests(10),
        below=requests(4),
    )


def _models(job: str, target: str) -> Iterable[AlertCase]:
    def predictions(failed: float) -> Given:
        metric = f'{names.PREDICTIONS}{{{target},{names.MODEL}="churn",{names.VERSION}="3"'
        return {
            f'{metric},{names.OUTCOME}="ok"}}': Counter(100 - failed),
            f'{metric},{names.OUTCOME}="error",{names.ERROR_TYPE}="KeyError"}}': Counter(failed),
        }

    yield AlertCase(
        alert="ModelmetryPredictionsFailing",
        labels={"job": job, names.MODEL: "churn", names.VERSION: "3"},
        shown="5.5%",
        above=predictions(5.5),
        below=predictions(4.5),
    )


def _llm(job: str, target: str) -> Iterable[AlertCase]:
    one = f'{names.PROVIDER}="openai",{names.LLM_MODEL}="gpt"'
    labels = {"job": job, names.PROVIDER: "openai", names.LLM_MODEL: "gpt"}

    def calls(failed: float) -> Given:
        metric = f"{names.LLM_CALLS[0]}{{{target},{one}"
        return {
            f"{metric}}}": Counter(100 - failed),
            f'{metric},{names.ERROR_TYPE}="TimeoutError"}}': Counter(failed),
        }

    def first(slow: float) -> Given:
        counts = {"5.12": 100 - slow, "10.24": 100.0, "+Inf": 100.0}
        return buckets(names.LLM_FIRST_CHUNK[0], f"{target},{one}", counts)

    yield AlertCase(
        alert="ModelmetryLlmErrors",
        labels=labels,
        shown="5.5%",
        above=calls(5.5),
        below=calls(4.5),
    )
    yield AlertCase(
        alert="ModelmetryFirstTokenSlow",
        labels=labels,
        shown="7.68",
        above=first(10),
        below=first(4),
    )
    unpriced = f'{names.LLM_UNPRICED}{{{target},{one},{names.REASON}="unknown_model"}}'
    yield from _growing("ModelmetryUnpricedCalls", unpriced, {**labels, "reason": "unknown_model"})


def _growing(alert: str, series: str, labels: dict[str, str]) -> Iterable[AlertCase]:
    """A counter that grows, and one that was not there before: its first value counts as well."""
    old = {series: Level(7, falls=True)}
    for above in (Counter(1), Level(1, begins=85)):
        yield AlertCase(alert=alert, minutes=90, labels=labels, above={series: above}, below=old)


def _money(choices: Choices, job: str, target: str) -> Iterable[AlertCase]:
    budget = choices.monthly_budget

    def spending(month: float) -> Given:
        cost = f'{names.LLM_COST}{{{target},{names.LLM_MODEL}="gpt",{names.COMPONENT}="input"}}'
        return {cost: Counter(month / MONTH_SECONDS * 60)}

    def cloud(month: float) -> Given:
        """Half of it is spent; two instances tell the same."""
        told: dict[str, Level] = {}
        for instance in ("i", "j"):
            metric = f'{names.CLOUD_COST}{{job="{job}",instance="{instance}",service="ec2"'
            told[f'{metric},period="day",estimated="true"}}'] = Level(month / 2 / _JANUARY)
            told[f'{metric},period="month",estimated="false"}}'] = Level(month / 2)
        return told

    fast = FAST_SPENDING * budget
    yield AlertCase(
        alert="ModelmetryLlmSpendingFast",
        minutes=420,
        labels={},
        shown=f"{MORE * fast:.0f}",
        above=spending(MORE * fast),
        below=spending(LESS * fast),
    )
    yield AlertCase(
        alert="ModelmetryLlmBudget",
        minutes=1_500,
        labels={},
        shown=f"{MORE * budget:.0f}",
        above=spending(MORE * budget),
        below=spending(LESS * budget),
    )
    yield AlertCase(
        alert="ModelmetryCloudBudget",
        minutes=90,
        labels={},
        shown=f"{MORE * budget:.0f}",
        above=cloud(MORE * budget),
        below=cloud(LESS * budget),
    )
    last = f"{names.CLOUD_COST_LAST_SUCCESS}{{{target}}}"
    yield AlertCase(
        alert="ModelmetryCloudCostStale",
        labels={"job": job},
        shown="1d 16h 0m 0s",
        above={last: Level(1_800 - 144_000)},
        below={last: Level(1_800 - 115_200)},
    )


def _metrics(job: str, target: str) -> Iterable[AlertCase]:
    up = f"up{{{target}}}"
    yield AlertCase(
        alert="ModelmetryTargetDown",
        labels={"job": job, "instance": "i"},
        above={up: Level(0)},
        below={up: Level(1)},
    )
    refused = f'{names.REFUSED}{{{target},metric="m",reason="nan"}}'
    labels = {"job": job, "metric": "m"}
    yield from _growing("ModelmetryMeasurementsRefused", refused, {**labels, "reason": "nan"})
    folded = f'{names.OVERFLOWED}{{{target},metric="m"}}'
    yield from _growing("ModelmetryMeasurementsOverflowing", folded, labels)
    lost = f'{names.SIGNALS}{{{target},{names.OUTCOME}="buffer_full"}}'
    yield from _growing("ModelmetrySignalsLost", lost, {"job": job, names.OUTCOME: "buffer_full"})
    for alert, metric in (
        ("ModelmetryCollectionFailing", names.FAILED_COLLECTIONS),
        ("ModelmetryWorkersUnreadable", names.UNREADABLE_SNAPSHOTS),
    ):
        series = f"{metric}{{{target}}}"
        yield AlertCase(
            alert=alert,
            labels={"job": job},
            above={series: Counter(1)},
            below={series: Level(3, falls=True)},
        )


def _machines(job: str, target: str) -> Iterable[AlertCase]:
    def memory(used: float) -> Given:
        limit = resource("modelmetry.container.memory.limit")
        return {
            f"{resource('container.memory.working_set')}{{{target}}}": Level(used),
            f"{limit}{{{target}}}": Level(1_000),
        }

    def disk(used: float) -> Given:
        place = f'{target},{names.MOUNT}="/data"'
        state = names.FILE_SYSTEM_STATE
        metric = resource("system.filesystem.usage")
        return {
            f'{metric}{{{place},{state}="used"}}': Level(used),
            f'{metric}{{{place},{state}="free"}}': Level(1_000 - used),
            f"{resource('system.filesystem.limit')}{{{place}}}": Level(1_000),
        }

    here = {"job": job, "instance": "i"}
    yield AlertCase(
        alert="ModelmetryContainerMemory",
        labels=here,
        shown="91%",
        above=memory(910),
        below=memory(890),
    )
    yield AlertCase(
        alert="ModelmetryDiskFull",
        labels={**here, names.MOUNT: "/data"},
        shown="96%",
        above=disk(960),
        below=disk(940),
    )


def _server(job: str, target: str) -> Iterable[AlertCase]:
    def requests(refused: float) -> Given:
        """An application of the same job refuses nothing, and does not count."""
        return {
            f'{names.HTTP_REQUESTS}{{{target},{names.STATUS}="200"}}': Counter(100),
            f"{names.SERVER_TRANSACTIONS}{{{target}}}": Counter(10),
            f'{names.SERVER_REFUSED}{{{target},reason="unauthorized"}}': Counter(refused),
            f'{names.HTTP_REQUESTS}{{job="{job}",instance="other"}}': Counter(900),
        }

    waiting = f"{names.SERVER_WAITING}{{{target}}}"
    yield AlertCase(
        alert="ModelmetryServerRefusing",
        labels={"job": job},
        shown="5.5%",
        above=requests(5.5),
        below=requests(4.5),
    )
    yield AlertCase(
        alert="ModelmetryServerQueueing",
        labels={"job": job, "instance": "i"},
        shown="101",
        above={waiting: Level(101)},
        below={waiting: Level(100)},
    )


def percent(share: float) -> str:
    """A share as `humanizePercentage` writes it."""
    return f"{float(f'{share * 100:.4g}'):.10g}%"
