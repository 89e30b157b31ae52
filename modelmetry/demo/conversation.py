"""The recorded conversation, conversation.json, as typed values."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from attrs import frozen

from modelmetry.demo.chat import Call, Reply, Tool

SECONDS_BETWEEN_TURNS = 20  # in which the customer reads and writes


@frozen
class Step:
    """What one step of a turn took, and what the model answered in it, if it is one of a model."""

    ms: int
    reply: Reply


@frozen
class Turn:
    """One question of the customer, what is looked up for it, and each step by its name."""

    user: str
    search: str
    steps: dict[str, Step]

    @property
    def ms(self) -> int:
        """Milliseconds of the whole turn."""
        return sum(step.ms for step in self.steps.values())


@frozen
class ModelCard:
    """Which model was asked, and what a million of its tokens cost in USD."""

    name: str
    provider: str
    temperature: float
    input_price: float
    output_price: float


@frozen
class Conversation:
    """A customer's conversation with the support agent of a shop."""

    session: str
    metadata: dict[str, Any]
    system: str
    check: str
    model: ModelCard
    checker: ModelCard
    tools: tuple[Tool, ...]
    orders: dict[str, Any]
    knowledge: list[dict[str, str]]
    turns: tuple[Turn, ...]

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        pauses = SECONDS_BETWEEN_TURNS * (len(self.turns) - 1)
        return pauses + sum(turn.ms for turn in self.turns) / 1000


def recorded_conversation() -> Conversation:
    """The conversation that comes with this package."""
    text = files("modelmetry.demo").joinpath("conversation.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    prices = data.pop("prices")
    read: dict[str, Any] = {
        "model": _card(data["model"], prices),
        "checker": _card(data["checker"], prices),
        "tools": tuple(Tool(**tool) for tool in data["tools"]),
        "turns": tuple(_turn(turn) for turn in data["turns"]),
    }
    return Conversation(**data | read)


def _card(data: dict[str, Any], prices: dict[str, dict[str, float]]) -> ModelCard:
    price = prices[data["name"]]
    return ModelCard(**data, input_price=price["input"], output_price=price["output"])


def _turn(data: dict[str, Any]) -> Turn:
    steps = {name: _step(step) for name, step in data["steps"].items()}
    return Turn(data["user"], data.get("search", ""), steps)


def _step(data: dict[str, Any]) -> Step:
    calls = tuple(
        Call(call["id"], call["name"], call["arguments"]) for call in data.pop("calls", [])
    )
    return Step(data.pop("ms"), Reply(calls=calls, **data))
