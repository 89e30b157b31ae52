"""ToolCall. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.function import Function
from modelmetry_api.models.literals import ToolCallType
from modelmetry_api.wire import member, wire_model


@wire_model
class ToolCall:
    """The wish of a model that a tool be called."""

    id: str = member("ID")

    type_: ToolCallType = member("Type")

    function: Function = member("Function")
    """A function and what to call it with."""
