"""Query and path parameters, checked and typed as the API's document says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
from attrs import field, frozen

from modelmetry.server.faults import (
    MOST_FAULTS,
    compile_schema,
    described,
    nearest,
    shortened,
)
from modelmetry.server.operations import Kind, Operation, Parameter
from modelmetry.server.problems import Fault, Problem
from modelmetry.server.routing import shown

MOST_FIELDS = 1000
INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,30})")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class NotOfKind(ValueError):  # noqa: N818  # caught where it is turned into a fault
    """A text that is not written as its type asks; the message says how it is written."""


@frozen
class Checked:
    """A parameter with the validator of one value."""

    parameter: Parameter
    validator: jsonschema_rs.Validator = field(eq=False)

    def value(self, texts: Sequence[str]) -> tuple[Any, list[Fault]]:
        """The typed value, or the list of them, and the faults."""
        place = f"{self.parameter.location}.{self.parameter.name}"
        if len(texts) > 1 and not self.parameter.repeated:
            return None, [Fault(place, f"may be given once, not {len(texts)} times")]
        most = self.parameter.most
        if most is not None and len(texts) > most:
            return None, [Fault(place, f"may be given {most} times, not {len(texts)}")]
        values: list[Any] = []
        faults: list[Fault] = []
        for text in texts:
            value, found = self._one(place, text)
            values.append(value)
            faults.extend(found)
        return (values if self.parameter.repeated else values[0]), faults

    def _one(self, place: str, text: str) -> tuple[Any, list[Fault]]:
        try:
            value = TYPED[self.parameter.kind](text)
        except NotOfKind as error:
            return None, [Fault(place, str(error), shortened([self.parameter.name], text))]
        path = [self.parameter.location, self.parameter.name]
        faults = list(described(self.validator.iter_errors(value), path))
        if faults and self.parameter.schema.get("format") == "date-time" and " " in text:
            hint = Fault(place, "a + in a query means a space; write %2B")
            return None, [*faults, hint]
        return value, faults


class ParameterCheck:
    """Checks the parameters of one operation."""

    def __init__(self, operation: Operation) -> None:
        self._query = _compiled(operation.parameters_in("query"))
        self._path = _compiled(operation.parameters_in("path"))

    def values(self, query: bytes, path: Mapping[str, str]) -> dict[str, Any]:
        """All parameters by name; those that are absent have their default, or None.

        Raises:
            Problem: 400 when the query is not UTF-8, 422 when something does not fit.
        """
        given = _fields(query)
        unknown = sorted(given.keys() - self._query.keys())
        faults = [
            Fault(f"query.{shown(name)}", f"is not known{nearest(name, list(self._query))}")
            for name in unknown[:MOST_FAULTS]
        ]
        values: dict[str, Any] = {}
        for name, check in (self._path | self._query).items():
            texts = [path[name]] if name in path else given.get(name, [])
            if texts:
                values[name], found = check.value(texts)
                faults += found
            else:
                values[name] = check.parameter.default
                if check.parameter.required:
                    faults.append(Fault(f"{check.parameter.location}.{name}", "is required"))
        if faults:
            raise refused(faults)
        return values


def refused(faults: Sequence[Fault]) -> Problem:
    """422 with the first faults; the detail names the first one."""
    first = faults[0]
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    return Problem(
        422,
        "does-not-fit",
        f"{first.location} {first.message}{more}; nothing was done",
        faults=faults[:MOST_FAULTS],
    )


def _compiled(parameters: Sequence[Parameter]) -> dict[str, Checked]:
    return {one.name: Checked(one, compile_schema(one.schema)) for one in parameters}


def _fields(query: bytes) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(
            query.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except UnicodeDecodeError as error:
        raise Problem(400, "bad-query", "the query is not UTF-8 after decoding") from error
    except ValueError as error:
        raise Problem(
            400, "bad-query", f"the query has more than {MOST_FIELDS} parameters"
        ) from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _integer(text: str) -> int:
    if not INTEGER.fullmatch(text):
        raise NotOfKind("must be an integer such as 50")
    return int(text)


def _number(text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise NotOfKind("must be a number such as 1.5")
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise NotOfKind("is larger than any number here")
    return value


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise NotOfKind("must be true or false")
    return text == "true"


TYPED: Mapping[Kind, Callable[[str], Any]] = {
    "string": str,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
