"""Rules that the spec keeps beside being valid OpenAPI; each rule yields its faults as text."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import Any, NamedTuple, cast

from openapi_spec_validator import OpenAPIV31SpecValidator

from codegen import examples
from codegen.refusal import RefusedError
from codegen.spec import Spec

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Arguments that every generated function has of its own.
RESERVED_PARAMETERS = frozenset({"body", "client", "headers", "timeout"})
_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_COMBINATORS = ("oneOf", "anyOf", "allOf", "$ref")


class Operation(NamedTuple):
    """One operation and where it stands."""

    method: str
    path: str
    data: Mapping[str, Any]
    shared_parameters: list[Any]

    @property
    def where(self) -> str:
        """Its place, for messages."""
        return f"{self.method.upper()} {self.path}"


def check(spec: Spec) -> None:
    """Raise `RefusedError` with every fault of the document."""
    if invalid := sorted(_invalid_openapi(spec)):
        raise RefusedError("the spec is not valid OpenAPI 3.1", invalid)
    rules = (
        _undefined_security,
        _operation_ids,
        _error_responses,
        _parameters,
        _open_or_closed,
        _wire_names,
        _security_kind,
        examples.misfits,
    )
    if faults := [fault for rule in rules for fault in rule(spec.document)]:
        raise RefusedError("the spec breaks rules of this project (codegen/lint.py)", faults)


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation, in the order of the document."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield Operation(method, path, item[method], item.get("parameters", []))


def secured_operations(document: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Method and path of the operations that take a key; the document's own rule is inherited."""
    rule = document.get("security", [])
    return {(o.method, o.path) for o in operations(document) if o.data.get("security", rule)}


def resolve(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow `$ref` inside the document until something else stands there."""
    while "$ref" in node:
        target: Any = document
        for step in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def _invalid_openapi(spec: Spec) -> Iterator[str]:
    for error in OpenAPIV31SpecValidator(spec.document).iter_errors():
        where = "/".join(str(step) for step in error.absolute_path)
        yield f"#/{where}: {error.message}"


def _undefined_security(document: Mapping[str, Any]) -> Iterator[str]:
    defined = set(document.get("components", {}).get("securitySchemes", {}))
    places = [("the document", document.get("security", []))]
    places += [(place.where, place.data.get("security", [])) for place in operations(document)]
    for where, requirements in places:
        for name in sorted({name for requirement in requirements for name in requirement}):
            if name not in defined:
                yield f"{where}: security scheme {name!r} is not in components/securitySchemes"


def _security_kind(document: Mapping[str, Any]) -> Iterator[str]:
    if not api_key_headers(document):
        yield "components/securitySchemes: no apiKey in a header; the client could not send its key"


def api_key_headers(document: Mapping[str, Any]) -> list[str]:
    """Names of the headers that carry an API key, as the security schemes say."""
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    return [s["name"] for s in schemes if s.get("type") == "apiKey" and s.get("in") == "header"]


def _operation_ids(document: Mapping[str, Any]) -> Iterator[str]:
    seen = Counter(place.data.get("operationId") for place in operations(document))
    for place in operations(document):
        name = place.data.get("operationId")
        if name is None or not _KEBAB.fullmatch(name):
            yield f"{place.where}: operationId {name!r} is not kebab-case"
        elif seen[name] > 1:
            yield f"{place.where}: operationId {name!r} is used {seen[name]} times"


def _error_responses(document: Mapping[str, Any]) -> Iterator[str]:
    models: set[str] = set()
    for place in operations(document):
        responses = place.data.get("responses", {})
        errors = [code for code in responses if code == "default" or code[0] in "45"]
        if not any(code.startswith("4") for code in errors):
            yield f"{place.where}: no explicit 4xx response"
        for code in errors:
            content = resolve(document, responses[code]).get("content", {})
            schema = content.get("application/problem+json", {}).get("schema", {})
            if "$ref" not in schema:
                yield f"{place.where}: response {code} is no application/problem+json with a $ref"
            else:
                models.add(schema["$ref"])
    if len(models) > 1:
        yield f"error responses use several models: {', '.join(sorted(models))}; use one"


def _parameters(document: Mapping[str, Any]) -> Iterator[str]:
    for place in operations(document):
        for reference in [*place.data.get("parameters", []), *place.shared_parameters]:
            parameter = resolve(document, reference)
            where = f"{place.where}: parameter {parameter['name']!r}"
            schema = resolve(document, parameter.get("schema", {}))
            if parameter["in"] == "cookie":
                yield f"{where} is a cookie; the client sends none"
            if parameter["name"].lower() in RESERVED_PARAMETERS:
                yield f"{where} has the name of an argument that every function has"
            if parameter["in"] == "query":
                yield from (f"{where} {fault}" for fault in _query_style(parameter, schema))


def _query_style(parameter: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    kinds: str | list[str] = schema.get("type", "")
    if parameter.get("style", "form") != "form":
        yield f"has style {parameter['style']!r}; only 'form' is generated"
    if "array" in kinds and not parameter.get("explode", True):
        yield "is an array that does not explode; arrays are sent as name=a&name=b"
    if "object" in kinds:
        yield "is an object; no style for objects is generated"


def schema_nodes(schema: object, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every schema below a schema, itself first, with its place."""
    if not isinstance(schema, dict):
        return
    node = cast("dict[str, Any]", schema)
    yield where, node
    for key in ("items", "additionalProperties", "not"):
        yield from schema_nodes(node.get(key), f"{where}/{key}")
    for key in ("oneOf", "anyOf", "allOf"):
        for index, child in enumerate(node.get(key, [])):
            yield from schema_nodes(child, f"{where}/{key}/{index}")
    for name, child in node.get("properties", {}).items():
        yield from schema_nodes(child, f"{where}/properties/{name}")


def _component_nodes(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        yield from schema_nodes(schema, name)


def _open_or_closed(document: Mapping[str, Any]) -> Iterator[str]:
    for where, schema in _component_nodes(document):
        kinds = schema.get("type")
        is_object = "properties" in schema or kinds == "object" or "object" in (kinds or [])
        if not is_object or any(key in schema for key in _COMBINATORS):
            continue
        if "additionalProperties" not in schema:
            yield f"schema {where}: additionalProperties is not decided"


def _wire_names(document: Mapping[str, Any]) -> Iterator[str]:
    for where, schema in _component_nodes(document):
        for name, child in schema.get("properties", {}).items():
            if child is not True and child.get("readOnly"):
                continue
            if not name.isidentifier() or iskeyword(name) or name.startswith("_"):
                yield f"schema {where}: property {name!r} cannot be the name of a slot"
