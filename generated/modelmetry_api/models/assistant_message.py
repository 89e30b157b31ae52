"""AssistantMessage. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Literal

from modelmetry_api.models.tool_call import ToolCall
from modelmetry_api.models.unions import ContentPart
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class AssistantMessage:
    """What the model answered."""

    role: Literal["assistant"] = member("Role")

    contents: list[ContentPart] = member("Contents")

    name: str | Unset = member("Name", default=UNSET)

    tool_calls: list[ToolCall] | None | Unset = member("ToolCalls", default=UNSET)
