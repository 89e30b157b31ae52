"""Recording rules over several windows: each looks back as far as its name says, and no further."""

from __future__ import annotations

from collections.abc import Iterable

from modelmetry.grafana import names
from modelmetry.grafana.rule_tests.record_case import RecordCase
from modelmetry.grafana.rule_tests.series import MINUTES, Counter
from modelmetry.grafana.rules import (
    BURN_WINDOWS,
    COST_WINDOWS,
    LONG_WINDOWS,
    error_ratio,
    failed_requests,
)

_TITLE = "of no more than its window"


def window_cases(job: str) -> Iterable[RecordCase]:
    """Shares and rates have grown since the middle of a window, increases for longer than it."""
    here = f'{{job="{job}"}}'
    target = f'job="{job}",instance="i"'
    metric = f"{names.HTTP_REQUESTS}{{{target},{names.STATUS}="
    for window in BURN_WINDOWS:
        half = MINUTES[window] // 2
        minutes = max(_before(window), 30)
        failing = Counter(100, waits=minutes - half)
        series = {f'{metric}"200"}}': Counter(100), f'{metric}"500"}}': failing}
        share = half / (MINUTES[window] + half)
        yield _case(error_ratio(window), series, {here: round(share, 6)}, minutes)
    for window in LONG_WINDOWS:
        both = {f'{metric}"{status}"}}': Counter(50) for status in (500, 503)}
        grown = {here: 100.0 * MINUTES[window]}
        yield _case(failed_requests(window), both, grown, _before(window))
    for window in COST_WINDOWS:
        minutes, half = _before(window), MINUTES[window] // 2
        spent = Counter(6, waits=minutes - half)
        series = {f'{names.LLM_COST}{{{target},{names.COMPONENT}="input"}}': spent}
        yield _case(f"job:llm_cost_usd:rate{window}", series, {here: 0.05}, minutes)


def _before(window: str) -> int:
    """Minutes until one looks: half a window more than it."""
    return MINUTES[window] * 3 // 2


def _case(
    record: str, series: dict[str, Counter], answers: dict[str, float], minutes: int
) -> RecordCase:
    return RecordCase(
        record=record, title=_TITLE, series=series, answers=answers, minutes=minutes, resets=False
    )
