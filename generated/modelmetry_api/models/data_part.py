"""DataPart. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import DataPartDetail
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class DataPart:
    """An image, sound or other data."""

    mime_type: str = member("MimeType")

    data: str = member("Data")

    detail: DataPartDetail | Unset = member("Detail", default=UNSET)
    """How closely the model should look at an image."""
