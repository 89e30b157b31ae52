"""The ledger of polls in the store's file: each step a transaction of its only writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Final

import msgspec

from modelmetry.costs.ledger import Lease, Poll, lease_after
from modelmetry.costs.rows import CostRow
from modelmetry.store.sqlite import cost_rows
from modelmetry.store.sqlite.encode import from_micros, to_micros
from modelmetry.store.sqlite.names import tenant_id
from modelmetry.store.sqlite.writer import Work

Reading = Callable[[], AbstractContextManager[sqlite3.Connection]]
Writing = Callable[[Callable[[Work], Any]], Any]

_HELD: Final = "SELECT holder, since, until FROM cost_lease WHERE tenant = ? AND name = ?"
_POLL: Final = "SELECT poll FROM cost_source WHERE tenant = ? AND name = ?"


class SqliteCostLedger:
    """A `CostLedger` of one tenant.

    The moment of a lease is that of the transaction which takes it, so that of two processes one
    has it.

    Args:
        tenant: whose costs they are.
        read: gives a connection that reads.
        write: does a job in a transaction, and gives what it answers.
    """

    def __init__(self, tenant: str, read: Reading, write: Writing) -> None:
        self._tenant = tenant
        self._read = read
        self._write = write

    def lease(self, name: str, holder: str, seconds: float) -> bool:
        """Take or prolong a lease unless another holder has it; see `CostLedger`."""

        def take(work: Work) -> bool:
            tenant = work.tx.names.tenant(self._tenant)
            row = work.connection.execute(_HELD, (tenant, name)).fetchone()
            held = None if row is None else Lease(row[0], from_micros(row[1]), from_micros(row[2]))
            has, kept = lease_after(held, holder, seconds, from_micros(work.tx.now))
            if kept is None:
                work.connection.execute(
                    "DELETE FROM cost_lease WHERE tenant = ? AND name = ?", (tenant, name)
                )
            elif kept != held:
                values = (tenant, name, kept.holder, to_micros(kept.since), to_micros(kept.until))
                work.connection.execute(
                    "INSERT OR REPLACE INTO cost_lease VALUES (?, ?, ?, ?, ?)", values
                )
            return has

        return bool(self._write(take))

    def last_poll(self, source: str) -> Poll | None:
        """Give what was last noted for a source, or `None`."""
        with self._read() as connection:
            tenant = tenant_id(connection, self._tenant) or 0
            row = connection.execute(_POLL, (tenant, source)).fetchone()
        return None if row is None or row[0] is None else poll_of(row[0])

    def note_poll(self, source: str, poll: Poll) -> None:
        """Keep this instead of what was noted before."""

        def note(work: Work) -> None:
            number = cost_rows.source_number(work, self._tenant, source)
            work.connection.execute(
                "UPDATE cost_source SET poll = ? WHERE id = ?", (msgspec.json.encode(poll), number)
            )

        self._write(note)

    def replace(self, source: str, start: date, end: date, rows: Sequence[CostRow]) -> None:
        """Forget what was known of these days, and keep these rows instead; see `CostLedger`."""
        self._write(
            lambda work: cost_rows.replace(
                work, self._tenant, source, start, end, rows, whole=False
            )
        )

    def days(self, start: date, end: date, source: str | None = None) -> Iterator[CostRow]:
        """Give the rows whose period starts in these days, by period and service."""
        with self._read() as connection:
            tenant = tenant_id(connection, self._tenant) or 0
            sources = cost_rows.sources_of(connection, tenant, source).values()
            found = [row for _, row in cost_rows.read_rows(connection, sources, start, end)]
        return iter(found)


def poll_of(kept: bytes) -> Poll:
    """A poll that was noted."""
    return msgspec.json.decode(kept, type=Poll)
