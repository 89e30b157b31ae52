"""GoogleTextModerationV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import GoogleTextModerationV1ConfigAttributesItem
from modelmetry_api.wire import member, wire_model


@wire_model
class GoogleTextModerationV1Config:
    """Configuration of an evaluator. Moderation by Google."""

    attributes: list[GoogleTextModerationV1ConfigAttributesItem] | None = member("Attributes")
