"""A real model behind an address that speaks the chat completions protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

from modelmetry.cli.failures import CommandFailed
from modelmetry.demo.chat import Call, Message, Reply, Tool

DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "gpt-4o-mini"
OK = 200
TIMEOUT = 60.0  # seconds for one answer
NEEDED = (
    "--live asks a real model: set OPENAI_API_KEY, OPENAI_BASE_URL, or both "
    f"(and OPENAI_MODEL for another model than {DEFAULT_MODEL})"
)


class AnswerFunction(msgspec.Struct):
    """The function of a call."""

    name: str
    arguments: str = "{}"


class AnswerCall(msgspec.Struct):
    """A call in an answer."""

    function: AnswerFunction
    id: str = ""


class AnswerMessage(msgspec.Struct):
    """The message of an answer; some servers tell what the model was thinking."""

    content: str | None = None
    tool_calls: list[AnswerCall] | None = None
    reasoning_content: str | None = None


class Choice(msgspec.Struct):
    """One of the answers."""

    message: AnswerMessage


class AnswerUsage(msgspec.Struct):
    """Tokens."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Answer(msgspec.Struct):
    """What we need of the body of an answer."""

    choices: list[Choice]
    usage: AnswerUsage | None = None


class LiveModel:
    """Asks a model over HTTP; a context manager.

    Args:
        api_key: sent as a bearer token, if there is one.
        base_url: where `/chat/completions` is.
        name: the model.
    """

    provider = "openai"
    temperature: float = 0.2

    def __init__(self, api_key: str | None, base_url: str, name: str) -> None:
        self.name = name
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._http = httpx.Client(headers=headers, timeout=TIMEOUT)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """The model that OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL name.

        Raises:
            CommandFailed: neither of the first two is set.
        """
        api_key, base_url = environ.get("OPENAI_API_KEY"), environ.get("OPENAI_BASE_URL")
        if not api_key and not base_url:
            raise CommandFailed(NEEDED)
        model = environ.get("OPENAI_MODEL") or DEFAULT_MODEL
        return cls(api_key, base_url or DEFAULT_BASE_URL, model)

    def answer(
        self,
        step: str,  # noqa: ARG002  # only the recording needs it
        messages: Sequence[Message],
        tools: Sequence[Tool],
    ) -> Reply:
        """The model's next message.

        Raises:
            CommandFailed: there is no answer, or none that can be understood.
        """
        body: dict[str, Any] = {
            "model": self.name,
            "temperature": self.temperature,
            "messages": [as_json(message) for message in messages],
        }
        if tools:
            body["tools"] = [tool_as_json(tool) for tool in tools]
        try:
            answer = self._http.post(self._url, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CommandFailed(f"{self._url} does not answer: {error}") from error
        if answer.status_code != OK:
            detail = answer.text[:300]
            raise CommandFailed(f"{self._url} answers {answer.status_code}: {detail}")
        try:
            return as_reply(msgspec.json.decode(answer.content, type=Answer))
        except (msgspec.DecodeError, IndexError) as error:
            raise CommandFailed(f"{self._url} gives no chat completion: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()


def as_json(message: Message) -> dict[str, Any]:
    """A message as the protocol has it."""
    found: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.calls:
        found["tool_calls"] = [call_as_json(call) for call in message.calls]
    if message.role == "tool":
        found["tool_call_id"] = message.answers
    return found


def call_as_json(call: Call) -> dict[str, Any]:
    """A call as the protocol has it: its arguments are JSON in a string."""
    function = {"name": call.tool, "arguments": json.dumps(dict(call.arguments))}
    return {"id": call.id, "type": "function", "function": function}


def tool_as_json(tool: Tool) -> dict[str, Any]:
    """A tool as the protocol has it."""
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return {"type": "function", "function": function}


def as_reply(answer: Answer) -> Reply:
    """What the agent needs of an answer."""
    message, usage = answer.choices[0].message, answer.usage or AnswerUsage()
    calls = tuple(as_call(index, call) for index, call in enumerate(message.tool_calls or ()))
    return Reply(
        text=message.content or "",
        calls=calls,
        thinking=message.reasoning_content or "",
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
    )


def as_call(index: int, call: AnswerCall) -> Call:
    """A call; arguments that are no JSON object are handed on, for the tool to refuse."""
    try:
        arguments = msgspec.json.decode(call.function.arguments or "{}", type=dict[str, Any])
    except msgspec.DecodeError:
        arguments = {"arguments": call.function.arguments}
    return Call(call.id or f"call_{index + 1}", call.function.name, arguments)
