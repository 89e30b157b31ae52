"""Match. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import MatchPlace
from modelmetry_api.wire import member, wire_model


@wire_model
class Match:
    """One place where one of the texts occurs."""

    place: MatchPlace = member("Place")
    """Where a text occurs; `data` is family data of no known shape, `failure` what went wrong. Of
    several places the contents come first, then metadata, events, findings, what went wrong and
    the name.
    """

    excerpt: str = member("Excerpt")
    """What stands there, with one space for each stretch of white space and an ellipsis for what
    is left out at either end.
    """
