"""Many rows in few steps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.store.sqlite.bulk import insert_many


@pytest.fixture(name="connection")
def memory() -> Iterator[sqlite3.Connection]:
    """A database with one table of two columns."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE pair (id INTEGER PRIMARY KEY, text TEXT) STRICT")
    yield connection
    connection.close()


def pairs(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """What the table holds."""
    return connection.execute("SELECT id, text FROM pair ORDER BY id").fetchall()


@given(
    old=st.sets(st.integers(0, 900), max_size=50),
    new=st.lists(st.integers(0, 900), max_size=700, unique=True),
    ignored=st.booleans(),
)
def test_any_number_of_rows_arrives_once(old: set[int], new: list[int], ignored: bool) -> None:
    """What exists stays or is replaced, as asked; the rest is counted and there."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE pair (id INTEGER PRIMARY KEY, text TEXT) STRICT")
        connection.executemany("INSERT INTO pair VALUES (?, 'old')", [(id_,) for id_ in old])
        conflict = "DO NOTHING" if ignored else "(id) DO UPDATE SET text = excluded.text"
        made = insert_many(connection, "pair (id, text)", [(id_, "new") for id_ in new], conflict)
        expected = dict.fromkeys(new, "new")
        expected |= dict.fromkeys(old & set(new) if ignored else (), "old")
        expected |= dict.fromkeys(old - set(new), "old")
        assert dict(pairs(connection)) == expected
        if ignored:
            assert made == len(set(new) - old)
    connection.close()


def test_hundreds_of_rows_take_few_statements(connection: sqlite3.Connection) -> None:
    """Each statement may cost 5 ms beside a busy thread."""
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    rows = [(n, "text") for n in range(315)]
    assert insert_many(connection, "pair (id, text)", rows, "DO NOTHING") == 315
    assert len(seen) == 2
    assert len(pairs(connection)) == 315


def test_a_row_that_exists_is_an_error_unless_said_otherwise(
    connection: sqlite3.Connection,
) -> None:
    """Nothing is filled up either: that would be such a row."""
    rows = [(n, "text") for n in range(7)]
    assert insert_many(connection, "pair (id, text)", rows) == 7
    with pytest.raises(sqlite3.IntegrityError):
        insert_many(connection, "pair (id, text)", rows[:1])
