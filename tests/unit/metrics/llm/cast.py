"""The cast of the tests of calls: a price book, and a call of which something is said."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from modelmetry import Client, CompletionSpan
from modelmetry.prices.answers import Price, Unpriced, Usage
from modelmetry.testing import MemorySink

Say = Callable[[CompletionSpan[Any]], object]

MODEL: dict[str, Any] = {"model": "gpt", "provider": "openai"}
LABELS = ("chat", "openai", "gpt")


class Book:
    """A cent for each thousand tokens, of one model."""

    def price(
        self,
        model: str | None,
        *,
        provider: str | None = None,
        usage: Usage,
        at: Any = None,
    ) -> Price | Unpriced:
        """Say what a call cost."""
        del at
        if model != "gpt":
            return Unpriced("unknown_model", f"{model}")
        per_token = Decimal("0.00001")
        cached, written = usage.cached_input or 0, usage.cache_write or 0
        parts = {
            "input": ((usage.input or 0) - cached - written) * per_token,
            "cache_read": cached * per_token / 10,
            "cache_write": written * per_token * 2,
            "output": (usage.output or 0) * per_token * 4,
            "other": Decimal(0),
        }
        return Price(
            input=parts["input"],
            cache_read=parts["cache_read"],
            cache_write=parts["cache_write"],
            output=parts["output"],
            other=parts["other"],
            total=sum(parts.values(), Decimal()),
            source="override",
            as_of=None,
            confidence="stated",
            model=model,
            provider=provider,
        )


def record(say: Say, **arguments: Any) -> None:
    """One call, and what is to be said of it."""
    known: dict[str, Any] = {"model": "gpt", "provider": "openai", **arguments}
    with Client(sink=MemorySink()) as client:
        with client.trace("turn") as trace, trace.completion("generate", **known) as call:
            say(call)
        client.flush_all()
