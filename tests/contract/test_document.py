"""The document that the server hands out, and what it says of itself."""

from __future__ import annotations

from tests.contract.api import Api
from tests.contract.spec_document import DOCUMENT, strict_json


def test_the_document_is_served(api: Api) -> None:
    """`/openapi.json` is the very document that everything here is held against."""
    answer = api.http.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert strict_json(answer.content) == DOCUMENT


def test_the_document_names_its_version(anonymous: Api) -> None:
    """`/info` says which document the server speaks, and its limits are limits."""
    info = anonymous.read("/info")
    assert info["SpecVersion"] == DOCUMENT["info"]["version"]
    assert all(limit > 0 for limit in info["Limits"].values())
    assert info["Limits"]["LargestInflatedBody"] >= info["Limits"]["LargestBody"]


def test_health(anonymous: Api) -> None:
    """It lives, and it is ready."""
    assert anonymous.read("/health/live") == {"Status": "ok"}
    assert anonymous.read("/health/ready") == {"Status": "ok"}
