"""The load, and what tells that Prometheus has seen all of it."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import httpx
from attrs import frozen

from modelmetry.grafana import names
from modelmetry.grafana.rules import recordings
from tests.dashboards import facts
from tests.dashboards.processes import CHOICES, Live, until

AT_ONCE = 20

SCRAPES: Final = 24
"""Of each target after the first one: Prometheus then adds about 7 % at most at the edges.

That is half of a mean interval before the first sample, and at most 1.1 after the last one.
"""

SETTLED: Final = 2.0
"""Seconds after which no scrape is under way any more that began before: it may take one."""

_BOTH: Final = 'up{job=~"application|modelmetry"}'


@frozen
class Driven:
    """When everything was seen, and how long requests took for who sent them."""

    at: float
    waited: Mapping[str, list[float]]

    @property
    def all(self) -> list[float]:
        """Of all requests, the shortest first."""
        return sorted(one for seconds in self.waited.values() for one in seconds)


@frozen
class Count:
    """What a metric comes to, all of its series with these labels together."""

    metric: str
    value: float
    labels: Mapping[str, str] = {}

    @property
    def expr(self) -> str:
        """The same as Prometheus is asked for it; money without the last digits."""
        labels = ",".join(f'{name}="{value}"' for name, value in self.labels.items())
        return f"round(sum({self.metric}{{{labels}}}), 0.0001)"

    def is_told(self, told: Iterable[tuple[str, Mapping[str, str], float]]) -> bool:
        """Whether who is asked says so."""
        found = [
            value
            for name, labels, value in told
            if name == self.metric and self.labels.items() <= labels.items()
        ]
        return bool(found) and round(sum(found), 4) == self.value


def hold(live: Live) -> list[socket.socket]:
    """Requests that nobody will answer."""
    url = httpx.URL(live.application)
    found: list[socket.socket] = []
    for _ in range(facts.HELD):
        connection = socket.create_connection((url.host, url.port or 80))
        connection.sendall(b"GET /hold HTTP/1.1\r\nHost: here\r\n\r\n")
        found.append(connection)
    return found


def warm(live: Live) -> None:
    """Ask each path once, so that Prometheus knows all series from its first scrape on."""
    once = dict.fromkeys(facts.LOAD, 1)
    asyncio.run(sent(live, once, refused=1))
    expected = counted(once, refused=1)

    def missing() -> list[Count]:
        told = live.told()
        return [one for one in expected if not one.is_told(told)]

    until(lambda: not missing(), lambda: f"the first requests: {missing()}")


def drive(live: Live) -> Driven:
    """Ask each path as often as `LOAD` says, and wait until all that is known.

    Whatever a slow machine does, it only takes longer: at the moment that is found all was
    counted, both targets had answered, and often enough, and all rules were computed after that.
    """
    began = time.time()
    waited = asyncio.run(sent(live, facts.LOAD, refused=facts.REFUSED))
    both = {path: number + 1 for path, number in facts.LOAD.items()}
    expected = counted(both, refused=facts.REFUSED + 1)
    seen = moment(live, lambda at: is_seen(live, expected, began, at))
    last = [group.rules[-1].record for group in recordings(CHOICES)]

    def is_complete(at: float) -> bool:
        return live.number(f"sum({_BOTH})", at) == 2 and all(
            live.number(f"min(timestamp({one}))", at) > seen for one in last
        )

    return Driven(moment(live, is_complete), waited)


def is_seen(live: Live, expected: Iterable[Count], began: float, at: float) -> bool:
    """Whether all is counted at a moment, by enough scrapes."""
    scrapes = f"min(sum_over_time({_BOTH}[{max(at - began, 1):.0f}s]))"
    return live.number(scrapes, at) >= SCRAPES and all(
        live.number(one.expr, at) == one.value for one in expected
    )


def moment(live: Live, condition: Callable[[float], bool]) -> float:
    """The first one that is found at which a condition is true, and stays so: it is over."""
    found: list[float] = []

    def is_true() -> bool:
        at = live.number("vector(time())") - SETTLED
        if condition(at):
            found.append(at)
        return bool(found)

    until(is_true, lambda: f"what is not true at {found}")
    return found[0]


async def sent(live: Live, load: Mapping[str, int], *, refused: int) -> dict[str, list[float]]:
    """Send requests, a few at once, the different kinds among each other."""
    paths = sorted(path for number in range(max(load.values())) for path in due(load, number))
    turns = asyncio.Semaphore(AT_ONCE)
    alone = httpx.Limits(max_keepalive_connections=0)  # so that both workers get some
    async with httpx.AsyncClient(limits=alone, trust_env=False, timeout=60) as client:

        async def one(path: str) -> float:
            async with turns:
                began = time.perf_counter()
                await client.get(f"{live.application}{path}")
                return time.perf_counter() - began

        for _ in range(refused):
            await client.post(f"{live.server}/signals/ingest/v1", content=b"[broken")
        seconds = await asyncio.gather(*map(one, paths))
    waited: dict[str, list[float]] = {path: [] for path in load}
    for path, one_of_it in zip(paths, seconds, strict=True):
        waited[path].append(one_of_it)
    return waited


def due(load: Mapping[str, int], number: int) -> Iterable[str]:
    """Which paths are asked for the time of this number."""
    return (path for path, times in load.items() if times > number)


def counted(load: Mapping[str, int], *, refused: int) -> list[Count]:
    """What has to be told after a load."""
    calls = sum(load[path] for path in load if path.startswith(("/call", "/stream")))
    traces = calls + sum(load[path] for path in load if path.startswith("/predict"))
    priced = load["/call/known"] + load["/stream"]
    judged = sum(load[f"/predict/{how}"] for how in ("good", "wrong", "other"))
    ours = {"job": "application"}
    answered = sum(load.values()) + facts.WORKERS + load["/measure"]  # sockets, with 101
    return [
        Count(names.WAITING_SIGNALS, 0),
        Count(names.HTTP_ACTIVE, facts.HELD, ours),
        Count(names.HTTP_REQUESTS, answered, ours),
        Count(names.LLM_CALLS[0], calls),
        Count(names.LLM_CALLS[1], calls),
        Count(names.LLM_COST, round(priced * sum(facts.COST.values()), 4)),
        Count(names.GROUND_TRUTHS, judged),
        Count(names.REFUSED, load["/measure"]),
        Count(names.OVERFLOWED, load["/measure"]),
        Count(names.SERVER_REFUSED, refused),
        Count(names.SERVER_STORED, traces, {"list": "Traces"}),
    ]
