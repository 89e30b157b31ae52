"""SpanMatch. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import MatchPlace
from modelmetry_api.wire import member, wire_model


@wire_model
class SpanMatch:
    """A span and one place where one of the texts occurs in it."""

    xid: str = member("XID")
    """The client's id."""

    place: MatchPlace = member("Place")
    """Where a text occurs; `data` is family data of no known shape, `failure` what went wrong. Of
    several places the contents come first, then metadata, events, findings, what went wrong and
    the name.
    """

    excerpt: str = member("Excerpt")
    """As of `Match`."""
