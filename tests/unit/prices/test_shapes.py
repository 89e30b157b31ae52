"""What docs/prices.md tells to take of each provider's usage, on usages as providers send them."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from genai_prices import calc_price, extract_usage

from modelmetry.metrics.llm.tokens import disjoint
from modelmetry.prices import Price, Prices, Usage

_DOCS = Path(__file__).resolve().parents[3] / "docs" / "prices.md"
_ROW = re.compile(r"^\| (?P<who>[^|]*)`[^|]*\| `(?P<words>input=.*)` \|$", re.MULTILINE)

# A whole answer of the HTTP API, and what genai-prices calls its shape.
ANSWERS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "OpenAI, chat": (
        "openai",
        "chat",
        "gpt-5",
        {
            "usage": {
                "prompt_tokens": 2006,
                "completion_tokens": 300,
                "total_tokens": 2306,
                "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 128, "audio_tokens": 0},
            }
        },
    ),
    "OpenAI, responses": (
        "openai",
        "responses",
        "gpt-5",
        {
            "usage": {
                "input_tokens": 2006,
                "input_tokens_details": {"cached_tokens": 1920},
                "output_tokens": 300,
                "output_tokens_details": {"reasoning_tokens": 128},
                "total_tokens": 2306,
            }
        },
    ),
    "Anthropic": (
        "anthropic",
        "default",
        "claude-sonnet-4-5",
        {
            "usage": {
                "input_tokens": 50,
                "cache_creation_input_tokens": 248,
                "cache_read_input_tokens": 1800,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": 248,
                    "ephemeral_1h_input_tokens": 0,
                },
                "output_tokens": 503,
            }
        },
    ),
    "Google": (
        "google",
        "default",
        "gemini-2.5-flash",
        {
            "usageMetadata": {
                "promptTokenCount": 1000,
                "cachedContentTokenCount": 600,
                "candidatesTokenCount": 100,
                "thoughtsTokenCount": 50,
                "totalTokenCount": 1150,
            }
        },
    ),
    "Bedrock, Converse": (
        "aws",
        "default",
        "anthropic.claude-sonnet-4-20250514-v1:0",
        {
            "usage": {
                "inputTokens": 50,
                "outputTokens": 503,
                "totalTokens": 2601,
                "cacheReadInputTokens": 1800,
                "cacheWriteInputTokens": 248,
            }
        },
    ),
}


def told() -> dict[str, str]:
    """The words of the documentation, by who sends such a usage."""
    return {row["who"].partition(":")[0]: row["words"] for row in _ROW.finditer(_DOCS.read_text())}


def as_sdk(who: str, answer: dict[str, Any]) -> object:
    """`used` as the Python SDK of the provider has it: Google's writes names in its own way."""
    used = answer.get("usage") or answer["usageMetadata"]
    if who.startswith("Bedrock"):
        return used
    text = json.dumps(used)
    if who == "Google":
        text = re.sub(r"([a-z])([A-Z])", lambda found: f"{found[1]}_{found[2].lower()}", text)
    return json.loads(text, object_hook=lambda members: SimpleNamespace(**members))


def recorded(who: str) -> Usage:
    """What a span is told, by the documentation."""
    answer = ANSWERS[who][3]
    taken: Usage = eval(f"Usage({told()[who]})", {"Usage": Usage, "used": as_sdk(who, answer)})
    return taken


def test_the_documentation_tells_of_each() -> None:
    """And of no other."""
    assert told().keys() == ANSWERS.keys()


@pytest.mark.parametrize("who", ANSWERS)
def test_no_token_is_taken_twice_or_left_out(who: str) -> None:
    """The same counts as genai-prices finds in the answer, and the same price."""
    provider, shape, model, answer = ANSWERS[who]
    theirs = extract_usage({**answer, "model": model}, provider_id=provider, api_flavor=shape).usage
    usage = recorded(who)

    assert (usage.input, usage.output) == (theirs.input_tokens, theirs.output_tokens)
    assert usage.cached_input == theirs.cache_read_tokens
    assert (usage.cache_write or 0) == (theirs.cache_write_tokens or 0)
    assert (usage.reasoning or 0) == (theirs.output_reasoning_tokens or 0)
    kinds = disjoint(usage)
    total = (usage.input or 0) + (usage.output or 0)
    assert sum(sum(side.values()) for side in kinds) == total
    price = Prices().price(model, provider=provider, usage=usage)
    assert isinstance(price, Price)
    assert price.total > 0
    assert price.total == Decimal(calc_price(theirs, model, provider_id=provider).total_price)
