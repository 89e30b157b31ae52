"""What the shop's site and its models answer in a stretch of time, drawn request by request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from modelmetry.demo.traffic.chance import Chance
from modelmetry.demo.traffic.tally import Tally
from modelmetry.demo.traffic.world import HOUR, Release, busy
from modelmetry.metrics import semantic
from modelmetry.metrics.instruments import SECONDS
from modelmetry.metrics.models.measures import CONFIDENCES, PREDICTION_SECONDS

_USUALLY_BUSY: Final = 63.0  # what `busy` says of the mean hour
_TRUTH_SHARE: Final = 0.3  # predictions of which one learns what was right


@frozen
class Route:
    """A route of the site: requests in an hour, and how long they usually take, in seconds."""

    method: str
    path: str
    hourly: float
    usual: float


@frozen
class Judge:
    """A model that predicts: in an hour so often, so quickly, so surely, and right so often."""

    name: str
    version: str
    hourly: float
    usual: float
    sure: float
    right: float


ROUTES: Final = (
    Route("POST", "/chat", 7.0, 0.09),
    Route("GET", "/orders/{id}", 6.0, 0.02),
    Route("GET", "/search", 5.0, 0.045),
    Route("POST", "/checkout", 1.6, 0.11),
    Route("GET", "/recommendations", 1.6, 0.03),
)
OLD_JUDGES: Final = (
    Judge("churn", "3", 9.0, 0.006, 0.86, 0.88),
    Judge("ranking", "11", 8.0, 0.014, 0.72, 0.83),
    Judge("fraud", "7", 3.0, 0.003, 0.93, 0.95),
)
JUDGES: Final = (Judge("churn", "4", 9.6, 0.005, 0.9, 0.92), *OLD_JUDGES[1:])


def serve(tally: Tally, chance: Chance, release: Release, start: int, end: int) -> None:
    """Requests of the site."""
    for route in ROUTES:
        for _ in range(_drawn(chance, route.hourly, start, end)):
            _answer(tally, chance, route, release)


def _answer(tally: Tally, chance: Chance, route: Route, release: Release) -> None:
    broken = chance.yes(release.faults / 12)
    refused = not broken and chance.yes(0.015)
    status = "500" if broken else chance.choice(("404", "404", "422")) if refused else "200"
    of = {
        semantic.HTTP_METHOD: route.method,
        semantic.HTTP_ROUTE: route.path,
        semantic.HTTP_STATUS: status,
        semantic.URL_SCHEME: "https",
    }
    if broken:
        of[semantic.ERROR_TYPE] = "TimeoutError"
    seconds = chance.tail(route.usual * release.slowness, 0.6)
    tally.see(semantic.HTTP_DURATION, "s", min(seconds, 30.0), of, SECONDS)


def predict(tally: Tally, chance: Chance, judges: tuple[Judge, ...], start: int, end: int) -> None:
    """Predictions, and truths of earlier ones."""
    for judge in judges:
        of = {semantic.MODEL_NAME: judge.name, semantic.MODEL_VERSION: judge.version}
        for _ in range(_drawn(chance, judge.hourly, start, end)):
            _judge(tally, chance, judge, of)
        for result in _truths(chance, judge, start, end):
            tally.count(semantic.GROUND_TRUTHS, "{truth}", 1, {**of, semantic.RESULT: result})


def _judge(tally: Tally, chance: Chance, judge: Judge, of: dict[str, str]) -> None:
    failed = chance.yes(0.004)
    outcome = {semantic.OUTCOME: "error" if failed else "ok"}
    cause = {semantic.ERROR_TYPE: "FeatureMissingError"} if failed else {}
    tally.count(semantic.PREDICTIONS, "{prediction}", 1, {**of, **outcome, **cause})
    seconds = chance.tail(judge.usual, 0.4)
    tally.see(semantic.PREDICTION_DURATION, "s", seconds, {**of, **outcome}, PREDICTION_SECONDS)
    if not failed:
        sure = chance.betavariate(12 * judge.sure, 12 * (1 - judge.sure))
        tally.see(semantic.PREDICTION_CONFIDENCE, "1", sure, of, CONFIDENCES)


def _truths(chance: Chance, judge: Judge, start: int, end: int) -> Iterator[str]:
    for _ in range(_drawn(chance, judge.hourly * _TRUTH_SHARE, start, end)):
        yield "correct" if chance.yes(judge.right) else "wrong"


def _drawn(chance: Chance, hourly: float, start: int, end: int) -> int:
    """How many come in a stretch: as much as is usual then, whole, and right on average."""
    wanted = hourly * (end - start) / HOUR * busy(start) / _USUALLY_BUSY
    wanted *= chance.uniform(0.85, 1.15)
    return int(wanted) + chance.yes(wanted % 1)
