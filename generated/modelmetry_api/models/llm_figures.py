"""LlmFigures. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.figure import Figure
from modelmetry_api.wire import member, wire_model


@wire_model
class LlmFigures:
    """Calls of language models."""

    calls: Figure = member("Calls")
    """One number of the report, with all that is needed to believe it."""

    errors: Figure = member("Errors")
    """One number of the report, with all that is needed to believe it."""

    input_tokens: Figure = member("InputTokens")
    """One number of the report, with all that is needed to believe it."""

    output_tokens: Figure = member("OutputTokens")
    """One number of the report, with all that is needed to believe it."""

    cached_input_tokens: Figure = member("CachedInputTokens")
    """One number of the report, with all that is needed to believe it."""

    cache_write_tokens: Figure = member("CacheWriteTokens")
    """One number of the report, with all that is needed to believe it."""

    reasoning_tokens: Figure = member("ReasoningTokens")
    """One number of the report, with all that is needed to believe it."""

    cost: Figure = member("Cost")
    """One number of the report, with all that is needed to believe it."""

    cost_per_call: Figure = member("CostPerCall")
    """One number of the report, with all that is needed to believe it."""

    latency_mean: Figure = member("LatencyMean")
    """One number of the report, with all that is needed to believe it."""

    latency_p95: Figure = member("LatencyP95")
    """One number of the report, with all that is needed to believe it."""

    first_token_p95: Figure = member("FirstTokenP95")
    """One number of the report, with all that is needed to believe it."""

    unpriced_calls: Figure = member("UnpricedCalls")
    """One number of the report, with all that is needed to believe it."""
