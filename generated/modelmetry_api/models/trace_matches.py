"""TraceMatches. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.match import Match
from modelmetry_api.models.span_match import SpanMatch
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class TraceMatches:
    """Where texts occur in a trace."""

    spans: list[SpanMatch] = member("Spans")
    """The spans in which all texts occur, 1,000 at most."""

    more: bool = member("More")
    """True when there are more of them."""

    trace: Match | Unset = member("Trace", default=UNSET)
    """One place where one of the texts occurs."""
