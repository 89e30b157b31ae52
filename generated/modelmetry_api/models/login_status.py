"""LoginStatus. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import LoginStatusScopesItem
from modelmetry_api.wire import member, wire_model


@wire_model
class LoginStatus:
    """Whether a key is needed, and what a request like this one may do."""

    required: bool = member("Required")
    """Whether a key or a session is needed here. A server that only its own machine can reach, and
    for which no key was made, needs none.
    """

    logged_in: bool = member("LoggedIn")
    """Whether the request has the cookie of a session."""

    scopes: list[LoginStatusScopesItem] = member("Scopes")
    """What may be done; nothing when a session is needed and there is none."""
