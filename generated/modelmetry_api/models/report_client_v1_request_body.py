"""ReportClientV1RequestBody. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class ReportClientV1RequestBody:
    """What became of the signals of one client, since it began."""

    xid: str = member("XID")
    """The client: random, another one for each client and process."""

    at: DateTime = member("At")
    """When it was counted."""

    created: int = member("Created")
    """Signals that were recorded."""

    delivered: int = member("Delivered")
    """Signals that arrived."""

    pending: int = member("Pending")
    """Signals that wait in memory or are on their way."""

    spooled: int = member("Spooled")
    """Signals that wait on disk."""

    recovered: int = member("Recovered")
    """Signals that arrived for processes which ended before they could send them; they are not
    among those created.
    """

    dropped: dict[str, int] = member("Dropped")
    """Signals that will never arrive, by reason. `sampled_out` was asked for and counts as no
    loss.
    """

    name: str | Unset = member("Name", default=UNSET)
    """Name of the software that records."""

    version: str | Unset = member("Version", default=UNSET)
    """Its version."""
