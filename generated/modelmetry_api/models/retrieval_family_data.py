"""RetrievalFamilyData. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.document import Document
from modelmetry_api.models.retrieval_query import RetrievalQuery
from modelmetry_api.wire import member, wire_model


@wire_model
class RetrievalFamilyData:
    """A search for documents."""

    queries: list[RetrievalQuery] | None = member("Queries")

    documents: list[Document] | None = member("Documents")
