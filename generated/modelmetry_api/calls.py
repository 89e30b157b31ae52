"""A request as a value, and the reading of its answer; no I/O here. Written by codegen; do not edit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeAlias, TypeGuard, TypeVar
from urllib.parse import quote

import msgspec

from modelmetry_api.errors import ApiError, UnexpectedResponseError, problem_error
from modelmetry_api.models.error_model import ErrorModel
from modelmetry_api.types import Response, decode_json, encode_json
from modelmetry_api.wire import UNSET, Unset

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Scalar: TypeAlias = str | int | float | bool | datetime | date
Parameter: TypeAlias = Scalar | Sequence[Scalar] | None | Unset

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_MASK = b"***"
# A shorter key could be part of any text, and masking it would break the document.
_SHORTEST_KEY = 4


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """One request of an operation, and how each of its successful answers is read."""

    method: str
    path: str
    template: str
    successes: Mapping[int, Callable[[bytes], T_co]]
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    secured: bool = True
    timeout: float | None = None

    @property
    def name(self) -> str:
        """Method and path as the API's document writes it, for messages."""
        return f"{self.method} {self.template}"


def json_reader(type_: type[T]) -> Callable[[bytes], T]:
    """A function that reads a body as `type_`."""

    def read(content: bytes) -> T:
        return decode_json(content, type_)

    return read


def read_nothing(content: bytes) -> None:
    """An answer whose body, if any, means nothing."""


def read_answer(
    call: Call[T], status: int, headers: Mapping[str, str], content: bytes, secret: str | None
) -> Response[T]:
    """The parsed answer; raises `ProblemError` or `UnexpectedResponseError` otherwise."""
    reader = call.successes.get(status)
    if reader is None:
        raise _failure(call, status, _masked(headers, secret), _without(content, secret))
    try:
        return Response(status, headers, content, reader(content))
    except _UNREADABLE as error:
        reason = f"the body cannot be read: {error}" if content else "the body is empty"
    shown = _without(content, secret)
    raise UnexpectedResponseError(call.name, status, _masked(headers, secret), shown, reason)


def _failure(call: Call[Any], status: int, headers: Mapping[str, str], content: bytes) -> ApiError:
    if status < 400:
        reason = "the API's document does not describe this status"
        return UnexpectedResponseError(call.name, status, headers, content, reason)
    problem = _problem(headers, content)
    if problem is None:
        reason = "not a problem document" if content else "the body is empty"
        return UnexpectedResponseError(call.name, status, headers, content, reason)
    return problem_error(status)(call.name, status, headers, problem)


def _problem(headers: Mapping[str, str], content: bytes) -> ErrorModel | None:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/problem+json":
        return None
    try:
        return decode_json(content, ErrorModel)
    except _UNREADABLE:
        return None


def _without(content: bytes, secret: str | None) -> bytes:
    """The body without our own key, in case the server repeats it."""
    return content.replace(secret.encode(), _MASK) if _worth_masking(secret) else content


def _masked(headers: Mapping[str, str], secret: str | None) -> Mapping[str, str]:
    if not _worth_masking(secret):
        return headers
    return {name: value.replace(secret, _MASK.decode()) for name, value in headers.items()}


def _worth_masking(secret: str | None) -> TypeGuard[str]:
    return secret is not None and len(secret) >= _SHORTEST_KEY


def segment(value: Scalar) -> str:
    """A value as one step of a path, percent-encoded; raises `ValueError` when it is empty."""
    text = _text(value)
    if not text:
        raise ValueError("an identifier in a path must not be empty")
    # Encoded dots, since `.` and `..` alone would be taken for steps up the path.
    return text.replace(".", "%2E") if text in {".", ".."} else quote(text, safe="")


def query_pairs(*parameters: tuple[str, Parameter]) -> tuple[tuple[str, str], ...]:
    """Query parameters as text; None and UNSET are left out, a list gives one pair per item."""
    return tuple((name, _text(value)) for name, given in parameters for value in _items(given))


def header_pairs(
    extra: Mapping[str, str] | None, *parameters: tuple[str, Parameter]
) -> Mapping[str, str]:
    """Headers of one request: its own parameters, then what the caller adds."""
    own = {name: ",".join(map(_text, _items(value))) for name, value in parameters if _items(value)}
    return {**own, **(extra or {})}


def encode_body(body: object) -> bytes:
    """JSON of a model; bytes are sent as they are."""
    return body if isinstance(body, bytes) else encode_json(body)


def _items(value: Parameter) -> Sequence[Scalar]:
    if value is None or value is UNSET:
        return ()
    if isinstance(value, str | int | float | date):
        return (value,)
    return value


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no offset; give it one, such as tzinfo=UTC")
        return value.astimezone(UTC).isoformat()
    return str(value)
