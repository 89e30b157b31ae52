"""ErrorModel. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.error_detail import ErrorDetail
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class ErrorModel:
    """A problem document (RFC 9457)."""

    type_: str | Unset = member("type", default=UNSET)
    """Kind of the problem."""

    title: str | Unset = member("title", default=UNSET)
    """The kind in words."""

    status: int | Unset = member("status", default=UNSET)
    """The HTTP status."""

    detail: str | Unset = member("detail", default=UNSET)
    """What happened, and what to do."""

    instance: str | Unset = member("instance", default=UNSET)
    """This occurrence; the server logs it too."""

    errors: list[ErrorDetail] | None | Unset = member("errors", default=UNSET)
    """Each fault of the request."""
