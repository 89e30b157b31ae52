"""For each panel and each recording rule: what is true after the load."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import inf
from statistics import mean

from modelmetry.grafana import names
from modelmetry.grafana.choices import MONTH_SECONDS
from modelmetry.grafana.rules import BURN_WINDOWS, error_ratio
from modelmetry.metrics.instruments import SECONDS as SECONDS_BOUNDS
from modelmetry.metrics.models.measures import PREDICTION_SECONDS
from modelmetry.metrics.semantic import LONG_SECONDS
from tests.dashboards import facts
from tests.dashboards.judging import Each, Labels, Range, Truth, exactly, near
from tests.dashboards.load import Driven
from tests.dashboards.processes import CHOICES, Live
from tests.dashboards.substitution import SECONDS

LOAD = facts.LOAD
SOCKETS = LOAD["/measure"]
REQUESTS = sum(LOAD.values()) + SOCKETS  # a websocket is a request that is answered with 101
OK = REQUESTS - LOAD["/crash"] - LOAD["/teapot"] - LOAD["/nowhere"]
GOOD, WRONG, BAD = (LOAD[f"/predict/{how}"] for how in ("good", "wrong", "bad"))
PREDICTED = GOOD + WRONG
KNOWN = LOAD["/call/known"] + LOAD["/stream"]  # with usage and a price
UNKNOWN, FAILED = LOAD["/call/unknown"], LOAD["/call/fail"]
CALLS = KNOWN + UNKNOWN + FAILED
COST = KNOWN * sum(facts.COST.values())
WARM = 1.0

MODEL = {names.MODEL: "churn", names.VERSION: "3"}


def by(**labels: str) -> Labels:
    """Labels of a series."""
    return frozenset(labels.items())


def each(name: str, values: dict[str, Range], **more: str) -> Truth:
    """A series for each value of a label."""
    return {by(**{name: value}, **more): one for value, one in values.items()}


def rate(number: float) -> Range:
    """A second, of so many in all."""
    return near(number / SECONDS)


def truths(live: Live, driven: Driven) -> dict[str, Truth]:
    """By the place of the panel, and by the name of the rule."""
    return {
        **{f"HTTP / {name}": one for name, one in http(driven)},
        **{f"Models / {name}": one for name, one in models(driven)},
        **{f"Language models / {name}": one for name, one in calls(driven)},
        **{f"Cloud cost / {name}": one for name, one in cloud(driven)},
        **{f"Resources / {name}": one for name, one in resources()},
        **{f"What modelmetry left out / {name}": one for name, one in own(live)},
        **{f"The modelmetry server / {name}": one for name, one in server()},
        **dict(rules(driven)),
    }


def routes() -> dict[str, float]:
    """How often each route was asked."""
    same = ("/slow", "/crash", "/teapot", "/stream", "/measure")
    return {
        **{path: LOAD[path] for path in same},
        "/fast/{item}": LOAD["/fast/1"],
        "/predict/{how}": PREDICTED + BAD,
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


def http(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """The row of requests."""
    failed, refused = LOAD["/crash"], LOAD["/teapot"] + LOAD["/nowhere"]
    yield "Requests / A", near(REQUESTS)
    yield "Requests per second / A", rate(REQUESTS)
    yield "Latency p95 / A", overall(driven, 0.95, 1)
    yield "Failed / A", near(failed / REQUESTS)
    yield "Successful / A", near(OK / REQUESTS, 0.02)
    yield "In flight / A", exactly(facts.HELD)
    yield "Latency / A", overall(driven, 0.5, 0.1)
    yield "Latency / B", overall(driven, 0.95, 1)
    yield "Latency / C", overall(driven, 0.99, 1)
    # Who waits for an answer waits longer than the answer takes; websockets take no time.
    yield "Latency / D", Range(mean_slept() * 0.95, mean(driven.all) * 1.05)
    yield "Latency p95 by route / A", each(names.ROUTE, latencies(driven))
    yield (
        "Latency distribution / A",
        {by(le=bound): one for bound, one in distribution(driven).items()},
    )
    yield "Time to first byte / A", overall(driven, 0.5, 0.1)
    yield "Time to first byte / B", overall(driven, 0.95, 1)
    yield (
        "Requests by route / A",
        each(names.ROUTE, {route: rate(number) for route, number in routes().items()}),
    )
    statuses = {"200": OK - SOCKETS, "101": SOCKETS, "500": failed, "418": 10, "404": 10}
    yield (
        "Requests by status / A",
        each(names.STATUS, {status: rate(number) for status, number in statuses.items()}),
    )
    yield "Failed requests / A", near(refused / REQUESTS)
    yield "Failed requests / B", near(failed / REQUESTS)
    yield "Errors by type / A", each(names.ERROR_TYPE, {"LookupError": rate(failed)})
    for letter in "ABCD":
        burned = failed / REQUESTS / CHOICES.allowed
        yield f"Burn of the error budget / {letter}", near(burned)
    yield "Open websockets / A", exactly(facts.WORKERS)
    yield "Websockets by route / A", each(names.ROUTE, {"/socket": rate(SOCKETS)})


def mean_slept() -> float:
    """Seconds that the answers took at least, on average."""
    return sum(seconds * LOAD[path] for path, seconds in slept().items()) / REQUESTS


def distribution(driven: Driven) -> dict[str, Range]:
    """Requests up to each bound: those waited for so long, and not those that slept longer."""
    found: dict[str, Range] = {}
    for bound in (*SECONDS_BOUNDS, inf):
        sure = sum(one <= bound for one in driven.all)
        possible = sum(LOAD[path] for path, seconds in slept().items() if seconds < bound)
        name = "+Inf" if bound == inf else str(bound)
        found[name] = Range(sure, (possible + SOCKETS + facts.WORKERS) * 1.15)
    return found


def models(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """The row of models."""
    all_of_them, here = PREDICTED + BAD, by(**MODEL)
    judged = PREDICTED + 2 * WARM
    windows = ("24h", "last_1000")
    yield "Predictions / A", near(PREDICTED)
    yield "Failed predictions / A", near(BAD / all_of_them)
    yield "Waiting for truth / A", near(facts.WORKERS * facts.WAITING, 0.01)
    yield (
        "Predictions by model / A",
        each(names.OUTCOME, {"ok": rate(PREDICTED), "error": rate(BAD)}, **MODEL),
    )
    yield "Failed predictions by model / A", {here: near(BAD / all_of_them)}
    yield "Inference time / A", {here: prediction_range(driven)}
    yield "Inference time / B", {here: prediction_range(driven)}
    yield "Confidence / A", {here: Range(0.9, 0.95)}
    yield "Confidence / B", {here: Range(0.4, 0.5)}
    yield "Unsure predictions / A", {here: near(WRONG / PREDICTED)}
    ratio = exactly((GOOD + WARM) / judged)
    yield "Accuracy / A", each(names.WINDOW, dict.fromkeys(windows, ratio), **MODEL)
    yield (
        "Samples of the accuracy / A",
        each(names.WINDOW, dict.fromkeys(windows, exactly(judged)), **MODEL),
    )
    yield "Truths / A", each(names.RESULT, {"correct": rate(GOOD), "wrong": rate(WRONG)})
    yield "Versions in use / A", {here: exactly(1)}


def calls(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """The row of language models."""
    known, unknown = facts.KNOWN, facts.UNKNOWN

    def model(values: dict[str, Range]) -> Truth:
        return each(names.LLM_MODEL, values)

    yield "Calls / A", near(CALLS)
    yield "Failed calls / A", near(FAILED / CALLS)
    yield "Cost / A", near(COST)
    yield "Cost of a call / A", near(COST / CALLS)
    yield "A month at this rate / A", near(COST / SECONDS * MONTH_SECONDS)
    yield "Unpriced calls / A", near(UNKNOWN)
    yield "Calls by model / A", model({known: rate(KNOWN + FAILED), unknown: rate(UNKNOWN)})
    yield (
        "Failed calls by model / A",
        model({known: near(FAILED / (KNOWN + FAILED)), unknown: exactly(0)}),
    )
    yield "Errors of calls by type / A", each(names.ERROR_TYPE, {"TimeoutError": rate(FAILED)})
    for letter in "ABC":
        yield f"Duration of calls / {letter}", call_range(driven)
    yield (
        "Duration of calls by model / A",
        model(dict.fromkeys((known, unknown), call_range(driven))),
    )
    yield "Time to first token / A", model({known: first_range(driven)})
    yield "Time to first token / B", model({known: first_range(driven)})
    yield "Time for each token / A", model({known: each_range(driven)})
    told = {kind: rate(number * (KNOWN + UNKNOWN)) for kind, number in facts.TOKENS.items()}
    yield "Tokens by kind / A", each(names.TOKEN_TYPE, told)
    tokens = sum(facts.TOKENS.values())
    yield (
        "Tokens by model / A",
        model({known: rate(KNOWN * tokens), unknown: rate(UNKNOWN * tokens)}),
    )
    yield "Read from the cache / A", model({known: near(0.4, 0.01), unknown: near(0.4, 0.01)})
    yield "Cost by model / A", model({known: near(COST / SECONDS * 3600)})
    components = {
        component: near(KNOWN * usd / SECONDS * 3600) for component, usd in facts.COST.items()
    }
    yield "Cost by component / A", each(names.COMPONENT, components)
    yield (
        "Unpriced calls by model / A",
        each(names.LLM_MODEL, {unknown: rate(UNKNOWN)}, reason="unknown_model"),
    )


def spent(period: str) -> dict[str, float]:
    """USD by service."""
    found: dict[str, float] = {}
    for service, when, _, usd in facts.CLOUD:
        if when == period:
            found[service] = found.get(service, 0) + usd
    return found


def month_end(driven: Driven) -> Range:
    """USD at the end of the month, by the calendar."""
    today = datetime.fromtimestamp(driven.at, UTC)
    left = monthrange(today.year, today.month)[1] - today.day + 1
    each_day = sum(spent("day").values())
    return exactly(sum(spent("month").values()) + each_day * left)


def cloud(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """The row of what a cloud costs."""
    day, month = spent("day"), spent("month")
    yield "Last day / A", exactly(sum(day.values()))
    yield "This month / A", exactly(sum(month.values()))
    yield "At the end of the month / A", month_end(driven)
    yield "Cost of a prediction / A", near(sum(day.values()) / (PREDICTED + BAD))
    yield "Cloud cost of a call / A", near(sum(day.values()) / CALLS)
    yield "Read / A", Range(facts.COST_READ_AGO, facts.COST_READ_AGO + SECONDS)
    yield "Last day by service / A", each("service", {k: exactly(v) for k, v in day.items()})
    yield "This month by service / A", each("service", {k: exactly(v) for k, v in month.items()})
    yield "Not final / A", exactly(7)
    yield "Cost of asking / A", Range(0.05, SECONDS * 0.01)  # one a second, since it began


def resources() -> Iterable[tuple[str, Truth]]:
    """The row of machines: what is made up exactly, what is real within what is possible."""
    here = ("instance",)
    target = ("instance", "job")
    gpu = (names.HARDWARE, "instance")
    share, more = Range(0, 1), Range(0, inf)

    def any_of(labels: tuple[str, ...], one: Range) -> Truth:
        return Each(frozenset(labels), one)

    yield "CPU / A", any_of((*target, names.SCOPE), Range(0.001, 1))
    yield "Memory / A", any_of((*here, names.SCOPE), Range(0.001, 1))
    yield "File systems / A", any_of((*here, names.MOUNT), share)
    yield "Disks / A", any_of((*here, names.DISK_DIRECTION), more)
    yield "Network / A", any_of((*here, names.NETWORK_DIRECTION), more)
    yield "Pressure / A", any_of((*target, names.SCOPE, "kind", "resource"), share)
    yield "CPU of the application / A", any_of(here, Range(0.001, 2))
    yield "Memory of the application / A", any_of(here, Range(3e7, 2e9))
    yield "Threads and open files / A", any_of(here, Range(2 * facts.WORKERS, 500))
    yield "Threads and open files / B", any_of(here, Range(5 * facts.WORKERS, 500))
    yield "Uptime / A", any_of(target, Range(5, SECONDS))
    yield "Memory of the container / A", any_of(here, exactly(0.6))
    # They grow all the time, of which the window has an unknown part.
    for name, metric in (
        ("Throttled", "modelmetry.container.cpu.throttled.time"),
        ("Power of the GPU", "hw.energy"),
    ):
        most = facts.RATES[metric]
        yield f"{name} / A", any_of(here if name == "Throttled" else gpu, Range(most / 60, most))
    killed = facts.RATES["modelmetry.container.memory.oom_kills"]
    yield "Killed for want of memory / A", any_of(here, Range(killed * 5, killed * SECONDS))
    place = {"job", "instance", names.HARDWARE, "hw_name"}
    level = facts.LEVELS
    yield "GPU / A", any_of((*place, "hw_gpu_task"), exactly(level["hw.gpu.utilization"]))
    yield "Memory of the GPU / A", any_of(gpu, exactly(0.75))
    yield (
        "Temperature of the GPU / A",
        any_of((*place, "hw_type"), exactly(level["hw.temperature"])),
    )


def own(live: Live) -> Iterable[tuple[str, Truth]]:
    """The row of what was left out."""
    odd = rate(LOAD["/measure"])
    metric = "proof_measured"
    yield "Refused measurements / A", {by(metric=metric, reason="not_finite"): odd}
    yield "Measurements without a series / A", {by(metric=metric): odd}
    yield "Failed collections / A", exactly(0)
    yield "Failed collections / B", exactly(0)
    yield "Recorded signals / A", each(names.OUTCOME, {"delivered": rate(signals())})
    yield "Signals that wait / A", each(names.PLACE, {"memory": Range(0, 0), "disk": Range(0, 0)})
    yield (
        "Forgotten predictions / A",
        each(names.REASON, {"full": rate(LOAD["/measure"] * facts.FORGOTTEN)}),
    )
    yield "Targets / A", each("job", {"application": exactly(1), "modelmetry": exactly(1)})
    targets = {
        by(job="application", instance=live.application.removeprefix("http://")),
        by(job="modelmetry", instance=live.server.removeprefix("http://")),
    }
    yield "Series of a scrape / A", dict.fromkeys(targets, Range(40, 3_000))
    yield "Time of a scrape / A", dict.fromkeys(targets, Range(0.0001, 1))


def stored() -> dict[str, float]:
    """Signals that the server took in, by list."""
    events = 2 * FAILED + BAD  # an exception is one of each block that it leaves
    return {
        "Traces": CALLS + PREDICTED + BAD,
        "Spans": CALLS,
        "Events": events,
        "Findings": 2 * LOAD["/stream"],
    }


def signals() -> float:
    """Signals that were recorded."""
    return sum(stored().values())


def server() -> Iterable[tuple[str, Truth]]:
    """The row of the server."""
    own_route, ingest = "/metrics", "/signals/ingest/v1"
    few = Range(0.001, 5)
    yield "Requests to the server / A", each(names.ROUTE, {own_route: few, ingest: few})
    quick = Range(0.0001, 1)
    yield "Latency of the server / A", each(names.ROUTE, {own_route: quick, ingest: quick})
    refused = rate(facts.REFUSED)
    yield "Refused requests / A", each(names.REASON, {"not-json-media-type": refused})
    yield "Share of refused requests / A", Range(0.02, 0.8)
    yield "Stored signals / A", each(names.LIST, {k: rate(v) for k, v in stored().items()})
    yield "Received / A", Range(signals() * 20 / SECONDS, signals() * 2_000 / SECONDS)
    yield "Time of a transaction / A", Range(0.00001, 1)
    yield "Waiting / A", exactly(0)
    yield "Waiting / B", Range(1, 1)  # the read of these metrics
    yield "Size of the store / A", Each(frozenset({names.PART}), Range(1_000, 1e8))


def rules(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """Recording rules."""
    here, model = by(job="application"), by(job="application", **MODEL)
    yield "job:http_requests:rate5m", {here: rate(REQUESTS)}
    for name, one in (("p50", (0.5, 0.1)), ("p95", (0.95, 1)), ("p99", (0.99, 1))):
        yield f"job:http_request_duration_seconds:{name}_rate5m", {here: overall(driven, *one)}
    routed = {by(job="application", http_route=k): v for k, v in latencies(driven).items()}
    yield "job_route:http_request_duration_seconds:p95_rate5m", routed
    for window in BURN_WINDOWS:
        yield error_ratio(window), {here: near(LOAD["/crash"] / REQUESTS)}
    level = "job_model_version"
    yield f"{level}:predictions:rate5m", {model: rate(PREDICTED + BAD)}
    yield f"{level}:errors_per_prediction:ratio_rate5m", {model: near(BAD / (PREDICTED + BAD))}
    yield f"{level}:prediction_duration_seconds:p95_rate5m", {model: prediction_range(driven)}
    accuracy = exactly((GOOD + WARM) / (PREDICTED + 2 * WARM))
    yield (
        f"{level}_window:model_accuracy:ratio",
        {by(job="application", window=w, **MODEL): accuracy for w in ("24h", "last_1000")},
    )
    known, unknown = (
        by(job="application", gen_ai_provider_name="openai", gen_ai_request_model=name)
        for name in (facts.KNOWN, facts.UNKNOWN)
    )
    level = "job_provider_model"
    yield f"{level}:llm_calls:rate5m", {known: rate(KNOWN + FAILED), unknown: rate(UNKNOWN)}
    yield (
        f"{level}:llm_errors_per_call:ratio_rate5m",
        {known: near(FAILED / (KNOWN + FAILED)), unknown: exactly(0)},
    )
    yield (
        f"{level}:llm_duration_seconds:p95_rate5m",
        dict.fromkeys((known, unknown), call_range(driven)),
    )
    yield (
        f"{level}:llm_time_to_first_chunk_seconds:p95_rate5m",
        {known: first_range(driven)},
    )
    for window, seconds in (("1h", 3_600), ("6h", 21_600), ("1d", 86_400)):
        yield f"job:llm_cost_usd:rate{window}", {here: near(COST / seconds)}
    yield (
        "service:cloud_cost_usd:day",
        each("service", {k: exactly(v) for k, v in spent("day").items()}),
    )
    yield (
        "service:cloud_cost_usd:month",
        each("service", {k: exactly(v) for k, v in spent("month").items()}),
    )
    yield "cloud_cost_usd:month_projected", month_end(driven)
