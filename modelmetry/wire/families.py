"""What a span did, in the shape that the contract has for its family."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from modelmetry_api.models import (
    AssistantMessage,
    Cost,
    DataPart,
    Document,
    EmbeddingsFamilyData,
    Function,
    Money,
    Options,
    RetrievalFamilyData,
    RetrievalQuery,
    SystemMessage,
    TextPart,
    Tool,
    ToolCall,
    ToolMessage,
    Usage,
    UsageValue,
    UserMessage,
)
from modelmetry_api.models.unions import ContentPart
from modelmetry_api.types import UNSET, Unset

from modelmetry.signals import families as recorded

T = TypeVar("T")
MessageModel = SystemMessage | UserMessage | AssistantMessage | ToolMessage

# Told apart by name, for there are many and a call gives two or three.
OPTIONS: Final = recorded.Options.__struct_fields__


def given(value: T | None) -> T | Unset:
    """`value`, or UNSET for `None`: here "not given" stops being a `None`."""
    return UNSET if value is None else value


def retrieval_model(data: recorded.RetrievalData) -> RetrievalFamilyData:
    """The contract's model of a search."""
    return RetrievalFamilyData(
        queries=[_query(query) for query in data.queries],
        documents=[document_model(document) for document in data.documents],
    )


def embeddings_model(data: recorded.EmbeddingsData) -> EmbeddingsFamilyData:
    """The contract's model of a computation of embeddings."""
    return EmbeddingsFamilyData(
        inputs=data.inputs,
        options=options_model(data.options) if data.options else Options(),
        usage=usage_model(data.usage) if data.usage else UNSET,
        cost=cost_model(data.cost) if data.cost else UNSET,
    )


def message_model(message: recorded.Message) -> MessageModel:
    """The contract's model of a message."""
    contents: list[ContentPart] = [
        TextPart(text=part.text) if type(part) is recorded.TextPart else _part(part)
        for part in message.contents
    ]
    role = message.role
    if role == "tool":
        return ToolMessage(role=role, contents=contents, tool_call_id=message.tool_call_id or "")
    name = UNSET if message.name is None else message.name
    if role == "user":
        return UserMessage(role=role, contents=contents, name=name)
    if role == "system":
        return SystemMessage(role=role, contents=contents, name=name)
    calls = [_tool_call(call) for call in message.tool_calls] or UNSET
    return AssistantMessage(role=role, contents=contents, name=name, tool_calls=calls)


def _part(part: recorded.Part) -> TextPart | DataPart:
    if isinstance(part, recorded.TextPart):
        return TextPart(text=part.text)
    return DataPart(mime_type=part.mime_type, data=part.data, detail=given(part.detail))


def _tool_call(call: recorded.ToolCall) -> ToolCall:
    function = Function(name=call.name, arguments=call.arguments)
    return ToolCall(id=call.id, type_="function", function=function)


def document_model(document: recorded.Document) -> Document:
    """The contract's model of a document."""
    return Document(
        identifier=document.identifier,
        title=document.title,
        content_type=document.content_type,
        content=given(document.content),
        metadata=document.metadata or UNSET,
    )


def _query(query: recorded.Query) -> RetrievalQuery:
    embeddings: list[int | float] | Unset = UNSET
    if query.embeddings is not None:
        embeddings = [*query.embeddings]
    return RetrievalQuery(text_representation=query.text, embeddings=embeddings)


def usage_model(usage: recorded.Usage) -> Usage:
    """The contract's model of what a call used."""
    return Usage(
        input_=_usage_value(usage.input),
        output=_usage_value(usage.output),
        total=_usage_value(usage.total),
        cached_input=_usage_value(usage.cached_input),
        cache_write=_usage_value(usage.cache_write),
        reasoning=_usage_value(usage.reasoning),
    )


def _usage_value(value: recorded.UsageValue | None) -> UsageValue | Unset:
    return UsageValue(amount=value.amount, unit=value.unit) if value else UNSET


def cost_model(cost: recorded.Cost) -> Cost:
    """The contract's model of what a call cost."""
    return Cost(input_=_money(cost.input), output=_money(cost.output), total=_money(cost.total))


def _money(money: recorded.Money | None) -> Money | Unset:
    return Money(amount=money.amount, currency=money.currency) if money else UNSET


def options_model(options: recorded.Options) -> Options:
    """The contract's model of how a model was asked."""
    known: dict[str, Any] = {
        name: value for name in OPTIONS if (value := getattr(options, name)) is not None
    }
    if options.tools is not None:
        known["tools"] = [_tool(tool) for tool in options.tools]
    return Options(**known)


def _tool(tool: recorded.ToolDefinition) -> Tool:
    return Tool(name=tool.name, description=tool.description, parameters=tool.parameters)
