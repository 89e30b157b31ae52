"""Usage. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.usage_value import UsageValue
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class Usage:
    """What a call used. `Input` holds all that was put in, cached or not; `Output` all that came
    out, reasoning included.
    """

    input_: UsageValue | Unset = member("Input", default=UNSET)
    """An amount and its unit."""

    output: UsageValue | Unset = member("Output", default=UNSET)
    """An amount and its unit."""

    total: UsageValue | Unset = member("Total", default=UNSET)
    """An amount and its unit."""

    cached_input: UsageValue | Unset = member("CachedInput", default=UNSET)
    """An amount and its unit."""

    cache_write: UsageValue | Unset = member("CacheWrite", default=UNSET)
    """An amount and its unit."""

    reasoning: UsageValue | Unset = member("Reasoning", default=UNSET)
    """An amount and its unit."""
