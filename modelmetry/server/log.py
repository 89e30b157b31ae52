"""The access log: one line for each request, without query values, bodies and keys."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from attrs import define, field
from starlette.types import Message, Receive, Scope, Send

from modelmetry.server.routing import raw_path, shown

SERVER = logging.getLogger("modelmetry.server")
ACCESS = logging.getLogger("modelmetry.server.access")
LONGEST_PATH = 500


@define
class RequestRecord:
    """What is known about a request while it is answered. Times in seconds, sizes in bytes."""

    method: str
    path: str
    query: list[str]
    request_id: str = field(factory=lambda: str(uuid4()))
    tenant: str | None = None
    route: str | None = None
    """Template of the path; None when there is nothing at it."""
    scheme: str = "http"
    problem: str | None = None
    """Why it was refused, in the word that programs compare."""
    status: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    began: float = field(factory=time.perf_counter)

    @classmethod
    def of(cls, scope: Scope) -> RequestRecord:
        """The record of a request that has just arrived."""
        names = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        return cls(
            method=shown(scope["method"]),
            path=shown(raw_path(scope), LONGEST_PATH),
            query=sorted({shown(name) for name, _ in names}),
            scheme=scope.get("scheme", "http"),
        )

    @property
    def instance(self) -> str:
        """What a problem document calls this request."""
        return f"urn:uuid:{self.request_id}"

    def counting(self, receive: Receive) -> Receive:
        """`receive` that counts the bytes of the body."""

        async def counted() -> Message:
            message = await receive()
            self.bytes_in += len(message.get("body", b""))
            return message

        return counted

    def sending(self, send: Send) -> Send:
        """`send` that notes the status and counts the bytes of the answer."""

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
            self.bytes_out += len(message.get("body", b""))
            await send(message)

        return noted

    def write(self) -> None:
        """Write the line."""
        if not ACCESS.isEnabledFor(logging.INFO):
            return
        facts = {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "status": self.status,
            "duration_ms": round((time.perf_counter() - self.began) * 1000, 3),
            "bytes_in": self.bytes_in,
            "bytes_out": self.bytes_out,
            "tenant": self.tenant,
            "request_id": self.request_id,
        }
        line = "%s %s %d in %.1f ms"
        ACCESS.info(
            line, self.method, self.path, self.status, facts["duration_ms"], extra={"facts": facts}
        )


class JsonLines(logging.Formatter):
    """Each record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; the facts of an access record are members of it."""
        facts: dict[str, Any] = getattr(record, "facts", {})
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **(facts or {"message": record.getMessage()}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def configure(mode: str) -> None:
    """Send the logs of this server to standard error: as `json` or `plain` lines.

    With `off` only trouble is written, in plain lines.
    """
    handler = logging.StreamHandler()
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if mode == "json" else plain)
    ACCESS.setLevel(logging.WARNING if mode == "off" else logging.INFO)
    for logger in (SERVER, logging.getLogger("uvicorn")):
        logger.handlers[:] = [handler]
        logger.propagate = False
    SERVER.setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
