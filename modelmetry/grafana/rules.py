"""Recording rules: what dashboards and alerts ask for often, computed once.

Names follow `level:metric:operations` (prometheus.io, "Recording rules").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from modelmetry.grafana import names
from modelmetry.grafana.choices import Choices, pattern
from modelmetry.grafana.queries import SERVER_ERRORS, Source, largest, share, total

BURN_WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
"""The windows of alerts by burn rate (Google, The Site Reliability Workbook, chapter 5)."""

LONG_WINDOWS: Final = ("1h", "6h", "1d", "3d")
"""Those of them over which an alert looks whether enough failed to be worth a call."""

FAR_BACK: Final = ("6h", "1d", "3d")
"""Windows in which a minute more or less changes nothing."""

COST_WINDOWS: Final = ("1h", "6h", "1d")
"""The windows over which money is looked at."""

QUANTILES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
ONE_MODEL: Final = (names.MODEL, names.VERSION)
ONE_LLM: Final = (names.PROVIDER, names.LLM_MODEL)
DAY, MONTH = f'{names.PERIOD}="day"', f'{names.PERIOD}="month"'


class Recording(Struct, frozen=True):
    """A series that Prometheus computes.

    Attributes:
        record: its name.
        expr: what it is.
    """

    record: str
    expr: str


class Group(Struct, frozen=True):
    """Rules that are computed one after the other.

    Attributes:
        name: of the group.
        rules: in their order.
        seldom: whether they look so far back that they need not be computed at each scrape.
    """

    name: str
    rules: tuple[Recording, ...]
    seldom: bool = False


def source(choices: Choices, window: str = "5m") -> Source:
    """The series of the jobs that were chosen."""
    return _of(choices.jobs, window)


def server(choices: Choices, window: str = "5m") -> Source:
    """The series of the modelmetry server; it is also the one that knows what the cloud costs."""
    return _of((choices.server_job,) if choices.jobs else (), window)


def everything(choices: Choices) -> Source:
    """The series of both."""
    return _of(dict.fromkeys((*choices.jobs, choices.server_job)) if choices.jobs else (), "5m")


def _of(jobs: Iterable[str], window: str) -> Source:
    found = pattern(jobs).replace("\\", "\\\\")
    return Source((f'job=~"{found}"',) if found else (), window)


def recordings(choices: Choices) -> tuple[Group, ...]:
    """All of them."""
    found = source(choices)
    return (
        _requests(found),
        _far_back(found),
        _models(found),
        _calls(found),
        _money(found, server(choices)),
    )


def error_ratio(window: str) -> str:
    """The name of the share of requests that failed."""
    return f"job:http_errors_per_request:ratio_rate{window}"


def failed_requests(window: str) -> str:
    """The name of how many requests failed."""
    return f"job:http_errors:increase{window}"


def _requests(found: Source) -> Group:
    by = ("job",)
    rules = [
        Recording("job:http_requests:rate5m", total(found.rate(names.HTTP_REQUESTS), by)),
        *(
            Recording(
                f"job:http_request_duration_seconds:{name}_rate5m",
                found.quantile(q, names.HTTP_DURATION, by),
            )
            for name, q in QUANTILES.items()
        ),
        Recording(
            "job_route:http_request_duration_seconds:p95_rate5m",
            found.quantile(0.95, names.HTTP_DURATION, ("job", names.ROUTE)),
        ),
    ]
    rules += [_errors(found, window) for window in BURN_WINDOWS if window not in FAR_BACK]
    rules += [_failed(found, window) for window in LONG_WINDOWS if window not in FAR_BACK]
    return Group("modelmetry_http", tuple(rules))


def _far_back(found: Source) -> Group:
    """A window of days is read anew each time: all of its samples, for each series."""
    rules = [_errors(found, window) for window in BURN_WINDOWS if window in FAR_BACK]
    rules += [_failed(found, window) for window in LONG_WINDOWS if window in FAR_BACK]
    return Group("modelmetry_http_long", tuple(rules), seldom=True)


def _errors(found: Source, window: str) -> Recording:
    span = found.over(window)
    failed = span.rate(names.HTTP_REQUESTS, f"{names.STATUS}{SERVER_ERRORS}")
    return Recording(error_ratio(window), share(failed, span.rate(names.HTTP_REQUESTS), ("job",)))


def _failed(found: Source, window: str) -> Recording:
    failed = found.over(window).increase(names.HTTP_REQUESTS, f"{names.STATUS}{SERVER_ERRORS}")
    return Recording(failed_requests(window), total(failed, ("job",)))


def _models(found: Source) -> Group:
    by = ("job", *ONE_MODEL)
    predictions = found.rate(names.PREDICTIONS)
    failed = found.rate(names.PREDICTIONS, f'{names.OUTCOME}="error"')
    right = f"{found.of(names.MODEL_ACCURACY)} * {found.of(names.MODEL_ACCURACY_SAMPLES)}"
    window = (*by, names.WINDOW)
    samples = total(found.of(names.MODEL_ACCURACY_SAMPLES), window)
    level = "job_model_version"
    return Group(
        "modelmetry_models",
        (
            Recording(f"{level}:predictions:rate5m", total(predictions, by)),
            Recording(
                f"{level}:errors_per_prediction:ratio_rate5m", share(failed, predictions, by)
            ),
            Recording(
                f"{level}:prediction_duration_seconds:p95_rate5m",
                found.quantile(0.95, names.PREDICTION_DURATION, by),
            ),
            Recording(
                f"{level}_window:model_accuracy:ratio",
                f"{total(right, window)} / ({samples} > 0)",
            ),
        ),
    )


def _calls(found: Source) -> Group:
    by = ("job", *ONE_LLM)
    calls = found.rate(names.LLM_CALLS)
    failed = found.rate(names.LLM_CALLS, f'{names.ERROR_TYPE}!=""')
    level = "job_provider_model"
    return Group(
        "modelmetry_llm",
        (
            Recording(f"{level}:llm_calls:rate5m", total(calls, by)),
            Recording(f"{level}:llm_errors_per_call:ratio_rate5m", share(failed, calls, by)),
            Recording(
                f"{level}:llm_duration_seconds:p95_rate5m",
                found.quantile(0.95, names.LLM_DURATION, by),
            ),
            Recording(
                f"{level}:llm_time_to_first_chunk_seconds:p95_rate5m",
                found.quantile(0.95, names.LLM_FIRST_CHUNK, by),
            ),
        ),
    )


def _money(found: Source, cloud: Source) -> Group:
    by = ("job",)
    rates = [
        Recording(
            f"job:llm_cost_usd:rate{window}", total(found.over(window).rate(names.LLM_COST), by)
        )
        for window in COST_WINDOWS
    ]
    return Group(
        "modelmetry_cost",
        (
            *rates,
            Recording("service:cloud_cost_usd:day", cloud_cost(cloud, DAY)),
            Recording("service:cloud_cost_usd:month", cloud_cost(cloud, MONTH)),
            Recording("cloud_cost_usd:month_projected", projected(cloud)),
        ),
    )


def cloud_cost(found: Source, period: str) -> str:
    """USD by service; several servers over one store tell the same money, which counts once.

    They read it at different moments, so what is estimated for one may be final for the other.
    """
    told = total(found.of(names.CLOUD_COST, period), (names.SERVICE, "instance"))
    return largest(told, (names.SERVICE,))


def projected(found: Source) -> str:
    """USD of the month at its end: what it was so far, and the last day for each that is left.

    Today belongs to those that are left: the bill of a day is there when the day is over.
    """
    day, month = total(cloud_cost(found, DAY)), total(cloud_cost(found, MONTH))
    left = "(days_in_month() - day_of_month() + 1)"
    return f"{month} + {day} * scalar({left})"
