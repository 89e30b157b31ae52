"""Writing what was recorded of metrics."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from modelmetry.signals.measurements import MOST_LIST_VALUES
from modelmetry.store.sqlite.bulk import insert_many
from modelmetry.store.sqlite.encode import LATEST, Micros, XidKey, order_of
from modelmetry.store.sqlite.execution_parts import MetricKind, MetricPart
from modelmetry.store.sqlite.execution_rows import Owner
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.names import NameKind
from modelmetry.store.sqlite.transaction import Transaction

Slot = tuple[int, MetricKind, int]
"""Which metric: the numbers of its execution and of its name, and whether it is a list."""

_COLUMNS: Final = (
    "tenant, execution, kind, name, pipeline, deployment, "
    "count, low, high, value, last, created, updated"
)
_KNOWN: Final = """
    SELECT name, id, count, low, high, value, last, created, updated FROM metric
    WHERE execution = ? AND kind = ? AND name IN ({keys})
"""
_GROW: Final = """(execution, kind, name) DO UPDATE SET
    count = excluded.count, low = excluded.low, high = excluded.high, value = excluded.value,
    last = excluded.last, created = excluded.created, updated = excluded.updated
"""
_RECORDED: Final = """
    WITH sent (metric, xid) AS (VALUES {pairs})
    SELECT sent.metric, sent.xid FROM sent CROSS JOIN metric_part p
    ON p.metric = sent.metric AND p.xid = sent.xid
"""
_IS_RECORDED: Final = """
    SELECT 1 FROM execution e CROSS JOIN metric m ON m.execution = e.id
    CROSS JOIN metric_part p ON p.metric = m.id
    WHERE e.tenant = ? AND e.xid = ? AND m.kind = ? AND p.xid = ?
    AND m.name = (SELECT id FROM name WHERE tenant = ? AND kind = ? AND text = ?)
