"""What durations may be: no answer is sooner than it slept, or later than it was waited for."""

from __future__ import annotations

from collections.abc import Sequence

from modelmetry.metrics.instruments import SECONDS as SECONDS_BOUNDS
from modelmetry.metrics.models.measures import PREDICTION_SECONDS
from modelmetry.metrics.semantic import LONG_SECONDS
from tests.dashboards import facts
from tests.dashboards.judging import Range
from tests.dashboards.load import Driven
from tests.dashboards.truths.counts import ASKED, FAILED, LOAD, SOCKETS, UNKNOWN


def routes() -> dict[str, float]:
    """How often each route was asked."""
    same = ("/slow", "/crash", "/teapot", "/stream", "/measure")
    return {
        **{path: LOAD[path] for path in same},
        "/fast/{item}": LOAD["/fast/1"],
        "/predict/{how}": ASKED,
        "/call/{how}": LOAD["/call/known"] + UNKNOWN + FAILED,
        "unmatched": LOAD["/nowhere"],
        "/socket": SOCKETS,
    }


def lasting(driven: Driven, *paths: str, least: float, bounds: Sequence[float]) -> Range:
    """What a quantile may be: no answer is sooner than it slept, or later than it was waited for.

    Both in buckets; so a loaded machine changes the truth and not the verdict.
    """
    longest = max(one for path in paths for one in driven.waited[path])
    below = [bound for bound in bounds if bound <= least]
    above = [bound for bound in bounds if bound >= longest]
    return Range(max(below, default=0), min(above, default=max(bounds)))


def overall(driven: Driven, q: float, least: float) -> Range:
    """A quantile of all requests; websockets, which take no time, move it down a little."""
    waited = driven.all
    longest = waited[min(len(waited) - 1, round(len(waited) * (q + 0.03)))]
    below = [bound for bound in SECONDS_BOUNDS if bound <= least]
    above = [bound for bound in SECONDS_BOUNDS if bound >= longest]
    return Range(max(below, default=0), min(above))


def call_range(driven: Driven) -> Range:
    """How long calls take."""
    paths = ("/call/known", "/call/unknown", "/call/fail", "/stream")
    least = facts.FIRST_TOKEN + facts.EACH_TOKEN
    return lasting(driven, *paths, least=least * 0.9, bounds=LONG_SECONDS)


def first_range(driven: Driven) -> Range:
    """How long streams take to begin."""
    return lasting(driven, "/stream", least=facts.FIRST_TOKEN, bounds=LONG_SECONDS)


def each_range(driven: Driven) -> Range:
    """How long each further piece of a stream takes."""
    return lasting(driven, "/stream", least=facts.EACH_TOKEN, bounds=LONG_SECONDS)


def prediction_range(driven: Driven) -> Range:
    """How long predictions take."""
    paths = tuple(path for path in LOAD if path.startswith("/predict"))
    return lasting(driven, *paths, least=facts.PREDICTION, bounds=PREDICTION_SECONDS)


def slept() -> dict[str, float]:
    """Seconds that the answer of each path takes at least."""
    return {
        **dict.fromkeys(LOAD, 0.0),
        "/fast/1": facts.FAST,
        "/slow": facts.SLOW,
        "/stream": facts.FIRST_TOKEN + facts.EACH_TOKEN,
        **{path: facts.PREDICTION for path in LOAD if path.startswith("/predict")},
        **{path: facts.CALL for path in LOAD if path.startswith("/call")},
    }


def latencies(driven: Driven) -> dict[str, Range]:
    """How long requests of each route took."""
    of_route = {"/fast/{item}": "/fast/", "unmatched": "/nowhere", "/socket": "/measure"}
    found: dict[str, Range] = {}
    for route in routes():
        start = of_route.get(route, route.partition("{")[0])
        paths = tuple(path for path in LOAD if path.startswith(start))
        least = min(slept()[path] for path in paths)
        found[route] = lasting(driven, *paths, least=least, bounds=SECONDS_BOUNDS)
    return found
