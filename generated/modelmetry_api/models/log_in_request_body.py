"""LogInRequestBody. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class LogInRequestBody:
    """Who wants to log in."""

    api_key: str = member("APIKey")
    """A key made by `modelmetry keys create`."""
