"""What the proof found, as a document: a summary at its head, then every expression."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from attrs import Factory, define

from tests.dashboards import facts
from tests.dashboards.breaking import reason
from tests.dashboards.judging import TOLERANCE, Verdict
from tests.dashboards.processes import ROOT

PLACE: Final = Path(".nox/.reports/dashboards.md")


@define
class Findings:
    """Gathered by the tests, and written when all of them are over."""

    verdicts: Sequence[Verdict] = ()
    alerts: dict[str, str] = Factory(dict[str, str])
    tried: int = 0
    unseen: Counter[str] = Factory(Counter[str])
    unexplained: list[str] = Factory(list[str])

    @property
    def reasons(self) -> set[str]:
        """Why mistakes were not seen."""
        return {*self.unseen}

    def broken(self, place: str, what: str, *, seen: bool) -> None:
        """Keep what became of one mistake."""
        self.tried += 1
        if seen:
            return
        why = reason(place, what)
        if why:
            self.unseen[why] += 1
        else:
            self.unexplained.append(f"{place}: {what}")

    def write(self, version: str) -> None:
        """Write the document, if there is something to tell."""
        if self.verdicts:
            (ROOT / PLACE).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / PLACE).write_text("\n".join([*self._head(version), *self._body(), ""]))

    def _head(self, version: str) -> Iterable[str]:
        wrong = [one.expression.place for one in self.verdicts if one.fault]
        panels = {one.expression.place.rpartition(" / ")[0] for one in self.verdicts} - {""}
        of_panels = [one for one in self.verdicts if " / " in one.expression.place]
        rules = {one.expression.place for one in self.verdicts} - {
            one.expression.place for one in of_panels
        }
        yield f"# What Prometheus {version} answered to the dashboard, the rules and the alerts"
        yield ""
        yield (
            f"`{PLACE}`, by `nox -s dashboards`, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, after "
            f"{facts.REQUESTS} requests to an application of {facts.WORKERS} workers."
        )
        yield ""
        yield (
            f"- {len(self.verdicts)} answers: {len(of_panels)} expressions of {len(panels)} "
            f"panels, and {len(rules)} recording rules, what each asks and what it recorded."
        )
        yield f"- Wrong: {', '.join(wrong) or 'none'}."
        yield from self._deviation()
        yield f"- {len(self.alerts)} expressions of alerts were computed without an error."
        yield from self._mistakes()

    def _deviation(self) -> Iterable[str]:
        far = [(value, one) for one in self.verdicts for value in one.deviations]
        if not far:
            return
        worst, where = max(far, key=lambda pair: pair[0])
        middle = sorted(value for value, _ in far)[len(far) // 2]
        ranges = sum(not one.deviations for one in self.verdicts)
        yield (
            f"- {len(far)} values are compared with a number that is known: the worst is "
            f"{worst:.2%} off ({where.expression.place}), the middle one {middle:.2%}. "
            f"{TOLERANCE:.0%} are allowed where something grows, for Prometheus extrapolates to "
            f"the edges of the window; nothing elsewhere. {ranges} answers are quantiles, which "
            "lie in a bucket, 0, or what the calendar and the clock say."
        )

    def _mistakes(self) -> Iterable[str]:
        if not self.tried:
            return
        unseen = self.unseen.total() + len(self.unexplained)
        yield (
            f"- {self.tried} mistakes were put into these expressions, one at a time: "
            f"{self.tried - unseen} were found out, {unseen} cannot be seen here:"
        )
        for why, number in self.unseen.most_common():
            yield f"  - {number}: {why}"
        if self.unexplained:
            yield f"  - {len(self.unexplained)} without a reason: {'; '.join(self.unexplained)}"

    def _body(self) -> Iterable[str]:
        title = ""
        for one in self.verdicts:
            row, _, place = one.expression.place.rpartition(" / ")
            panel = f"{row} / {place}"
            row, _, panel = panel.partition(" / ")
            row = row or "Recording rules"
            if row != title:
                title = row
                yield from ("", f"## {row}", "")
                yield "| place | answered | true is | off by | verdict | expression |"
                yield "|---|---|---|---|---|---|"
            yield _line(one, panel)
        if self.alerts:
            yield from ("", "## Alerts", "", "| alert | answered | expression |", "|---|---|---|")
            yield from (f"| {name} | {told} |" for name, told in self.alerts.items())


def _line(one: Verdict, place: str) -> str:
    off = f"{max(one.deviations):.2%}" if one.deviations else ""
    cells = (place, one.answer, one.truth, off, one.fault or "right", code(one.expression.expr))
    return f"| {' | '.join(cells)} |"


def code(expr: str) -> str:
    """An expression in a table."""
    return f"`{expr.replace('|', chr(92) + '|')}`"
