"""Reading openapi/spec.yaml: as plain JSON data, and as the bytes that the package carries."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from codegen.refusal import RefusedError


@dataclass(frozen=True)
class Spec:
    """The parsed document, its canonical JSON text and the digest of that text."""

    document: dict[str, Any]
    json_bytes: bytes

    @property
    def sha256(self) -> str:
        """Hex digest of `json_bytes`."""
        return hashlib.sha256(self.json_bytes).hexdigest()

    @property
    def schemas(self) -> dict[str, Any]:
        """The component schemas by name."""
        schemas: dict[str, Any] = self.document.get("components", {}).get("schemas", {})
        return schemas


def read_spec(path: Path) -> Spec:
    """Read a YAML or JSON document; raises `RefusedError` when it holds what JSON cannot say."""
    try:
        loaded: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise RefusedError(f"cannot read {path}", [str(error)]) from error
    if not isinstance(loaded, dict):
        raise RefusedError(f"{path} is not an OpenAPI document", ["its top level is no mapping"])
    if faults := list(_not_json(cast("dict[object, object]", loaded), "#")):
        raise RefusedError(f"{path} holds YAML that JSON cannot say", faults)
    document = cast("dict[str, Any]", loaded)
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Spec(document=document, json_bytes=text.encode() + b"\n")


def _not_json(node: object, where: str) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in cast("dict[object, object]", node).items():
            if not isinstance(key, str):
                yield f"{where}: key {key!r} is not a string; put it in quotes"
            yield from _not_json(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(cast("list[object]", node)):
            yield from _not_json(value, f"{where}/{index}")
    elif not isinstance(node, str | int | float | bool | None):
        yield f"{where}: {node!r} is a {type(node).__name__}; put it in quotes"
