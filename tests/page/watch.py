"""What must never happen in a browser, whatever a test does."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from attrs import define, field
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, WebError

# Chromium tells of a violation on the console as well; the event also tells of what it only reports
LISTEN = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} refused ${event.blockedURI}`));
addEventListener("unhandledrejection", (event) =>
  console.error(`unhandled: ${event.reason}`));
"""
LOCAL_SCHEMES: Final = {"blob", "data", "about"}
PATIENCE: Final = 10.0  # seconds


@define(slots=False)  # playwright leaves a mark on what has a handler
class Watch:
    """Collects what goes wrong in a context.

    Attributes:
        base_url: the only host that may be asked.
        faults: what went wrong.
        requests: the paths that were asked, with their queries.
    """

    base_url: str
    faults: list[str] = field(factory=list[str])
    requests: list[str] = field(factory=list[str])
    _expected: list[re.Pattern[str]] = field(factory=list[re.Pattern[str]])

    def over(self, context: BrowserContext) -> None:
        """Listen to a context before it has a page."""
        context.add_init_script(LISTEN)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("dialog", self._dialog)

    def expect(self, pattern: str) -> None:
        """Let a test bring about what would be a fault elsewhere, such as an answer 401."""
        self._expected.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        """The faults that the test did not bring about."""
        return [
            fault for fault in self.faults if not any(one.search(fault) for one in self._expected)
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            place = message.location.get("url", "")
            self.faults.append(f"console {message.type}: {message.text} ({place})")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"not caught: {error.error}")

    def _request(self, request: Request) -> None:
        scheme = urlsplit(request.url).scheme
        if scheme in LOCAL_SCHEMES:
            return
        if not request.url.startswith(f"{self.base_url}/"):
            self.faults.append(f"another host was asked: {request.url}")
        self.requests.append(request.url.removeprefix(self.base_url))

    def _dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"a script ran: {dialog.type} {dialog.message}")
        dialog.dismiss()


def until(page: Page, true: Callable[[], bool], told: Callable[[], object] = lambda: "") -> None:
    """Let the browser's events come in until something is true that `expect` cannot see."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, told()
        page.wait_for_timeout(20)  # only here are events heard
