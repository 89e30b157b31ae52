"""Messages, documents and amounts, made of what a caller hands over."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast, get_args

from modelmetry.client.recorder import Recorder
from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.signals.families import (
    DataPart,
    Detail,
    Document,
    Message,
    Money,
    Part,
    Said,
    TextPart,
    ToolCall,
    UsageValue,
)
from modelmetry.signals.values import NumberInput, brief_repr, is_a, listed, snapshot

Content = str | Part | Sequence[str | Part]
"""What a message may hold: a text, a part, or several of them."""

DETAILS: tuple[Detail, ...] = get_args(Detail)
PLAIN_TEXT = "text/plain"
_CURRENCY = re.compile(r"[A-Z]{3}")


def binary(data: bytes, mime_type: str, *, detail: Detail | None = None) -> DataPart:
    """A binary part of a message, for example an image.

    Args:
        data: the bytes as they are; they travel as base64.
        mime_type: what they are, for example `image/png`.
        detail: how closely a model shall look: `auto`, `low` or `high`.

    Raises:
        InvalidTypeError: `data` is not bytes, or `mime_type` no str.
        InvalidValueError: `detail` is unknown.
    """
    if type(mime_type) is not str:
        raise InvalidTypeError(
            f"the type of binary data must be a str such as image/png, not {brief_repr(mime_type)}"
        )
    if detail is not None:
        _check_detail(detail)
    try:
        text = base64.b64encode(data).decode("ascii")
    except TypeError:
        kind = type(data).__name__
        raise InvalidTypeError(f"binary data must be bytes, not {kind}") from None
    return DataPart(mime_type, text, detail)


def _check_detail(detail: object) -> None:
    if type(detail) is not str or detail not in DETAILS:
        raise InvalidValueError(
            f"the detail of binary data must be one of {', '.join(DETAILS)}, "
            f"not {brief_repr(detail)}"
        )


def parts(recorder: Recorder, content: Content) -> list[Part]:
    """`content` as a list of parts of our own."""
    if type(content) is str:
        return [TextPart(recorder.text(content, "content"))]
    many = listed(content)
    return [_part(recorder, part) for part in ([content] if many is None else many)]


def _part(recorder: Recorder, part: object) -> Part:
    if is_a(part, str):
        return TextPart(recorder.text(part, "content"))
    if is_a(part, TextPart):
        return TextPart(recorder.text(cast("TextPart", part).text, "content"))
    if is_a(part, DataPart):
        data = cast("DataPart", part)
        return DataPart(recorder.text(data.mime_type, "type of data"), data.data, data.detail)
    raise _no_content(part)


def _no_content(content: object) -> InvalidTypeError:
    return InvalidTypeError(
        f"content must be a str, a part or a list of them, not {type(content).__name__}: "
        f"{brief_repr(content)}; modelmetry.binary() makes a part of bytes"
    )


def tool_call(recorder: Recorder, name: str, arguments: object, xid: str | None) -> ToolCall:
    """A call of a tool; one without an id gets one."""
    return ToolCall(
        recorder.new_xid() if xid is None else recorder.text(xid, "tool call id"),
        recorder.text(name, "tool name"),
        snapshot(arguments, recorder.text_limit),
    )


def copied_calls(recorder: Recorder, calls: Sequence[object]) -> list[ToolCall]:
    """`calls` as records of our own.

    Raises:
        InvalidTypeError: one of them is no `ToolCall`.
    """
    return [_copied_call(recorder, call) for call in calls]


def _copied_call(recorder: Recorder, call: object) -> ToolCall:
    if not is_a(call, ToolCall):
        raise InvalidTypeError(
            f"tool calls must be ToolCall, not {type(call).__name__}: {brief_repr(call)}; "
            "or use `tool_call`"
        )
    told = cast("ToolCall", call)
    return tool_call(recorder, told.name, told.arguments, told.id)


def add_call(recorder: Recorder, messages: list[Message | Said], call: ToolCall) -> None:
    """Add `call` to the last answer of the model, or to a new one when something came since."""
    last = messages[-1] if messages else None
    # In its place, not into it: the message may be on its way to an encoder.
    if isinstance(last, Message) and last.role == "assistant":
        calls = [*last.tool_calls, call]
        messages[-1] = Message("assistant", last.contents, last.name, calls)
    elif isinstance(last, tuple) and last[0] == "assistant":
        messages[-1] = Message(
            "assistant", [TextPart(recorder.text(last[1], "content"))], tool_calls=[call]
        )
    else:
        messages.append(Message("assistant", [], tool_calls=[call]))


def last_call_id(messages: Sequence[Message | Said]) -> str:
    """The id of the tool call that was recorded last, or an empty text."""
    for message in reversed(messages):
        if isinstance(message, Message) and message.tool_calls:
            return message.tool_calls[-1].id
    return ""


def document(
    recorder: Recorder,
    identifier: str,
    *,
    title: str,
    content: Any,
    content_type: str,
    score: NumberInput | None,
    metadata: Mapping[str, Any] | None,
) -> Document:
    """A document; its score travels in its metadata."""
    kept = {} if metadata is None else recorder.metadata(metadata)
    if score is not None:
        kept["score"] = recorder.number(score, "document score")
    return Document(
        recorder.text(identifier, "document id"),
        recorder.text(title, "document title"),
        recorder.text(content_type, "content type"),
        snapshot(content, recorder.text_limit),
        kept,
    )


def inputs(recorder: Recorder, texts: object) -> list[str]:
    """Texts that are embedded."""
    if is_a(texts, str):
        raise InvalidTypeError("inputs must be several texts, not one str; give it to `input`")
    try:
        several = list(cast("Iterable[object]", texts))
    except Exception as error:
        kind = type(texts).__name__
        raise InvalidTypeError(f"inputs must be several texts, not {kind}") from error
    return [recorder.text(text, "input") for text in several]


def used(
    recorder: Recorder, amount: NumberInput | None, unit: str, before: UsageValue | None
) -> UsageValue | None:
    """`amount` of `unit`, or what was known `before` when there is no number."""
    if amount is None:
        return before
    number = recorder.number(amount, "usage")
    return before if number is None else UsageValue(number, unit)


def money(
    recorder: Recorder, amount: NumberInput | None, currency: str, before: Money | None
) -> Money | None:
    """`amount` in `currency`, or what was known `before` when there is no number."""
    if amount is None:
        return before
    number = recorder.number(amount, "cost")
    return before if number is None else Money(number, currency)


def known_currency(currency: object) -> str:
    """`currency`, when it is three capital letters."""
    if type(currency) is str and _CURRENCY.fullmatch(currency):
        return currency
    raise InvalidValueError(
        f"currency must be three capital letters such as USD (ISO 4217), not {brief_repr(currency)}"
    )


def _items(numbers: object) -> list[object] | None:
    try:
        return listed(getattr(numbers, "tolist", lambda: numbers)())
    except Exception:  # noqa: BLE001 - an array of another library may raise anything
        return None


def vector(recorder: Recorder, numbers: object) -> list[float] | None:
    """The numbers of an embedding; one that is not finite spoils the whole vector."""
    if numbers is None:
        return None
    items = _items(numbers)
    if items is None:
        kind = type(numbers).__name__
        raise InvalidTypeError(f"embeddings must be a list of numbers, not {kind}")
    taken: list[float] = []
    for value in items:
        number = recorder.number(value, "embedding")
        if number is None:
            return None
        taken.append(number)
    return taken
