"""One turn of a chatbot in plain objects that record nothing: the calls themselves."""

# ruff: noqa: ARG002 - what is given is thrown away

from __future__ import annotations

from typing import Any, Self

from benchmarks.turns.story import Story


class Node:
    """Does nothing, in the shape of a span."""

    __slots__ = ()

    def span(self, name: str, *, metadata: dict[str, Any] | None = None) -> Node:
        """A child."""
        return Node()

    def say(self, text: str) -> Self:
        """A message."""
        return self

    def event(self, name: str, metadata: dict[str, Any]) -> Self:
        """An event."""
        return self

    def finding(self, name: str, value: float) -> Self:
        """A finding."""
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Recorder:
    """Sends nothing anywhere."""

    def __init__(self, url: str) -> None:
        del url

    def turn(self, story: Story) -> None:
        """Do the calls of one turn."""
        turn(Node(), story)

    def flush(self) -> None:
        """Nothing waits."""


def turn(root: Any, story: Story) -> None:
    """The calls of one turn, on a root with these words."""
    number, metadata = story.number, story.metadata
    with (
        root.span("chatbot.turn") as trace,
        trace.span("agent.step", metadata=metadata) as step,
    ):
        _facts(step, number, story)
        with step.span("llm.generate", metadata=metadata) as generate:
            generate.say(story.system).say(story.question).say(story.answer)
            _facts(generate, number, story)
        with step.span("llm.tools", metadata=metadata) as tools:
            _facts(tools, number, story)
            with tools.span("GetOrder", metadata=metadata) as order:
                _facts(order, number, story)
        with step.span("llm.generate_final", metadata=metadata) as final:
            final.say(story.system).say(story.final_question).say(story.final_answer)
            _facts(final, number, story)


def _facts(span: Any, number: int, story: Story) -> None:
    span.event("step.done", story.event)
    span.finding("input_tokens", number).finding("score", 0.97).finding("safe", True)
