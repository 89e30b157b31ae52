"""TracePreview. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class TracePreview:
    """The first 300 characters of what went into a trace, came out of it and went wrong; absent
    where the trace does not say so in the spans that are looked at, its first ones and its last
    ones.
    """

    input_: str | Unset = member("Input", default=UNSET)
    """The last thing that a user says in the first completion where one does; without any, the
    first query of a retrieval or input of embeddings.
    """

    output: str | Unset = member("Output", default=UNSET)
    """What the model answers in the last completion in which the user says the same as in `Input`,
    else in the last one.
    """

    failure: str | Unset = member("Failure", default=UNSET)
    """Of a trace that failed, its own message, else that of the first of its failed spans that has
    one, after the span's name and a colon.
    """
