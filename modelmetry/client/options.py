"""How a model was asked: the words of `options(...)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, cast

from modelmetry.errors import InvalidTypeError
from modelmetry.signals.families import Options, ToolDefinition
from modelmetry.signals.records import FindingValue
from modelmetry.signals.values import (
    NotFiniteError,
    brief_repr,
    clean_text,
    finding_value,
    is_a,
    listed,
    snapshot,
    snapshot_mapping,
)


class OptionWords(TypedDict, total=False):
    """Every option of a model that is recorded; a key of an API is not among them."""

    model: str | None
    provider: str | None
    temperature: float | None
    top_p: float | None
    max_tokens: int | None
    n: int | None
    seed: int | None
    stop: str | Sequence[str] | Mapping[str, Any] | None
    stream: bool | None
    frequency_penalty: float | None
    presence_penalty: float | None
    logit_bias: Mapping[str, float] | Mapping[int, float] | None
    logprobs: bool | None
    top_logprobs: int | None
    response_format: Mapping[str, Any] | None
    tools: Sequence[ToolDefinition] | None
    tool_choice: str | None
    functions: Sequence[str] | None
    function_call: str | None
    model_list: Sequence[str] | None
    user: str | None
    timeout: float | None
    base_url: str | None
    api_version: str | None
    deployment_id: str | None


KNOWN = frozenset(Options.__struct_fields__)
_MAPPINGS = frozenset({"stop", "logit_bias", "response_format"})
_LISTS = frozenset({"functions", "model_list"})
_FLAGS = frozenset({"stream", "logprobs"})
_INTEGERS = frozenset({"max_tokens", "n", "seed", "top_logprobs"})
_NUMBERS = frozenset({"temperature", "top_p", "frequency_penalty", "presence_penalty", "timeout"})


def set_options(options: Options, words: Mapping[str, Any], limit: int) -> None:
    """Set the members of `options` that `words` names; `None` leaves one as it is.

    Raises:
        InvalidTypeError: a word is unknown, or its value has the wrong type.
    """
    for word, value in words.items():
        if word not in KNOWN:
            known = ", ".join(sorted(KNOWN))
            raise InvalidTypeError(f"options() knows no {word!r}; it knows {known}")
        if value is not None:
            setattr(options, word, _taken(word, value, limit))


def _taken(word: str, value: Any, limit: int) -> Any:
    if word in _MAPPINGS:
        return _mapping(word, value, limit)
    if word == "tools":
        return [_tool(tool, limit) for tool in _sequence(word, value)]
    if word in _LISTS:
        return [_text(word, item, limit) for item in _sequence(word, value)]
    if word in _FLAGS or word in _INTEGERS or word in _NUMBERS:
        return _scalar(word, value, limit)
    return _text(word, value, limit)


def _scalar(word: str, value: Any, limit: int) -> FindingValue | None:
    try:
        plain = finding_value(value, limit)
    except NotFiniteError:
        return None
    except InvalidTypeError:
        raise _wrong(word, value) from None
    wanted = bool if word in _FLAGS else int if word in _INTEGERS else float
    if type(plain) is wanted or (wanted is float and type(plain) is int):
        return plain
    raise _wrong(word, value)


def _mapping(word: str, value: Any, limit: int) -> dict[str, Any]:
    if is_a(value, Mapping):
        return snapshot_mapping(cast("Mapping[str, Any]", value), limit)
    if word == "stop":  # the contract wants an object, every provider a string or a list
        stops: Sequence[object] = [value] if is_a(value, str) else _sequence(word, value)
        return {"sequences": [_text(word, stop, limit) for stop in stops]}
    raise _wrong(word, value)


def _sequence(word: str, value: Any) -> Sequence[object]:
    items = listed(value)
    if items is None:
        raise _wrong(word, value)
    return items


def _tool(tool: object, limit: int) -> ToolDefinition:
    if not is_a(tool, ToolDefinition):
        raise _wrong("tools", tool)
    told = cast("ToolDefinition", tool)
    name, description = (_text("tools", said, limit) for said in (told.name, told.description))
    return ToolDefinition(name, description, snapshot(told.parameters, limit))


def _text(word: str, item: object, limit: int) -> str:
    if is_a(item, str):
        return clean_text(str.__str__(cast("str", item)), limit)
    raise _wrong(word, item)


def _wrong(word: str, value: object) -> InvalidTypeError:
    kind = type(value).__name__
    return InvalidTypeError(f"option {word!r} cannot be of type {kind}: {brief_repr(value)}")
