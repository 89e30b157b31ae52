"""A real model, played by a small server that speaks its protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from modelmetry.cli.failures import CommandFailed
from modelmetry.cli.live import LiveModel
from modelmetry.demo.chat import Call, Message, Tool

Answerer = Callable[[dict[str, Any]], tuple[int, bytes]]


class ChatServer:
    """Answers chat completions; remembers what it was asked."""

    def __init__(self, answer: Answerer) -> None:
        self.asked: list[dict[str, Any]] = []
        self.authorizations: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append({"path": self.path, **body})
                server.authorizations.append(self.headers["Authorization"])
                status, content = answer(body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self._http.server_port}/v1"

    @contextmanager
    def running(self) -> Generator[ChatServer, None, None]:
        """While the block runs."""
        thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()


def completion(content: str | None, **message: Any) -> bytes:
    """The body of an answer."""
    return json.dumps(
        {
            "object": "chat.completion",
            "choices": [{"index": 0, "message": {"content": content, **message}}],
            "usage": {"prompt_tokens": 11, "completion_tokens": 7},
        }
    ).encode()


def support_agent(body: dict[str, Any]) -> tuple[int, bytes]:
    """Calls a tool when it may, checks answers, and answers otherwise."""
    if body.get("tools"):
        function = {"name": "GetOrderInformation", "arguments": '{"order": "100482"}'}
        calls = [{"id": "c1", "type": "function", "function": function}]
        return 200, completion(None, tool_calls=calls, reasoning_content="I look it up.")
    if body["messages"][0]["content"].startswith("You check answers"):
        return 200, completion("0.9")
    return 200, completion("It was delivered.")


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
