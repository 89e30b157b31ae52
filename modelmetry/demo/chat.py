"""The words between an agent and a model, whichever model it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from attrs import frozen


@frozen
class Call:
    """The wish of a model that a tool be called."""

    id: str
    tool: str
    arguments: Mapping[str, Any]


@frozen
class Message:
    """One message; `answers` is the id of the call that a tool's message answers."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    calls: tuple[Call, ...] = ()
    answers: str = ""


@frozen
class Tool:
    """A tool that the model may call; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@frozen
class Reply:
    """What a model answered: a text, or calls, and what it was thinking if it says so."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    thinking: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None

    def as_message(self) -> Message:
        """The reply as a part of the conversation."""
        return Message("assistant", self.text, self.calls)


class Model(Protocol):
    """Answers messages."""

    @property
    def name(self) -> str:
        """Its name as the provider knows it."""
        ...

    @property
    def provider(self) -> str:
        """Who runs it."""
        ...

    @property
    def temperature(self) -> float:
        """How freely it answers."""
        ...

    def answer(self, step: str, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        """The next message; `step` names the place in the agent that asks."""
        ...
