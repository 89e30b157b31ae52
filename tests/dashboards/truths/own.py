"""What is true of the row of what was left out, and of the row of the server."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from modelmetry.grafana import names
from tests.dashboards import facts
from tests.dashboards.judging import Range, Truth, exactly, near
from tests.dashboards.processes import Live
from tests.dashboards.truths.counts import ASKED, BAD, CALLS, FAILED, LOAD, by, each, rate
from tests.dashboards.truths.raw import Raw, rates, same, summed


def own(live: Live, raw: Raw) -> Iterable[tuple[str, Truth]]:
    """The row of what was left out."""
    odd = rate(LOAD["/measure"])
    metric = "proof_measured"
    yield "Refused measurements / A", {by(metric=metric, reason="not_finite"): odd}
    yield "Measurements without a series / A", {by(metric=metric): odd}
    (failed,) = raw.growth(names.FAILED_COLLECTIONS).values()
    yield "Failed collections / A", rate(failed)
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
    both = (raw, evolve(raw, job="modelmetry"))
    for place, metric in (
        ("Series of a scrape / A", "scrape_samples_scraped"),
        ("Time of a scrape / A", "scrape_duration_seconds"),
    ):
        told = {labels: value for one in both for labels, value in one.levels(metric).items()}
        assert told.keys() == targets
        yield place, same(told)


def stored() -> dict[str, float]:
    """Signals that the server took in, by list."""
    events = 2 * FAILED + BAD  # an exception is one of each block that it leaves
    return {
        "Traces": CALLS + ASKED,
        "Spans": CALLS,
        "Events": events,
        "Findings": 2 * LOAD["/stream"],
    }


def signals() -> float:
    """Signals that were recorded."""
    return sum(stored().values())


def server(raw: Raw) -> Iterable[tuple[str, Truth]]:
    """The row of the server."""
    own_route, ingest = "/metrics", "/signals/ingest/v1"
    requests = summed(raw.growth(names.HTTP_REQUESTS), names.ROUTE)
    assert requests.keys() == {by(http_route=own_route), by(http_route=ingest)}
    yield "Requests to the server / A", rates(requests)
    quick = Range(0.0001, 10)
    yield "Latency of the server / A", each(names.ROUTE, {own_route: quick, ingest: quick})
    refused = rate(facts.REFUSED)
    yield "Refused requests / A", each(names.REASON, {"not-json-media-type": refused})
    yield "Share of refused requests / A", near(facts.REFUSED / sum(requests.values()))
    yield "Stored signals / A", each(names.LIST, {k: rate(v) for k, v in stored().items()})
    (received,) = raw.growth(names.SERVER_RECEIVED).values()
    assert signals() * 20 < received < signals() * 2_000
    yield "Received / A", rate(received)
    (spent,) = raw.growth(names.SERVER_WRITE_TIME).values()
    (transactions,) = raw.growth(names.SERVER_TRANSACTIONS).values()
    yield "Time of a transaction / A", near(spent / transactions)
    yield "Waiting / A", exactly(0)
    yield "Waiting / B", Range(1, 1)  # the read of these metrics
    yield "Size of the store / A", same(summed(raw.levels(names.SERVER_STORE_SIZE), names.PART))
