"""What a call raises. Written by codegen; do not edit.

ApiError
 +- ConnectionFailedError        no answer: refused, reset, not resolved
 |   +- RequestTimeoutError      no answer in time
 +- ProblemError                 the server says what is wrong (application/problem+json)
 |   +- BadRequestError          400
 |   +- UnauthorizedError        401
 |   +- ForbiddenError           403
 |   +- NotFoundError            404
 |   +- ConflictError            409
 |   +- ContentTooLargeError     413
 |   +- UnsupportedMediaTypeError 415
 |   +- UnprocessableError       422
 |   +- TooManyRequestsError     429
 |   +- ServerError              500 and above
 +- UnexpectedResponseError      an answer that the API's document does not describe
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from modelmetry_api.models.error_model import ErrorModel

# How much of an undescribed body is shown in a message.
_SHOWN = 200


class ApiError(Exception):
    """A call did not succeed; the root of all errors here.

    Attributes: `request`, such as `GET /traces/{xid}`; `status`, None without an answer;
    `headers` of the answer, names in lower case.
    """

    def __init__(self, request: str, status: int | None, headers: Mapping[str, str]) -> None:
        super().__init__(request, status, headers)
        self.request = request
        self.status = status
        self.headers = headers

    @property
    def retry_after(self) -> float | None:
        """Seconds that the server asks to wait (`Retry-After`), None when it does not say."""
        value = self.headers.get("retry-after")
        return None if value is None else _seconds(value, self.headers.get("date"))


class ConnectionFailedError(ApiError):
    """There was no answer; whether the server acted on the request is not known."""

    def __init__(self, request: str, reason: str) -> None:
        super().__init__(request, None, {})
        self.args: tuple[Any, ...] = (request, reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.request}: no answer: {self.reason}"


class RequestTimeoutError(ConnectionFailedError):
    """There was no answer in time."""


class ProblemError(ApiError):
    """The server refused the request or failed, and says why in `problem`."""

    def __init__(
        self, request: str, status: int, headers: Mapping[str, str], problem: ErrorModel
    ) -> None:
        super().__init__(request, status, headers)
        self.args: tuple[Any, ...] = (request, status, headers, problem)
        self.status: int = status
        self.problem = problem

    def __str__(self) -> str:
        texts = [text for text in (self.problem.title, self.problem.detail) if text]
        faults = [
            f"{fault.location or '?'}: {fault.message or '?'}"
            for fault in self.problem.errors or []
        ]
        return ": ".join([self.request, str(self.status), *texts]) + _listed(faults)


class BadRequestError(ProblemError):
    """The request cannot be read."""


class UnauthorizedError(ProblemError):
    """There is no key, or it is not known."""


class ForbiddenError(ProblemError):
    """The key does not allow this."""


class NotFoundError(ProblemError):
    """There is no such thing."""


class ConflictError(ProblemError):
    """The request does not fit the state of things."""


class ContentTooLargeError(ProblemError):
    """The body is too large, or holds too many items."""


class UnsupportedMediaTypeError(ProblemError):
    """The body is of a kind that the server does not take."""


class UnprocessableError(ProblemError):
    """The request does not fit the API's document; `problem.errors` names each fault."""


class TooManyRequestsError(ProblemError):
    """The server is behind; `retry_after` says how long to wait."""


class ServerError(ProblemError):
    """The server failed."""


class UnexpectedResponseError(ApiError):
    """An answer that the API's document does not describe, such as a proxy's HTML page.

    Attributes: `reason`; `content`, the body as it came.
    """

    def __init__(
        self, request: str, status: int, headers: Mapping[str, str], content: bytes, reason: str
    ) -> None:
        super().__init__(request, status, headers)
        self.args: tuple[Any, ...] = (request, status, headers, content, reason)
        self.status: int = status
        self.content = content
        self.reason = reason

    def __str__(self) -> str:
        kind = self.headers.get("content-type", "no content type")
        body = self.content[:_SHOWN].decode(errors="replace")
        shown = f": {body!r}" if body else ""
        return (
            f"{self.request}: status {self.status}, {kind}, {len(self.content)} bytes: "
            f"{self.reason}{shown}"
        )


_BY_STATUS: dict[int, type[ProblemError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    413: ContentTooLargeError,
    415: UnsupportedMediaTypeError,
    422: UnprocessableError,
    429: TooManyRequestsError,
}


def problem_error(status: int) -> type[ProblemError]:
    """The class for a problem document with this status."""
    return _BY_STATUS.get(status, ServerError if status >= 500 else ProblemError)


def _listed(faults: list[str], at_most: int = 3) -> str:
    if not faults:
        return ""
    more = f"; and {len(faults) - at_most} more" if len(faults) > at_most else ""
    return f" ({'; '.join(faults[:at_most])}{more})"


def _seconds(value: str, answered: str | None) -> float | None:
    if value.strip().isdecimal():
        return float(value)
    until = _http_date(value)
    if until is None:
        return None
    # Counted from the server's own clock when it gives it, so that ours may be wrong.
    start = _http_date(answered or "") or datetime.now(UTC)
    return max(0.0, (until - start).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
