"""Settings: each one has a name, a variable of the environment, a default and a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import urlsplit

from attrs import Attribute, asdict, field, fields, frozen

from modelmetry.errors import ConfigError

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})
_MASK = "********"
_SHOWN = 4  # characters at the end of a secret that tell two keys apart
_LONG_ENOUGH = 12  # shorter secrets are masked whole


def _text(text: str) -> str:
    return text


def _flag(text: str) -> bool:
    word = text.strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError("1, true, yes, on, 0, false, no or off")


def _positive_int(text: str) -> int:
    if text.strip().isdecimal() and int(text) > 0:
        return int(text)
    raise ValueError("a whole number above 0")


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if 0 <= number < float("inf"):
        return number
    raise ValueError("a number of seconds, 0 or more")


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme in {"http", "https"} and parts.netloc:
        return text.rstrip("/")
    raise ValueError("an address that begins with http:// or https://")


def _store_address(text: str) -> str:
    if text.startswith("sqlite:///") and len(text) > len("sqlite:///"):
        return text
    raise ValueError("sqlite:///PATH")


_Parse = Callable[[str], Any]


def _accepted(default: object) -> tuple[type, ...]:
    """The types of a setting, the proper one first, told by its default."""
    for proper in (bool, int):
        if isinstance(default, proper):
            return (proper,)
    return (float, int) if isinstance(default, float) else (str,)


def _valid(_owner: Config, attribute: Attribute[Any], value: object) -> None:
    """Hold an argument to what the environment would have to be."""
    if value is None and attribute.default is None:
        return
    fault = _fault(attribute, value)
    if fault is not None:
        shown = _mask(value) if attribute.metadata["secret"] else repr(value)
        raise ConfigError(f"{attribute.name} is {shown}; expected {fault}")


def _fault(attribute: Attribute[Any], value: object) -> str | None:
    """What was expected in the place of `value`, if it cannot be used."""
    accepted = _accepted(attribute.default)
    if type(value) not in accepted:
        return f"a value of type {accepted[0].__name__}"
    parse = cast("_Parse", attribute.metadata["parse"])
    try:
        parse(str(value))
    except ValueError as error:
        return str(error)
    return None


def _setting(default: Any, parse: _Parse, explanation: str, *, secret: bool = False) -> Any:
    metadata = {"parse": parse, "help": explanation, "secret": secret}
    return field(default=default, validator=_valid, metadata=metadata, repr=not secret)


def _mask(value: object) -> str:
    text = str(value)
    return _MASK + text[-_SHOWN:] if len(text) >= _LONG_ENOUGH else _MASK


@frozen(kw_only=True)
class Setting:
    """One line about a setting: what it is, where it came from, with secrets masked."""

    name: str
    variable: str
    value: str
    source: str
    help: str


@frozen(kw_only=True)
class Config:
    """Everything that can be set about a client.

    The variable of a field is `MODELMETRY_` and its name in capitals.

    Raises:
        ConfigError: a value cannot be used; the message says what was expected.
    """

    api_key: str | None = _setting(None, _text, "Key of a tenant, sent to `base_url`.", secret=True)
    base_url: str | None = _setting(
        None, _web_address, "Server that takes the signals; without one they go to `store`."
    )
    store: str | None = _setting(
        None, _store_address, "Local store, sqlite:///PATH; a file of the user by default."
    )
    disabled: bool = _setting(False, _flag, "Accept everything and keep nothing.")
    environment: str | None = _setting(
        None, _text, "Where this runs, such as production; metadata of every trace."
    )
    release: str | None = _setting(
        None, _text, "Version of the application; metadata of every trace."
    )
    service: str | None = _setting(None, _text, "Name of the application; metadata of every trace.")
    max_text_length: int = _setting(
        1_000_000, _positive_int, "Characters after which a text is cut, with a mark."
    )
    max_buffer_signals: int = _setting(
        100_000, _positive_int, "Signals that may wait in memory; more are dropped and counted."
    )
    max_buffer_bytes: int = _setting(
        64 * 1024 * 1024, _positive_int, "Bytes that may wait in memory, about."
    )
    batch_signals: int = _setting(1_000, _positive_int, "Signals that travel together at most.")
    batch_bytes: int = _setting(1_000_000, _positive_int, "Bytes that travel together, about.")
    batch_age: float = _setting(2.0, _seconds, "Seconds that a signal waits for company.")
    timeout: float = _setting(10.0, _seconds, "Seconds for one request to the server.")
    exit_timeout: float = _setting(
        2.0, _seconds, "Seconds that the end of the process may be held up by the last signals."
    )
    debug: bool = _setting(False, _flag, "Write what the client does to standard error.")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """The settings of `environ`, by default of the process.

        Empty variables count as not set.

        Raises:
            ConfigError: a variable cannot be understood; names it, its value, what was expected.
        """
        found = os.environ if environ is None else environ
        return cls(**dict(_from_env(found)))

    @property
    def store_url(self) -> str:
        """The local store: `store`, or a file in the data folder of the user."""
        if self.store is not None:
            return self.store
        home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        return f"sqlite:///{Path(home) / 'modelmetry' / 'modelmetry.db'}"

    def describe(self, environ: Mapping[str, str] | None = None) -> list[Setting]:
        """Every setting with its value and whether it is a default, from `environ` or given."""
        found = dict(_from_env(os.environ if environ is None else environ))
        values = asdict(self)
        return [
            _described(attribute, values[attribute.name], found) for attribute in fields(Config)
        ]


def _variable(attribute: Attribute[Any]) -> str:
    return f"MODELMETRY_{attribute.name.upper()}"


def _from_env(environ: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for attribute in fields(Config):
        text = environ.get(_variable(attribute), "")
        if text:
            yield attribute.name, _parsed(attribute, text)


def _parsed(attribute: Attribute[Any], text: str) -> object:
    parse = cast("_Parse", attribute.metadata["parse"])
    try:
        return parse(text)
    except ValueError as error:
        raise ConfigError(f"{_variable(attribute)} is {text!r}; expected {error}") from None


def _described(attribute: Attribute[Any], value: object, found: Mapping[str, object]) -> Setting:
    source = "argument"
    if value == attribute.default:
        source = "default"
    elif attribute.name in found and found[attribute.name] == value:
        source = "environment"
    secret = attribute.metadata["secret"] and value is not None
    return Setting(
        name=attribute.name,
        variable=_variable(attribute),
        value="" if value is None else _mask(value) if secret else str(value),
        source=source,
        help=attribute.metadata["help"],
    )
