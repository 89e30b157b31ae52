"""One turn of a chatbot, recorded with the Langfuse SDK as its documentation shows."""

from __future__ import annotations

from typing import Any

from langfuse import Langfuse

from benchmarks.turns.story import Story


class Recorder:
    """Sends to the server at `url`."""

    def __init__(self, url: str) -> None:
        self._client = Langfuse(
            public_key="pk-benchmark",
            secret_key="sk-benchmark",  # noqa: S106 - nobody's
            base_url=url,
        )

    def turn(self, story: Story) -> None:
        """Record one turn."""
        begin, metadata = self._client.start_as_current_observation, story.metadata
        with (
            begin(name="chatbot.turn", as_type="span"),
            begin(name="agent.step", as_type="span", metadata=metadata) as step,
        ):
            self._facts(step, story)
            with begin(
                name="llm.generate",
                as_type="generation",
                metadata=metadata,
                input=_asked(story.system, story.question),
            ) as generate:
                generate.update(output=story.answer)
                self._facts(generate, story)
            with begin(name="llm.tools", as_type="tool", metadata=metadata) as tools:
                self._facts(tools, story)
                with begin(name="GetOrder", as_type="tool", metadata=metadata) as order:
                    self._facts(order, story)
            with begin(
                name="llm.generate_final",
                as_type="generation",
                metadata=metadata,
                input=_asked(story.system, story.final_question),
            ) as final:
                final.update(output=story.final_answer)
                self._facts(final, story)

    def flush(self) -> None:
        """Return when everything was sent."""
        self._client.flush()

    def _facts(self, span: Any, story: Story) -> None:
        span.create_event(name="step.done", metadata=story.event)
        span.score(name="input_tokens", value=story.number)
        span.score(name="score", value=0.97)
        span.score(name="safe", value=1, data_type="BOOLEAN")


def _asked(system: str, question: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": question}]
