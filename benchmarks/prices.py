"""What a price takes: ours from both lists beside genai-prices itself, in one run.

    python -m benchmarks.prices [--rounds 15]

Microseconds of the processor for one price, the median (least) of interleaved rounds; the calls
are of seven models, one of them unknown, with counts that are never the same. The floor is what
exact money takes at least: four rates that are at hand, multiplied and added. Then what the first
price takes in a process of its own. Exits with 1 when one of ours takes more than 20 microseconds.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import starmap
from typing import Final, NamedTuple

import genai_prices

from modelmetry.prices import Price, Prices, Usage

CALLS: Final = 2_000
MOST_MICROSECONDS: Final = 20.0
AT: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)
MODELS: Final = (
    ("gpt-4o", "openai"),
    ("o3", "openai"),
    ("claude-sonnet-4-5-20250929", "anthropic"),
    ("gemini-2.5-pro", "google"),
    ("us.anthropic.claude-sonnet-4-20250514-v1:0", "aws"),
    ("anthropic/claude-sonnet-4", "openrouter"),
    ("nobody-knows-it", "openai"),
)
RATES: Final = tuple(map(Decimal, ("3", "0.3", "3.75", "15")))
FIRST: Final = """
import time
begin = time.perf_counter()
from modelmetry.prices import Prices, Usage
book = Prices(library={library})
imported = time.perf_counter()
book.price("gpt-4o", provider="openai", usage=Usage(input=1, output=1))
print((imported - begin) * 1000, (time.perf_counter() - imported) * 1000)
"""


class Call(NamedTuple):
    """One call of a model."""

    model: str
    provider: str
    counts: tuple[int, int, int, int]  # input, of it cached, of it written, output


def main(argv: Sequence[str]) -> int:
    """Measure, print, and compare with the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args(argv).rounds
    random.seed(1)
    listed, shipped = Prices(), Prices(library=False)
    contenders: dict[str, Callable[[Call], Decimal | None]] = {
        "floor": floor,
        "modelmetry, genai-prices' list": lambda call: ours(listed, call),
        "modelmetry, snapshot": lambda call: ours(shipped, call),
        "genai-prices": theirs,
    }
    check_same(contenders)
    times = measure(contenders, rounds)
    slowest = report(times)
    for name, library in (("genai-prices' list", True), ("snapshot", False)):
        importing, first = in_a_process(library=library)
        print(f"first price, {name}: {importing:.0f} ms to import, then {first:.0f} ms")
    if slowest > MOST_MICROSECONDS:
        print(f"a price takes {slowest:.1f} microseconds", file=sys.stderr)
        return 1
    return 0


def calls() -> list[Call]:
    """Calls with counts that have not been seen."""
    found: list[Call] = []
    for number in range(CALLS):
        cached, written, plain, said = (random.randrange(50_000) for _ in range(4))
        counts = (cached + written + plain, cached, written, said)
        found.append(Call(*MODELS[number % len(MODELS)], counts))
    return found


def floor(call: Call) -> Decimal:
    """Rates times counts."""
    length, cached, written, said = call.counts
    kinds = zip(RATES, (length - cached - written, cached, written, said), strict=True)
    return sum(starmap(multiplied, kinds), Decimal(0))


def multiplied(rate: Decimal, count: int) -> Decimal:
    """What so many tokens cost."""
    return (rate * count).scaleb(-6)


def ours(book: Prices, call: Call) -> Decimal | None:
    """A price of our book."""
    length, cached, written, said = call.counts
    usage = Usage(input=length, cached_input=cached, cache_write=written, output=said)
    found = book.price(call.model, provider=call.provider, usage=usage, at=AT)
    return found.total if isinstance(found, Price) else None


def theirs(call: Call) -> Decimal | None:
    """A price of genai-prices."""
    length, cached, written, said = call.counts
    usage = genai_prices.Usage(
        input_tokens=length,
        cache_read_tokens=cached,
        cache_write_tokens=written,
        output_tokens=said,
    )
    try:
        found = genai_prices.calc_price(
            usage, call.model, provider_id=call.provider, genai_request_timestamp=AT
        )
    except LookupError:
        return None
    return found.total_price


def check_same(contenders: dict[str, Callable[[Call], Decimal | None]]) -> None:
    """All but the floor say the same; and what is slow the first time is done."""
    for call in calls():
        said = {price(call) for name, price in contenders.items() if name != "floor"}
        if len(said) != 1:
            raise SystemExit(f"prices of {call} differ: {said}")


def measure(
    contenders: dict[str, Callable[[Call], Decimal | None]], rounds: int
) -> dict[str, list[float]]:
    """Microseconds for a price, in turns."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        asked = calls()
        for name, price in contenders.items():
            gc.collect()
            gc.disable()
            begin = time.process_time()
            for call in asked:
                price(call)
            times[name].append((time.process_time() - begin) / CALLS * 1e6)
            gc.enable()
    return times


def report(times: dict[str, list[float]]) -> float:
    """Print the table; the slowest of ours."""
    peer = statistics.median(times["genai-prices"])
    print("| | µs for a price | of genai-prices |")
    print("|---|---|---|")
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"| {name} | {middle:.1f} ({min(found):.1f}) | 1/{peer / middle:.0f} |")
    print()
    return max(statistics.median(times[name]) for name in times if name.startswith("modelmetry"))


def in_a_process(*, library: bool) -> tuple[float, float]:
    """Milliseconds to import, and of the first price; the least of three processes."""
    command = [sys.executable, "-c", FIRST.format(library=library)]
    printed = [
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        for _ in range(3)
    ]
    importing, first = min((float(one), float(two)) for one, two in printed)
    return importing, first


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
