"""CompletionFamilyData. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.cost import Cost
from modelmetry_api.models.document import Document
from modelmetry_api.models.options import Options
from modelmetry_api.models.unions import Message
from modelmetry_api.models.usage import Usage
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class CompletionFamilyData:
    """A call of a language model."""

    messages: list[Message] | Unset = member("Messages", default=UNSET)
    """The conversation, answers of the model included."""

    options: Options | Unset = member("Options", default=UNSET)
    """How a model was called."""

    usage: Usage | Unset = member("Usage", default=UNSET)
    """What a call used. `Input` holds all that was put in, cached or not; `Output` all that came
    out, reasoning included.
    """

    cost: Cost | Unset = member("Cost", default=UNSET)
    """What a call cost."""

    documents: list[Document] | Unset = member("Documents", default=UNSET)
