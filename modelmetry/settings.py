"""How settings are made: each has a name, a variable of the environment, a default, a sentence."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import force_setattr

from modelmetry.errors import ConfigError

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})
logger: Final = logging.getLogger("modelmetry")

_ALIKE = 0.85
# Misspelt variables, each of which is said once.
_said: set[str] = set()
_MASK = "********"
_SHOWN = 4  # characters at the end of a secret that tell two keys apart
_LONG_ENOUGH = 12  # shorter secrets are masked whole

# The user of an address stays, for telling two of them apart.
_PASSWORD = re.compile(r"(//[^/@:]*:)[^/@]*@")

Parse = Callable[[str], Any]
"""Makes a value of a text; its `ValueError` says what was expected instead."""


def text(given: str) -> str:
    """Any text."""
    return given


def header_text(given: str) -> str:
    """Text that fits into a header of HTTP."""
    if given and given.isascii() and given.isprintable() and given == given.strip():
        return given
    raise ValueError("ASCII characters without spaces around them and line ends")


def flag(given: str) -> bool:
    """Yes or no."""
    word = given.strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError("1, true, yes, on, 0, false, no or off")


def positive_int(given: str) -> int:
    """A whole number above 0."""
    if given.strip().isdecimal() and int(given) > 0:
        return int(given)
    raise ValueError("a whole number above 0")


def seconds(given: str) -> float:
    """A duration; nothing is one too."""
    number = _number(given)
    if 0 <= number < float("inf"):
        return number
    raise ValueError("a number of seconds, 0 or more")


def seconds_up_to(most: float) -> Parse:
    """A duration that may not be longer than `most`."""

    def parse(given: str) -> float:
        number = _number(given)
        if 0 <= number <= most:
            return number
        raise ValueError(f"a number of seconds from 0 to {most:g}")

    return parse


def positive_seconds(given: str) -> float:
    """A duration."""
    number = _number(given)
    if 0 < number < float("inf"):
        return number
    raise ValueError("a number of seconds above 0")


def _number(given: str) -> float:
    try:
        return float(given)
    except ValueError:
        return -1.0


def one_of(*words: str) -> Parse:
    """One of a few words."""

    def parse(given: str) -> str:
        word = given.strip().lower()
        if word in words:
            return word
        raise ValueError(f"{', '.join(words[:-1])} or {words[-1]}")

    return parse


def some_of(*words: str) -> Parse:
    """Some of a few words, or `all` of them."""

    def parse(given: str) -> str:
        found = {word.strip().lower() for word in given.split(",")} - {""}
        if found and found <= {*words, "all"}:
            return ",".join(word for word in words if word in found or "all" in found)
        raise ValueError(f"{', '.join(words)} with commas between them, or all")

    return parse


def share(given: str) -> float:
    """A part of a whole."""
    number = _number(given)
    if 0 <= number <= 1:
        return number
    raise ValueError("a number from 0 to 1")


def web_address(given: str) -> str:
    """Where a server is."""
    try:
        parts = urlsplit(given)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of the port, or a bracket
        fits = False
    if not fits or "?" in given or "#" in given:
        raise ValueError("an address that begins with http:// or https://, without ? and #")
    return given.rstrip("/")


def store_address(given: str) -> str:
    """Where a store is."""
    if given.startswith("sqlite:///") and len(given) > len("sqlite:///"):
        return given
    raise ValueError("sqlite:///PATH")


def default_store_url(environ: Mapping[str, str] | None = None) -> str:
    """The store of the user: a file in the folder that XDG_DATA_HOME names, or its default."""
    return f"sqlite:///{data_folder(environ) / 'modelmetry.db'}"


def data_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where files of the user go: a folder in XDG_DATA_HOME, or in its default."""
    found = os.environ if environ is None else environ
    home = found.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "modelmetry"


class Setting(Struct, frozen=True, kw_only=True):
    """One line about a setting: what it is, where it came from, with secrets masked."""

    name: str
    variable: str
    value: str
    source: str
    help: str


class About(Struct, frozen=True):
    """What is known of a setting; it stands beside its type: `Annotated[int, About(...)]`.

    Attributes:
        parse: makes its value of a text.
        help: what it is for, in a sentence.
        secret: whether its value is never shown whole.
        variable: of the environment, when it is another than usual.
    """

    parse: Parse
    help: str
    secret: bool = False
    variable: str | None = None

    def __repr__(self) -> str:
        """What it is for, as signatures show it."""
        return repr(self.help)


