"""ErrorDetail. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class ErrorDetail:
    """One fault of a request."""

    location: str | Unset = member("location", default=UNSET)
    """Where, such as `body.Spans[3].Start` or `query.limit`."""

    message: str | Unset = member("message", default=UNSET)

    value: Any | Unset = member("value", default=UNSET)
    """The value that is at fault, shortened."""
