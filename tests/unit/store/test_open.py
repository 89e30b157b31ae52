"""From the address of a store to the store."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from modelmetry_api.types import UNSET

from modelmetry.errors import (
    StoreClosedError,
    StoreForbiddenError,
    StoreUnavailableError,
    StoreURLError,
    StoreVersionError,
)
from modelmetry.store.keys import KeyStore
from modelmetry.store.open import open_store, store_path
from modelmetry.store.protocol import Store
from modelmetry.store.queries import TraceQuery
from modelmetry.store.signing_keys import SigningKeys
from modelmetry.store.sqlite import migrations
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import TENANT, body, trace


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/a.db", "data/a.db"),
        ("sqlite:////var/a.db", "/var/a.db"),
        ("data/a b?.db", "data/a b?.db"),
        ("/var/a.db", "/var/a.db"),
    ],
)
def test_addresses_name_files(url: str, path: str) -> None:
    """Three slashes and a relative path, four and an absolute one, or just a path."""
    assert store_path(url) == Path(path)


@pytest.mark.parametrize(
    "url", ["postgresql://host/db", "sqlite://x", "sqlite:x", "sqlite:///", "", " ", "a\0b"]
)
def test_other_addresses_are_refused(url: str) -> None:
    """Other kinds of stores and addresses without a file are refused, with the right form."""
    with pytest.raises(StoreURLError, match="sqlite:///PATH"):
        open_store(url)


def test_it_is_what_servers_and_sinks_expect(tmp_path: Path) -> None:
    """Type checkers hold the store against its protocols here."""
    with open_store(str(tmp_path / "store.db")) as opened:
        store: Store = opened
        keys: KeyStore = opened
        signing: SigningKeys = opened
        assert signing.verifying_key("none", 0.0) is None
        store.ping()
        assert not keys.has_keys()


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    """The file and the folders that are made for it are closed to others."""
    path = tmp_path / "a" / "b" / "store.db"
    with open_store(f"sqlite:///{path}") as store:
        assert store.path == path
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_store_that_must_exist_is_not_made(tmp_path: Path) -> None:
    """With `create=False` a missing file is an error, and stays missing."""
    with pytest.raises(StoreUnavailableError, match="cannot be opened"):
        open_store(str(tmp_path / "none.db"), create=False)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """The message says which path and why."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailableError, match="cannot be made"):
        open_store(str(tmp_path / "file" / "store.db"))


def test_what_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Neither another file nor another program's database is touched."""
    text, foreign = tmp_path / "text", tmp_path / "foreign.db"
    text.write_text("no database, but long enough to be looked at " * 100)
    with pytest.raises(StoreUnavailableError, match="not an SQLite file"):
        open_store(str(text))
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE music (title TEXT)")
    connection.close()
    with pytest.raises(StoreUnavailableError, match="'music'"):
        open_store(str(foreign))


def test_an_older_version_is_migrated_and_keeps_its_data(tmp_path: Path) -> None:
    """Each missing step is applied once and noted; what was stored is still there."""
    path = tmp_path / "store.db"
    with open_store(str(path)) as store:
        store.ingest(TENANT, body(traces=[trace()]))
    connection = sqlite3.connect(path, isolation_level=None)
    steps = (*migrations.MIGRATIONS, ["CREATE TABLE more (x)", "INSERT INTO more VALUES (1)"])
    versions = [(number,) for number in range(1, len(steps) + 1)]
    for _ in range(2):
        migrations.migrate(connection, 7, steps)
    assert connection.execute("SELECT version FROM schema_version").fetchall() == versions
    assert connection.execute("SELECT count(*) FROM more").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM trace").fetchone() == (1,)
    connection.close()


def test_a_store_of_the_first_version_is_read_and_written(tmp_path: Path) -> None:
    """A trace from before clients counted spans has no expected number, and may get one."""
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path, isolation_level=None)
    migrations.migrate(connection, 7, migrations.MIGRATIONS[:1])
    connection.execute("INSERT INTO tenant VALUES (1, ?)", (TENANT,))
    columns = "id, tenant, xid, created, updated, start, end, duration, worst, failed, spans, "
    connection.execute(
        f"INSERT INTO trace ({columns} events, findings, terms) "
        "VALUES (1, 1, 't1', 0, 0, 0, 1, 1, 'unset', 0, 0, 0, 0, x'')"
    )
    connection.close()
    with open_store(str(path)) as store:
        old = store.get_trace(TENANT, "t1")
        assert old is not None
        assert old.descendants is UNSET
        store.ingest(TENANT, body(traces=[trace(Descendants=1)]))
        new = store.get_trace(TENANT, "t1")
        assert new is not None
        assert new.missing_spans == 1
        assert store.check().ok


def test_every_version_of_the_schema_is_still_read(tmp_path: Path) -> None:
    """A file of the first version gets the columns that came later; its traces are there."""
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path, isolation_level=None)
    migrations.migrate(connection, 7, migrations.MIGRATIONS[:1])
    connection.execute("INSERT INTO tenant VALUES (1, ?)", (TENANT,))
    connection.execute(
        "INSERT INTO trace (id, tenant, xid, created, updated, start, end, duration, worst, "
        "failed, spans, events, findings, terms) "
        "VALUES (1, 1, 'old', 0, 0, 0, 1, 1, 'unset', 0, 0, 0, 0, x'')"
    )
    connection.close()
    with open_store(str(path)) as store:
        store.ingest(TENANT, body(traces=[trace("new", Weight=20)]))
        old, new = store.get_trace(TENANT, "old"), store.get_trace(TENANT, "new")
    assert old is not None
    assert new is not None
    assert (old.weight, new.weight) == (UNSET, 20)


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    """A step is applied whole or not at all."""
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        migrations.migrate(connection, 7, [["CREATE TABLE a (x)", "CREATE TABLE a (x)"]])
    assert migrations.version(connection) == 0
    assert connection.execute("SELECT * FROM sqlite_schema").fetchall() == []
    connection.close()


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    """The message names both versions and the remedy."""
    path = tmp_path / "store.db"
    open_store(str(path)).close()
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO schema_version VALUES (999, 0)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreVersionError, match=r"version 999.*update modelmetry"):
        open_store(str(path))


