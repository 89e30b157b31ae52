"""What an expression has to answer, and whether it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TypeVar

from attrs import frozen

from modelmetry.grafana.dashboard import rows
from modelmetry.grafana.panels import letter
from modelmetry.grafana.rules import recordings
from tests.dashboards.processes import CHOICES, Live
from tests.dashboards.substitution import substituted

T = TypeVar("T")
Labels = frozenset[tuple[str, str]]
Answer = Mapping[Labels, float]

TOLERANCE, EXACT = 0.1, 1e-9
"""Shares: what is added to growth at the edges of a window, and the last digits of a float."""


@frozen
class Range:
    """What a number may be; `value` is what it is where that is known, without any tolerance."""

    low: float
    high: float
    value: float | None = None

    def __str__(self) -> str:
        """As it stands in the table."""
        if self.value is None:
            return f"{self.low:.5g} to {self.high:.5g}"
        tolerance = abs(self.high - self.low) / 2 / abs(self.value) if self.value else 0
        return f"{self.value:.5g}" + (f" ± {tolerance:.0%}" if tolerance > EXACT else "")


def near(value: float, tolerance: float = TOLERANCE) -> Range:
    """So much: Prometheus adds growth before the first scrape and after the last."""
    return Range(value * (1 - tolerance), value * (1 + tolerance), value)


def exactly(value: float) -> Range:
    """That, but for the last digits."""
    return Range(value - abs(value) * EXACT, value + abs(value) * EXACT, value)


@frozen
class Each:
    """Of a machine one cannot know how many series: at least one, with these labels, in range."""

    labels: frozenset[str]
    range: Range


Truth = Range | Mapping[Labels, Range] | Each


@frozen
class Expression:
    """One that is run."""

    place: str
    expr: str


@frozen
class Verdict:
    """What it answered."""

    expression: Expression
    answer: str
    truth: str
    fault: str = ""
    deviations: Sequence[float] = ()


def panels() -> list[Expression]:
    """All expressions of all panels."""
    return [
        Expression(f"{row.title} / {panel.title} / {letter(place)}", target.expr)
        for row in rows(CHOICES)
        for panel in row.panels
        for place, target in enumerate(panel.targets)
    ]


def records() -> list[Expression]:
    """All recording rules: what they ask, and what Prometheus recorded."""
    rules = [rule for group in recordings(CHOICES) for rule in group.rules]
    return [
        *(Expression(rule.record, rule.expr) for rule in rules),
        *(Expression(rule.record, rule.record) for rule in rules),
    ]


def judged(
    live: Live, expressions: Sequence[Expression], truths: Mapping[str, Truth], at: float
) -> list[Verdict]:
    """Run all of them, at one time."""
    return [judge(live, one, truths.get(one.place), at) for one in expressions]


def judge(live: Live, expression: Expression, truth: Truth | None, at: float) -> Verdict:
    """Run one, and compare."""
    try:
        answer = answered(live, expression.expr, at)
    except ValueError as error:
        return Verdict(expression, "", str(truth), f"it is refused: {error}")
    fault = "no truth is declared for it" if truth is None else fault_of(answer, truth)
    far = () if truth is None else deviations(answer, truth)
    return Verdict(expression, shown(answer), told(truth), fault, far)


def answered(live: Live, expr: str, at: float) -> Answer:
    """What Prometheus answers, by labels without the name.

    Raises:
        ValueError: it does not understand the expression.
    """
    found = live.ask("query", query=substituted(live, expr), time=str(at))
    answer: dict[Labels, float] = {}
    for one in found["result"]:
        metric: dict[str, str] = one["metric"]
        labels = frozenset((name, text) for name, text in metric.items() if name != "__name__")
        answer[labels] = float(one["value"][1])
    return answer


def fault_of(answer: Answer, truth: Truth) -> str:
    """What is wrong, or nothing."""
    if not answer:
        return "it answers nothing"
    wrong = [value for value in answer.values() if not isfinite(value)]
    if wrong:
        return f"it answers {wrong[0]}"
    if isinstance(truth, Each):
        expected: dict[Labels, Range] = dict.fromkeys(answer, truth.range)
        other = [
            labels for labels in answer if frozenset(name for name, _ in labels) != truth.labels
        ]
        if other:
            return f"it answers for {sorted(other[0])}, not for each of {sorted(truth.labels)}"
    else:
        expected = {frozenset[tuple[str, str]](): truth} if isinstance(truth, Range) else {**truth}
    if answer.keys() != expected.keys():
        odd = answer.keys() ^ expected.keys()
        return f"these series are missing or too many: {[sorted(one) for one in odd]}"
    for labels, value in answer.items():
        if not expected[labels].low <= value <= expected[labels].high:
            return f"{value:g} of {sorted(labels)} is not {expected[labels]}"
    return ""


def deviations(answer: Answer, truth: Truth) -> list[float]:
    """How far each value is from what is known of it, as a share of that; nothing of ranges."""
    known = {frozenset[tuple[str, str]](): truth} if isinstance(truth, Range) else truth
    if isinstance(known, Each):
        known = dict.fromkeys(answer, known.range)
    values = [(answer[labels], one.value) for labels, one in known.items() if labels in answer]
    return [abs(found / value - 1) for found, value in values if value]


def shown(answer: Answer) -> str:
    """An answer in a table."""
    return ", ".join(f"{named(labels)}{value:.5g}" for labels, value in sorted_items(answer))


def told(truth: Truth | None) -> str:
    """A truth in a table."""
    if truth is None:
        return ""
    if isinstance(truth, Range):
        return str(truth)
    if isinstance(truth, Each):
        return f"by {', '.join(sorted(truth.labels))}: {truth.range}"
    return ", ".join(f"{named(labels)}{one}" for labels, one in sorted_items(truth))


def sorted_items(mapping: Mapping[Labels, T]) -> list[tuple[Labels, T]]:
    """By their labels."""
    return sorted(mapping.items(), key=lambda item: sorted(item[0]))


def named(labels: Labels) -> str:
    """Labels before a value; those of the target itself say nothing here."""
    values = [value for name, value in sorted(labels) if name not in {"job", "instance"}]
    return f"{' '.join(values)}: " if values else ""
