"""Document. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class Document:
    """A document that was found or given to a model."""

    identifier: str = member("Identifier")

    title: str = member("Title")

    content_type: str = member("ContentType")
    """Media type of the content."""

    content: Any | Unset = member("Content", default=UNSET)

    metadata: dict[str, Any] | Unset = member("Metadata", default=UNSET)
