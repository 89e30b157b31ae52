"""SessionList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.session import Session
from modelmetry_api.wire import member, wire_model


@wire_model
class SessionList:
    """One page of sessions."""

    sessions: list[Session] = member("Sessions")

    next_cursor: str | None = member("NextCursor")
    """Null on the last page."""
