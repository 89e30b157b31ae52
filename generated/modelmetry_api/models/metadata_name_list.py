"""MetadataNameList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.metadata_key import MetadataKey
from modelmetry_api.wire import member, wire_model


@wire_model
class MetadataNameList:
    """What traces have in their metadata."""

    keys: list[MetadataKey] = member("Keys")

    traces: int = member("Traces")
    """How many traces were looked at."""

    sampled: bool = member("Sampled")
    """Whether there are more traces than those."""
