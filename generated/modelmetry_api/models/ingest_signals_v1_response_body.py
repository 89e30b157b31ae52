"""IngestSignalsV1ResponseBody. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class IngestSignalsV1ResponseBody:
    """The answer to a batch that is stored."""

    accepted: int | Unset = member("Accepted", default=UNSET)
    """How many signals of the batch are stored."""
