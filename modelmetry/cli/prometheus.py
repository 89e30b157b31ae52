"""Asks a Prometheus server by its HTTP API (`/api/v1/query` and `/api/v1/query_range`)."""

from __future__ import annotations

import time
from datetime import datetime
from http import HTTPStatus
from math import isfinite
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

import httpx
import msgspec

from modelmetry.cli.failures import refuse
from modelmetry.cli.wording import one_line

TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
"""Seconds: a month of minutes takes some, and who does not even connect is away."""
PATIENCE: Final = 300.0
"""Seconds for all answers of one report together, however slowly each of them trickles."""
LARGEST_ANSWER: Final = 32_000_000
_LONGEST_REASON: Final = 300
Samples = list[tuple[float, float]]
"""Seconds since 1970 and values, oldest first; those that are no number are left out."""


class Answered(msgspec.Struct):
    """One series of an answer."""

    metric: dict[str, str] = {}
    value: tuple[float, str] | None = None
    values: list[tuple[float, str]] = []


class Data(msgspec.Struct):
    """What was found."""

    result: list[Answered]


class Answer(msgspec.Struct):
    """The body of an answer; of an error only what says why."""

    status: str
    data: msgspec.Raw = msgspec.Raw()
    error: str = ""


class Prometheus:
    """A Prometheus server, or one that speaks as it does; a context manager.

    Args:
        url: where it is, such as `http://localhost:9090`; a name and password in it are sent.
        token: what it is told as a bearer token.
        timeout: how long it may take to connect, and between two pieces of an answer.
        patience: seconds for all answers together, from now on.

    Raises:
        CommandFailed: `url` is no address of HTTP.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: httpx.Timeout = TIMEOUT,
        patience: float = PATIENCE,
    ) -> None:
        try:
            parts = urlsplit(url)
            usable = (
                parts.scheme in {"http", "https"}
                and bool(parts.hostname)
                and bool(parts.port is None or parts.port)
            )
        except ValueError:
            parts, usable = urlsplit(""), False
        if not usable or parts.query or parts.fragment:
            refuse("--prometheus takes an address such as http://localhost:9090")
        host = parts.netloc.rpartition("@")[2]
        self.place: str = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        """Its address without a password."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(headers=headers, timeout=timeout)
        self._base = url.rstrip("/")
        self._patience = patience
        self._until = time.monotonic() + patience

    def value(self, expression: str, at: datetime) -> float | None:
        """The one number that an expression has at a moment; None when it has none.

        Raises:
            CommandFailed: it does not answer, refuses, or answers something else.
        """
        found = self._ask("query", {"query": expression, "time": at.timestamp()})
        if len(found) > 1:
            refuse(f"{self.place} has several answers to one question: {expression}")
        number = found[0].value if found else None
        return None if number is None else _number(number[1])

    def values(self, expression: str, at: datetime) -> list[tuple[dict[str, str], float]]:
        """All series of an expression at a moment, with their labels; raises as `value`."""
        found = self._ask("query", {"query": expression, "time": at.timestamp()})
        return [
            (one.metric, number)
            for one in found
            if one.value is not None and (number := _number(one.value[1])) is not None
        ]

    def over_time(
        self, expression: str, start: datetime, end: datetime, step: int
    ) -> list[tuple[dict[str, str], Samples]]:
        """All series of an expression over time, each `step` seconds; raises as `value`."""
        found = self._ask(
            "query_range",
            {
                "query": expression,
                "start": start.timestamp(),
                "end": end.timestamp(),
                "step": step,
            },
        )
        return [
            (
                one.metric,
                [(at, number) for at, text in one.values if (number := _number(text)) is not None],
            )
            for one in found
        ]

    def _ask(self, path: str, parameters: dict[str, Any]) -> list[Answered]:
        try:
            with self._http.stream(
                "GET", f"{self._base}/api/v1/{path}", params=parameters
            ) as answer:
                body = self._body(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            why = one_line(str(error), _LONGEST_REASON) or type(error).__name__
            refuse(f"{self.place} does not answer: {why}; is Prometheus running there?")
        if body is None:
            refuse(f"{self.place} answers more than {LARGEST_ANSWER:,} bytes; ask for less")
        return self._understood(answer.status_code, body)

    def _body(self, answer: httpx.Response) -> bytes | None:
        """What was answered; None when it is too much."""
        body = bytearray()
        for part in answer.iter_bytes():
            body += part
            if len(body) > LARGEST_ANSWER:
                return None
            if time.monotonic() > self._until:
                refuse(
                    f"{self.place} took more than {self._patience:g} s to answer; "
                    "ask for a shorter window"
                )
        return bytes(body)

    def _understood(self, status: int, body: bytes) -> list[Answered]:
        found: list[Answered] | None = None
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            refuse(
                f"{self.place} answers {status}: it wants to know who asks; give its token with "
                "--prometheus-token-file"
            )
        try:
            answer = msgspec.json.decode(body, type=Answer)
            if answer.status == "success" and status == HTTPStatus.OK:
                found = msgspec.json.decode(answer.data, type=Data).result
        except (msgspec.DecodeError, UnicodeDecodeError):
            told = one_line(body[:_LONGEST_REASON].decode("utf-8", "replace"), 80)
            refuse(
                f"{self.place} answers {status} with something that is no answer of Prometheus: "
                f"{told!r}; name the address of its HTTP API"
            )
        if found is None:
            why = one_line(answer.error, _LONGEST_REASON) or f"status {status}"
            refuse(f"{self.place} could not answer: {why}")
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()


def _number(text: str) -> float | None:
    """A number of Prometheus; NaN and infinities are none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None
