"""The operations of pipeline metrics that the client of another SDK asks for, as a document.

It has the form of our own contract, so that the same code routes and checks. It is not part of it:
what stands here is another's to change, and nobody should write a client against it.
"""

from __future__ import annotations

from typing import Any, Final

from modelmetry.server.operations import Spec

FIRST_SEGMENT: Final = "api"
ROOT: Final = f"/{FIRST_SEGMENT}/v1"
REFRESH: Final = f"{ROOT}/auth/refresh"
ANY_SCOPE: Final = "any"
"""Of an operation that is for whoever has an access token."""
SCOPES: Final = ("pipeline_name", "deployment_name", "execution_id")
MOST_A_CALL: Final = 10_000
MOST_A_PAGE: Final = 5_000
USUAL_PAGE: Final = 50
# Beyond it an offset would not fit into the integers of SQLite.
LAST_PAGE: Final = 1_000_000_000
_LONGEST: Final = 1_000

_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": _LONGEST}


def _body(name: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"content": {"application/json": {"schema": schema}}}


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def _object(**members: dict[str, Any]) -> dict[str, Any]:
    # A later version of the client may send more: what is not known is passed over.
    return {"type": "object", "required": list(members), "properties": members}


def _integer(most: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": most, "default": default}


_NAME: Final = {"name": "name", "in": "path", "required": True, "schema": _TEXT}
_PAGE: Final = [
    *(_query(f"filters[{name}]", {"type": "string"}) for name in ("name", *SCOPES)),
    _query("items_per_page", _integer(MOST_A_PAGE, USUAL_PAGE)),
    _query("page", _integer(LAST_PAGE, 1)),
]


def _recording(operation: str, body: str) -> dict[str, Any]:
    return {
        "operationId": operation,
        "x-scope": "ingest",
        "parameters": [_NAME],
        "requestBody": _body(body),
    }


def _listing(operation: str) -> dict[str, Any]:
    return {"operationId": operation, "x-scope": "read", "parameters": _PAGE}


PROTOCOL: Final[Spec] = {
    "security": [{"bearer": []}],
    "paths": {
        REFRESH: {
            "post": {
                "operationId": "refresh",
                "security": [],
                "requestBody": _body("Refresh"),
            }
        },
        f"{ROOT}/users/me": {"get": {"operationId": "who-am-i", "x-scope": ANY_SCOPE}},
        f"{ROOT}/metrics/single-value": {"get": _listing("list-single-values")},
        f"{ROOT}/metrics/list-values": {"get": _listing("list-list-values")},
        f"{ROOT}/metrics/single-value/{{+name}}": {"put": _recording("put-single-value", "Value")},
        f"{ROOT}/metrics/list-values/{{+name}}": {"post": _recording("post-list-values", "Values")},
    },
    "components": {
        "schemas": {
            "Refresh": _object(refresh_token={"type": "string", "minLength": 1}),
            "Value": _object(value={"type": "number"}, execution_id=_TEXT),
            "Values": _object(
                values={
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MOST_A_CALL,
                    "items": {"type": "number"},
                },
                execution_id=_TEXT,
            ),
        }
    },
}
