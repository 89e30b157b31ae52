"""What the application under proof does, in numbers: what the dashboard has to show in the end.

Durations stand in the middle of wide buckets, so that a loaded machine changes no answer.
"""

from __future__ import annotations

from typing import Final

FAST, SLOW = 0.15, 1.3
"""Seconds of requests: in the buckets of 0.1 to 0.25, and of 1 to 2.5."""

PREDICTION: Final = 0.16
"""Seconds of a prediction: in the bucket of 0.1 to 0.25."""

CALL: Final = 0.18
"""Seconds of a call: in the bucket of 0.16 to 0.32."""

FIRST_TOKEN: Final = 0.11
"""Seconds until a stream begins: in the bucket of 0.08 to 0.16."""

EACH_TOKEN: Final = 0.045
"""Seconds between the two pieces of a stream: in the bucket of 0.04 to 0.08."""

KNOWN, UNKNOWN = "gpt-4o", "nobody-knows-1"

USAGE: Final[dict[str, int]] = {
    "input": 1_000,
    "cached_input": 400,
    "output": 500,
    "reasoning": 200,
}
TOKENS: Final = {"input": 600, "cache_read": 400, "output": 300, "reasoning": 200}
"""The same, each token once."""

PRICES: Final = """
[[prices]]
model = "gpt-4o"
input = "2.50"
cached_input = "1.25"
output = "10.00"
"""
COST: Final = {"input": 0.0015, "cache_read": 0.0005, "output": 0.005}
"""USD of a call with this usage at these prices, which are for a million tokens."""

LOAD: Final[dict[str, int]] = {
    "/fast/1": 120,
    "/slow": 30,
    "/crash": 10,
    "/teapot": 10,
    "/predict/good": 30,
    "/predict/wrong": 10,
    "/predict/bad": 10,
    "/predict/other": 20,
    "/call/known": 30,
    "/call/unknown": 10,
    "/call/fail": 10,
    "/stream": 20,
    "/measure": 40,
    "/nowhere": 10,
}
"""How often each path is asked; before that, each was asked once."""

REQUESTS: Final = sum(LOAD.values())

CLOUD: Final = {"ec2": 3.5, "s3": 1.25}
"""USD of each day by service."""

BILLED_DAYS: Final = 40
"""How many days until yesterday the bill of the cloud has; more than a month."""

PREDICTED_YESTERDAY, CALLED_YESTERDAY = 200, 40
"""What was done on the last day of that bill, by an application that is gone."""

GPU: Final = ("GPU-1", "Made up")
CONTAINER: Final[dict[str, float]] = {
    "container.memory.working_set": 6e8,
    "modelmetry.container.memory.limit": 1e9,
}
RATES: Final[dict[str, float]] = {
    "modelmetry.container.cpu.throttled.time": 0.25,
    "modelmetry.container.memory.oom_kills": 0.5,
    "hw.energy": 120.0,
}
"""By how much a second these grow."""

LEVELS: Final[dict[str, float]] = {
    "hw.gpu.utilization": 0.7,
    "hw.gpu.memory.usage": 6e9,
    "hw.gpu.memory.limit": 8e9,
    "hw.temperature": 61.0,
}

HELD: Final = 3
"""Requests that are still being answered in the end."""

WORKERS: Final = 2
"""Of the application; each holds a websocket open."""

REFUSED: Final = 10
"""Batches that the server refuses."""

WAITING: Final = 100_000
"""Predictions that may wait for their truth in a worker; as many do from the beginning."""

FORGOTTEN: Final = 50
"""Of these, how many each `/measure` makes forgotten."""
