"""MetadataKey. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.metadata_value import MetadataValue
from modelmetry_api.wire import member, wire_model


@wire_model
class MetadataKey:
    """A member on the first level of metadata."""

    key: str = member("Key")

    traces: int = member("Traces")
    """How many of the traces have it."""

    values: list[MetadataValue] = member("Values")
    """The most frequent ones first; values of more than 200 characters are left out."""

    distinct_values: int = member("DistinctValues")
    """How many values there are."""
