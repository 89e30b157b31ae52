"""Which backends were asked for, and how each is opened."""

from __future__ import annotations

import inspect
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from msgspec import Struct

from modelmetry.errors import ConfigError, InvalidTypeError
from modelmetry.signals.values import brief_repr
from modelmetry.telemetry.backend_sink import Backend
from modelmetry.telemetry.direct import Direct
from modelmetry.telemetry.jsonl import JSONLBackend
from modelmetry.telemetry.text import TextBackend

MODELMETRY: Final = "modelmetry"
_FILES: Final[Mapping[str, str | None]] = {
    "jsonl": "telemetry.jsonl",
    "sqlite": "telemetry.db",
    "text": None,
}
NAMES: Final = (MODELMETRY, *_FILES)
_EXPECTED: Final = f"{', '.join(NAMES)} or objects with emit()"

Path = str | os.PathLike[str]
Choice = str | Backend
Choices = Choice | Sequence[Choice]
"""Names of backends, objects with `emit(record)`, or both."""


class Chosen(Struct, frozen=True):
    """One backend; that of `modelmetry` has no object."""

    name: str
    backend: Backend | Direct | None
    owned: bool = False


def choose(
    backend: Choices | None,
    backends: Sequence[Choice] | None,
    path: Path | Mapping[str, Path] | None,
    telemetry_file: Path | None,
    default: str,
) -> list[Chosen]:
    """The backends in the order in which they were named, each with a name of its own.

    Raises:
        ConfigError: a name is none of a backend, `backend` is empty, or a path belongs to none or
            to several.
        InvalidTypeError: something is neither a name nor has `emit(record)`.
    """
    own = _listed(backend)
    if backend is not None and not own:
        raise ConfigError(f"backend is empty; expected {_EXPECTED}, or leave it out for {default}")
    # The older telemetry tool takes none for what is not given.
    wanted = [*own, *_listed(backends)]
    if not wanted and telemetry_file is None:
        wanted = [name.strip() for name in default.split(",")]
    names = [_known(one) for one in wanted if isinstance(one, str)]
    paths = _paths(names, path)
    found = [_chosen(one, paths) for one in wanted]
    if telemetry_file is not None:
        found.append(Chosen("jsonl", JSONLBackend(telemetry_file), owned=True))
    return _apart(found)


def _listed(given: object) -> list[Choice]:
    if given is None:
        return []
    if isinstance(given, str) or callable(getattr(given, "emit", None)):
        return [cast("Choice", given)]
    if isinstance(given, Iterable) and not isinstance(given, Mapping):
        return [cast("Choice", one) for one in cast("Iterable[object]", given)]
    raise InvalidTypeError(_wrong(given))  # pyright: ignore[reportUnknownArgumentType]


def _known(name: str) -> str:
    if name in NAMES:
        return name
    raise ConfigError(f"backend is {name!r}; expected {_EXPECTED}")


def _wrong(given: object) -> str:
    return (
        f"backend must be {', '.join(NAMES)}, an object with the method emit(record), or a list of "
        f"these, not {brief_repr(given)}"
    )


def _paths(names: list[str], path: Path | Mapping[str, Path] | None) -> dict[str, Path]:
    files = [name for name in names if name in _FILES]
    if path is None:
        return {}
    if isinstance(path, Mapping):
        strangers = [name for name in path if name not in files]
        if strangers:
            raise ConfigError(f"path names {strangers[0]!r}, which is no backend with a file here")
        return dict(path)
    if not isinstance(cast("object", path), (str, os.PathLike)):
        raise InvalidTypeError(f"path must be a path, not {brief_repr(path)}")
    if len(files) == 1:
        return {files[0]: path}
    if files:
        example = ", ".join(f"{name!r}: ..." for name in files)
        raise ConfigError(f"path is one file for {len(files)} backends; give path={{{example}}}")
    raise ConfigError(
        f"path is {os.fspath(path)!r}, but no backend writes a file; add backend='jsonl', "
        "'sqlite' or 'text'"
    )


def _chosen(one: Choice, paths: Mapping[str, Path]) -> Chosen:
    if isinstance(one, str):
        if one == MODELMETRY:
            return Chosen(one, None)
        return Chosen(one, _opened(one, paths.get(one, _FILES[one])), owned=True)
    emit = getattr(one, "emit", None)
    if isinstance(one, type) or not callable(emit):
        raise InvalidTypeError(_wrong(one))
    if inspect.iscoroutinefunction(emit):
        raise InvalidTypeError(
            f"emit of {brief_repr(one)} is async; it is called in a thread of its own and need "
            "not be: make it a plain method"
        )
    return Chosen(type(one).__name__, one)


def _opened(name: str, path: Any) -> Direct:
    if name == "jsonl":
        return JSONLBackend(path)
    if name == "text":
        return TextBackend(path)
    # Where it is chosen: others do without SQLite.
    from modelmetry.telemetry.sqlite import SQLiteBackend  # noqa: PLC0415

    return SQLiteBackend(path)


def _apart(found: list[Chosen]) -> list[Chosen]:
    """Two of one name are told apart by a number; `modelmetry` twice is the same."""
    seen: Counter[str] = Counter()
    apart: list[Chosen] = []
    for one in found:
        seen[one.name] += 1
        if seen[one.name] == 1:
            apart.append(one)
        elif one.backend is not None:
            apart.append(Chosen(f"{one.name}-{seen[one.name]}", one.backend, one.owned))
    return apart
