"""The names of metrics of which the report is made.

They are those of `modelmetry.metrics`, on which the store must not depend; a test holds them
against each other.
"""

from __future__ import annotations

from typing import Final

HTTP_DURATION: Final = "http.server.request.duration"
HTTP_STATUS: Final = "http.response.status_code"
ERROR_TYPE: Final = "error.type"

PREDICTIONS: Final = "modelmetry.model.predictions"
PREDICTION_DURATION: Final = "modelmetry.model.prediction.duration"
PREDICTION_CONFIDENCE: Final = "modelmetry.model.prediction.confidence"
MODEL_ACCURACY: Final = "modelmetry.model.accuracy"
MODEL_ACCURACY_SAMPLES: Final = "modelmetry.model.accuracy.samples"
GROUND_TRUTHS: Final = "modelmetry.model.ground_truths"
RESULT: Final = "result"
OUTCOME: Final = "outcome"
WINDOW: Final = "window"

LLM_TOKENS: Final = "modelmetry.llm.tokens"
LLM_COST: Final = "modelmetry.llm.cost"
LLM_UNPRICED: Final = "modelmetry.llm.unpriced_calls"
TOKEN_TYPE: Final = "gen_ai.token.type"  # noqa: S105 - no password
LLM_DURATIONS: Final = ("gen_ai.client.operation.duration", "gen_ai.client.inference.duration")
"""Of both generations of the conventions, of which an application may report both."""
LLM_FIRST_CHUNKS: Final = (
    "gen_ai.client.operation.time_to_first_chunk",
    "gen_ai.client.inference.time_to_first_chunk",
)

CPU_UTILIZATION: Final = "system.cpu.utilization"
MEMORY_UTILIZATION: Final = "system.memory.utilization"
MEMORY_USAGE: Final = "system.memory.usage"
MEMORY_LIMIT: Final = "system.memory.limit"
MEMORY_STATE: Final = "system.memory.state"
PROCESS_UPTIME: Final = "process.uptime"
CONTAINER_UPTIME: Final = "container.uptime"

UNITS: Final = {
    **dict.fromkeys(
        (
            HTTP_DURATION,
            PREDICTION_DURATION,
            *LLM_DURATIONS,
            *LLM_FIRST_CHUNKS,
            PROCESS_UPTIME,
            CONTAINER_UPTIME,
        ),
        "s",
    ),
    **dict.fromkeys((PREDICTION_CONFIDENCE, CPU_UTILIZATION, MEMORY_UTILIZATION), "1"),
}
"""In which unit the report has them; senders in other languages may have another one."""

OF_REPORT: Final = (
    HTTP_DURATION,
    PREDICTIONS,
    PREDICTION_DURATION,
    PREDICTION_CONFIDENCE,
    MODEL_ACCURACY,
    MODEL_ACCURACY_SAMPLES,
    GROUND_TRUTHS,
    LLM_TOKENS,
    LLM_COST,
    LLM_UNPRICED,
    *LLM_DURATIONS,
    *LLM_FIRST_CHUNKS,
    CPU_UTILIZATION,
    MEMORY_UTILIZATION,
    MEMORY_USAGE,
    MEMORY_LIMIT,
    PROCESS_UPTIME,
    CONTAINER_UPTIME,
)
"""The metrics of which the report is made."""
