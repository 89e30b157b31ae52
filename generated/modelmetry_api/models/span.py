"""Span. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.completion_family_data import CompletionFamilyData
from modelmetry_api.models.embeddings_family_data import EmbeddingsFamilyData
from modelmetry_api.models.event import Event
from modelmetry_api.models.finding import Finding
from modelmetry_api.models.other_family_data import OtherFamilyData
from modelmetry_api.models.retrieval_family_data import RetrievalFamilyData
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class Span:
    """A span with its events and findings."""

    id: str = member("ID")
    """The server's id."""

    xid: str = member("XID")
    """The client's id."""

    tenant_id: str = member("TenantID")

    created_at: DateTime = member("CreatedAt")
    """When the server first heard of it."""

    updated_at: DateTime = member("UpdatedAt")
    """When the server last heard of it."""

    trace_id: str = member("TraceID")

    parent_id: str | None = member("ParentID")

    name: str = member("Name")

    family: str = member("Family")
    """`other` when none was sent."""

    start: DateTime = member("Start")

    end: DateTime = member("End")
    """The latest time known inside the span while it is open."""

    open_: bool = member("Open")
    """True until its end is known."""

    duration_ms: int | float = member("DurationMs")

    severity: str = member("Severity")
    """`unset` when none was sent."""

    message: str = member("Message")

    metadata: dict[str, Any] = member("Metadata")

    events: list[Event] | None = member("Events")
    """Ordered by time."""

    findings: list[Finding] | None = member("Findings")
    """Ordered by time."""

    completion: CompletionFamilyData | Unset = member("Completion", default=UNSET)
    """A call of a language model."""

    retrieval: RetrievalFamilyData | Unset = member("Retrieval", default=UNSET)
    """A search for documents."""

    embeddings: EmbeddingsFamilyData | Unset = member("Embeddings", default=UNSET)
    """A computation of embeddings."""

    other: OtherFamilyData | Unset = member("Other", default=UNSET)
    """A step of no particular kind."""

    family_data: Any | Unset = member("FamilyData", default=UNSET)
    """What was sent, exactly, when it does not have the shape of the family; the part of it that
    has is answered besides, where there is one.
    """

    descendants: int | Unset = member("Descendants", default=UNSET)
    """The largest number that was sent."""
