"""Info. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.limits import Limits
from modelmetry_api.wire import member, wire_model


@wire_model
class Info:
    """Versions and limits."""

    name: str = member("Name")
    """Name of the software."""

    version: str = member("Version")
    """Its version."""

    spec_version: str = member("SpecVersion")
    """`info.version` of this document."""

    limits: Limits = member("Limits")
    """The most that one request may hold."""
