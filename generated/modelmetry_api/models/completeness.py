"""Completeness. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class Completeness:
    """Whether everything of a trace has arrived, as far as its clients say how much there is."""

    stored: int = member("Stored")
    """How many spans are stored."""

    open_: int = member("Open")
    """How many of them have no end."""

    missing_parents: list[str] = member("MissingParents")
    """XIDs that stored spans name as their parent and that are not stored, 100 at most."""

    whole: bool | Unset = member("Whole", default=UNSET)
    """True when as many spans as expected are stored, nothing is open and no parent is missing.
    False when something is known to be missing or open, also of a trace that carries no
    `Descendants` or has not arrived itself. Absent when neither can be said.
    """

    expected: int | Unset = member("Expected", default=UNSET)
    """How many spans its clients say that there are: `Descendants` of the trace, and of each span
    that carries it one more than that. Absent when the trace carries none.
    """
