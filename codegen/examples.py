"""Examples in the spec: each must fit the schema that it stands beside."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from openapi_schema_validator import OAS31Validator


def misfits(document: Mapping[str, Any]) -> Iterator[str]:
    """One line for each fault of each example."""
    for where, schema, example in _examples(document, "#"):
        # The whole document beside the schema, so that references inside of it resolve.
        validator = OAS31Validator({**document, "allOf": [schema]})
        for error in validator.iter_errors(example):
            inside = "/".join(str(step) for step in error.absolute_path)
            yield f"{where}: the example does not fit at {inside or 'its root'}: {error.message}"


def _examples(node: object, where: str) -> Iterator[tuple[str, Any, Any]]:
    """Examples of media types and parameters: place, schema, value."""
    if isinstance(node, dict):
        members = cast("dict[str, Any]", node)
        if "schema" in members:
            yield from _own_examples(members, where)
        for key, value in members.items():
            if key not in {"example", "examples"}:
                yield from _examples(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(cast("list[object]", node)):
            yield from _examples(value, f"{where}/{index}")


def _own_examples(node: Mapping[str, Any], where: str) -> Iterator[tuple[str, Any, Any]]:
    if "example" in node:
        yield f"{where}/example", node["schema"], node["example"]
    for name, example in node.get("examples", {}).items():
        if "value" in example:
            yield f"{where}/examples/{name}", node["schema"], example["value"]
