"""Values as people read them: durations, amounts, times, and text that a terminal cannot obey."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

# C0 and C1 control characters but newline and tab, and the marks that reorder text: stored text
# comes from anywhere, and ESC sequences in it would be orders to the terminal.
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS = 1_000.0, 60_000.0, 3_600_000.0, 86_400_000.0
TEN = 10
EXACT, TINY = 1e15, 0.001  # beyond them a number is written with an exponent


def plain(text: str) -> str:
    """`text` with everything that could steer a terminal shown as its escape."""
    return UNSAFE.sub(lambda found: ascii(found[0])[1:-1], text)


def one_line(text: str, limit: int = 200) -> str:
    """`text` on one line of at most `limit` characters."""
    joined = " ".join(plain(text[: limit * 2]).split())
    return joined if len(joined) <= limit else joined[: limit - 1] + "…"


def duration(ms: float) -> str:
    """Milliseconds, with three figures or so and the unit that suits: `812 ms`, `1.25 s`."""
    if ms < SECOND_MS - 0.5:  # from there on it would be rounded to 1000 ms
        return figures(ms * 1000, "µs", 0) if ms < 1 else figures(ms, "ms", 1)
    if ms < MINUTE_MS - 50:
        return figures(ms / SECOND_MS, "s", 2)
    if ms < HOUR_MS:
        return two(ms, MINUTE_MS, "min", SECOND_MS, "s")
    if ms < DAY_MS:
        return two(ms, HOUR_MS, "h", MINUTE_MS, "min")
    return two(ms, DAY_MS, "d", HOUR_MS, "h")


def two(ms: float, large: float, name: str, small: float, rest: str) -> str:
    """A duration in two units, the smaller one left out when it is nothing."""
    whole, part = divmod(round(ms / small), round(large / small))
    return f"{whole} {name}" + (f" {part:02} {rest}" if part else "")


def figures(amount: float, unit: str, decimals: int) -> str:
    """An amount below 1000 with three figures or so; `decimals` when it is below 10."""
    return f"{amount:.{decimals if amount < TEN else max(decimals - 1, 0)}f} {unit}"


def number(value: float) -> str:
    """A number without noise: thousands apart, at most four decimals, six figures when tiny."""
    if isinstance(value, int) or value.is_integer():
        return f"{int(value):,}" if abs(value) < EXACT else f"{value:.6g}"
    if abs(value) < TINY:
        return f"{value:.3g}"
    return f"{value:,.4f}".rstrip("0")


def money(amount: float, currency: str) -> str:
    """An amount and its currency."""
    return f"{number(amount)} {plain(currency)}"


def value(found: bool | float | str, unit: str = "") -> str:
    """A finding's value."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, str):
        return one_line(found, 80)
    return f"{number(found)} {plain(unit)}".rstrip()


def local_time(moment: datetime, *, seconds: bool = True) -> str:
    """A moment in the local time zone; at the ends of the calendar in its own."""
    with contextlib.suppress(OverflowError, ValueError):
        moment = moment.astimezone()
    return moment.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def metadata(pairs: Mapping[str, Any], limit: int = 160) -> str:
    """Metadata on one line: `channel=web release=2026.11`."""
    return one_line(" ".join(f"{key}={scalar(item)}" for key, item in pairs.items()), limit)


def scalar(item: Any) -> str:
    """One metadata value: text as it is, anything else as JSON."""
    return item if isinstance(item, str) else msgspec.json.encode(item).decode()


def counted(amount: int, noun: str, plural: str | None = None) -> str:
    """`1 trace`, `2 traces`."""
    return f"{amount:,} {noun if amount == 1 else plural or noun + 's'}"
