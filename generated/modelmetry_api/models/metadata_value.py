"""MetadataValue. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class MetadataValue:
    """A value of a member of metadata."""

    value: str = member("Value")
    """Text itself, the JSON of anything else."""

    traces: int = member("Traces")
