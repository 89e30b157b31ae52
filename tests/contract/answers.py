"""Hold an answer against the document: status, headers, media type, body, secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import httpx

from tests.contract.spec_document import (
    Operation,
    at_path,
    component,
    faults,
    resolve,
    strict_json,
)

PROBLEM = "application/problem+json"


def check_answer(
    answer: httpx.Response, *, key: str | None = None, path: str | None = None
) -> None:
    """Fail when an answer is not one that the document describes for its request.

    `path` is the path as it was sent, when it is not the one of the request's URL.
    """
    request = answer.request
    path = path or request.url.raw_path.decode("ascii").partition("?")[0]
    told = f"{request.method} {path} -> {answer.status_code} {answer.content[:500]!r}"
    if key:
        assert key not in answer.text, f"the key is in the answer: {told}"
        assert key not in str(answer.headers), f"the key is in a header of the answer: {told}"
    here = at_path(path)
    operation = next((found for found in here if found.method == request.method), None)
    if operation is not None:
        check_described(operation, answer, told)
    else:
        expected = {404} if not here else {405}
        assert answer.status_code in {*expected, 400, 403, 421}, f"no such operation: {told}"
        check_problem(answer, told)
    if answer.status_code == 405:
        allowed = {word.strip() for word in answer.headers.get("allow", "").split(",")}
        assert {found.method for found in here} <= allowed, f"Allow says {allowed}: {told}"
        assert request.method not in allowed, f"Allow names the refused method: {told}"


def check_described(operation: Operation, answer: httpx.Response, told: str) -> None:
    """Fail when an operation may not answer so."""
    # Foreign hosts and pages are refused before any operation is looked at: `default` says so.
    fallback = operation.responses["default"] if answer.status_code == 403 else None
    definition = operation.responses.get(str(answer.status_code), fallback)
    assert definition is not None, f"{operation.id} does not describe this status: {told}"
    definition = resolve(definition)
    content = cast("Mapping[str, Any]", definition.get("content", {}))
    if not content:
        assert answer.content == b"", f"the body should be empty: {told}"
        return
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    assert media_type in content, f"media type {media_type!r}, not {[*content]}: {told}"
    for name in definition.get("headers", {}):
        assert name in answer.headers, f"no header {name}: {told}"
    wrong = faults(content[media_type]["schema"], strict_json(answer.content))
    assert not wrong, f"{wrong[:5]}: {told}"
    if media_type == PROBLEM:
        check_problem(answer, told)


def check_problem(answer: httpx.Response, told: str) -> None:
    """Fail when a refusal does not say what is wrong."""
    assert answer.headers.get("content-type", "").partition(";")[0] == PROBLEM, told
    problem = strict_json(answer.content)
    wrong = faults(component("ErrorModel"), problem)
    assert not wrong, f"{wrong[:5]}: {told}"
    assert problem["status"] == answer.status_code, f"another status in the body: {told}"
    for name in ("type", "title", "detail"):  # clients look for a `type` (contract 8.24)
        assert problem.get(name), f"no {name}: {told}"
    if answer.status_code == 422:
        assert problem.get("errors"), f"no errors: {told}"
        for error in problem["errors"]:
            assert error.get("location"), f"an error without a location: {told}"
            assert error.get("message"), f"an error without a message: {told}"
