"""Cases of alerts about requests."""

from __future__ import annotations

from collections.abc import Iterable

from modelmetry.grafana import names
from modelmetry.grafana.alerts.requests import BURNS, LEAST_FAILED
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.rule_tests.alerting.case import LESS, MORE, AlertCase, percent
from modelmetry.grafana.rule_tests.series import Counter, Given, buckets


def request_cases(choices: Choices, job: str, target: str) -> Iterable[AlertCase]:
    """All of them."""
    yield from _burns(choices, job, target)
    yield _deployment(choices, job)
    yield _seldom(job, target)
    yield _slow(job, target)


def burning(factor: float, choices: Choices, target: str, ends: int | None = None) -> Given:
    """Requests of which so many fail that the budget burns `factor` times."""
    every = each_minute(choices)
    failed = every * factor * choices.allowed
    metric = f"{names.HTTP_REQUESTS}{{{target},{names.STATUS}="
    return {
        f'{metric}"200"}}': Counter(every - failed),
        f'{metric}"500"}}': Counter(failed, ends=ends),
        **({f'{metric}"201"}}': Counter(failed)} if ends else {}),
    }


def each_minute(choices: Choices) -> float:
    """So many that at least one may fail."""
    return max(1_000.0, round(1 / choices.allowed))


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


def _deployment(choices: Choices, job: str) -> AlertCase:
    """An hour before, other instances took over from those that were there."""

    def moving(factor: float) -> Given:
        every = each_minute(choices)
        failed = every * factor * choices.allowed
        series: dict[str, Counter] = {}
        for status, each in (("200", every - failed), ("500", failed)):
            for instance, lasts in (("i", {"gone": 300}), ("j", {"begins": 300})):
                labels = f'job="{job}",instance="{instance}",{names.STATUS}="{status}"'
                series[f"{names.HTTP_REQUESTS}{{{labels}}}"] = Counter(each, **lasts)
        return series

    factor = BURNS[0][1]
    return AlertCase(
        alert="ModelmetryErrorBudgetBurn",
        title="after a deployment",
        minutes=360,
        labels={"job": job},
        shown=percent(MORE * factor * choices.allowed),
        above=moving(MORE * factor),
        below=moving(LESS * BURNS[-1][1]),
        fires=len(BURNS),
        resets=False,
    )


def _seldom(job: str, target: str) -> AlertCase:
    """Nobody asks for hours; then some do for half an hour, and each of them in vain."""

    def failing(number: int) -> Given:
        return {
            f'{names.HTTP_REQUESTS}{{{target},{names.STATUS}="500"}}': Counter(
                number / 30, waits=330
            )
        }

    return AlertCase(
        alert="ModelmetryErrorBudgetBurn",
        title="where little is asked",
        minutes=360,
        labels={"job": job},
        shown="100%",
        above=failing(LEAST_FAILED + 1),
        below=failing(LEAST_FAILED - 1),
        fires=len(BURNS),
        resets=False,
    )


def _slow(job: str, target: str) -> AlertCase:
    def requests(slow: float) -> Given:
        counts = {"1": 100 - slow, "2.5": 100.0, "+Inf": 100.0}
        return buckets(names.HTTP_DURATION, f'{target},{names.ROUTE}="/a"', counts)

    # 6 of 100 between 1 and 2.5 s: the 95th is at a sixth of that.
    return AlertCase(
        alert="ModelmetryRequestsSlow",
        labels={"job": job},
        shown="1.25",
        above=requests(6),
        below=requests(4),
    )
