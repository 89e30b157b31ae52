"""Where requests go: an address, a key and a connection pool. Written by codegen; do not edit."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx

from modelmetry_api import SPEC_VERSION
from modelmetry_api.calls import Call, read_answer
from modelmetry_api.errors import ApiError, ConnectionFailedError, RequestTimeoutError
from modelmetry_api.types import Response

__all__ = ["DEFAULT_TIMEOUT", "AsyncClient", "Client"]

T = TypeVar("T")

# Seconds, for each of: connecting, sending, waiting for bytes, waiting for a free connection.
DEFAULT_TIMEOUT: Final = 10.0
_SPENT: Final = httpx.ByteStream(b"")
_ACCEPTED: Final = "application/json, application/problem+json"
_KEY_HEADER: Final = "X-API-KEY"


class Client:
    """Sends calls and waits for their answers; safe to use from several threads.

    Args:
        base_url: Address of the server, such as `http://127.0.0.1:8420`; a path in it is kept.
        api_key: Sent as `X-API-KEY` by operations that need one; never shown.
        timeout: Seconds for each step of a request (not for the whole).
        headers: Sent with every request.
        transport: What carries the requests, instead of the network.

    Raises `ValueError` when an argument cannot be used.
    """

    __slots__ = ("_api_key", "_base_url", "_http", "_timeout")

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        _check(base_url, api_key, timeout)
        self._base_url, self._timeout, self._api_key = base_url, timeout, api_key
        self._http = httpx.Client(
            base_url=base_url,
            timeout=timeout,
            headers=_headers(headers),
            transport=transport,
            trust_env=not _is_loopback(base_url),
            verify=_is_encrypted(base_url),
        )

    @property
    def base_url(self) -> str:
        """The address that was given."""
        return self._base_url

    @property
    def timeout(self) -> float:
        """Seconds for each step of a request."""
        return self._timeout

    def send(self, call: Call[T]) -> Response[T]:
        """Send a call; raises `ApiError` for everything but a described, successful answer."""
        failure: ApiError
        try:
            answer = self._http.request(**_arguments(call, self._api_key, self._timeout))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            failure = _no_answer(call, error, self._api_key)
        else:
            return _read(call, answer, self._api_key)
        # Outside of the handler: httpx's error holds the request and with it the key.
        try:
            raise failure
        finally:
            del failure  # its stack leads back here: a cycle would hold the body

    def close(self) -> None:
        """Close the connections; the client cannot be used afterwards."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return _repr(self._base_url, self._timeout, self._api_key, type(self))


class AsyncClient:
    """As `Client`, for asyncio; belongs to the event loop that first uses it."""

    __slots__ = ("_api_key", "_base_url", "_http", "_timeout")

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        _check(base_url, api_key, timeout)
        self._base_url, self._timeout, self._api_key = base_url, timeout, api_key
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout,
            headers=_headers(headers),
            transport=transport,
            trust_env=not _is_loopback(base_url),
            verify=_is_encrypted(base_url),
        )

    @property
    def base_url(self) -> str:
        """The address that was given."""
        return self._base_url

    @property
    def timeout(self) -> float:
        """Seconds for each step of a request."""
        return self._timeout

    async def send(self, call: Call[T]) -> Response[T]:
        """Send a call; raises `ApiError` for everything but a described, successful answer."""
        failure: ApiError
        try:
            answer = await self._http.request(**_arguments(call, self._api_key, self._timeout))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            failure = _no_answer(call, error, self._api_key)
        else:
            return _read(call, answer, self._api_key)
        try:
            raise failure
        finally:
            del failure  # its stack leads back here: a cycle would hold the body

    async def aclose(self) -> None:
        """Close the connections; the client cannot be used afterwards."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return _repr(self._base_url, self._timeout, self._api_key, type(self))


def _check(base_url: str, api_key: str | None, timeout: float) -> None:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ValueError(f"base_url {base_url!r} is not an address: {error}") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError(f"base_url {base_url!r} must begin with http:// or https:// and a host")
    if api_key is not None and not (
        api_key.isascii() and api_key.isprintable() and api_key.strip()
    ):
        raise ValueError("api_key must be printable ASCII; it may hold a line end or be empty")
    if not timeout > 0:
        raise ValueError(f"timeout must be more than 0 seconds, not {timeout!r}")


def _is_encrypted(base_url: str) -> bool:
    """Whether certificates have to be read, which takes a while."""
    return not base_url.lower().startswith("http:")


def _is_loopback(base_url: str) -> bool:
    # A proxy from the environment cannot reach this machine, and httpx would ask it all the same.
    host = httpx.URL(base_url).host
    return host in {"localhost", "::1"} or host.startswith("127.")


def _headers(extra: Mapping[str, str] | None) -> dict[str, str]:
    return {"User-Agent": f"modelmetry_api/{SPEC_VERSION}", "Accept": _ACCEPTED, **(extra or {})}


def _arguments(call: Call[Any], api_key: str | None, timeout: float) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} if call.body is not None else {}
    if call.secured and api_key is not None:
        headers[_KEY_HEADER] = api_key
    return {
        "method": call.method,
        "url": call.path,
        "params": call.query or None,
        "headers": {**headers, **call.headers},
        "content": call.body,
        "timeout": timeout if call.timeout is None else call.timeout,
    }


def _read(call: Call[T], answer: httpx.Response, secret: str | None) -> Response[T]:
    # An answer and its stream refer to each other: that cycle would hold the body of the request.
    answer.stream = _SPENT
    return read_answer(call, answer.status_code, dict(answer.headers), answer.content, secret)


def _no_answer(call: Call[Any], error: Exception, secret: str | None) -> ConnectionFailedError:
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if secret:
        reason = reason.replace(secret, "***")
    _forget_stacks(error)
    timed_out = isinstance(error, httpx.TimeoutException)
    return (RequestTimeoutError if timed_out else ConnectionFailedError)(call.name, reason)


def _forget_stacks(error: BaseException | None) -> None:
    # Since Python 3.12 those of httpx are cycles of frames, which would hold the body.
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _repr(base_url: str, timeout: float, api_key: str | None, kind: type[object]) -> str:
    url = httpx.URL(base_url)
    masked = url.copy_with(username=url.username, password="***") if url.password else base_url
    key = None if api_key is None else "***"
    return f"{kind.__name__}({str(masked)!r}, timeout={timeout!r}, api_key={key!r})"
