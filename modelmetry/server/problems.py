"""Every failure of a request as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from attrs import frozen
from modelmetry_api.models import ErrorDetail, ErrorModel
from modelmetry_api.types import UNSET, encode_json

PROBLEM_JSON = "application/problem+json"


@frozen
class Fault:
    """One fault of a request: where it is, what is wrong, and the value when it may be shown."""

    location: str
    message: str
    value: Any = UNSET


class Problem(Exception):  # noqa: N818  # named as in RFC 9457
    """A request that is answered with a problem document.

    Args:
        status: HTTP status.
        kind: a word that a program can compare, such as `not-json`; becomes the document's `type`.
        detail: what happened and what to do, in words that hold nothing secret.
        faults: each fault of the request.
        headers: response headers, such as `Allow` or `Retry-After`.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.faults: tuple[Fault, ...] = tuple(faults)
        self.headers: dict[str, str] = dict(headers or {})

    def encode(self, instance: str) -> bytes:
        """The document as JSON; `instance` is the URI of this occurrence."""
        return encode_json(
            ErrorModel(
                type_=f"urn:modelmetry:problem:{self.kind}",
                title=HTTPStatus(self.status).phrase,
                status=self.status,
                detail=self.detail,
                instance=instance,
                errors=self.errors() or UNSET,
            )
        )

    def errors(self) -> list[ErrorDetail]:
        """Each fault, as a model."""
        return [
            ErrorDetail(location=fault.location, message=fault.message, value=fault.value)
            for fault in self.faults
        ]


def busy(detail: str, retry_after: float = 1.0) -> Problem:
    """429: the server is behind, nothing was done."""
    return Problem(429, "too-busy", detail, headers=_retry(retry_after))


def unavailable(detail: str, retry_after: float = 5.0) -> Problem:
    """503: the store cannot be used now, nothing was done."""
    return Problem(503, "store-unavailable", detail, headers=_retry(retry_after))


def _retry(seconds: float) -> dict[str, str]:
    # Whole seconds (RFC 9110), and never 0: that would invite the client to come back at once.
    return {"Retry-After": str(max(1, -int(-seconds // 1)))}
