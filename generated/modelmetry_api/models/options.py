"""Options. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.tool import Tool
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class Options:
    """How a model was called."""

    api_key: str | Unset = member("APIKey", default=UNSET)
    """Never stored; a server removes it."""

    api_version: str | Unset = member("APIVersion", default=UNSET)

    base_url: str | Unset = member("BaseURL", default=UNSET)

    deployment_id: str | Unset = member("DeploymentID", default=UNSET)

    frequency_penalty: int | float | Unset = member("FrequencyPenalty", default=UNSET)

    function_call: str | Unset = member("FunctionCall", default=UNSET)

    functions: list[str] | None | Unset = member("Functions", default=UNSET)

    logit_bias: dict[str, Any] | Unset = member("LogitBias", default=UNSET)

    logprobs: bool | Unset = member("Logprobs", default=UNSET)

    max_tokens: int | Unset = member("MaxTokens", default=UNSET)

    model: str | Unset = member("Model", default=UNSET)
    """Name of the model as the provider knows it."""

    model_list: list[str] | None | Unset = member("ModelList", default=UNSET)

    n: int | Unset = member("N", default=UNSET)

    presence_penalty: int | float | Unset = member("PresencePenalty", default=UNSET)

    provider: str | Unset = member("Provider", default=UNSET)
    """Who runs the model, such as `openai`."""

    response_format: dict[str, Any] | Unset = member("ResponseFormat", default=UNSET)

    seed: int | Unset = member("Seed", default=UNSET)

    stop: dict[str, Any] | Unset = member("Stop", default=UNSET)

    stream: bool | Unset = member("Stream", default=UNSET)

    temperature: int | float | Unset = member("Temperature", default=UNSET)
    """A span with a higher one is answered without this member, and with `FamilyData` as it was
    sent.
    """

    timeout: int | float | Unset = member("Timeout", default=UNSET)
    """Seconds."""

    tool_choice: str | Unset = member("ToolChoice", default=UNSET)

    tools: list[Tool] | None | Unset = member("Tools", default=UNSET)

    top_logprobs: int | Unset = member("TopLogprobs", default=UNSET)

    top_p: int | float | Unset = member("TopP", default=UNSET)

    user: str | Unset = member("User", default=UNSET)