class Settings(Struct, frozen=True, kw_only=True):
    """Settings whose fields are annotated with `About`, each with a default.

    The variable of a field is `prefix` and its name in capitals, unless the field names one.
    A module with such a class does without `from __future__ import annotations`.

    Raises:
        ConfigError: a value cannot be used; the message says what was expected.
    """

    prefix: ClassVar[str]
    # Prefixes of other settings that begin with it.
    others: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        """Hold arguments to what the environment would have to be."""
        for name, about, default in self._fields():
            value = getattr(self, name)
            _check(name, about, default, value)
            if isinstance(value, str):  # as the environment has it, where case may not matter
                force_setattr(self, name, about.parse(value))

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **given: Any) -> Self:
        """The settings of `environ`, by default of the process; `given` ones win.

        Empty variables and given values that are None count as not set.

        Raises:
            ConfigError: a variable cannot be understood; names it, its value, what was expected.
        """
        environ = os.environ if environ is None else environ
        cls._say_what_is_misspelt(environ)
        found = dict(cls._from_env(environ))
        return cls(**found | {name: value for name, value in given.items() if value is not None})

    def describe(self, environ: Mapping[str, str] | None = None) -> list[Setting]:
        """Every setting with its value and whether it is a default, from `environ` or given."""
        found = dict(self._from_env(os.environ if environ is None else environ))
        return [self._described(*field, found) for field in self._fields()]

    @classmethod
    @cache
    def _fields(cls) -> Sequence[tuple[str, About, object]]:
        """Name, what is known of it and default of each; told once, for they are asked often."""
        found = [vars(kind).get("__annotations__", {}) for kind in cls.__mro__]
        return [
            (name, next(one[name] for one in found if name in one).__metadata__[0], default)
            for name, default in zip(cls.__struct_fields__, cls.__struct_defaults__, strict=True)
        ]

    @classmethod
    def _from_env(cls, environ: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        for name, about, _ in cls._fields():
            variable = cls._variable(name, about)
            found = environ.get(variable, "")
            if found:
                yield name, _parsed(about, variable, found)

    @classmethod
    def _say_what_is_misspelt(cls, environ: Mapping[str, str]) -> None:
        known = {cls._variable(name, about) for name, about, _ in cls._fields()}
        for name in environ:
            is_ours = name.startswith(cls.prefix) and not name.startswith(cls.others)
            if not is_ours or name in known or name in _said:
                continue
            import difflib  # noqa: PLC0415 - only for who has made a mistake

            for meant in difflib.get_close_matches(name, known, 1, _ALIKE):
                _said.add(name)
                logger.warning("%s is not a setting; did you mean %s?", name, meant)

    @classmethod
    def _variable(cls, name: str, about: About) -> str:
        return about.variable or f"{cls.prefix}{name.upper()}"

    def _described(
        self, name: str, about: About, default: object, found: Mapping[str, object]
    ) -> Setting:
        value, source = getattr(self, name), "argument"
        if value == default:
            source = "default"
        elif name in found and found[name] == value:
            source = "environment"
        return Setting(
            name=name,
            variable=self._variable(name, about),
            value="" if value is None else _shown(about, value),
            source=source,
            help=about.help,
        )

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Everything but the secrets."""
        return [
            (name, _without_password(getattr(self, name)))
            for name, about, _ in self._fields()
            if not about.secret
        ]

    def __repr__(self) -> str:
        """As it is made, without the secrets."""
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"


def _check(name: str, about: About, default: object, value: object) -> None:
    if value is None and default is None:
        return
    fault = _fault(about, default, value)
    if fault is not None:
        shown = _shown(about, value) if about.secret else without_password(repr(value))
        if about.secret and value == "":
            shown = "empty"  # nothing to hide, and a mask would say that there is a key
        raise ConfigError(f"{name} is {shown}; expected {fault}")


def _fault(about: About, default: object, value: object) -> str | None:
    """What was expected in the place of `value`, if it cannot be used."""
    accepted = _accepted(default)
    if type(value) not in accepted:
        return f"a value of type {accepted[0].__name__}"
    try:
        about.parse(str(value))
    except ValueError as error:
        return str(error)
    return None


def _accepted(default: object) -> tuple[type, ...]:
    """The types of a setting, the proper one first, told by its default."""
    for proper in (bool, int):
        if isinstance(default, proper):
            return (proper,)
    return (float, int) if isinstance(default, float) else (str,)


def _parsed(about: About, variable: str, found: str) -> object:
    try:
        return about.parse(found)
    except ValueError as error:
        raise ConfigError(f"{variable} is {_shown(about, found)!r}; expected {error}") from None


def _without_password(value: object) -> object:
    return without_password(value) if isinstance(value, str) else value


def without_password(address: str) -> str:
    """An address as it may be shown."""
    return _PASSWORD.sub(rf"\1{_MASK}@", address)


def _shown(about: About, value: object) -> str:
    whole = without_password(str(value))
    if not about.secret:
        return whole
    return _MASK + whole[-_SHOWN:] if len(whole) >= _LONG_ENOUGH else _MASK
