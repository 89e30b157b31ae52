"""Function. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.wire import member, wire_model


@wire_model
class Function:
    """A function and what to call it with."""

    name: str = member("Name")

    arguments: Any = member("Arguments")
    """An object, or its JSON text as the model wrote it."""
