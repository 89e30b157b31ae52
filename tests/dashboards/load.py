"""The load, and what tells that Prometheus has seen all of it."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterable, Mapping

import httpx
from attrs import frozen

from modelmetry.grafana import names
from tests.dashboards import facts
from tests.dashboards.processes import Live, until

AT_ONCE = 10

_APPLICATION = '{job="application"}'


@frozen
class Driven:
    """When everything was seen, and how long requests took for who sent them."""

    at: float
    waited: Mapping[str, list[float]]

    @property
    def all(self) -> list[float]:
        """Of all requests, the shortest first."""
        return sorted(one for seconds in self.waited.values() for one in seconds)


def drive(live: Live) -> Driven:
    """Ask each path once, so that its series are known; then as often as `LOAD` says."""
    once = dict.fromkeys(facts.LOAD, 1)
    asyncio.run(sent(live, once, refused=1))
    seen(live, once, refused=1)
    waited = asyncio.run(sent(live, facts.LOAD, refused=facts.REFUSED))
    both = {path: number + 1 for path, number in facts.LOAD.items()}
    seen(live, both, refused=facts.REFUSED + 1)
    at = time.time()
    until(
        lambda: live.number("min(timestamp(cloud_cost_usd:month_projected))") > at + 1,
        lambda: "rules computed after the load",
    )
    return Driven(live.number("vector(time())"), waited)


def hold(live: Live) -> list[socket.socket]:
    """Requests that nobody will answer."""
    url = httpx.URL(live.application)
    found: list[socket.socket] = []
    for _ in range(facts.HELD):
        connection = socket.create_connection((url.host, url.port or 80))
        connection.sendall(b"GET /hold HTTP/1.1\r\nHost: here\r\n\r\n")
        found.append(connection)
    until(
        lambda: live.number(f"sum({names.HTTP_ACTIVE}{_APPLICATION})") == facts.HELD,
        lambda: "requests that are held",
    )
    return found


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


def seen(live: Live, load: Mapping[str, int], *, refused: int) -> None:
    """Wait until Prometheus has counted everything."""
    calls = sum(load[path] for path in load if path.startswith(("/call", "/stream")))
    traces = calls + sum(load[path] for path in load if path.startswith("/predict"))
    priced = load["/call/known"] + load["/stream"]
    judged = load["/predict/good"] + load["/predict/wrong"]
    cost = priced * sum(facts.COST.values())
    expected: dict[str, float] = {
        f"sum({names.WAITING_SIGNALS})": 0,
        f"sum({names.HTTP_REQUESTS}{_APPLICATION})": sum(load.values())
        + facts.WORKERS
        + load["/measure"],  # websockets are answered with 101
        f"sum({names.LLM_CALLS[0]})": calls,
        f"sum({names.LLM_CALLS[1]})": calls,
        f"round(sum({names.LLM_COST}), 0.0001)": round(cost, 4),
        f"sum({names.GROUND_TRUTHS})": judged,
        f"sum({names.REFUSED})": load["/measure"],
        f"sum({names.OVERFLOWED})": load["/measure"],
        f"sum({names.SERVER_REFUSED})": refused,
        f'sum({names.SERVER_STORED}{{list="Traces"}})': traces,
    }
    until(
        lambda: all(live.number(expr) == value for expr, value in expected.items()),
        lambda: {expr: (live.number(expr), value) for expr, value in expected.items()},
    )
