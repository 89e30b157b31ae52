"""A small spec that keeps every rule, for tests to break."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROBLEM: dict[str, Any] = {
    "description": "A problem.",
    "content": {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/ErrorModel"}}
    },
}


def small_spec() -> dict[str, Any]:
    """One operation, two models."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1.0"},
        "security": [{"key": []}],
        "paths": {
            "/things/{id}": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "get": {
                    "operationId": "get-thing",
                    "summary": "Read a thing",
                    "parameters": [],
                    "responses": {
                        "200": {
                            "description": "It.",
                            "content": {
                                "application/json": {
                                    "schema": {"$ref": "#/components/schemas/Thing"}
                                }
                            },
                        },
                        "404": PROBLEM,
                        "default": PROBLEM,
                    },
                },
            }
        },
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
            "schemas": {
                "Thing": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["Name"],
                    "properties": {"Name": {"type": "string"}},
                },
                "ErrorModel": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "title": {"type": "string"},
                        "detail": {"type": "string"},
                        "status": {"type": "integer"},
                        "errors": {
                            "type": ["array", "null"],
                            "items": {"$ref": "#/components/schemas/Fault"},
                        },
                    },
                },
                "Fault": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "location": {"type": "string"},
                        "message": {"type": "string"},
                    },
                },
            },
        },
    }


@pytest.fixture
def spec() -> dict[str, Any]:
    """A fresh small spec."""
    document: dict[str, Any] = json.loads(json.dumps(small_spec()))
    return document


@pytest.fixture
def write_spec(tmp_path: Path) -> Callable[[object], Path]:
    """Write a document to a file and give its path."""

    def write(document: object) -> Path:
        path = tmp_path / "spec.yaml"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    return write
