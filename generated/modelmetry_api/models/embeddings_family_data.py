"""EmbeddingsFamilyData. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.cost import Cost
from modelmetry_api.models.options import Options
from modelmetry_api.models.usage import Usage
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class EmbeddingsFamilyData:
    """A computation of embeddings."""

    inputs: list[str] | None = member("Inputs")

    options: Options = member("Options")
    """How a model was called."""

    usage: Usage | Unset = member("Usage", default=UNSET)
    """What a call used. `Input` holds all that was put in, cached or not; `Output` all that came
    out, reasoning included.
    """

    cost: Cost | Unset = member("Cost", default=UNSET)
    """What a call cost."""
