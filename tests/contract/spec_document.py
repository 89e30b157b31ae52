"""openapi/spec.yaml as something to hold requests and answers against."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import jsonschema_rs
import yaml

ROOT = Path(__file__).parents[2]
SPEC_PATH = ROOT / "openapi" / "spec.yaml"
DOCUMENT: dict[str, Any] = yaml.safe_load(SPEC_PATH.read_text("utf-8"))
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation, with its schema resolved."""

    name: str
    location: str
    required: bool
    schema: Mapping[str, Any]

    def read(self, texts: list[str]) -> Any:
        """The values that these texts stand for; a text that stands for none stays a text."""
        schema = self.schema
        if schema.get("type") == "array":
            return [from_text(text, schema.get("items", {})) for text in texts]
        return from_text(texts[0], schema) if len(texts) == 1 else texts


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    id: str
    method: str
    template: str
    parameters: tuple[Parameter, ...]
    secured: bool
    body: Mapping[str, Any] | None
    responses: Mapping[str, Any]

    @property
    def path_parameters(self) -> list[Parameter]:
        """Parameters in the path, in its order."""
        named = {found.name: found for found in self.parameters if found.location == "path"}
        return [named[name] for name in re.findall(r"{([^}]+)}", self.template)]

    @property
    def query_parameters(self) -> dict[str, Parameter]:
        """Parameters in the query, by name."""
        return {found.name: found for found in self.parameters if found.location == "query"}

    def path_values(self, raw_path: str) -> list[str] | None:
        """The decoded values of the path's parameters, None when the path is another one."""
        pattern = re.sub(r"{[^}]+}", "([^/]+)", self.template)
        found = re.fullmatch(pattern, raw_path)
        return None if found is None else [unquote(value) for value in found.groups()]


def resolve(node: Any) -> dict[str, Any]:
    """The object that a `$ref` means, or the object itself."""
    found = cast("dict[str, Any]", node)
    while "$ref" in found:
        parts: list[str] = found["$ref"].removeprefix("#/").split("/")
        found = DOCUMENT
        for part in parts:
            found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the document."""
    return tuple(_operations())


def _operations() -> Iterator[Operation]:
    for template, item in DOCUMENT["paths"].items():
        for method in sorted(METHODS & item.keys()):
            definition = item[method]
            listed = [
                resolve(p) for p in [*item.get("parameters", []), *definition.get("parameters", [])]
            ]
            body = definition.get("requestBody")
            yield Operation(
                id=definition["operationId"],
                method=method.upper(),
                template=template,
                parameters=tuple(
                    Parameter(p["name"], p["in"], p.get("required", False), resolve(p["schema"]))
                    for p in listed
                ),
                secured=bool(definition.get("security", DOCUMENT["security"])),
                body=None if body is None else resolve(body)["content"],
                responses=definition["responses"],
            )


def by_id(operation_id: str) -> Operation:
    """The operation of this id."""
    return next(found for found in operations() if found.id == operation_id)


def at_path(raw_path: str) -> list[Operation]:
    """The operations of a path as it is sent, percent-encoded."""
    return [found for found in operations() if found.path_values(raw_path) is not None]


def from_text(text: str, schema: Mapping[str, Any]) -> Any:
    """A parameter's value as JSON knows it."""
    kind = schema.get("type")
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "integer":
        return int(text) if re.fullmatch(r"-?[0-9]+", text) else text
    if kind == "number":
        try:
            return float(text)
        except ValueError:
            return text
    return text


def faults(schema: Mapping[str, Any], value: Any, *, request: bool = False) -> list[str]:
    """Where and how a value does not fit a schema of the document."""
    validator = _validator(json.dumps(schema, sort_keys=True), request)
    return [
        f"{'/'.join(map(str, error.instance_path)) or 'the whole'}: {error.message}"
        for error in validator.iter_errors(value)
    ]


def component(name: str) -> Mapping[str, Any]:
    """A schema that refers to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


@cache
def _validator(schema: str, request: bool) -> jsonschema_rs.Draft202012Validator:
    components = _writable() if request else DOCUMENT["components"]
    whole = {**json.loads(schema), "components": components}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@cache
def _writable() -> dict[str, Any]:
    """The components without members that only an answer may have: closed objects refuse them."""
    components = copy.deepcopy(DOCUMENT["components"])
    for schema in components["schemas"].values():
        members: dict[str, Any] = schema.get("properties", {})
        for name in [name for name, member in members.items() if member.get("readOnly")]:
            del members[name]
    return cast("dict[str, Any]", components)


def strict_json(data: bytes) -> Any:
    """JSON as RFC 8259 has it: no NaN, no member twice; raises `ValueError`."""
    return json.loads(data.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_distinct)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError(f"a member occurs twice in {[name for name, _ in pairs]}")
    return members
