"""CompletionPayload. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.unions import Message
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class CompletionPayload:
    """A conversation."""

    messages: list[Message] = member("Messages")

    options: dict[str, Any] | Unset = member("Options", default=UNSET)
