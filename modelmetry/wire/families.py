"""What a span did, in the shape that the contract has for its family."""

from __future__ import annotations

from typing import TypeVar

from modelmetry_api.models import (
    AssistantMessage,
    CompletionFamilyData,
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
FamilyModel = CompletionFamilyData | RetrievalFamilyData | EmbeddingsFamilyData
MessageModel = SystemMessage | UserMessage | AssistantMessage | ToolMessage


def given(value: T | None) -> T | Unset:
    """`value`, or UNSET for `None`: here "not given" stops being a `None`."""
    return UNSET if value is None else value


def family_model(data: recorded.FamilyData) -> FamilyModel:
    """The contract's model of what a span of a family carries."""
    if isinstance(data, recorded.CompletionData):
        return _completion(data)
    if isinstance(data, recorded.RetrievalData):
        return RetrievalFamilyData(
            queries=[_query(query) for query in data.queries],
            documents=[_document(document) for document in data.documents],
        )
    return EmbeddingsFamilyData(
        inputs=data.inputs,
        options=_options(data.options) if data.options else Options(),
        usage=_usage(data.usage) if data.usage else UNSET,
        cost=_cost(data.cost) if data.cost else UNSET,
    )


def _completion(data: recorded.CompletionData) -> CompletionFamilyData:
    documents = [_document(document) for document in data.documents]
    return CompletionFamilyData(
        messages=[_message(message) for message in data.messages],
        options=_options(data.options) if data.options else UNSET,
        usage=_usage(data.usage) if data.usage else UNSET,
        cost=_cost(data.cost) if data.cost else UNSET,
        documents=documents or UNSET,
    )


def _message(message: recorded.Message) -> MessageModel:
    contents: list[ContentPart] = [_part(part) for part in message.contents]
    name = given(message.name)
    if message.role == "user":
        return UserMessage(role="user", contents=contents, name=name)
    if message.role == "assistant":
        calls = [_tool_call(call) for call in message.tool_calls]
        return AssistantMessage(
            role="assistant", contents=contents, name=name, tool_calls=calls or UNSET
        )
    if message.role == "system":
        return SystemMessage(role="system", contents=contents, name=name)
    return ToolMessage(role="tool", contents=contents, tool_call_id=message.tool_call_id or "")


def _part(part: recorded.Part) -> TextPart | DataPart:
    if isinstance(part, recorded.TextPart):
        return TextPart(text=part.text)
    return DataPart(mime_type=part.mime_type, data=part.data, detail=given(part.detail))


def _tool_call(call: recorded.ToolCall) -> ToolCall:
    function = Function(name=call.name, arguments=call.arguments)
    return ToolCall(id=call.id, type_="function", function=function)


def _document(document: recorded.Document) -> Document:
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


def _usage(usage: recorded.Usage) -> Usage:
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


def _cost(cost: recorded.Cost) -> Cost:
    return Cost(input_=_money(cost.input), output=_money(cost.output), total=_money(cost.total))


def _money(money: recorded.Money | None) -> Money | Unset:
    return Money(amount=money.amount, currency=money.currency) if money else UNSET


def _options(options: recorded.Options) -> Options:
    return Options(
        api_version=given(options.api_version),
        base_url=given(options.base_url),
        deployment_id=given(options.deployment_id),
        frequency_penalty=given(options.frequency_penalty),
        function_call=given(options.function_call),
        functions=given(options.functions),
        logit_bias=given(options.logit_bias),
        logprobs=given(options.logprobs),
        max_tokens=given(options.max_tokens),
        model=given(options.model),
        model_list=given(options.model_list),
        n=given(options.n),
        presence_penalty=given(options.presence_penalty),
        provider=given(options.provider),
        response_format=given(options.response_format),
        seed=given(options.seed),
        stop=given(options.stop),
        stream=given(options.stream),
        temperature=given(options.temperature),
        timeout=given(options.timeout),
        tool_choice=given(options.tool_choice),
        tools=UNSET if options.tools is None else [_tool(tool) for tool in options.tools],
        top_logprobs=given(options.top_logprobs),
        top_p=given(options.top_p),
        user=given(options.user),
    )


def _tool(tool: recorded.ToolDefinition) -> Tool:
    return Tool(name=tool.name, description=tool.description, parameters=tool.parameters)
