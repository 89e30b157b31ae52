"""A small server that speaks the chat completions protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

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
