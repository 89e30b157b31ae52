"""The secret beside the store's file, without which signing keys cannot be had from it."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Final

from modelmetry.errors import StoreForbiddenError, StoreUnavailableError

_BYTES: Final = 32
_FORM: Final = re.compile(rf"[0-9a-f]{{{2 * _BYTES}}}\n?")


def secret_path(store: Path) -> Path:
    """Where the secret of a store is."""
    return store.with_name(f"{store.name}.secret")


def read_secret(store: Path) -> bytes | None:
    """The secret, 32 bytes; None when there is none.

    Raises:
        StoreUnavailableError: it cannot be read, or the file holds something else.
    """
    path = secret_path(store)
    try:
        text = path.read_text("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _cannot("read", path, error) from error
    if not _FORM.fullmatch(text):
        raise StoreUnavailableError(
            f"{path} does not hold a secret ({2 * _BYTES} hexadecimal digits): restore it, or "
            "delete it for a new one, after which clients fetch their access tokens again"
        )
    return bytes.fromhex(text)


def ensure_secret(store: Path) -> bytes:
    """The secret, made when there is none; only one process at a time may be in here.

    Raises:
        StoreUnavailableError: it can neither be read nor made.
    """
    found = read_secret(store)
    if found is not None:
        return found
    path, made = secret_path(store), secrets.token_bytes(_BYTES)
    try:
        _write(path, f"{made.hex()}\n".encode())
    except OSError as error:
        raise _cannot("write", path, error) from error
    return made


def _write(path: Path, content: bytes) -> None:
    # Whole or not at all: another process may read it at any moment.
    new = path.with_name(f"{path.name}-{secrets.token_hex(4)}.new")
    try:
        descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _cannot(what: str, path: Path, error: OSError) -> StoreUnavailableError:
    kind = StoreForbiddenError if isinstance(error, PermissionError) else StoreUnavailableError
    return kind(
        f"cannot {what} {path}, the secret for access tokens: {error.strerror}; let the server's "
        "user read and write it, and its folder"
    )
