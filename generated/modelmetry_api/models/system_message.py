"""SystemMessage. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Literal

from modelmetry_api.models.unions import ContentPart
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class SystemMessage:
    """What the application told the model to be."""

    role: Literal["system"] = member("Role")

    contents: list[ContentPart] = member("Contents")

    name: str | Unset = member("Name", default=UNSET)
