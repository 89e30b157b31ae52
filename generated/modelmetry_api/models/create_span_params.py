"""CreateSpanParams. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class CreateSpanParams:
    """A span is one step of a trace."""

    xid: str = member("XID")
    """The client's id of the span."""

    trace_id: str = member("TraceID")
    """XID of its trace."""

    name: str = member("Name")

    start: DateTime = member("Start")

    end: DateTime | None = member("End")
    """Null while it is open."""

    parent_id: str | None | Unset = member("ParentID", default=UNSET)
    """XID of the span that it is a part of; none for a top span."""

    family: str | None | Unset = member("Family", default=UNSET)
    """What kind of step it is, one of `completion`, `retrieval`, `embeddings`, `other`; absent,
    null, empty and `unset` mean `other`.
    """

    family_data: Any | Unset = member("FamilyData", default=UNSET)
    """What the step did, in the shape of its family (`CompletionFamilyData`,
    `RetrievalFamilyData`, `EmbeddingsFamilyData`, `OtherFamilyData`). Any other JSON is kept as
    it is.
    """

    severity: str | None | Unset = member("Severity", default=UNSET)
    """Such as `unset`, `debug`, `info`, `warning`, `error`, `critical`; the last two mean that it
    failed.
    """

    message: str | None | Unset = member("Message", default=UNSET)
    """What went wrong, in words."""

    metadata: dict[str, Any] | Unset = member("Metadata", default=UNSET)

    descendants: int | Unset = member("Descendants", default=UNSET)
    """Only of a span with which a process goes on with a trace of another process: how many spans
    it began below this one, on every level. All spans that carry the number, and the spans that
    they count, add to those that the trace counts.
    """
