"""What does not fit the API's document, said so that a person finds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any, cast

import jsonschema_rs
from jsonschema_rs import ValidationError
from modelmetry_api.types import UNSET

from modelmetry.server.operations import Spec
from modelmetry.server.problems import Fault
from modelmetry.server.routing import shown

MOST_FAULTS = 20
# What a list or an open object says of all that is in it, and of how much that may be.
_MOST = {"items": "maxItems", "additionalProperties": "maxProperties"}
LONGEST_VALUE = 100
LONGEST_NAME = 50
PLAIN_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
SECRET_NAME = re.compile(r"key|token|secret|password|authorization|credential", re.IGNORECASE)
SECRET_VALUE = re.compile(r"\b(mm_|sk-|bearer )", re.IGNORECASE)


def compile_schema(schema: Mapping[str, Any], spec: Spec | None = None) -> jsonschema_rs.Validator:
    """A validator of a schema; with the document when it refers to the document's components.

    Each validator keeps what it is given, and the whole document takes 1 MB: so it is given the
    components to which its schema leads, and no others.
    """
    whole = dict(schema)
    if spec is not None:
        whole["components"] = {"schemas": _referred(schema, spec)}
    # What is masked is the value in the library's own messages; `Fault.value` is ours to choose.
    return jsonschema_rs.validator_for(whole, validate_formats=True, mask="the value")


class DocumentCheck:
    """Checks bodies of one schema.

    The library collects all faults of what it is given, a million of them if there are: so lists
    and open objects are searched item by item, also those inside of items, and the search ends
    when enough are found.

    Attributes:
        lists_of_objects: names of the members that are lists of objects, such as signals.
    """

    def __init__(self, spec: Spec, reference: str) -> None:
        self._whole = _Part(spec, {"$ref": reference})
        self.lists_of_objects: frozenset[str] = self._whole.lists_of_objects

    def faults(self, document: Any) -> list[Fault]:
        """The faults of a document, 20 at most; none when it fits."""
        return list(islice(self._whole.faults(document, ("body",)), MOST_FAULTS))


class _Part:
    """Checks what has one schema: a body, or what is inside of a list or an open object."""

    def __init__(self, spec: Spec, schema: Mapping[str, Any]) -> None:
        content = schema_of(spec, schema["$ref"]) if "$ref" in schema else schema
        members: Mapping[str, Mapping[str, Any]] = content.get("properties", {})
        self._several = {
            name: _Several(spec, one, keyword)
            for name, one in members.items()
            for keyword in _MOST
            if isinstance(one.get(keyword), Mapping) and one[keyword]
        }
        bare = {name: several.bare for name, several in self._several.items()}
        self._fitting = compile_schema(schema, spec)
        self._shell = self._fitting
        if bare:
            self._shell = compile_schema({**content, "properties": {**members, **bare}}, spec)
        self._names = list(members)
        self.lists_of_objects = frozenset(
            name for name, several in self._several.items() if several.is_list_of_objects
        )

    def faults(self, value: Any, place: tuple[str | int, ...]) -> Iterator[Fault]:
        """The faults of a value at a place; none when it fits."""
        if self._fitting.is_valid(value):
            return
        yield from described(self._shell.iter_errors(value), place, self._names)
        if isinstance(value, dict):
            members = cast("dict[str, Any]", value)
            for name, several in self._several.items():
                yield from several.faults(members.get(name), (*place, name))


class _Several:
    """Checks the items of a list, or the values of an open object, one by one.

    Args:
        spec: the document.
        schema: of the list or the object.
        keyword: what all that is in it has to fit.
    """

    def __init__(self, spec: Spec, schema: Mapping[str, Any], keyword: str) -> None:
        self._is_list = keyword == "items"
        self._check = _Part(spec, schema[keyword])
        # There may be more than is read: that it is too much is said of the whole.
        self._most = schema.get(_MOST[keyword])
        self.bare = {**schema, keyword: True}
        self.is_list_of_objects = self._is_list and "$ref" in schema[keyword]

    def faults(self, value: Any, place: tuple[str | int, ...]) -> Iterator[Fault]:
        """The faults of what is inside; none when the value is of another type."""
        inside: Iterable[tuple[str | int, Any]] = ()
        if isinstance(value, list) and self._is_list:
            inside = enumerate(cast("Sequence[Any]", value))
        elif isinstance(value, dict) and not self._is_list:
            inside = cast("dict[str, Any]", value).items()
        for step, item in islice(inside, self._most):
            yield from self._check.faults(item, (*place, step))


def schema_of(spec: Spec, reference: str) -> Mapping[str, Any]:
    """A schema of the document."""
    return cast("Mapping[str, Any]", spec["components"]["schemas"][_name(reference)])


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _referred(schema: Mapping[str, Any], spec: Spec) -> dict[str, Mapping[str, Any]]:
    """The schemas to which a schema leads, by their names in the document."""
    found: dict[str, Mapping[str, Any]] = {}
    waiting: list[Any] = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(cast("Sequence[Any]", part))
        elif isinstance(part, dict):
            members = cast("dict[str, Any]", part)
            waiting.extend(members.values())
            reference = members.get("$ref")
            if isinstance(reference, str) and (name := _name(reference)) not in found:
                found[name] = schema_of(spec, reference)
                waiting.append(found[name])
    return found


def described(
    errors: Iterable[ValidationError],
    place: Sequence[str | int],
    known: Sequence[str] = (),
) -> Iterator[Fault]:
    """Faults in our words. `known` are the names that the checked object itself may have."""
    for error in errors:
        path = [*place, *error.instance_path]
        kind = error.kind
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
            for name in kind.unexpected:
                yield Fault(location([*path, name]), f"is not known{nearest(name, known)}")
        elif isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
            yield Fault(location([*path, str(kind.property)]), "is required")
        else:
            yield Fault(location(path), wording(error), shortened(path, error.instance))


def wording(error: ValidationError) -> str:
    """What is wrong with a value, without the value."""
    kinds = jsonschema_rs.ValidationErrorKind
    match error.kind:
        case kinds.Type(types=types):
            return f"must be {_any_of(types)}, not {_type_of(error.instance)}"
        case kinds.Format(format="date-time"):
            return "must be a time such as 2026-11-02T09:30:00Z, with an offset (RFC 3339)"
        case kinds.Enum(options=options):
            return f"must be one of {', '.join(_plain(option) for option in options)}"
        case kinds.OneOfNotValid(context=context):
            types = _types_of(context)
            return f"must be {_any_of(types)}, not {_type_of(error.instance)}"
        case _:
            return error.message.removeprefix("the value ")


def _types_of(context: Sequence[Sequence[ValidationError]]) -> list[str]:
    kinds = jsonschema_rs.ValidationErrorKind
    first = [branch[0].kind for branch in context if branch]
    return [name for kind in first if isinstance(kind, kinds.Type) for name in kind.types]


def _any_of(types: Sequence[str]) -> str:
    return " or ".join(types)


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case list():
            return "array"
        case _:
            return "object"


def _plain(option: Any) -> str:
    return "null" if option is None else str(option)


def nearest(name: str, known: Sequence[str]) -> str:
    """`; did you mean ...`, when something is near enough."""
    if len(name) > LONGEST_NAME:  # comparing takes time, and nobody mistypes so much
        return ""
    lower = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), lower, n=1)
    return f"; did you mean {lower[found[0]]}?" if found else ""


def location(path: Sequence[str | int]) -> str:
    """A path such as `body.Spans[3].Start`; odd names are quoted and shortened."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif len(step) <= LONGEST_VALUE and PLAIN_NAME.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{shown(step)!r}]"
    return text


def shortened(path: Sequence[str | int], value: Any) -> Any:
    """A value for an answer: scalars only, never long, never what looks like a secret."""
    if isinstance(value, list | dict):
        return UNSET  # could hold anything, far down
    if any(isinstance(step, str) and SECRET_NAME.search(step) for step in path):
        return UNSET
    if isinstance(value, str):
        return UNSET if SECRET_VALUE.search(value) else shown(value, LONGEST_VALUE)
    return value
