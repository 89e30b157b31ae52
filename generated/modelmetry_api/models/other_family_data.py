"""OtherFamilyData. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import wire_model


@wire_model
class OtherFamilyData:
    """A step of no particular kind."""
