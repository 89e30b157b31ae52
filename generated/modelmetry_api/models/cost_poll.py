"""CostPoll. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class CostPoll:
    """A poll of a source, and what the polls so far came to."""

    began_at: DateTime = member("BeganAt")

    due_at: DateTime = member("DueAt")
    """Not before this the next one."""

    done: bool = member("Done")
    """False while it runs, or when its process died."""

    succeeded_at: DateTime | None = member("SucceededAt")
    """When one last brought rows."""

    failures: int = member("Failures")
    """How many failed since then."""

    message: str = member("Message")
    """Why the last one failed and what to do; empty if it did not."""

    requests: int = member("Requests")
    """How many requests of all polls may be charged."""

    spent: str = member("Spent")
    """US dollars for them."""
