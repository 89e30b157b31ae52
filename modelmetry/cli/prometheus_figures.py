"""Figures of one window as Prometheus knows them: the same words, asked in PromQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from modelmetry_api.models import ProductionWindow

from modelmetry.cli import promql
from modelmetry.cli.prometheus import Prometheus
from modelmetry.cli.promql import Scope, quoted
from modelmetry.store.figures import INTERPOLATED, Reading, Readings, absent, measured

_DAY: Final = 86_400.0
_MONTH: Final = 30
_MINUTE: Final = 60
_GOOD, _CLIENT, _SERVER, _KNOWN = (
    f'{promql.STATUS}=~"{one}.."' for one in ("[123]", "4", "5", "[1-5]")
)
_NOTHING: Final = "Prometheus has nothing of it in this window"
_GROWN: Final = "growth as Prometheus extrapolates it"
_TOKENS: Final = {
    "input_tokens": "input|cache_read|cache_write",
    "output_tokens": "output|reasoning",
    "cached_input_tokens": "cache_read",
    "cache_write_tokens": "cache_write",
    "reasoning_tokens": "reasoning",
}
_CALL, _TOKEN = "{call}", "{token}"


def known(
    value: float | None,
    unit: str,
    samples: float | None,
    *,
    note: str = "",
    estimated: bool = False,
) -> Reading:
    """A figure of Prometheus; without a value it was not measured."""
    if value is None:
        return absent(unit, _NOTHING)
    return measured(
        value,
        unit,
        round(samples or 0),
        source="prometheus",
        note=note,
        estimated=estimated,
    )


class PrometheusFigures:
    """All figures of one window."""

    def __init__(self, server: Prometheus, window: ProductionWindow, service: str | None) -> None:
        self._server = server
        self._end = max(window.start, min(window.end, datetime.now(UTC)))
        self._seconds = max(1.0, (self._end - window.start).total_seconds())
        self._scope = Scope(f"{self._seconds:.0f}s", service)

    def _value(self, expression: str) -> float | None:
        return self._server.value(expression, self._end)

    def parts(self) -> dict[str, Readings]:
        """Figures by the parts of the report; savings are not among them."""
        predictions, llm = self._predictions(), self._llm()
        return {
            "requests": self._requests(),
            "predictions": predictions,
            "llm": llm,
            "costs": self._costs(predictions["count"], llm["calls"]),
            "runtime": self._runtime(),
        }

    def _quantile(self, rank: float, histogram: tuple[str, ...], samples: float | None) -> Reading:
        value = self._value(self._scope.quantile(rank, histogram)) if samples else None
        return known(value, "s", samples, note=INTERPOLATED, estimated=True)

    def _mean(self, histogram: tuple[str, ...], unit: str, samples: float | None) -> Reading:
        value = self._value(self._scope.mean(histogram)) if samples else None
        return known(value, unit, samples)

    def _requests(self) -> Readings:
        scope, http = self._scope, promql.HTTP
        count = self._value(scope.count(http))
        whole = self._value(scope.count(http, _KNOWN)) if count else None
        found = {
            "count": known(count, "{request}", count, note=_GROWN),
            "per_second": known(
                None if count is None else count / self._seconds, "{request}/s", count
            ),
            "latency_mean": self._mean(http, "s", count),
            "latency_p50": self._quantile(0.5, http, count),
            "latency_p95": self._quantile(0.95, http, count),
            "latency_p99": self._quantile(0.99, http, count),
        }
        rates = {
            "success_rate": _GOOD,
            "client_error_rate": _CLIENT,
            "server_error_rate": _SERVER,
        }
        for name, status in rates.items():
            part = (self._value(scope.count(http, status)) or 0.0) if whole else 0.0
            found[name] = known(part / whole if whole else None, "1", whole)
        return found

    def _predictions(self) -> Readings:
        scope = self._scope
        count = self._value(scope.total(promql.PREDICTIONS))
        failed = self._value(scope.total(promql.PREDICTIONS, f'{promql.OUTCOME}!~"|ok|cancelled"'))
        timed = self._value(scope.count(promql.INFERENCE))
        sure = self._value(scope.count(promql.CONFIDENCE))
        return {
            "count": known(count, "{prediction}", count, note=_GROWN),
            "failed": known(None if count is None else failed or 0.0, "{prediction}", count),
            "duration_mean": self._mean(promql.INFERENCE, "s", timed),
            "duration_p95": self._quantile(0.95, promql.INFERENCE, timed),
            "confidence_mean": self._mean(promql.CONFIDENCE, "1", sure),
            "accuracy": self._accuracy(),
        }

    def _accuracy(self) -> Reading:
        """Of the truths that came in the window, corrections included, as the store has it."""
        truths = {
            result: self._value(
                self._scope.total(promql.TRUTHS, f"{promql.RESULT}={quoted(result)}")
            )
            or 0.0
            for result in ("correct", "wrong", "corrected_to_correct", "corrected_to_wrong")
        }
        judged = truths["correct"] + truths["wrong"]
        if judged <= 0:
            return absent("1", _NOTHING)
        turned = truths["corrected_to_correct"] - truths["corrected_to_wrong"]
        right = min(max(truths["correct"] + turned, 0.0), judged)
        return known(right / judged, "1", judged)

    def _llm(self) -> Readings:
        scope = self._scope
        calls = self._value(scope.count(promql.LLM))
        failed = self._value(scope.count(promql.LLM, f'{promql.ERROR_TYPE}!=""'))
        cost = self._value(scope.total(promql.COST))
        unpriced = self._value(scope.total(promql.UNPRICED))
        if unpriced is None and cost is not None:
            unpriced = 0.0  # who tells costs would have told that one is unknown
        priced = None if calls is None else calls - (unpriced or 0.0)
        first = self._value(scope.count(promql.FIRST_CHUNK))
        found = {
            "calls": known(calls, _CALL, calls, note=_GROWN),
            "errors": known(None if calls is None else failed or 0.0, _CALL, calls),
            "cost": known(cost, "USD", priced, note=_GROWN),
            "cost_per_call": known(
                cost / priced if cost is not None and priced else None, "USD", priced
            ),
            "unpriced_calls": known(unpriced, _CALL, calls),
            "latency_mean": self._mean(promql.LLM, "s", calls),
            "latency_p95": self._quantile(0.95, promql.LLM, calls),
            "first_token_p95": self._quantile(0.95, promql.FIRST_CHUNK, first),
        }
        for name, kinds in _TOKENS.items():
            tokens = self._value(scope.total(promql.TOKENS, f'{promql.TOKEN_TYPE}=~"{kinds}"'))
            found[name] = known(tokens, _TOKEN, calls)
        return found

    def _costs(self, predictions: Reading, calls: Reading) -> Readings:
        """From the gauge of the last whole day, looked at hour by hour."""
        gauge = self._scope.of(promql.CLOUD_COST, 'period="day"')
        by_service = f"sum(max by (service) ({gauge}))"
        daily = self._value(f"avg_over_time(({by_service})[{self._scope.window}:1h])")
        days = self._seconds / _DAY
        note = "from the mean of the cost of the last whole day, as it was told over the window"

        def cost(value: float | None) -> Reading:
            return known(value, "USD", days, note=note, estimated=True)

        whole = None if daily is None else daily * days
        return {
            "cloud_total": cost(whole),
            "cloud_daily": cost(daily),
            "cloud_monthly": cost(None if daily is None else daily * _MONTH),
            "cloud_per_prediction": _per(whole, predictions),
            "cloud_per_llm_call": _per(whole, calls),
        }

    def _runtime(self) -> Readings:
        scope = self._scope
        return {
            "uptime": self._uptime(),
            "cpu_mean": self._gauge(scope.average(promql.CPU), promql.CPU),
            "cpu_max": self._gauge(scope.highest(promql.CPU), promql.CPU),
            **self._memory(),
            "process_uptime_days": self._days_of(promql.PROCESS_UPTIME),
            "container_uptime_days": self._days_of(promql.CONTAINER_UPTIME),
        }

    def _gauge(self, expression: str, gauge: str, *matchers: str, over: float = 1) -> Reading:
        looks = self._value(self._scope.looks(gauge, *matchers))
        value = self._value(expression) if looks else None
        return known(None if value is None else value / over, "1", looks)

    def _memory(self) -> Readings:
        scope, used = self._scope, f'{promql.MEMORY_STATE}=~"|used"'
        share = self._gauge(scope.average(promql.MEMORY, used), promql.MEMORY, used)
        if share.value is not None:
            highest = self._gauge(scope.highest(promql.MEMORY, used), promql.MEMORY, used)
            return {"memory_mean": share, "memory_max": highest}
        # The most that was used over the largest limit: over the mean it could be more than all.
        found: dict[str, Reading] = {}
        for name, how in (("memory_mean", scope.average), ("memory_max", scope.highest)):
            limit = self._value(how(promql.MEMORY_LIMIT))
            usage = promql.MEMORY_USAGE
            found[name] = self._gauge(how(usage, used), usage, used, over=limit) if limit else share
        return found

    def _days_of(self, gauge: str) -> Reading:
        seconds = self._value(self._scope.highest(gauge))
        looks = self._value(self._scope.looks(gauge)) if seconds is not None else None
        return known(None if seconds is None else seconds / _DAY, "d", looks)

    def _uptime(self) -> Reading:
        """Minutes in which some process that tells our metrics could be scraped."""
        told = " or ".join(
            f"count by (job) (last_over_time({self._scope.of(one)}[{self._scope.window}]))"
            for one in promql.OURS
        )
        jobs = sorted(labels.get("job", "") for labels, _ in self._server.values(told, self._end))
        if not jobs:
            return absent("1", _NOTHING)
        wanted = quoted("|".join(_literally(job) for job in jobs))
        up = f"max(up{{job=~{wanted}}})"
        # Minute by minute; more closely where the window has few minutes.
        step = max(1, min(_MINUTE, int(self._seconds / _MINUTE)))
        looks = self._value(self._scope.lasting(up, "count", step))
        share = self._value(self._scope.lasting(up, "avg", step))
        minutes = None if looks is None else max(1.0, looks * step / _MINUTE)
        return known(share, "1", minutes, note="share of minutes in which a scrape succeeded")


def _per(whole: float | None, things: Reading) -> Reading:
    if whole is None or not things.value:
        return absent("USD", _NOTHING)
    return known(whole / things.value, "USD", things.samples, estimated=True)


def _literally(text: str) -> str:
    """A text as a regular expression that fits it alone (RE2)."""
    return "".join(one if one.isalnum() or one in "_- " else f"\\{one}" for one in text)
