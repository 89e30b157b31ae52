"""A support agent that is recorded with modelmetry: what an application of a user looks like."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from modelmetry.client.session import Session
from modelmetry.client.spans import CompletionSpan
from modelmetry.client.trace import Trace
from modelmetry.demo.chat import Call, Message, Model, Reply, Tool
from modelmetry.demo.conversation import Conversation, ModelCard
from modelmetry.demo.shop import Shop, ToolError
from modelmetry.signals.families import ToolDefinition
from modelmetry.signals.findings import FindingType

INPUT_TOKENS = FindingType("input_tokens", int, unit="tokens")
OUTPUT_TOKENS = FindingType("output_tokens", int, unit="tokens")
RESPONSE_SAFE_SCORE = FindingType("response_safe_score", float)


class Agent:
    """Answers a customer, one turn at a time; each turn is a trace of the session.

    Args:
        conversation: what it is told to be, its tools, and what its models cost.
        session: where its turns are recorded.
        shop: what its tools work on.
        model: writes the answers.
        checker: says how safe an answer is.
    """

    def __init__(
        self,
        conversation: Conversation,
        session: Session,
        shop: Shop,
        *,
        model: Model,
        checker: Model,
    ) -> None:
        self._conversation = conversation
        self._session = session
        self._shop = shop
        self._model = model
        self._checker = checker
        self._said = [Message("system", conversation.system)]

    def turn(self, question: str, search: str = "") -> tuple[str, str]:
        """Answer a question; returns the XID of the trace and the answer."""
        with self._session.trace("chatbot.turn") as turn:
            self._said.append(Message("user", question))
            if search:
                self._look_up(turn, search)
            reply = self._generate(turn, "llm.generate", self._conversation.tools)
            if reply.calls:
                self._use_tools(turn, reply.calls)
                reply = self._generate(turn, "llm.generate_final", ())
            self._check(turn, reply.text)
        return turn.xid, reply.text

    def _look_up(self, turn: Trace, text: str) -> None:
        with turn.retrieval("kb.search") as search:
            search.query(text)
            for score, article in self._shop.search(text):
                search.document(
                    article["identifier"],
                    title=article["title"],
                    content=article["content"],
                    score=score,
                )
                self._said.append(Message("system", f"{article['title']}: {article['content']}"))

    def _generate(self, turn: Trace, step: str, tools: Sequence[Tool]) -> Reply:
        with turn.completion(
            step, model=self._model.name, provider=self._model.provider
        ) as generate:
            generate.options(temperature=self._model.temperature)
            if tools:
                generate.options(
                    tools=[ToolDefinition(t.name, t.description, t.parameters) for t in tools]
                )
            record_messages(generate, self._said)
            reply = self._model.answer(step, self._said, tools)
            record_reply(generate, reply, self._price(self._model))
        self._said.append(reply.as_message())
        return reply

    def _use_tools(self, turn: Trace, calls: Sequence[Call]) -> None:
        with turn.span("llm.tools.get_user_message") as tools:
            for call in calls:
                answer: dict[str, Any]
                try:
                    with tools.span(call.tool, metadata=call.arguments) as span:
                        answer = self._shop.call(call.tool, call.arguments)
                        span.event("tool.answered", answer)
                except ToolError as error:  # the span has it; the model is told
                    answer = {"error": str(error)}
                self._said.append(Message("tool", json.dumps(answer), answers=call.id))

    def _check(self, turn: Trace, answer: str) -> None:
        asked = [Message("system", self._conversation.check), Message("user", answer)]
        with turn.completion(
            "llm.response_check", model=self._checker.name, provider=self._checker.provider
        ) as check:
            record_messages(check, asked)
            reply = self._checker.answer("llm.response_check", asked, ())
            record_reply(check, reply, self._price(self._checker))
            try:
                turn.finding(RESPONSE_SAFE_SCORE, float(reply.text))
            except ValueError:
                check.fail(f"the check did not answer with a number: {reply.text[:80]!r}")

    def _price(self, model: Model) -> ModelCard | None:
        cards = (self._conversation.model, self._conversation.checker)
        return next((card for card in cards if card.name == model.name), None)


def record_messages(span: CompletionSpan[Trace], messages: Sequence[Message]) -> None:
    """Record what a model is told."""
    for message in messages:
        if message.role == "system":
            span.system(message.text)
        elif message.role == "user":
            span.user(message.text)
        elif message.role == "tool":
            span.tool(message.text, tool_call_id=message.answers)
        else:
            record_answer(span, message)


def record_answer(span: CompletionSpan[Trace], message: Message) -> None:
    """Record what a model said, with the tools that it asked for."""
    span.assistant(message.text or None)
    for call in message.calls:
        span.tool_call(call.tool, call.arguments, id=call.id)


def record_reply(span: CompletionSpan[Trace], reply: Reply, price: ModelCard | None) -> None:
    """Record what a model answered now, with what it used and cost."""
    record_answer(span, reply.as_message())
    if reply.thinking:
        span.event("llm.thinking", {"thought": reply.thinking})
    for call in reply.calls:
        span.event("llm.tool_chosen", {"tool": call.tool})
    used, made = reply.input_tokens, reply.output_tokens
    if used is None or made is None:
        return
    span.usage(input=used, output=made)
    span.finding(INPUT_TOKENS, used).finding(OUTPUT_TOKENS, made)
    if price is not None:
        costs = used * price.input_price / 1e6, made * price.output_price / 1e6
        span.cost(input=costs[0], output=costs[1], total=sum(costs))
