"""Signing keys: half in the file, half beside it, one after the other."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from modelmetry.errors import StoreForbiddenError, StoreUnavailableError
from modelmetry.store.signing_keys import SIGNS_SECONDS
from modelmetry.store.sqlite.outside import secret_path
from modelmetry.store.sqlite.store import SqliteStore

ROOT = Path(__file__).parents[3]
NOW = 1_800_000_000.0
UNTIL = NOW + 900
# Prints the key that a process finds or makes.
ASK = """
import sys
from modelmetry.store.open import open_store

with open_store(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    key = store.signing_key(1_800_000_000.0, 1_800_000_900.0)
    print(key.kid, key.secret.hex())
"""


def names(store: SqliteStore) -> list[str]:
    """The keys in the file."""
    with store.readers.read() as connection:
        return [kid for (kid,) in connection.execute("SELECT kid FROM signing_key ORDER BY kid")]


def test_a_key_is_made_once_and_found_by_its_name(store: SqliteStore) -> None:
    """It has 256 bits, and no `repr` shows them."""
    made = store.signing_key(NOW, UNTIL)
    assert store.signing_key(NOW + 5, UNTIL + 5) == made
    assert store.verifying_key(made.kid, NOW) == made
    assert len(made.secret) == 32
    assert repr(made.secret) not in repr(made)
    assert names(store) == [made.kid]


def test_nothing_is_made_before_it_is_needed(store: SqliteStore) -> None:
    """To look for a key leaves no file beside the store."""
    assert store.verifying_key("none", NOW) is None
    assert not secret_path(store.path).exists()


def test_a_key_gives_way_after_a_day_and_is_forgotten_in_the_end(store: SqliteStore) -> None:
    """It verifies until its last token has ended, then its row goes with the next key."""
    first = store.signing_key(NOW, UNTIL)
    assert first.ends_at == UNTIL + SIGNS_SECONDS
    second = store.signing_key(NOW + SIGNS_SECONDS + 1, first.ends_at + 1)
    assert second.kid != first.kid
    assert second.secret != first.secret
    assert store.verifying_key(first.kid, first.ends_at - 1) == first
    assert store.verifying_key(first.kid, first.ends_at) is None
    third = store.signing_key(second.ends_at - 1, second.ends_at + 1)
    assert names(store) == sorted([second.kid, third.kid])


def test_the_newest_key_signs(store: SqliteStore) -> None:
    """Also while an older one would last long enough."""
    first = store.signing_key(NOW, UNTIL)
    second = store.signing_key(NOW + 1, first.ends_at + 1)
    assert second.kid != first.kid
    assert store.signing_key(NOW + 2, UNTIL + 2) == second


def test_a_key_from_the_future_does_not_sign(store: SqliteStore) -> None:
    """After the clock was wrong by a year nobody signs with one key for a year."""
    wrong = store.signing_key(NOW + 31_536_000, UNTIL + 31_536_000)
    right = store.signing_key(NOW, UNTIL)
    assert right.kid != wrong.kid
    assert store.signing_key(NOW + 1, UNTIL + 1) == right


def test_no_copy_of_the_store_alone_holds_a_key(
    store: SqliteStore, path: Path, tmp_path: Path
) -> None:
    """Neither as it stands there nor by what the package can do with it."""
    made = store.signing_key(NOW, UNTIL)
    store.close()
    assert made.secret not in path.read_bytes()
    assert made.secret.hex().encode() not in path.read_bytes()
    copy = tmp_path / "stolen" / "store.db"
    copy.parent.mkdir()
    shutil.copy(path, copy)
    with SqliteStore(copy) as stolen:
        assert stolen.verifying_key(made.kid, NOW) is None
        assert stolen.signing_key(NOW, UNTIL).secret != made.secret
        assert stolen.verifying_key(made.kid, NOW) is None


def test_the_secret_alone_holds_no_key(store: SqliteStore) -> None:
    """And does not change when a key does: whoever has both has nothing of later keys."""
    first = store.signing_key(NOW, UNTIL)
    secret = secret_path(store.path).read_text()
    assert first.secret.hex() != secret.strip()
    store.signing_key(NOW + 2 * SIGNS_SECONDS, UNTIL + 2 * SIGNS_SECONDS)
    assert secret_path(store.path).read_text() == secret


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_the_secret_is_for_its_owner_only(store: SqliteStore) -> None:
    """Like the store itself, and nothing is left of how it was written."""
    store.signing_key(NOW, UNTIL)
    assert stat.S_IMODE(secret_path(store.path).stat().st_mode) == 0o600
    beside = {path.name for path in store.path.parent.iterdir()}
    assert beside == {f"store.db{end}" for end in ("", "-wal", "-shm", ".secret")}


def test_a_new_secret_is_a_new_key(store: SqliteStore) -> None:
    """To delete the file ends all tokens at once, and does no other harm."""
    old = store.signing_key(NOW, UNTIL)
    secret_path(store.path).unlink()
    assert store.verifying_key(old.kid, NOW) is None
    new = store.signing_key(NOW, UNTIL)
    assert new.kid != old.kid
    assert store.verifying_key(new.kid, NOW) == new
    assert store.verifying_key(old.kid, NOW) is None


def test_a_secret_that_an_operator_made_is_taken(store: SqliteStore) -> None:
    """64 hexadecimal digits, with or without an end of line."""
    for text in ("0f" * 32, "a1" * 32 + "\n"):
        secret_path(store.path).write_text(text)
        made = store.signing_key(NOW, UNTIL)
        assert store.verifying_key(made.kid, NOW) == made
        assert secret_path(store.path).read_text() == text


@pytest.mark.parametrize("content", [b"", b"short", b"0f" * 31, b"0g" * 32, b"\xff" * 64])
def test_a_file_with_something_else_is_left_alone(store: SqliteStore, content: bytes) -> None:
    """The message names the file and what it should hold, and not what it holds."""
    path = secret_path(store.path)
    path.write_bytes(content)
    with pytest.raises(StoreUnavailableError, match=r"store\.db\.secret .*64 hexadecimal") as one:
        store.signing_key(NOW, UNTIL)
    with pytest.raises(StoreUnavailableError, match="64 hexadecimal"):
        store.verifying_key("any", NOW)
    assert path.read_bytes() == content
    assert not content or content.decode("ascii", "replace") not in str(one.value)


def test_a_secret_that_cannot_be_read_is_an_error(store: SqliteStore) -> None:
    """Not a reason to make another one."""
    secret_path(store.path).mkdir()
    with pytest.raises(StoreUnavailableError, match="cannot read"):
        store.signing_key(NOW, UNTIL)


def test_a_store_that_is_only_read_makes_no_key(store: SqliteStore, path: Path) -> None:
    """But it verifies with those that are there."""
    with SqliteStore(path, read_only=True) as reader:
        with pytest.raises(StoreForbiddenError):
            reader.signing_key(NOW, UNTIL)
        made = store.signing_key(NOW, UNTIL)
        assert reader.verifying_key(made.kid, NOW) == made
        assert reader.signing_key(NOW, UNTIL) == made


@pytest.mark.parametrize("kid", ["", "\0", "ä", "\ud800", "x" * 10_000, "' OR 1=1 --"])
def test_any_text_may_name_a_key(store: SqliteStore, kid: str) -> None:
    """It comes from whoever sends a token."""
    store.signing_key(NOW, UNTIL)
    assert store.verifying_key(kid, NOW) is None


def test_processes_that_begin_at_once_have_one_key(store: SqliteStore, path: Path) -> None:
    """All of them ask first, and one makes it."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"},
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    answers = set[str]()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        answers.add(process.communicate(timeout=60)[0])
        assert process.returncode == 0
    made = store.signing_key(NOW, UNTIL)
    assert answers == {f"{made.kid} {made.secret.hex()}\n"}