def test_sqlite_without_full_text_is_refused() -> None:
    """A Python whose SQLite lacks FTS5 gets a sentence, not a failing CREATE TABLE."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.create_function("sqlite_compileoption_used", 1, lambda *_: 0)
    with pytest.raises(StoreUnavailableError, match="FTS5"):
        migrations.migrate(connection, 7)
    connection.close()


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    """After `close`, which may be called again, nothing can be asked."""
    store = open_store(str(tmp_path / "store.db"))
    store.close()
    store.close()
    with pytest.raises(StoreClosedError, match="open it again"):
        store.ingest(TENANT, body(traces=[trace()]))
    with pytest.raises(StoreClosedError, match="open it again"):
        store.get_trace(TENANT, "t1")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_an_error(tmp_path: Path) -> None:
    """Permissions are named as the reason."""
    tmp_path.chmod(0o500)
    with pytest.raises(StoreUnavailableError, match="cannot be made"):
        open_store(str(tmp_path / "store.db"))
    tmp_path.chmod(0o700)


def test_who_may_only_read_sees_what_another_process_writes_meanwhile(path: Path) -> None:
    """Also where its log is empty just then, as after each time that it was worked in."""
    with SqliteStore(path) as store:
        store.ingest(TENANT, body(traces=[trace()]))
        store.settle()
        with closing(sqlite3.connect(path)) as other:
            assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
        with open_store(str(path), create=False, read_only=True) as reader:
            assert len(reader.list_traces(TENANT, TraceQuery()).traces) == 1
            store.ingest(TENANT, body(traces=[trace("t2", 5)]))
            assert len(reader.list_traces(TENANT, TraceQuery()).traces) == 2


def test_a_file_that_may_not_be_written_is_read(path: Path) -> None:
    """Without a file beside it, and without a change of it; what would write is refused."""
    with SqliteStore(path) as store:
        store.ingest(TENANT, body(traces=[trace()]))
    before = path.read_bytes()
    with open_store(str(path), create=False, read_only=True) as store:
        assert store.get_trace(TENANT, "t1") is not None
        assert len(store.list_traces(TENANT, TraceQuery()).traces) == 1
        for write in (
            lambda: store.ingest(TENANT, body(traces=[trace("t2")])),
            lambda: store.delete_trace(TENANT, "t1"),
            store.vacuum,
            store.ping,
        ):
            with pytest.raises(StoreForbiddenError, match="may only be read"):
                write()
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_that_may_not_be_written_has_to_be_a_store_of_today(path: Path) -> None:
    """Nothing can be put right in it: the message says who can."""
    path.touch()
    with pytest.raises(StoreForbiddenError, match="holds no store"):
        open_store(str(path), create=False, read_only=True)
    connection = sqlite3.connect(path, isolation_level=None)
    migrations.migrate(connection, 7, migrations.MIGRATIONS[:1])
    connection.close()
    with pytest.raises(StoreForbiddenError, match="schema version 1"):
        open_store(str(path), create=False, read_only=True)


@pytest.mark.parametrize("is_made", [False, True])
def test_what_may_not_be_written_is_told_from_what_may_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_made: bool
) -> None:
    """It has an error of its own, so that nobody waits and tries again."""
    path = tmp_path / "store.db"
    if is_made:
        path.touch()
    words = "may not be written" if is_made else "cannot be made"

    def forbid(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", forbid)
        with pytest.raises(StoreForbiddenError, match=f"{words}: Permission denied"):
            open_store(str(path))


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_gone_is_not_written_to(path: Path, replaced: bool) -> None:
    """SQLite would go on without a word, in a file that nobody can open any more."""
    with SqliteStore(path) as store:
        store.ingest(TENANT, body(traces=[trace()]))
        path.rename(path.with_suffix(".elsewhere"))
        if replaced:
            path.touch()
        with pytest.raises(StoreUnavailableError, match="was deleted or replaced"):
            store.ingest(TENANT, body(traces=[trace("t2")]))
        with pytest.raises(StoreUnavailableError, match="was deleted or replaced"):
            store.ping()


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux lists locks")
def test_a_store_that_is_opened_twice_keeps_its_locks(tmp_path: Path) -> None:
    """Closing the file in one place must not let go of it in another of the same process."""

    def locked() -> int:
        place = f":{(tmp_path / 'm.db').stat().st_ino} "
        lines = Path("/proc/locks").read_text().splitlines()
        return sum(place in line and f" {os.getpid()} " in line for line in lines)

    with SqliteStore(tmp_path / "m.db") as store:
        store.ping()
        before = locked()
        SqliteStore(tmp_path / "m.db").close()
        assert locked() == before > 0


def test_a_link_may_lead_to_where_the_file_shall_be(tmp_path: Path) -> None:
    """It is made there."""
    (tmp_path / "link.db").symlink_to(tmp_path / "there.db")
    SqliteStore(tmp_path / "link.db").close()
    assert (tmp_path / "there.db").is_file()
