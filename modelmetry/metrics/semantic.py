"""The names of our metrics and their attributes, each in one place.

What OpenTelemetry has a word for has that word: the stable conventions of HTTP, and those of
generative AI in both of their generations, 1.41.0 of `open-telemetry/semantic-conventions` and
what `open-telemetry/semantic-conventions-genai` says since. The rest is called `modelmetry.*`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

# -- HTTP: stable conventions --------------------------------------------------------------------

HTTP_DURATION: Final = "http.server.request.duration"
HTTP_ACTIVE: Final = "http.server.active_requests"
HTTP_FIRST_BYTE: Final = "modelmetry.http.server.time_to_first_byte"
WEBSOCKET_DURATION: Final = "modelmetry.websocket.server.connection.duration"
WEBSOCKET_ACTIVE: Final = "modelmetry.websocket.server.active_connections"
HTTP_METHOD: Final = "http.request.method"
HTTP_ROUTE: Final = "http.route"
HTTP_STATUS: Final = "http.response.status_code"
URL_SCHEME: Final = "url.scheme"
ERROR_TYPE: Final = "error.type"

# -- models --------------------------------------------------------------------------------------

PREDICTIONS: Final = "modelmetry.model.predictions"
PREDICTION_DURATION: Final = "modelmetry.model.prediction.duration"
PREDICTION_CONFIDENCE: Final = "modelmetry.model.prediction.confidence"
GROUND_TRUTHS: Final = "modelmetry.model.ground_truths"
PREDICTIONS_WAITING: Final = "modelmetry.model.predictions.waiting"
PREDICTIONS_FORGOTTEN: Final = "modelmetry.model.predictions.forgotten"
MODEL_ACCURACY: Final = "modelmetry.model.accuracy"
MODEL_ACCURACY_SAMPLES: Final = "modelmetry.model.accuracy.samples"
MODEL_IN_USE: Final = "modelmetry.model.in_use"
MODEL_NAME: Final = "model.name"
MODEL_VERSION: Final = "model.version"
OUTCOME: Final = "outcome"
WINDOW: Final = "window"
RESULT: Final = "result"

# -- what a cloud costs --------------------------------------------------------------------------

CLOUD_COST: Final = "modelmetry.cloud.cost"
"""Gauge: USD of a `service` in a `period`: `day` is the last one known, `month` this one so far."""

CLOUD_COST_LAST_SUCCESS: Final = "modelmetry.cloud.cost.last_success_timestamp"
CLOUD_COST_REQUESTS: Final = "modelmetry.cloud.cost.api_requests"
CLOUD_COST_SPEND: Final = "modelmetry.cloud.cost.api_spend"
CLOUD_COST_PER_PREDICTION: Final = "modelmetry.cloud.cost.per_prediction"
CLOUD_COST_PER_LLM_CALL: Final = "modelmetry.cloud.cost.per_llm_call"
CLOUD_COST_FAILURES: Final = "modelmetry.cloud.cost.failures"
SERVICE: Final = "service"
PERIOD: Final = "period"
ESTIMATED: Final = "estimated"

# -- the server itself ---------------------------------------------------------------------------

SERVER_REFUSED: Final = "modelmetry.server.refused_requests"
SERVER_RECEIVED: Final = "modelmetry.server.received"
SERVER_STORED: Final = "modelmetry.server.stored_signals"
SERVER_TRANSACTIONS: Final = "modelmetry.server.transactions"
SERVER_WRITE_TIME: Final = "modelmetry.server.write.time"
SERVER_WAITING: Final = "modelmetry.server.waiting_batches"
SERVER_READS: Final = "modelmetry.server.reads"
SERVER_STORE_SIZE: Final = "modelmetry.server.store.size"

# -- calls of language models --------------------------------------------------------------------

LLM_TOKENS: Final = "modelmetry.llm.tokens"
LLM_COST: Final = "modelmetry.llm.cost"
LLM_UNPRICED: Final = "modelmetry.llm.unpriced_calls"
OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
TOKEN_TYPE: Final = "gen_ai.token.type"  # noqa: S105 - no secret
COMPONENT: Final = "component"
REASON: Final = "reason"
PRICE_SOURCE: Final = "price.source"

TOKENS: Final = tuple(float(4**power) for power in range(14))
"""Bounds of numbers of tokens in the conventions: 1, 4, 16, to 67,108,864."""

LONG_SECONDS: Final = tuple(round(0.01 * 2**power, 2) for power in range(14))
"""Bounds of durations of calls in the conventions, in seconds: 0.01, 0.02, to 81.92."""

Generation = Literal["1.41", "latest"]

GEN_AI_DURATION: Final[Mapping[Generation, str]] = {
    "1.41": "gen_ai.client.operation.duration",
    "latest": "gen_ai.client.inference.duration",
}
GEN_AI_FIRST_CHUNK: Final[Mapping[Generation, str]] = {
    "1.41": "gen_ai.client.operation.time_to_first_chunk",
    "latest": "gen_ai.client.inference.time_to_first_chunk",
}
GEN_AI_PER_CHUNK: Final[Mapping[Generation, str]] = {
    "1.41": "gen_ai.client.operation.time_per_output_chunk",
    "latest": "gen_ai.client.inference.time_per_output_chunk",
}
GEN_AI_TOKEN_USAGE: Final = "gen_ai.client.token.usage"  # noqa: S105 - no secret
"""Histogram of 1.41 alone; its type is `input` or `output`."""

GEN_AI_USAGE: Final[Mapping[str, str]] = {
    "input": "gen_ai.client.inference.usage.input_tokens",
    "output": "gen_ai.client.inference.usage.output_tokens",
    "cached_input": "gen_ai.client.inference.usage.cache_read.input_tokens",
    "cache_write": "gen_ai.client.inference.usage.cache_write.input_tokens",
    "reasoning": "gen_ai.client.inference.usage.reasoning.output_tokens",
}
"""Counters of the latest generation alone, by the word for it in a span's usage."""

GEN_AI_OPERATION_TOKENS: Final[Mapping[str, str]] = {
    "input": "gen_ai.client.inference.operation.input_tokens",
    "output": "gen_ai.client.inference.operation.output_tokens",
}
"""Histograms of the latest generation alone."""

TOKEN_MODALITY: Final = "gen_ai.token.modality"  # noqa: S105 - no secret


def generations(opt_in: str) -> tuple[Generation, ...]:
    """Which generations of the conventions for generative AI are told.

    Args:
        opt_in: the variable `OTEL_SEMCONV_STABILITY_OPT_IN`, a list with commas;
            `gen_ai_latest_experimental` asks for the latest one, `gen_ai/dup` for both.
    """
    asked = {one.strip() for one in opt_in.split(",")}
    if "gen_ai/dup" in asked:
        return ("1.41", "latest")
    return ("latest",) if "gen_ai_latest_experimental" in asked else ("1.41",)