"""
_PAIRS: Final = 256


class Figures(NamedTuple):
    """What is known of a metric; nothing but its number while its `size` is 0."""

    id: int
    size: int
    low: float
    high: float
    value: float
    last: XidKey
    created: Micros
    updated: Micros


class TooMany(NamedTuple):
    """A part that does not fit into its list: how many values that has, those before included."""

    part: MetricPart
    held: int


class Metrics:
    """The metrics that one batch writes, of executions that are written."""

    def __init__(self, tx: Transaction, tenant: int, owners: Mapping[XidKey, Owner]) -> None:
        self._tx = tx
        self._tenant = tenant
        self._owners = owners
        self._figures: dict[Slot, Figures] = {}
        self.grown: list[int] = []
        """Numbers of the executions of which something new was written."""

    def write(self, parts: Sequence[MetricPart]) -> list[TooMany]:
        """Write parts that are new; when some do not fit, gives those and writes none.

        Whatever was written before must then be rolled back.
        """
        placed = [(self._slot(part), part) for part in parts]
        self._figures = self._load(placed)
        new = self._new(placed)
        too_many = self._too_many(new)
        if too_many or not new:
            return too_many
        self._save(new)
        return []

    def _slot(self, part: MetricPart) -> Slot:
        name = self._tx.names.name(self._tenant, NameKind.METRIC, part.name)
        return self._owners[part.execution].id, part.kind, name

    def _load(self, placed: Sequence[tuple[Slot, MetricPart]]) -> dict[Slot, Figures]:
        """The metrics as they are; those that are new are made, for their numbers."""
        slots = dict.fromkeys(slot for slot, _ in placed)
        found = self._known(slots)
        rows: list[tuple[Any, ...]] = []
        owners = {owner.id: owner for owner in self._owners.values()}
        for slot in slots:
            if slot not in found:
                owner = owners[slot[0]]
                names = owner.pipeline, owner.deployment
                rows.append((self._tenant, *slot, *names, 0, 0.0, 0.0, 0.0, "", 0, 0))
        if rows:
            insert_many(self._tx.connection, f"metric ({_COLUMNS})", rows)
            found = self._known(slots)
        return found

    def _known(self, slots: Mapping[Slot, None]) -> dict[Slot, Figures]:
        names: dict[tuple[int, MetricKind], list[int]] = defaultdict(list)
        for execution, kind, name in slots:
            names[execution, kind].append(name)
        found: dict[Slot, Figures] = {}
        for (execution, kind), some in names.items():
            rows = select_in(self._tx.connection, _KNOWN, (execution, kind), some)
            for name, *columns in rows:
                found[execution, kind, name] = Figures(*columns)
        return found

    def _new(self, placed: Sequence[tuple[Slot, MetricPart]]) -> list[tuple[Slot, MetricPart]]:
        """Each recording once, and without those that are stored."""
        sent: dict[tuple[int, XidKey], tuple[Slot, MetricPart]] = {}
        for slot, part in placed:
            sent.setdefault((self._figures[slot].id, part.xid), (slot, part))
        # A metric without a part has nothing to be looked for.
        old = {figures.id for figures in self._figures.values() if figures.size}
        for pair in _recorded(self._tx.connection, [pair for pair in sent if pair[0] in old]):
            del sent[pair]
        return list(sent.values())

    def _too_many(self, new: Sequence[tuple[Slot, MetricPart]]) -> list[TooMany]:
        counts = {slot: figures.size for slot, figures in self._figures.items()}
        too_many: list[TooMany] = []
        for slot, part in new:
            length = counts[slot] + part.packed.length
            if part.kind == MetricKind.LIST and length > MOST_LIST_VALUES:
                too_many.append(TooMany(part, counts[slot]))
            else:
                counts[slot] = length
        return too_many

    def _save(self, new: Sequence[tuple[Slot, MetricPart]]) -> None:
        rows: list[tuple[Any, ...]] = []
        grown: dict[Slot, Figures] = {}
        for slot, part in new:
            figures = grown.get(slot, self._figures[slot])
            at = _arrival(figures, self._tx.now) if part.at is None else part.at
            rows.append((figures.id, at, part.xid, part.packed.data))
            grown[slot] = _grown(figures, part, at)
        self.grown = list({execution for execution, _, _ in grown})
        insert_many(self._tx.connection, "metric_part (metric, at, xid, data)", rows)
        insert_many(
            self._tx.connection,
            f"metric ({_COLUMNS})",
            # Pipeline and deployment are known; they are not changed here.
            [(self._tenant, *slot, None, None, *figures[1:]) for slot, figures in grown.items()],
            _GROW,
        )


def _arrival(figures: Figures, now: Micros) -> Micros:
    """The time of what came without one: after all that is there, also where clocks go back."""
    return min(max(now, figures.updated + 1), LATEST) if figures.size else now


def _grown(old: Figures, part: MetricPart, at: Micros) -> Figures:
    packed = part.packed
    if not old.size:
        return Figures(
            old.id, packed.length, packed.low, packed.high, packed.last, part.xid, at, at
        )
    is_last = order_of(at, part.xid) > order_of(old.updated, old.last)
    return Figures(
        old.id,
        old.size + packed.length,
        min(old.low, packed.low),
        max(old.high, packed.high),
        packed.last if is_last else old.value,
        part.xid if is_last else old.last,
        min(old.created, at),
        max(old.updated, at),
    )


def _recorded(
    connection: sqlite3.Connection, pairs: Sequence[tuple[int, XidKey]]
) -> Iterator[tuple[int, XidKey]]:
    """Those of the pairs of a metric and an XID that are stored."""
    for first in range(0, len(pairs), _PAIRS):
        some = list(pairs[first : first + _PAIRS])
        # Few lengths, so that SQLite keeps the prepared statements.
        length = 1 << (len(some) - 1).bit_length()
        some += some[-1:] * (length - len(some))
        sql = _RECORDED.format(pairs=", ".join(["(?, ?)"] * length))
        values = [value for pair in some for value in pair]
        yield from dict.fromkeys(connection.execute(sql, values).fetchall())


def is_recorded(connection: sqlite3.Connection, tenant: int, part: MetricPart) -> bool:
    """Whether a part is stored."""
    keys = (tenant, part.execution, part.kind, part.xid, tenant, NameKind.METRIC, part.name)
    return connection.execute(_IS_RECORDED, keys).fetchone() is not None
