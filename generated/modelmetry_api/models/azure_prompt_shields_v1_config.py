"""AzurePromptShieldsV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class AzurePromptShieldsV1Config:
    """Configuration of an evaluator. Azure Prompt Shields."""

    endpoint: str = member("Endpoint")
