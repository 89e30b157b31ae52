"""Ledgers for tests: one in memory, and one in a file that several processes share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec

from modelmetry.costs.ledger import Lease, Poll, lease_after
from modelmetry.costs.rows import CostRow


class MemoryLedger:
    """Keeps everything in dictionaries."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.held: dict[str, Lease | None] = {}
        self.polls: dict[str, Poll] = {}
        self.kept: dict[str, dict[str, CostRow]] = {}

    def close(self) -> None:
        """There is nothing to close."""

    def lease(self, name: str, holder: str, seconds: float) -> bool:
        """As the protocol says."""
        has, kept = lease_after(self.held.get(name), holder, seconds, self.clock())
        self.held[name] = kept
        return has

    def last_poll(self, source: str) -> Poll | None:
        """As the protocol says."""
        return self.polls.get(source)

    def note_poll(self, source: str, poll: Poll) -> None:
        """As the protocol says."""
        self.polls[source] = poll

    def replace(self, source: str, start: date, end: date, rows: Sequence[CostRow]) -> None:
        """As the protocol says."""
        kept = self.kept.setdefault(source, {})
        others = {key: row for key, row in kept.items() if not start <= row.day < end}
        new = {row.identity(source): row for row in rows}
        assert len(new) == len(rows), "two rows with one identity"
        self.kept[source] = others | new

    def days(self, start: date, end: date, source: str | None = None) -> Iterator[CostRow]:
        """As the protocol says."""
        rows = [
            row
            for name, kept in self.kept.items()
            if source in {None, name}
            for row in kept.values()
            if start <= row.day < end
        ]
        return iter(sorted(rows, key=lambda row: (row.charge_period_start, row.service_name)))


class FileLedger:
    """Keeps everything in a file of SQLite: that the protocol can be kept by one is shown here."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=60)
        for table in ("leases", "polls"):
            self._db.execute(f"CREATE TABLE IF NOT EXISTS {table} (name PRIMARY KEY, told)")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS costs (identity PRIMARY KEY, source, day, told)"
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def lease(self, name: str, holder: str, seconds: float) -> bool:
        """As the protocol says."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            held = self._told("leases", name, Lease)
            has, kept = lease_after(held, holder, seconds, datetime.now(UTC))
            self._db.execute("DELETE FROM leases WHERE name = ?", (name,))
            if kept is not None:
                self._put("leases", name, kept)
            return has

    def last_poll(self, source: str) -> Poll | None:
        """As the protocol says."""
        poll: Poll | None = self._told("polls", source, Poll)
        return poll

    def note_poll(self, source: str, poll: Poll) -> None:
        """As the protocol says."""
        self._put("polls", source, poll)

    def replace(self, source: str, start: date, end: date, rows: Sequence[CostRow]) -> None:
        """As the protocol says."""
        told = [
            (row.identity(source), source, row.day.isoformat(), msgspec.json.encode(row).decode())
            for row in rows
        ]
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            days = (source, start.isoformat(), end.isoformat())
            self._db.execute("DELETE FROM costs WHERE source = ? AND day >= ? AND day < ?", days)
            self._db.executemany("INSERT INTO costs VALUES (?, ?, ?, ?)", told)

    def days(self, start: date, end: date, source: str | None = None) -> Iterator[CostRow]:
        """As the protocol says."""
        found = self._db.execute(
            "SELECT told FROM costs WHERE day >= ? AND day < ? AND source = coalesce(?, source)"
            " ORDER BY day, json_extract(told, '$.service_name')",
            (start.isoformat(), end.isoformat(), source),
        )
        return (msgspec.json.decode(told, type=CostRow) for (told,) in found)

    def _told(self, table: str, name: str, kind: type[Any]) -> Any:
        found = self._db.execute(f"SELECT told FROM {table} WHERE name = ?", (name,)).fetchone()
        return found and msgspec.json.decode(found[0], type=kind)

    def _put(self, table: str, name: str, told: object) -> None:
        values = (name, msgspec.json.encode(told))
        self._db.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", values)
