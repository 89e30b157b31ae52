"""One turn of a chatbot, recorded with the OpenTelemetry SDK as its documentation shows."""

from __future__ import annotations

from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from benchmarks.turns.story import Story


class Recorder:
    """Sends to the server at `url`."""

    def __init__(self, url: str) -> None:
        self._provider = TracerProvider()
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces")))
        self._tracer = self._provider.get_tracer("benchmark")

    def turn(self, story: Story) -> None:
        """Record one turn; a trace is its root span."""
        begin, metadata = self._tracer.start_as_current_span, story.metadata
        with begin("chatbot.turn"), begin("agent.step", attributes=metadata) as step:
            _facts(step, story)
            with begin("llm.generate", attributes=metadata) as generate:
                _messages(generate, story.system, story.question, story.answer)
                _facts(generate, story)
            with begin("llm.tools", attributes=metadata) as tools:
                _facts(tools, story)
                with begin("GetOrder", attributes=metadata) as order:
                    _facts(order, story)
            with begin("llm.generate_final", attributes=metadata) as final:
                _messages(final, story.system, story.final_question, story.final_answer)
                _facts(final, story)

    def flush(self) -> None:
        """Return when everything was sent."""
        self._provider.force_flush(60_000)


def _messages(span: Any, system: str, question: str, answer: str) -> None:
    span.set_attribute("gen_ai.system_instructions", system)
    span.set_attribute("gen_ai.input.messages", question)
    span.set_attribute("gen_ai.output.messages", answer)


def _facts(span: Any, story: Story) -> None:
    span.add_event("step.done", story.event)
    span.set_attribute("input_tokens", story.number)
    span.set_attribute("score", 0.97)
    span.set_attribute("safe", True)
