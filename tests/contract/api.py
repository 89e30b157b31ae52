"""A key on a server: requests by hand, each answer held against the document."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from tests.contract.answers import check_answer
from tests.contract.sent import Sent, segment
from tests.contract.spec_document import strict_json

INGEST = "/signals/ingest/v1"


class Api:
    """Sends requests with one key (or none) and checks every answer.

    Args:
        base_url: address of the server.
        key: sent as `X-API-KEY`.
        sent: remembers the traces of what is ingested.
    """

    def __init__(self, base_url: str, key: str | None, sent: Sent) -> None:
        self.base_url = base_url
        self.key = key
        self._sent = sent
        headers = {"X-API-KEY": key} if key else {}
        self.http = httpx.Client(base_url=base_url, headers=headers, timeout=60)

    def xid(self, name: str) -> str:
        """An XID of this run, the same for a name."""
        return f"{self._sent.run}-{name}"

    def note(self, body: Any) -> None:
        """Remember what is sent otherwise than by `ingest`, so that it is deleted."""
        self._sent.note(body)

    def send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send one request as httpx has it."""
        answer = self.http.request(method, path, **arguments)
        check_answer(answer, key=self.key)
        return answer

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        """Read; a list gives a query parameter several times."""
        return self.send("GET", path, params=parameters or None)

    def read(self, path: str, **parameters: Any) -> Any:
        """Read what must be there."""
        answer = self.get(path, **parameters)
        assert answer.status_code == 200, f"{path} {parameters}: {answer.text}"
        return strict_json(answer.content)

    def ingest(
        self, body: Any, *, headers: Mapping[str, str] | None = None, content: Any = None
    ) -> httpx.Response:
        """Send signals: `body` as JSON, or `content` as it is (and `body` tells what is in it)."""
        self._sent.note(body)
        sent = json.dumps(body).encode() if content is None else content
        given = {"Content-Type": "application/json", **(headers or {})}
        return self.send("POST", INGEST, content=sent, headers=given)

    def store(self, body: Any) -> None:
        """Send signals that must be taken."""
        answer = self.ingest(body)
        assert answer.status_code == 200, answer.text

    def trace(self, xid: str) -> Any:
        """One full trace, which must be there."""
        return self.read(f"/traces/{segment(xid)}")

    def has_trace(self, xid: str) -> bool:
        """Whether there is such a trace."""
        status = self.get(f"/traces/{segment(xid)}").status_code
        assert status in {200, 404}
        return status == 200

    def raw(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> httpx.Response:
        """Send a request target and headers exactly as given, which httpx would tidy."""
        address = urlsplit(self.base_url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        try:
            given = {"Host": address.netloc, **({"X-API-KEY": self.key} if self.key else {})}
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in {**given, **(headers or {})}.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            found = httpx.Response(
                answer.status,
                headers=answer.getheaders(),
                content=answer.read(),
                request=httpx.Request(method, self.base_url),
            )
        finally:
            connection.close()
        check_answer(found, key=self.key, path=target.partition("?")[0])
        return found

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
