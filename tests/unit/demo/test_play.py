"""The conversation, played through the SDK."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest
from attrs import evolve

from modelmetry.client.client import Client
from modelmetry.demo.chat import Call, Message, Reply, Tool
from modelmetry.demo.conversation import Conversation, recorded_conversation
from modelmetry.demo.play import Played, clock_of, play_live, play_recorded
from modelmetry.demo.playback import RecordedModel
from modelmetry.demo.shop import PaymentServiceError, Shop, ToolError
from modelmetry.signals.families import CompletionData, RetrievalData
from modelmetry.sinks.memory import MemorySink


@pytest.fixture(name="conversation", scope="module")
def _conversation() -> Conversation:
    return recorded_conversation()


def played(conversation: Conversation) -> tuple[MemorySink, list[Played]]:
    """The recording, in memory."""
    sink, clock = MemorySink(), clock_of(conversation)
    with Client(sink=sink, clock=clock) as client:
        session = client.session(name=conversation.session, metadata=conversation.metadata)
        return sink, list(play_recorded(conversation, session, clock))


def test_every_turn_is_a_trace_of_one_session(conversation: Conversation) -> None:
    """Three questions, three traces named chatbot.turn, one session."""
    sink, turns = played(conversation)
    ended = [trace for trace in sink.traces if trace.end_ns is not None]
    assert [trace.xid for trace in ended] == [turn.xid for turn in turns]
    assert {trace.name for trace in ended} == {"chatbot.turn"}
    (session,) = sink.sessions
    assert {trace.session_xid for trace in ended} == {session.xid}
    assert session.name == "chat-42"


def test_a_turn_has_the_steps_of_the_example(conversation: Conversation) -> None:
    """The spans, tools, findings and events of a customer-service turn are all there."""
    sink, _ = played(conversation)
    names = {span.name for span in sink.spans}
    assert names == {
        *("llm.generate", "llm.tools.get_user_message", "llm.generate_final"),
        *("llm.response_check", "kb.search"),
        *("GetOrderInformation", "RequestRefund", "Escalate"),
    }
    assert sink.values("input_tokens")[:3] == [412, 538, 164]
    assert sink.values("response_safe_score") == [0.98, 0.94, 0.97]
    thoughts = [event for event in sink.events if event.name == "llm.thinking"]
    assert len(thoughts) == 6


def test_one_tool_fails_and_the_turn_goes_on(conversation: Conversation) -> None:
    """The refund fails once with an exception; the model is told and answers all the same."""
    sink, turns = played(conversation)
    failed = [span for span in sink.spans if span.severity == "error"]
    assert [span.name for span in failed] == ["RequestRefund"]
    assert failed[0].message is not None
    assert "PaymentServiceError: the payment service did not answer" in failed[0].message
    assert [event.name for event in failed[0].events] == ["exception"]
    assert "not booked yet" in turns[1].answer


def test_times_are_those_of_the_recording(conversation: Conversation) -> None:
    """Spans last as long as they did, and the last turn ends about now, though nothing waited."""
    sink, _ = played(conversation)
    assert (sink.span("llm.generate_final").end_ns or 0) - sink.span(
        "llm.generate_final"
    ).start_ns == 731_000_000
    trace = sink.traces[-1]
    assert trace.end_ns is not None
    assert trace.end_ns <= time.time_ns()


def test_messages_usage_and_cost_are_recorded(conversation: Conversation) -> None:
    """A completion holds the whole conversation so far, its tools, and what it cost."""
    sink, _ = played(conversation)
    data = sink.span("llm.generate").data
    assert isinstance(data, CompletionData)
    assert data.options is not None
    assert data.options.model == "gpt-4o"
    assert [tool.name for tool in data.options.tools or []] == [
        *("GetOrderInformation", "RequestRefund", "Escalate"),
    ]
    roles = [message.role for message in data.messages]
    assert roles[:5] == ["system", "user", "assistant", "tool", "assistant"]
    assert data.cost is not None
    assert data.cost.total is not None
    assert data.cost.total.amount == pytest.approx((846 * 2.5 + 78 * 10) / 1e6)
    search = sink.span("kb.search").data
    assert isinstance(search, RetrievalData)
    assert search.documents[0].identifier == "kb-refunds"


class Scripted:
    """A model that gives prepared replies."""

    name, provider, temperature = "scripted", "test", 0.0

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[str, Sequence[Message], Sequence[Tool]]] = []

    def answer(self, step: str, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        """The next reply."""
        self.asked.append((step, list(messages), tools))
        return self.replies.pop(0)


def live(conversation: Conversation, *replies: Reply) -> tuple[MemorySink, Scripted]:
    """The first turn with a model that answers as it likes."""
    model, sink = Scripted(*replies), MemorySink()
    with Client(sink=sink) as client:
        one_turn = evolve(conversation, turns=conversation.turns[:1])
        list(play_live(one_turn, client.session(), model))
    return sink, model


def test_a_model_that_needs_no_tool_answers_at_once(conversation: Conversation) -> None:
    """Then there is no second question; a model that counts nothing has no findings for it."""
    sink, model = live(conversation, Reply("Hello."), Reply("0.5"))
    assert [step for step, _, _ in model.asked] == ["llm.generate", "llm.response_check"]
    assert sink.values("response_safe_score") == [0.5]
    assert sink.values("input_tokens") == []


def test_a_check_that_is_no_number_fails(conversation: Conversation) -> None:
    """The span of the check says so; the turn has no score."""
    sink, _ = live(conversation, Reply("Hello."), Reply("It seems safe."))
    assert sink.values("response_safe_score") == []
    assert sink.span("llm.response_check").severity == "error"


def test_a_tool_that_does_not_exist_is_told_to_the_model(conversation: Conversation) -> None:
    """A model that invents a tool learns which ones there are."""
    call = Call("c1", "Teleport", {})
    _, model = live(conversation, Reply(calls=(call,)), Reply("Sorry."), Reply("1"))
    _, messages, tools = model.asked[1]
    assert messages[-1].role == "tool"
    assert "there is no tool 'Teleport'" in messages[-1].text
    assert tools == ()


def shop(conversation: Conversation) -> Shop:
    """The shop, with its payment service down."""
    return Shop(conversation, lambda _: None)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("GetOrderInformation", {"order": "1"}, "there is no order 1"),
        ("GetOrderInformation", {}, "there is no order None"),
        ("RequestRefund", {"order": "100482", "article": "sofa"}, "order 100482 has stoneware mug"),
    ],
)
def test_tools_refuse_what_they_cannot_do(
    conversation: Conversation, tool: str, arguments: dict[str, Any], said: str
) -> None:
    """A wrong argument is an error that says what there is."""
    with pytest.raises(ToolError, match=said):
        shop(conversation).call(tool, arguments)


def test_a_refund_fails_once(conversation: Conversation) -> None:
    """The payment service comes back after the first request."""
    found = shop(conversation)
    arguments = {"order": "100482", "article": "tea strainer"}
    with pytest.raises(PaymentServiceError):
        found.call("RequestRefund", arguments)
    assert found.call("RequestRefund", arguments)["refund"] == 6.9


def test_a_search_finds_only_what_shares_words(conversation: Conversation) -> None:
    """And the best match first."""
    assert shop(conversation).search("xylophone") == []
    scores = [score for score, _ in shop(conversation).search("refund broken packaging")]
    assert scores == sorted(scores, reverse=True)


def test_the_recorded_model_says_whose_it_was(conversation: Conversation) -> None:
    """Name, provider and temperature are those of the recording."""
    clock = clock_of(conversation)
    model = RecordedModel(conversation.checker, lambda: conversation.turns[0], clock)
    assert (model.name, model.provider, model.temperature) == ("gpt-4o-mini", "openai", 0.0)
