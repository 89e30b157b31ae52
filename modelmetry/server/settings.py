"""Settings of the server: each has a variable of the environment, a default and a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self, cast

from attrs import Attribute, field, fields, frozen

from modelmetry.errors import ConfigError
from modelmetry.server.body import BodyLimits
from modelmetry.server.guard import is_loopback

LAST_PORT = 65535
MIB = 1024 * 1024
LOCAL_TENANT = "local"
LOG_MODES = ("json", "plain", "off")

_Parse = Callable[[str], Any]


def _text(text: str) -> str:
    return text


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= LAST_PORT:
        return int(text)
    raise ValueError("a port from 1 to 65535, or 0 for any that is free")


def _positive_int(text: str) -> int:
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise ValueError("a whole number above 0")


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if 0 < number < float("inf"):
        return number
    raise ValueError("a number of seconds above 0")


def _log_mode(text: str) -> str:
    if text in LOG_MODES:
        return text
    raise ValueError(f"one of {', '.join(LOG_MODES)}")


def _valid(_: object, attribute: Attribute[Any], value: object) -> None:
    """Hold an argument to what the environment would have to be."""
    if value is None and attribute.default is None:
        return
    parse = cast("_Parse", attribute.metadata["parse"])
    try:
        parse(str(value))
    except ValueError as error:
        raise ConfigError(f"{attribute.name} is {value!r}; expected {error}") from None


def _setting(
    default: Any,
    parse: _Parse,
    explanation: str,
    *,
    secret: bool = False,
    variable: str | None = None,
) -> Any:
    metadata = {"parse": parse, "help": explanation, "secret": secret, "variable": variable}
    return field(default=default, validator=_valid, metadata=metadata, repr=not secret)


@frozen(kw_only=True)
class ServerSettings:
    """Everything that can be set about a server.

    The variable of a field is `MODELMETRY_SERVER_` and its name in capitals; the store's is
    `MODELMETRY_STORE`, the same that the client reads.

    Raises:
        ConfigError: a value cannot be used; the message says what was expected.
    """

    host: str = _setting("127.0.0.1", _text, "Address to listen on.")
    port: int = _setting(8420, _port, "Port to listen on; 0 takes any that is free.")
    store: str | None = _setting(
        None,
        _text,
        "Store, sqlite:///PATH; a file of the user by default.",
        variable="MODELMETRY_STORE",
    )
    bootstrap_key: str | None = _setting(
        None, _text, "Key that is made at start, when it is not there yet.", secret=True
    )
    bootstrap_tenant: str = _setting(LOCAL_TENANT, _text, "Tenant of `bootstrap_key`.")
    access_log: str = _setting("json", _log_mode, "One line for each request: json, plain or off.")
    largest_body: int = _setting(16 * MIB, _positive_int, "Bytes of a body as it is sent.")
    largest_inflated_body: int = _setting(
        32 * MIB, _positive_int, "Bytes of a body after inflation."
    )
    largest_batch: int = _setting(10_000, _positive_int, "Signals of one batch.")
    body_timeout: float = _setting(30.0, _seconds, "Seconds in which a body must be complete.")
    bodies_in_flight: int = _setting(
        128, _positive_int, "Bodies that are worked on at one time; more are answered with 429."
    )
    bytes_in_flight: int = _setting(
        96 * MIB, _positive_int, "Bytes of the bodies that are worked on at one time."
    )
    read_threads: int = _setting(4, _positive_int, "Reads that run at one time.")
    reads_waiting: int = _setting(
        64, _positive_int, "Reads that wait for a thread; more are answered with 429."
    )
    stop_timeout: float = _setting(
        10.0, _seconds, "Seconds that running requests have when the server is stopped."
    )

    def __attrs_post_init__(self) -> None:
        """See that one body of the largest size can be worked on at all."""
        needed = self.largest_body + self.largest_inflated_body
        if self.bytes_in_flight < needed:
            raise ConfigError(
                f"bytes_in_flight is {self.bytes_in_flight}; expected {needed} or more, the sum of "
                "largest_body and largest_inflated_body"
            )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)

    @property
    def body_limits(self) -> BodyLimits:
        """The bounds of one body."""
        return BodyLimits(self.largest_body, self.largest_inflated_body, self.body_timeout)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **given: Any) -> Self:
        """The settings of `environ`, by default of the process; `given` ones win.

        Empty variables and given values that are None count as not set.

        Raises:
            ConfigError: a variable cannot be understood; names it and what was expected.
        """
        found = dict(_from_env(os.environ if environ is None else environ))
        return cls(**found | {name: value for name, value in given.items() if value is not None})


def variable(attribute: Attribute[Any]) -> str:
    """The environment variable of a field of `ServerSettings`."""
    named: str | None = attribute.metadata["variable"]
    return named or f"MODELMETRY_SERVER_{attribute.name.upper()}"


def _from_env(environ: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for attribute in fields(ServerSettings):
        text = environ.get(variable(attribute), "")
        if text:
            yield attribute.name, _parsed(attribute, text)


def _parsed(attribute: Attribute[Any], text: str) -> object:
    parse = cast("_Parse", attribute.metadata["parse"])
    try:
        return parse(text)
    except ValueError as error:
        raise ConfigError(f"{variable(attribute)} is {text!r}; expected {error}") from None


def default_store_url(environ: Mapping[str, str] | None = None) -> str:
    """The store of the user: a file in the folder that XDG_DATA_HOME names, or its default."""
    found = os.environ if environ is None else environ
    home = found.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return f"sqlite:///{Path(home) / 'modelmetry' / 'modelmetry.db'}"
