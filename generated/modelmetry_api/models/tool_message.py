"""ToolMessage. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Literal

from modelmetry_api.models.unions import ContentPart
from modelmetry_api.wire import member, wire_model


@wire_model
class ToolMessage:
    """What a tool answered."""

    role: Literal["tool"] = member("Role")

    contents: list[ContentPart] = member("Contents")

    tool_call_id: str = member("ToolCallID")
    """`ID` of the tool call that it answers."""
