"""Record what an AI application did, and look at it.

::

    import modelmetry

    client = modelmetry.Client()
    with client.trace("chatbot.turn", session="chat-42") as turn:
        turn.finding("response_safe_score", 0.98)

The names below are loaded when they are first used: the server and the command line import
parts of this package without paying for the client.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelmetry.client.client import Client
    from modelmetry.client.contents import binary
    from modelmetry.client.execution import Execution
    from modelmetry.client.session import Session
    from modelmetry.client.spans import CompletionSpan, EmbeddingsSpan, RetrievalSpan, Span
    from modelmetry.client.trace import Trace
    from modelmetry.config import Config
    from modelmetry.delivery.receipt import Receipt
    from modelmetry.errors import ModelmetryError
    from modelmetry.signals.families import ToolCall, ToolDefinition
    from modelmetry.signals.findings import FindingType
    from modelmetry.signals.finished import FinishedTrace
    from modelmetry.telemetry.asynchronous import AsyncTelemetry
    from modelmetry.telemetry.receipt import TelemetryReceipt
    from modelmetry.telemetry.telemetry import Telemetry

__version__ = "0.1.0"

__all__ = [
    "AsyncTelemetry",
    "Client",
    "CompletionSpan",
    "Config",
    "EmbeddingsSpan",
    "Execution",
    "FindingType",
    "FinishedTrace",
    "ModelmetryError",
    "Receipt",
    "RetrievalSpan",
    "Session",
    "Span",
    "Telemetry",
    "TelemetryReceipt",
    "ToolCall",
    "ToolDefinition",
    "Trace",
    "__version__",
    "binary",
]

_HOMES = {
    "AsyncTelemetry": "modelmetry.telemetry.asynchronous",
    "Client": "modelmetry.client.client",
    "CompletionSpan": "modelmetry.client.spans",
    "Config": "modelmetry.config",
    "EmbeddingsSpan": "modelmetry.client.spans",
    "Execution": "modelmetry.client.execution",
    "FindingType": "modelmetry.signals.findings",
    "FinishedTrace": "modelmetry.signals.finished",
    "ModelmetryError": "modelmetry.errors",
    "Receipt": "modelmetry.delivery.receipt",
    "RetrievalSpan": "modelmetry.client.spans",
    "Session": "modelmetry.client.session",
    "Span": "modelmetry.client.spans",
    "Telemetry": "modelmetry.telemetry.telemetry",
    "TelemetryReceipt": "modelmetry.telemetry.receipt",
    "ToolCall": "modelmetry.signals.families",
    "ToolDefinition": "modelmetry.signals.families",
    "Trace": "modelmetry.client.trace",
    "binary": "modelmetry.client.contents",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(home), name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
