"""The shop behind the agent: its tools and its knowledge, all invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modelmetry.demo.conversation import Conversation

TICKET = "T-7731"


class ToolError(Exception):
    """A tool could not do what it was asked."""


class PaymentServiceError(ToolError):
    """The payment service did not answer."""


class Shop:
    """Orders, refunds and tickets.

    The payment service does not answer the first request, so that there is a failure to look at.

    Args:
        conversation: holds the orders and the articles of the knowledge base.
        working: told the name of each tool when it is at work, so that time can pass.
    """

    def __init__(self, conversation: Conversation, working: Callable[[str], None]) -> None:
        self._orders = conversation.orders
        self._knowledge = conversation.knowledge
        self._working = working
        self._payment_service_is_up = False
        self._tools: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "GetOrderInformation": self._order,
            "RequestRefund": self._refund,
            "Escalate": self._escalate,
        }

    def call(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Call a tool by its name.

        Raises:
            ToolError: it failed, or there is none of that name.
        """
        self._working(tool)
        if tool not in self._tools:
            raise ToolError(f"there is no tool {tool!r}; there are {', '.join(self._tools)}")
        return self._tools[tool](arguments)

    def search(self, text: str) -> list[tuple[float, dict[str, str]]]:
        """Articles that share words with `text`, with the share of its words, best first."""
        self._working("kb.search")
        words = {word.strip(".,?!").lower() for word in text.split()}
        scored = [
            (sum(word in _text(article) for word in words) / len(words), article)
            for article in self._knowledge
        ]
        return sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])

    def _order(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        number = str(arguments.get("order"))
        if number not in self._orders:
            raise ToolError(f"there is no order {number}")
        return {"order": number, **self._orders[number]}

    def _refund(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        order = self._order(arguments)
        prices = {each["article"]: each for each in order["articles"]}
        found = prices.get(str(arguments.get("article")))
        if found is None:
            raise ToolError(f"order {order['order']} has {', '.join(prices)}")
        if not self._payment_service_is_up:
            self._payment_service_is_up = True
            raise PaymentServiceError("the payment service did not answer within 2 s")
        return {"refund": found["price"], "currency": found["currency"], "working_days": 5}

    def _escalate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"ticket": TICKET, "team": "logistics", "summary": arguments.get("summary", "")}


def _text(article: Mapping[str, str]) -> str:
    return f"{article['title']} {article['content']}".lower()
