"""What telemetry adds up to; whole hours as they were counted, the rest from the records."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import define, field, frozen
from modelmetry_api.models import CommandTotals, TelemetryCount, TelemetrySummary

from modelmetry.store.sqlite.encode import Micros, decode_json, to_micros
from modelmetry.store.sqlite.names import NameKind, name_id, name_texts, tenant_id
from modelmetry.store.sqlite.read_telemetry import find_run
from modelmetry.store.sqlite.telemetry_parts import numbers_of
from modelmetry.store.sqlite.telemetry_tally import NOTHING
from modelmetry.store.sqlite.transaction import HOUR
from modelmetry.store.telemetry import TelemetryFilter

MOST: Final = 100
"""So many events, commands and numbers are answered, the most frequent ones."""
MOST_STATUSES: Final = 1_000
"""Statuses are few; who makes one for each record is answered these."""

_ENDED: Final = ("completed", "failed", "cancelled")
_FIRST: Final = -(2**63)
_LAST: Final = 2**63 - 1
_TALLIED: Final = """
    SELECT command, status, event, sum(count) FROM telemetry_tally
    WHERE tenant = :tenant AND slot >= :first AND slot < :last {and_command}
    GROUP BY command, status, event
"""
_TALLIED_NUMBERS: Final = """
    SELECT name, sum(count) FROM telemetry_number_tally
    WHERE tenant = :tenant AND slot >= :first AND slot < :last {and_command} GROUP BY name
"""
_ROWS: Final = """
    SELECT coalesce(command, 0), coalesce(status, 0), coalesce(event, 0), metrics
    FROM telemetry_record INDEXED BY {index}
    WHERE {where} AND at >= :after AND at < :before AND kind < 2 {and_command}
"""
_RUNS: Final = """
    SELECT count(*) FROM telemetry_run r WHERE tenant = :tenant AND records > 0 AND EXISTS (
        SELECT 1 FROM telemetry_record INDEXED BY telemetry_record_run
        WHERE run = r.id AND at >= :after AND at < :before AND kind < 2 {and_command}
    )
"""
_RUNS_OF_FEW: Final = """
    SELECT count(DISTINCT run) FROM telemetry_record INDEXED BY {index}
    WHERE {where} AND at >= :after AND at < :before AND kind < 2
