"""What a span said and was told: messages, tool calls, queries and documents, as lines."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator, Sequence

from modelmetry_api.models import (
    AssistantMessage,
    DataPart,
    Document,
    Span,
    TextPart,
    ToolCall,
    ToolMessage,
)
from modelmetry_api.models.unions import ContentPart, Message
from modelmetry_api.types import UNSET, UnknownVariant
from rich.text import Text

from modelmetry.cli import wording

MOST_LINES = 12  # of one message: a system prompt of pages would bury the tree
ROLE_STYLES = {"system": "magenta", "user": "blue", "assistant": "green", "tool": "yellow"}


def message_lines(span: Span, width: int) -> Iterator[Text]:
    """The lines of what `span` did, wrapped at `width` cells."""
    if span.completion is not UNSET:
        data = span.completion
        for message in data.messages if data.messages is not UNSET else []:
            yield from one_message(message, width)
        yield from documents(data.documents if data.documents is not UNSET else [], width)
    if span.retrieval is not UNSET:
        for query in span.retrieval.queries or []:
            yield from labelled("query", query.text_representation, width, "blue")
        yield from documents(span.retrieval.documents or [], width)
    if span.embeddings is not UNSET:
        for text in span.embeddings.inputs or []:
            yield from labelled("input", text, width, "blue")
    if span.family_data is not UNSET and span.family_data:
        yield from labelled("data", wording.scalar(span.family_data), width, "dim")


def one_message(message: Message, width: int) -> Iterator[Text]:
    """A message, its role before it."""
    if isinstance(message, UnknownVariant):
        yield from labelled(str(message.get("Role", "?")), wording.scalar(message), width, "dim")
        return
    text = "\n".join(part_text(part) for part in message.contents)
    style = ROLE_STYLES[message.role]
    if text or not isinstance(message, AssistantMessage):
        answers = message.tool_call_id if isinstance(message, ToolMessage) else ""
        label = f"{message.role} {wording.one_line(answers, 24)}".rstrip()
        yield from labelled(label, text, width, style)
    if isinstance(message, AssistantMessage):
        calls = message.tool_calls if message.tool_calls is not UNSET else None
        for call in calls or []:
            yield from labelled(message.role, call_text(call), width, style)


def part_text(part: ContentPart) -> str:
    """A part of a message as text; data is named, not shown."""
    if isinstance(part, TextPart):
        return part.text
    if isinstance(part, DataPart):
        return f"[{part.mime_type}, {wording.counted(size_of(part.data), 'byte')}]"
    return wording.scalar(part)


def size_of(data: str) -> int:
    """Bytes that base64 text stands for; 0 when it is none."""
    try:
        return len(base64.b64decode(data))
    except ValueError:
        return 0


def call_text(call: ToolCall) -> str:
    """A tool call as it would be written: `GetOrderInformation({"order":"100482"})`."""
    return f"{call.function.name}({wording.scalar(call.function.arguments)})"


def documents(found: Sequence[Document], width: int) -> Iterator[Text]:
    """Documents by their titles."""
    for document in found:
        text = document.title or document.identifier
        content = document.content
        if content is not UNSET and content:
            text += f": {wording.scalar(content)}"
        yield from labelled("document", wording.one_line(text, 400), width, "blue")


def labelled(label: str, text: str, width: int, style: str) -> Iterator[Text]:
    """Text behind a label, wrapped, its further lines under the first, cut when very long."""
    margin = " " * (len(label) + 2)
    room = max(width - len(margin), 20)
    wrapped = [
        line
        for paragraph in wording.plain(text).splitlines() or [""]
        for line in textwrap.wrap(paragraph, room) or [""]
    ]
    if len(wrapped) > MOST_LINES:
        hidden = len(wrapped) - MOST_LINES
        wrapped = [
            *wrapped[:MOST_LINES],
            f"… {wording.counted(hidden, 'more line')}; --json has all",
        ]
    for index, line in enumerate(wrapped):
        head = Text().append(f"{label}: ", style) if index == 0 else Text(margin)
        yield head.append(line)
