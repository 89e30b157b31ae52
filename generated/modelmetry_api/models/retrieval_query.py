"""RetrievalQuery. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class RetrievalQuery:
    """What was searched for."""

    text_representation: str = member("TextRepresentation")

    embeddings: list[int | float] | None | Unset = member("Embeddings", default=UNSET)
