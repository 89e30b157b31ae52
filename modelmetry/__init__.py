"""Record what an AI application did, and look at it.

::

    import modelmetry

    client = modelmetry.Client()
    with client.trace("chatbot.turn", session="chat-42") as turn:
        turn.finding("response_safe_score", 0.98)
"""

from modelmetry.client.client import Client
from modelmetry.client.contents import binary
from modelmetry.client.session import Session
from modelmetry.client.spans import CompletionSpan, EmbeddingsSpan, RetrievalSpan, Span
from modelmetry.client.trace import Trace
from modelmetry.config import Config
from modelmetry.delivery.receipt import Receipt
from modelmetry.errors import ModelmetryError
from modelmetry.signals.families import ToolCall, ToolDefinition
from modelmetry.signals.findings import FindingType

__version__ = "0.1.0"

__all__ = [
    "Client",
    "CompletionSpan",
    "Config",
    "EmbeddingsSpan",
    "FindingType",
    "ModelmetryError",
    "Receipt",
    "RetrievalSpan",
    "Session",
    "Span",
    "ToolCall",
    "ToolDefinition",
    "Trace",
    "__version__",
    "binary",
]
