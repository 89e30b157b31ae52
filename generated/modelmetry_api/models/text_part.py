"""TextPart. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class TextPart:
    """Text."""

    text: str = member("Text")
