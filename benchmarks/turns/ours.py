"""One turn of a chatbot, recorded with modelmetry."""

from __future__ import annotations

from typing import Any

from benchmarks.turns.story import Story
from modelmetry import Client


class Recorder:
    """Sends to the server at `url`."""

    def __init__(self, url: str) -> None:
        self.client = Client(base_url=url, api_key="mm_benchmark")

    def turn(self, story: Story) -> None:
        """Record one turn."""
        number, metadata = story.number, story.metadata
        with (
            self.client.trace("chatbot.turn") as trace,
            trace.span("agent.step", metadata=metadata) as step,
        ):
            _facts(step, number, story)
            with step.completion("llm.generate", metadata=metadata) as generate:
                generate.system(story.system).user(story.question).assistant(story.answer)
                _facts(generate, number, story)
            with step.span("llm.tools", metadata=metadata) as tools:
                _facts(tools, number, story)
                with tools.span("GetOrder", metadata=metadata) as order:
                    _facts(order, number, story)
            with step.completion("llm.generate_final", metadata=metadata) as final:
                final.system(story.system).user(story.final_question)
                final.assistant(story.final_answer)
                _facts(final, number, story)

    def flush(self) -> None:
        """Return when everything was sent."""
        self.client.flush_all(60.0)


def _facts(span: Any, number: int, story: Story) -> None:
    span.event("step.done", story.event)
    span.finding("input_tokens", number).finding("score", 0.97).finding("safe", True)
