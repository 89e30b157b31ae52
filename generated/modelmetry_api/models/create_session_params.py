"""CreateSessionParams. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class CreateSessionParams:
    """A session groups traces, such as one conversation."""

    xid: str = member("XID")
    """The client's id of the session."""

    name: str | None | Unset = member("Name", default=UNSET)

    metadata: dict[str, Any] | Unset = member("Metadata", default=UNSET)
