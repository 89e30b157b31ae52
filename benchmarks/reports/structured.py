"""structlog, which writes a line of JSON for each record, by its advice on performance."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog


def _dumps(event: dict[str, Any], **_: object) -> bytes:
    return json.dumps(event).encode()


def open_contender(kind: str, folder: Path) -> tuple[Callable[[int], object], Callable[[], None]]:
    """Give what reports one record; it is in its place when that returns."""
    file = (folder / f"structlog.{kind}").open("ab")
    structlog.configure(
        cache_logger_on_first_use=True,
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        logger_factory=structlog.BytesLoggerFactory(file),
    )
    log = structlog.get_logger().bind(command="bench")

    def report(number: int) -> None:
        log.info("completed", metrics={"tokens_per_sec": 45.2, "number": number})

    return report, file.flush


def count(kind: str, folder: Path) -> int:
    """Read back how many records are in their place."""
    return len((folder / f"structlog.{kind}").read_text().splitlines())
