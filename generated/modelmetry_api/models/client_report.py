"""ClientReport. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class ClientReport:
    """What became of the signals of one client, since it began."""

    xid: str = member("XID")
    """The client."""

    tenant_id: str = member("TenantID")

    created_at: DateTime = member("CreatedAt")
    """When the server first heard of it."""

    updated_at: DateTime = member("UpdatedAt")
    """When the server last heard of it."""

    at: DateTime = member("At")
    """When it was counted."""

    name: str = member("Name")
    """Empty when none was sent."""

    version: str = member("Version")
    """Empty when none was sent."""

    created: int = member("Created")

    delivered: int = member("Delivered")

    pending: int = member("Pending")

    spooled: int = member("Spooled")

    recovered: int = member("Recovered")

    lost: int = member("Lost")
    """Signals that were dropped though nobody asked for it."""

    dropped: dict[str, int] = member("Dropped")
