"""What a span of a family carries beside its name and times.

`None` means "not given" throughout; the encoder leaves such members out.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

Role = Literal["system", "user", "assistant", "tool"]
Detail = Literal["auto", "low", "high"]


class TextPart(Struct):
    """A piece of text in a message."""

    text: str


class DataPart(Struct):
    """A piece of binary content in a message; `data` is base64 text."""

    mime_type: str
    data: str
    detail: Detail | None = None


Part = TextPart | DataPart


class ToolCall(Struct):
    """A call of a function that the model asked for; `arguments` is any JSON value."""

    id: str
    name: str
    arguments: Any


class Message(Struct):
    """One message of a conversation.

    `name` never goes with the role `tool`, `tool_calls` only with `assistant`,
    `tool_call_id` (a string, perhaps empty) always and only with `tool`.
    """

    role: Role
    contents: list[Part]
    name: str | None = None
    tool_calls: list[ToolCall] = field(default_factory=list[ToolCall])
    tool_call_id: str | None = None


Said = tuple[Role, str]
"""A message that is nothing but a text."""


class Document(Struct):
    """A document that was retrieved or given to a model; `content` is any JSON value."""

    identifier: str
    title: str
    content_type: str
    content: Any = None
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])


class Query(Struct):
    """A question put to a search, with its vector if there is one."""

    text: str
    embeddings: list[float] | None = None


class UsageValue(Struct):
    """How much of something was used."""

    amount: float
    unit: str = "tokens"


class Usage(Struct):
    """What a call of a model used.

    `cached_input` and `cache_write` are parts of `input`, `reasoning` is a part of `output`.
    """

    input: UsageValue | None = None
    output: UsageValue | None = None
    total: UsageValue | None = None
    cached_input: UsageValue | None = None
    cache_write: UsageValue | None = None
    reasoning: UsageValue | None = None


class Money(Struct):
    """An amount in a currency of ISO 4217, three capital letters."""

    amount: float
    currency: str


class Cost(Struct):
    """What a call of a model cost."""

    input: Money | None = None
    output: Money | None = None
    total: Money | None = None


class ToolDefinition(Struct):
    """A tool that a model may call; `parameters` is its JSON schema or any JSON value."""

    name: str
    description: str
    parameters: Any = None


class Options(Struct):
    """How a model was asked: every member of the contract's Options except the API key."""

    model: str | None = None
    provider: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    n: int | None = None
    seed: int | None = None
    stop: dict[str, Any] | None = None
    stream: bool | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logit_bias: dict[str, Any] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    response_format: dict[str, Any] | None = None
    tools: list[ToolDefinition] | None = None
    tool_choice: str | None = None
    functions: list[str] | None = None
    function_call: str | None = None
    model_list: list[str] | None = None
    user: str | None = None
    timeout: float | None = None
    base_url: str | None = None
    api_version: str | None = None
    deployment_id: str | None = None


class CompletionData(Struct):
    """What a completion span carries."""

    messages: list[Message] = field(default_factory=list[Message])
    options: Options | None = None
    usage: Usage | None = None
    cost: Cost | None = None
    documents: list[Document] = field(default_factory=list[Document])

    def copy(self) -> CompletionData:
        """Another one with the same content, which can be added to on its own."""
        return CompletionData(
            self.messages[:], self.options, self.usage, self.cost, self.documents[:]
        )


class RetrievalData(Struct):
    """What a retrieval span carries."""

    queries: list[Query] = field(default_factory=list[Query])
    documents: list[Document] = field(default_factory=list[Document])

    def copy(self) -> RetrievalData:
        """Another one with the same content, which can be added to on its own."""
        return RetrievalData(list(self.queries), list(self.documents))


class EmbeddingsData(Struct):
    """What an embeddings span carries."""

    inputs: list[str] = field(default_factory=list[str])
    options: Options | None = None
    usage: Usage | None = None
    cost: Cost | None = None

    def copy(self) -> EmbeddingsData:
        """Another one with the same content, which can be added to on its own."""
        return EmbeddingsData(self.inputs[:], self.options, self.usage, self.cost)


FamilyData = CompletionData | RetrievalData | EmbeddingsData
