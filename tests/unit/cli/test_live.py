"""A real model, played by a small server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import pytest

from modelmetry.cli.failures import CommandFailed
from modelmetry.cli.live import LiveModel
from modelmetry.demo.chat import Call, Message, Tool
from tests.unit.cli.chat_server import Answerer, ChatServer, completion, support_agent


@contextmanager
def asking(
    answer: Answerer, api_key: str | None = "secret"
) -> Generator[tuple[LiveModel, ChatServer], None, None]:
    """A model behind a server that answers so."""
    with (
        ChatServer(answer).running() as server,
        LiveModel(api_key, server.base_url, "tiny") as model,
    ):
        yield model, server


ASK = [Message("user", "Where is it?")]


def test_a_question_with_tools_is_asked_as_the_protocol_says() -> None:
    """Messages, tool calls, answers of tools and tools have the shape that servers expect."""
    call = Call("c0", "GetOrderInformation", {"order": "1"})
    said = [
        *ASK,
        Message("assistant", "", (call,)),
        Message("tool", "{}", answers="c0"),
    ]
    tool = Tool("GetOrderInformation", "Look up.", {"type": "object"})
    with asking(support_agent) as (model, server):
        reply = model.answer("llm.generate", said, [tool])
    (asked,) = server.asked
    assert asked["path"] == "/v1/chat/completions"
    assert asked["model"] == "tiny"
    assert asked["messages"] == [
        {"role": "user", "content": "Where is it?"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {
                    "id": "c0",
                    "type": "function",
                    "function": {"name": "GetOrderInformation", "arguments": '{"order": "1"}'},
                }
            ],
        },
        {"role": "tool", "content": "{}", "tool_call_id": "c0"},
    ]
    assert asked["tools"][0]["function"]["name"] == "GetOrderInformation"
    assert server.authorizations == ["Bearer secret"]
    assert reply.calls == (Call("c1", "GetOrderInformation", {"order": "100482"}),)
    assert (reply.thinking, reply.input_tokens, reply.output_tokens) == ("I look it up.", 11, 7)


def test_without_a_key_none_is_sent() -> None:
    """A server of one's own may need none."""
    with asking(support_agent, api_key=None) as (model, server):
        assert model.answer("llm.generate_final", ASK, ()).text == "It was delivered."
    assert server.authorizations == [None]


def test_arguments_that_are_no_object_are_handed_on() -> None:
    """A model that writes broken JSON does not end the conversation; an id is made if need be."""
    broken = [{"function": {"name": "Escalate", "arguments": "{order"}}]
    with asking(lambda _: (200, completion(None, tool_calls=broken))) as (model, _):
        reply = model.answer("llm.generate", ASK, ())
    assert reply.calls == (Call("call_1", "Escalate", {"arguments": "{order"}),)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, b"no such key"), "answers 401: no such key"),
        ((200, b"<html>"), "gives no chat completion"),
        ((200, b'{"choices": []}'), "gives no chat completion"),
    ],
)
def test_an_answer_that_is_none_is_a_clear_error(answer: tuple[int, bytes], said: str) -> None:
    """It names the address and what came back."""
    with asking(lambda _: answer) as (model, _), pytest.raises(CommandFailed, match=said):
        model.answer("llm.generate", ASK, ())


def test_no_answer_is_a_clear_error() -> None:
    """So does an address at which nobody listens."""
    with ChatServer(support_agent).running() as server:
        base_url = server.base_url
    with LiveModel(None, base_url, "tiny") as model, pytest.raises(CommandFailed, match="answer"):
        model.answer("llm.generate", ASK, ())


def test_the_environment_names_the_model() -> None:
    """An address or a key is enough; without both it says what to set."""
    with pytest.raises(CommandFailed, match="set OPENAI_API_KEY, OPENAI_BASE_URL"):
        LiveModel.from_env({})
    with LiveModel.from_env({"OPENAI_API_KEY": "k"}) as model:
        assert model.name == "gpt-4o-mini"
    with LiveModel.from_env({"OPENAI_BASE_URL": "http://x/v1", "OPENAI_MODEL": "m"}) as model:
        assert model.name == "m"