"""
# In less time than one run after the other is looked at, so many records are.
_FEW: Final = 20_000
_ALL_RUNS: Final = "SELECT count(*) FROM telemetry_run WHERE tenant = :tenant AND records > 0"


@frozen(kw_only=True)
class _Asked:
    """A query in numbers."""

    tenant: int
    run: int | None
    command: int | None
    after: Micros
    before: Micros

    @property
    def and_command(self) -> str:
        """A further condition, empty when all commands are asked for."""
        return "" if self.command is None else "AND +command = :command"

    def values(self, **more: int) -> dict[str, Any]:
        """Parameters of statements."""
        return {
            "tenant": self.tenant, "run": self.run, "command": self.command,
            "after": self.after, "before": self.before, **more,
        }  # fmt: skip


@define
class _Sums:
    """Counts by (command, status, event), and by the name of a number."""

    records: Counter[tuple[int, int, int]] = field(factory=Counter[tuple[int, int, int]])
    names: Counter[str] = field(factory=Counter[str])
    runs: int = 0


def summary(
    connection: sqlite3.Connection, tenant: str, query: TelemetryFilter
) -> TelemetrySummary:
    """Counts of records and events, and how many of the jobs that ended were completed."""
    asked = _asked(connection, tenant, query)
    sums = _Sums()
    if asked is not None:
        if asked.run is None:
            _add_tallied(connection, asked, sums)
        else:
            _add_rows(connection, asked, sums, asked.after, asked.before)
        sums.runs = _runs(connection, asked, sums)
    return _answer(connection, sums)


def _asked(connection: sqlite3.Connection, tenant: str, query: TelemetryFilter) -> _Asked | None:
    """What is asked for; None when the query names what was never stored."""
    number = tenant_id(connection, tenant)
    if number is None:
        return None
    run = command = None
    if query.run is not None:
        run = find_run(connection, number, query.run)
        if run is None:
            return None
    if query.command is not None:
        command = name_id(connection, number, NameKind.COMMAND, query.command)
        if command is None:
            return None
    return _Asked(
        tenant=number,
        run=run,
        command=command,
        after=_FIRST if query.at_after is None else to_micros(query.at_after),
        before=_LAST if query.at_before is None else to_micros(query.at_before),
    )


def _add_tallied(connection: sqlite3.Connection, asked: _Asked, sums: _Sums) -> None:
    """Add whole hours as they were counted, and what is beside them at both ends."""
    first = _FIRST if asked.after == _FIRST else -(-asked.after // HOUR)
    last = _LAST if asked.before == _LAST else asked.before // HOUR
    if first >= last:
        _add_rows(connection, asked, sums, asked.after, asked.before)
        return
    values = asked.values(first=first, last=last)
    and_command = asked.and_command
    for *key, count in connection.execute(_TALLIED.format(and_command=and_command), values):
        sums.records[key[0], key[1], key[2]] += count
    found = connection.execute(_TALLIED_NUMBERS.format(and_command=and_command), values)
    counts = dict(found.fetchall())
    for id_, text in name_texts(connection, list(counts)).items():
        sums.names[text] += counts[id_]
    if asked.after != _FIRST:
        _add_rows(connection, asked, sums, asked.after, first * HOUR)
    if asked.before != _LAST:
        _add_rows(connection, asked, sums, last * HOUR, asked.before)


def _add_rows(
    connection: sqlite3.Connection, asked: _Asked, sums: _Sums, after: Micros, before: Micros
) -> None:
    """Add records and events one by one."""
    index, where = "telemetry_record_run", "run = :run"
    if asked.run is None:
        index, where = "telemetry_record_job", "tenant = :tenant"
    sql = _ROWS.format(index=index, where=where, and_command=asked.and_command)
    values = asked.values() | {"after": after, "before": before}
    for command, status, event, metrics in connection.execute(sql, values):
        sums.records[command, status, event] += 1
        if metrics is not None:
            sums.names.update(numbers_of(decode_json(metrics)).keys())


def _runs(connection: sqlite3.Connection, asked: _Asked, sums: _Sums) -> int:
    """How many runs sent what was summed up."""
    if asked.run is not None:
        return int(bool(sums.records))
    sql = _RUNS.format(and_command=asked.and_command)
    if (asked.after, asked.before, asked.command) == (_FIRST, _LAST, None):
        sql = _ALL_RUNS
    elif sum(sums.records.values()) < _FEW:
        index, where = "telemetry_record_job", "tenant = :tenant"
        if asked.command is not None:
            index, where = "telemetry_record_command", "command = :command"
        sql = _RUNS_OF_FEW.format(index=index, where=where)
    (count,) = connection.execute(sql, asked.values()).fetchone()
    return int(count)


def _answer(connection: sqlite3.Connection, sums: _Sums) -> TelemetrySummary:
    ids = sorted({id_ for key in sums.records for id_ in key} - {NOTHING})
    texts = name_texts(connection, ids)
    statuses, events, commands = Counter[str](), Counter[str](), dict[str, Counter[str]]()
    for (command, status, event), count in sums.records.items():
        of = commands.setdefault(texts.get(command, ""), Counter())
        for counter in (statuses, of):
            counter[texts.get(status, "")] += count
        events[texts.get(event, "")] += count
    ended = sum(statuses[status] for status in _ENDED)
    totals = [_command(name, of) for name, of in commands.items()]
    totals.sort(key=lambda one: (-one.record_count, one.name))
    return TelemetrySummary(
        record_count=sum(sums.records.values()),
        run_count=sums.runs,
        finished_count=ended,
        success_rate=_rate(statuses),
        statuses=list(_most(statuses, MOST_STATUSES)),
        events=list(_most(events, MOST)),
        commands=totals[:MOST],
        metrics=list(_most(sums.names, MOST)),
    )


def _command(name: str, statuses: Mapping[str, int]) -> CommandTotals:
    completed, failed, cancelled = (statuses.get(status, 0) for status in _ENDED)
    return CommandTotals(
        name=name,
        record_count=sum(statuses.values()),
        completed=completed,
        failed=failed,
        cancelled=cancelled,
        success_rate=_rate(statuses),
    )


def _rate(statuses: Mapping[str, int]) -> float | None:
    ended = sum(statuses.get(status, 0) for status in _ENDED)
    return statuses.get(_ENDED[0], 0) / ended if ended else None


def _most(counts: Mapping[str, int], most: int) -> Iterator[TelemetryCount]:
    """The most frequent ones; those of one frequency by name, and not what was not sent."""
    named = ((name, count) for name, count in counts.items() if name and count)
    for name, count in sorted(named, key=lambda item: (-item[1], item[0]))[:most]:
        yield TelemetryCount(name=name, count=count)
