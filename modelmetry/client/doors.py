"""What a client holds its arguments to, so that a mistake shows where it is made."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from modelmetry.config import Config
from modelmetry.errors import InvalidTypeError
from modelmetry.signals.values import brief_repr, is_a


def require_config(config: object) -> None:
    """Settings come as a `Config`."""
    if config is not None and not is_a(config, Config):
        raise InvalidTypeError(
            f"config must be a Config such as modelmetry.Config(timeout=3.0), "
            f"not {brief_repr(config)}"
        )


def require_methods(thing: Any, what: str, *names: str) -> None:
    """An object, and no class, that has these methods; `None` stands for the usual one."""
    if thing is None:
        return
    missing = [name for name in names if not callable(getattr(thing, name, None))]
    if isinstance(thing, type) or missing:
        raise InvalidTypeError(
            f"{what} must be an object with the methods {' and '.join(names)}, "
            f"not {brief_repr(thing)}"
        )


def require_function(thing: object, what: str) -> None:
    """Something to call; `None` stands for nothing."""
    if thing is not None and not callable(thing):
        raise InvalidTypeError(f"{what} must be a function, not {brief_repr(thing)}")


def require_seconds(timeout: object) -> None:
    """A number, or `None` for no bound."""
    is_number = is_a(timeout, (int, float)) and not is_a(timeout, bool)
    if not (timeout is None or is_number):
        raise InvalidTypeError(
            f"timeout must be a number of seconds, or None for no bound, not {brief_repr(timeout)}"
        )


def require_headers(headers: object) -> None:
    """Something that `traceparent` can be written into."""
    if headers is not None and not is_a(headers, MutableMapping):
        raise InvalidTypeError(
            f"headers must be a dict or another mapping that can be changed, "
            f"not {brief_repr(headers)}"
        )
