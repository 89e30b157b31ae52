"""Tool. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.wire import member, wire_model


@wire_model
class Tool:
    """A tool that the model may call."""

    name: str = member("Name")

    description: str = member("Description")

    parameters: Any = member("Parameters")
    """JSON Schema of the arguments."""
