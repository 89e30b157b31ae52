"""What Prometheus has for the charts of a report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from modelmetry_api.models import ProductionWindow

from modelmetry.cli import promql
from modelmetry.cli.prometheus import Prometheus
from modelmetry.cli.promql import Scope
from modelmetry.cli.report_charts import MODEL, P95
from modelmetry.cli.report_series import DAY_SECONDS, bars, per_day
from modelmetry.metrics.naming import prometheus_label
from modelmetry.reports.report import MOST_POINTS, Chart, Line, LineChart, Merge, Point
from modelmetry.reports.windows import stretch

STEPS: Final = (300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, DAY_SECONDS)
_SERVER, _CLIENT = (f'{promql.STATUS}=~"{one}.."' for one in "54")
_INPUT, _OUTPUT = (
    f'{promql.TOKEN_TYPE}=~"{one}"' for one in ("input|cache_read|cache_write", "output|reasoning")
)


def charts_from(
    server: Prometheus, window: ProductionWindow, service: str | None
) -> tuple[Chart, ...]:
    """Everything that can be drawn of a window.

    Args:
        server: which one.
        window: of which time.
        service: only of the job of this name.

    Raises:
        CommandFailed: it does not answer, refuses, or answers something else.
    """
    drawing = _Drawing(server, window, service)
    scope = drawing.scope
    latency = scope.quantile(P95, promql.HTTP), scope.quantile(P95, promql.LLM)
    found = [
        drawing.lines("requests", "api", "Requests", "{request}", scope.count(promql.HTTP)),
        drawing.errors(),
        drawing.lines("latency", "api", "Latency, p95", "s", latency[0], merge="largest"),
        drawing.lines(
            "predictions", "models", "Predictions", "{prediction}", scope.total(promql.PREDICTIONS)
        ),
        drawing.cost_per_day(),
        drawing.lines("calls", "llm", "LLM requests", "{call}", scope.count(promql.LLM)),
        drawing.tokens(),
        drawing.lines("llm-latency", "llm", "LLM latency, p95", "s", latency[1], merge="largest"),
        drawing.by_label("services", "api", "Requests by job", "Job", "job"),
        drawing.by_label(
            "llm-cost", "llm", "LLM cost by model", "Model", prometheus_label(MODEL)
        ),
    ]  # fmt: skip
    return tuple(chart for chart in found if chart is not None)


class _Drawing:
    """Asks for points that lie at the ends of whole stretches."""

    def __init__(self, server: Prometheus, window: ProductionWindow, service: str | None) -> None:
        self._server = server
        self._start = window.start
        self._end = max(window.start, min(window.end, datetime.now(UTC)))
        self._seconds = max(1.0, (self._end - self._start).total_seconds())
        fitting = (one for one in STEPS if self._seconds / one <= MOST_POINTS)
        self._step = next(fitting, STEPS[-1] * 2)
        self._service = service
        self.scope = Scope(f"{self._step}s", service)

    def _points(self, expression: str, step: int) -> list[Point]:
        """Each point tells what was before it, so that it belongs where that began."""
        length = timedelta(seconds=step)
        found = self._server.over_time(expression, self._start + length, self._end, step)
        if not found:
            return []
        _, samples = found[0]
        return [(datetime.fromtimestamp(at, UTC) - length, value) for at, value in samples]

    def lines(
        self,
        name: str,
        section: str,
        title: str,
        unit: str,
        *expressions: str,
        labels: Iterable[str] = (),
        merge: Merge = "sum",
    ) -> LineChart | None:
        """A chart of some expressions, of which at least one says something."""
        labels = tuple(labels) or (title,)
        lines = [
            Line(label, tuple(points))
            for label, one in zip(labels, expressions, strict=True)
            if (points := self._points(one, self._step))
        ]
        if not lines:
            return None
        told = f"{title}, each {stretch(self._step)}" if merge == "sum" else title
        return LineChart(
            name=name,
            section=section,
            title=told,
            unit=unit,
            step=self._step,
            lines=tuple(lines),
            merge=merge,
        )

    def errors(self) -> LineChart | None:
        """Answers of 500 or more, and of 400 to 499."""
        wanted = [self.scope.count(promql.HTTP, status) for status in (_SERVER, _CLIENT)]
        labels = ("Server errors (5xx)", "Client errors (4xx)")
        return self.lines("errors", "api", "Errors", "{request}", *wanted, labels=labels)

    def tokens(self) -> LineChart | None:
        """Tokens that were sent, and that came back."""
        wanted = [self.scope.total(promql.TOKENS, kind) for kind in (_INPUT, _OUTPUT)]
        return self.lines("tokens", "llm", "Tokens", "{token}", *wanted, labels=("Input", "Output"))

    def cost_per_day(self) -> LineChart | None:
        """Money by days; in a window of less than one the stretches of it are added up."""
        step = min(DAY_SECONDS, self._step)
        scope = Scope(f"{step}s", self._service)
        return per_day(self._points(scope.total(promql.COST), step), step, "USD")

    def by_label(self, name: str, section: str, title: str, of: str, label: str) -> Chart | None:
        """Things beside each other, over all of the window."""
        scope = Scope(f"{self._seconds:.0f}s", self._service)
        grown = scope.grown(
            promql.COST if name == "llm-cost" else [f"{one}_count" for one in promql.HTTP]
        )
        found = self._server.values(f"sum by ({label}) ({grown})", self._end)
        named = [(labels.get(label, ""), value) for labels, value in found]
        unit = "USD" if name == "llm-cost" else "{request}"
        return bars(name, section, title, of, named, unit, len(named))
