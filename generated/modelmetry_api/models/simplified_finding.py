"""SimplifiedFinding. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.literals import SimplifiedFindingSource
from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class SimplifiedFinding:
    """A finding of an evaluation, in short."""

    comment: str = member("Comment")

    created_at: DateTime = member("CreatedAt")

    evaluator_id: str | None = member("EvaluatorID")

    metadata: dict[str, Any] = member("Metadata")

    name: str = member("Name")

    source: SimplifiedFindingSource = member("Source")

    value: int | float | bool | str = member("Value")
