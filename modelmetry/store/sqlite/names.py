"""Small numbers for texts that recur: tenants and names."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final

from modelmetry.store.sqlite.encode import LAST_NUMBER, Kind
from modelmetry.store.sqlite.lookup import select_in

HIGHEST: Final = "\U0010ffff"
"""A prefix and this is above every text that begins with the prefix."""
_LARGEST_CACHE: Final = 20_000
_TEXTS: Final = "SELECT id, text FROM name WHERE id IN ({keys})"


class NameKind(IntEnum):
    """What a name is the name of."""

    TRACE = 0
    SPAN = 1
    FINDING = 2
    MODEL = 3
    PIPELINE = 4
    DEPLOYMENT = 5
    METRIC = 6
    COMMAND = 7
    TELEMETRY = 8
    STATUS = 9
    EVENT = 10
    PRODUCTION = 11
    SERVICE = 12
    ENVIRONMENT = 13


class ValueType(IntEnum):
    """Bits for the types of values that findings of a name have had."""

    NUMBER = 1
    BOOLEAN = 2
    LABEL = 4


def value_type(kind: Kind) -> ValueType:
    """The type of a kind of value."""
    if kind <= LAST_NUMBER:
        return ValueType.NUMBER
    return ValueType.BOOLEAN if kind == Kind.BOOLEAN else ValueType.LABEL


def tenant_id(connection: sqlite3.Connection, tenant: str) -> int | None:
    """The number of a tenant, None when nothing was ever stored for it."""
    row = connection.execute("SELECT id FROM tenant WHERE name = ?", (tenant,)).fetchone()
    return None if row is None else int(row[0])


def name_id(connection: sqlite3.Connection, tenant: int, kind: NameKind, text: str) -> int | None:
    """The number of a name, None when it was never stored."""
    row = connection.execute(
        "SELECT id FROM name WHERE tenant = ? AND kind = ? AND text = ?", (tenant, kind, text)
    ).fetchone()
    return None if row is None else int(row[0])


def name_texts(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, str]:
    """The names that have these numbers."""
    return dict(select_in(connection, _TEXTS, (), ids))


class Names:
    """Numbers of tenants and names for the writer, made when missing, and remembered.

    `forget` what is remembered whenever a transaction was rolled back or another connection
    wrote: the numbers may be gone.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tenants: dict[str, int] = {}
        self._names: dict[tuple[int, int, str], int] = {}
        self._types: dict[int, int] = {}
        self._findings: dict[tuple[int, str, int], int] = {}
        self.series: dict[tuple[Any, ...], int] = {}
        """Numbers of series of production metrics that are known, by all that tells them apart."""

    def forget(self) -> None:
        """Start anew."""
        for cache in (self._tenants, self._names, self._types, self._findings, self.series):
            cache.clear()

    def tenant(self, tenant: str) -> int:
        """The number of a tenant."""
        known = self._tenants.get(tenant)
        if known is None:
            known = tenant_id(self._connection, tenant)
            if known is None:
                known = self._insert("INSERT INTO tenant (name) VALUES (?)", (tenant,))
            self._tenants[tenant] = known
        return known

    def name(self, tenant: int, kind: NameKind, text: str) -> int:
        """The number of a name."""
        known = self._names.get((tenant, kind, text))
        return self._find(tenant, kind, text) if known is None else known

    def finding(self, tenant: int, text: str, kind: Kind) -> int:
        """The number of a finding's name, noting that it has values of this kind."""
        known = self._findings.get((tenant, text, kind))
        return self._find_finding(tenant, text, kind) if known is None else known

    def _find_finding(self, tenant: int, text: str, kind: Kind) -> int:
        name = self.name(tenant, NameKind.FINDING, text)
        types = value_type(kind)
        if not self._types.get(name, 0) & types:
            self._connection.execute(
                "UPDATE name SET kinds = kinds | ? WHERE id = ?", (int(types), name)
            )
            self._types[name] = self._types.get(name, 0) | types
        self._findings[tenant, text, kind] = name
        return name

    def _find(self, tenant: int, kind: NameKind, text: str) -> int:
        if len(self._names) > _LARGEST_CACHE:
            self.forget()
        found = name_id(self._connection, tenant, kind, text)
        if found is None:
            found = self._insert(
                "INSERT INTO name (tenant, kind, text) VALUES (?, ?, ?)", (tenant, kind, text)
            )
        self._names[tenant, kind, text] = found
        return found

    def _insert(self, sql: str, values: tuple[object, ...]) -> int:
        # An insertion always has a row id.
        return self._connection.execute(sql, values).lastrowid or 0
