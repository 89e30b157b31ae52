"""From the address of a store to the store."""

from __future__ import annotations

from pathlib import Path

from modelmetry.errors import StoreURLError
from modelmetry.store.sqlite.store import SqliteStore

_SQLITE = "sqlite:///"


def open_store(url: str, *, create: bool = True, read_only: bool = False) -> SqliteStore:
    """Open the store at an address.

    Args:
        url: `sqlite:///relative/path`, `sqlite:////absolute/path` or a plain path.
        create: make the file (mode 0600) and its folders (mode 0700) when they are missing.
        read_only: open a file that is there and may not be written; whatever would write is
            refused.

    Raises:
        StoreURLError: the address is of another kind, or names no file.
        StoreUnavailableError: the file cannot be opened, is no SQLite file, or is missing and
            `create` is false.
        StoreVersionError: a newer version of this package made the file.
    """
    return SqliteStore(store_path(url), create=create, read_only=read_only)


def store_path(url: str) -> Path:
    """The file that the address of a store names. Raises `StoreURLError`."""
    path = url.removeprefix(_SQLITE)
    if path == url and ("://" in url or url.startswith("sqlite:")):
        raise StoreURLError(
            f"the store's address must be sqlite:///PATH or a path, not {url!r}; "
            "an absolute path has four slashes: sqlite:////var/lib/modelmetry.db"
        )
    if not path.strip() or "\0" in path:
        raise StoreURLError(f"the store's address {url!r} names no file; write sqlite:///PATH")
    return Path(path).expanduser()
