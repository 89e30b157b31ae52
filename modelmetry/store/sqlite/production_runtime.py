"""Figures of processes and of the machine."""

from __future__ import annotations

from typing import Final

from modelmetry.store import production_names as names
from modelmetry.store.figures import Reading, Readings, absent, measured
from modelmetry.store.sqlite.production_measured import Measured, mean_of
from modelmetry.store.sqlite.production_sums import Series, Total
from modelmetry.store.sqlite.production_windows import DAY, SECOND

_MINUTE: Final = 60 * SECOND
_MINUTES: Final = 60
# What was measured in the last minutes before now may be on its way.
_ON_ITS_WAY: Final = 3
_DAY_SECONDS: Final = 86_400.0
_UP: Final = "SELECT slot, minutes FROM production_up WHERE tenant = ? AND slot >= ? AND slot < ?"
_PROCESSES: Final = """
    SELECT count(*), max(end - start) FROM production_process
    WHERE tenant = ? AND end >= ? AND start < ?
"""
_NO_CPU: Final = "nothing measured the processors in this window"
_NO_MEMORY: Final = "nothing measured the memory in this window"


def runtime_readings(found: Measured) -> Readings:
    """Figures of processes and of the machine."""
    count, longest = _processes(found)
    cpu = found.total(names.CPU_UTILIZATION)
    return {
        "uptime": _uptime(found, count),
        "cpu_mean": mean_of(cpu, "1", _NO_CPU),
        "cpu_max": _highest(cpu, "1", 1.0, _NO_CPU),
        **_memory(found),
        "process_uptime_days": _process_uptime(found, count, longest),
        "container_uptime_days": _highest(
            found.total(names.CONTAINER_UPTIME),
            "d",
            _DAY_SECONDS,
            "nothing measured how long a container was up in this window",
        ),
    }


def _highest(whole: Total | None, unit: str, over: float, why: str) -> Reading:
    if whole is None or whole.cell.high is None:
        return absent(unit, why)
    return measured(whole.cell.high / over, unit, whole.count)


def _memory(found: Measured) -> Readings:
    def used(one: Series) -> bool:
        return one.attributes.get(names.MEMORY_STATE, "used") == "used"

    whole = found.total(names.MEMORY_UTILIZATION, used)
    if whole is not None:
        return {
            "memory_mean": mean_of(whole, "1", _NO_MEMORY),
            "memory_max": _highest(whole, "1", 1.0, _NO_MEMORY),
        }
    usage, limit = found.total(names.MEMORY_USAGE, used), found.total(names.MEMORY_LIMIT)
    if usage is None or limit is None or not limit.mean or usage.mean is None:
        return dict.fromkeys(("memory_mean", "memory_max"), absent("1", _NO_MEMORY))
    low, high = limit.cell.low or limit.mean, limit.cell.high or limit.mean
    differ = low < high
    note = "what was used over the mean of the limits" if differ else ""
    # Over the largest limit: the most of a large machine over the mean would be more than all.
    bound = "at least: limits differ, and it is over the largest" if differ else ""
    return {
        "memory_mean": measured(usage.mean / limit.mean, "1", usage.count, note=note),
        "memory_max": measured(
            (usage.cell.high or 0.0) / high, "1", usage.count, note=bound, estimated=differ
        ),
    }


def _process_uptime(found: Measured, count: int, longest: int) -> Reading:
    whole = found.total(names.PROCESS_UPTIME)
    if whole is not None and whole.cell.high is not None:
        return measured(whole.cell.high / _DAY_SECONDS, "d", whole.count)
    if not count:
        return absent("d", "no process sent a heartbeat in this window")
    note = "from the first to the last heartbeat of a process"
    return measured(longest / DAY, "d", count, note=note)


def _processes(found: Measured) -> tuple[int, int]:
    """How many processes were there, and how long the longest of them was."""
    sql, values = found.of_service(_PROCESSES, found.span.start, found.span.end)
    count, longest = found.connection.execute(sql, values).fetchone()
    return int(count), int(longest or 0)


def _uptime(found: Measured, processes: int) -> Reading:
    """See `RuntimeFigures` of the contract; a minute is a bit."""
    first, end = found.span.start // _MINUTE, found.span.end // _MINUTE
    end = min(end, found.now // _MINUTE - _ON_ITS_WAY)
    slot = first // _MINUTES
    sql, values = found.of_service(_UP, slot, -(-end // _MINUTES))
    up = 0
    for at, minutes in found.connection.execute(sql, values):
        up |= minutes << (at - slot) * _MINUTES
    up >>= first - slot * _MINUTES
    up &= (1 << max(0, end - first)) - 1
    if not up:
        return absent("1", "no process sent a heartbeat in this window, or just before its end")
    # Who was there before the window is missed from its begin on.
    since = found.known_since()
    is_old = since is not None and since < found.span.start
    began = 0 if is_old else (up & -up).bit_length() - 1
    observed = end - first - began
    note = f"{observed - up.bit_count():,} of {observed:,} minutes without a heartbeat; "
    note += f"{processes} process{'es' if processes != 1 else ''}"
    return measured(up.bit_count() / observed, "1", observed, note=note)
