"""The operations that the API's document describes, as one table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Literal, cast

from attrs import field, frozen

Spec = Mapping[str, Any]
Kind = Literal["string", "integer", "number", "boolean"]

DOCUMENT_PATH = "/openapi.json"
METHODS = ("get", "put", "post", "delete", "patch")


@frozen
class Parameter:
    """A path or query parameter. `schema` describes one value when it is `repeated`.

    It may be given `most` times then; None is no bound.
    """

    name: str
    location: Literal["path", "query"]
    required: bool
    repeated: bool
    kind: Kind
    schema: Mapping[str, Any] = field(eq=False)
    default: Any = None
    most: int | None = None


@frozen
class Operation:
    """One operation: how it is called and what it needs."""

    id: str
    method: str
    path: str
    scope: str | None
    """What a key must be good for; None when no key is needed."""
    parameters: tuple[Parameter, ...]
    body: str | None
    """Reference of the schema of the JSON body; None when it takes no body."""

    def parameters_in(self, location: Literal["path", "query"]) -> tuple[Parameter, ...]:
        """Its parameters at one place."""
        return tuple(found for found in self.parameters if found.location == location)


DOCUMENT = Operation("get-document", "GET", DOCUMENT_PATH, scope=None, parameters=(), body=None)
"""Serves the document itself, which does not describe this."""

METRICS = Operation("get-server-metrics", "GET", "/metrics", "metrics", parameters=(), body=None)
"""Serves the server's own metrics, in formats that Prometheus designed."""


def load_spec() -> tuple[bytes, Spec]:
    """The document, as the bytes that are served and as data."""
    raw = files("modelmetry_api").joinpath("spec.json").read_bytes()
    return raw, json.loads(raw)


def operations(spec: Spec) -> tuple[Operation, ...]:
    """Every operation of the document, in its order."""
    return tuple(_operations(spec))


def _operations(spec: Spec) -> Iterator[Operation]:
    paths: Mapping[str, Mapping[str, Any]] = spec["paths"]
    for path, item in paths.items():
        shared = item.get("parameters", [])
        for method in METHODS:
            if method in item:
                yield _operation(spec, path, method, shared, item[method])


def _operation(
    spec: Spec, path: str, method: str, shared: list[Any], described: Mapping[str, Any]
) -> Operation:
    secured = bool(described.get("security", spec.get("security")))
    declared = [*shared, *described.get("parameters", [])]
    return Operation(
        id=described["operationId"],
        method=method.upper(),
        path=path,
        scope=described["x-scope"] if secured else None,
        parameters=tuple(_parameter(spec, _resolve(spec, one)) for one in declared),
        body=_body(described),
    )


def _parameter(spec: Spec, described: Mapping[str, Any]) -> Parameter:
    schema = _resolve(spec, described["schema"])
    repeated = schema["type"] == "array"
    one = _resolve(spec, schema["items"]) if repeated else schema
    return Parameter(
        name=described["name"],
        location=described["in"],
        required=described.get("required", False),
        repeated=repeated,
        kind=one["type"],
        schema=one,
        default=described["schema"].get("default", schema.get("default")),
        most=schema.get("maxItems"),
    )


def _body(described: Mapping[str, Any]) -> str | None:
    if "requestBody" not in described:
        return None
    schema = described["requestBody"]["content"]["application/json"]["schema"]
    return cast("str", schema["$ref"])


def _resolve(spec: Spec, described: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in described:
        return described
    found: Any = spec
    for step in described["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return cast("Mapping[str, Any]", found)
