"""Reading openapi/spec.yaml: as plain JSON data, and as the bytes that the package carries."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from codegen.refusal import Refusal


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
    """Read a YAML or JSON document; raises `Refusal` when it holds what JSON cannot say."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise Refusal(f"cannot read {path}", [str(error)]) from error
    if not isinstance(document, dict):
        raise Refusal(f"{path} is not an OpenAPI document", ["its top level is not a mapping"])
    if faults := list(_not_json(document, "#")):
        raise Refusal(f"{path} holds YAML that JSON cannot say", faults)
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Spec(document=document, json_bytes=text.encode() + b"\n")


def _not_json(node: object, where: str) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if not isinstance(key, str):
                yield f"{where}: key {key!r} is not a string; put it in quotes"
            yield from _not_json(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _not_json(value, f"{where}/{index}")
    elif not isinstance(node, str | int | float | bool | None):
        yield f"{where}: {node!r} is a {type(node).__name__}; put it in quotes"
