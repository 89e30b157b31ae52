"""The names that Prometheus has for our metrics and their labels."""

from __future__ import annotations

from typing import Final

from modelmetry.metrics import registry, semantic, sharing
from modelmetry.metrics.naming import prometheus_label, prometheus_name
from modelmetry.metrics.resources import table


def _counter(name: str, unit: str = "{item}") -> str:
    return f"{prometheus_name(name, 'counter', unit)}_total"


def _gauge(name: str, unit: str = "{item}") -> str:
    return prometheus_name(name, "gauge", unit)


def _histogram(name: str, unit: str = "s") -> str:
    return prometheus_name(name, "histogram", unit)


# -- HTTP ----------------------------------------------------------------------------------------

HTTP_DURATION: Final = _histogram(semantic.HTTP_DURATION)
HTTP_REQUESTS: Final = f"{HTTP_DURATION}_count"
HTTP_FIRST_BYTE: Final = _histogram(semantic.HTTP_FIRST_BYTE)
HTTP_ACTIVE: Final = _gauge(semantic.HTTP_ACTIVE)
WEBSOCKET_DURATION: Final = _histogram(semantic.WEBSOCKET_DURATION)
WEBSOCKET_ACTIVE: Final = _gauge(semantic.WEBSOCKET_ACTIVE)
ROUTE: Final = prometheus_label(semantic.HTTP_ROUTE)
STATUS: Final = prometheus_label(semantic.HTTP_STATUS)
ERROR_TYPE: Final = prometheus_label(semantic.ERROR_TYPE)

# -- models --------------------------------------------------------------------------------------

PREDICTIONS: Final = _counter(semantic.PREDICTIONS)
PREDICTION_DURATION: Final = _histogram(semantic.PREDICTION_DURATION)
PREDICTION_CONFIDENCE: Final = _histogram(semantic.PREDICTION_CONFIDENCE, "1")
GROUND_TRUTHS: Final = _counter(semantic.GROUND_TRUTHS)
PREDICTIONS_WAITING: Final = _gauge(semantic.PREDICTIONS_WAITING)
PREDICTIONS_FORGOTTEN: Final = _counter(semantic.PREDICTIONS_FORGOTTEN)
MODEL_ACCURACY: Final = _gauge(semantic.MODEL_ACCURACY, "1")
MODEL_ACCURACY_SAMPLES: Final = _gauge(semantic.MODEL_ACCURACY_SAMPLES)
MODEL_IN_USE: Final = _gauge(semantic.MODEL_IN_USE, "")
MODEL: Final = prometheus_label(semantic.MODEL_NAME)
VERSION: Final = prometheus_label(semantic.MODEL_VERSION)
OUTCOME: Final = prometheus_label(semantic.OUTCOME)
WINDOW: Final = prometheus_label(semantic.WINDOW)
RESULT: Final = prometheus_label(semantic.RESULT)

# -- calls of language models, by both generations of the conventions ------------------------------

LLM_DURATION: Final = tuple(_histogram(one) for one in semantic.GEN_AI_DURATION.values())
LLM_CALLS: Final = tuple(f"{one}_count" for one in LLM_DURATION)
LLM_FIRST_CHUNK: Final = tuple(_histogram(one) for one in semantic.GEN_AI_FIRST_CHUNK.values())
LLM_PER_CHUNK: Final = tuple(_histogram(one) for one in semantic.GEN_AI_PER_CHUNK.values())
LLM_TOKENS: Final = _counter(semantic.LLM_TOKENS)
LLM_COST: Final = _counter(semantic.LLM_COST, "USD")
LLM_UNPRICED: Final = _counter(semantic.LLM_UNPRICED)
PROVIDER: Final = prometheus_label(semantic.PROVIDER)
LLM_MODEL: Final = prometheus_label(semantic.REQUEST_MODEL)
TOKEN_TYPE: Final = prometheus_label(semantic.TOKEN_TYPE)
COMPONENT: Final = prometheus_label(semantic.COMPONENT)
PRICE_SOURCE: Final = prometheus_label(semantic.PRICE_SOURCE)
REASON: Final = prometheus_label(semantic.REASON)

# -- what a cloud costs --------------------------------------------------------------------------

CLOUD_COST: Final = _gauge(semantic.CLOUD_COST, "USD")
CLOUD_COST_LAST_SUCCESS: Final = _gauge(semantic.CLOUD_COST_LAST_SUCCESS, "s")
CLOUD_COST_SPEND: Final = _counter(semantic.CLOUD_COST_SPEND, "USD")
CLOUD_COST_FAILURES: Final = _counter(semantic.CLOUD_COST_FAILURES)
CLOUD_COST_PER_PREDICTION: Final = _gauge(semantic.CLOUD_COST_PER_PREDICTION, "USD")
CLOUD_COST_PER_CALL: Final = _gauge(semantic.CLOUD_COST_PER_LLM_CALL, "USD")
SERVICE: Final = prometheus_label(semantic.SERVICE)
PERIOD: Final = prometheus_label(semantic.PERIOD)
SOURCE: Final = "source"
ESTIMATED: Final = prometheus_label(semantic.ESTIMATED)

# -- what was left out ---------------------------------------------------------------------------

OVERFLOWED: Final = _counter(registry.OVERFLOW_MEASUREMENTS)
REFUSED: Final = _counter(registry.REFUSED_MEASUREMENTS)
FAILED_COLLECTIONS: Final = _counter(registry.FAILED_COLLECTIONS)
UNREADABLE_SNAPSHOTS: Final = _counter(sharing.UNREADABLE_SNAPSHOTS)
SIGNALS: Final = _counter("modelmetry.sdk.signals")
WAITING_SIGNALS: Final = _gauge("modelmetry.sdk.waiting_signals")
LOST_OUTCOMES: Final = f'{OUTCOME}!~"delivered|sampled_out"'
"""Of signals; what sampling leaves out is left out on purpose."""
PLACE: Final = "place"
METRIC: Final = "metric"

# -- the server itself ---------------------------------------------------------------------------

SERVER_REFUSED: Final = _counter(semantic.SERVER_REFUSED)
SERVER_RECEIVED: Final = _counter(semantic.SERVER_RECEIVED, "By")
SERVER_STORED: Final = _counter(semantic.SERVER_STORED)
SERVER_TRANSACTIONS: Final = _counter(semantic.SERVER_TRANSACTIONS)
SERVER_WRITE_TIME: Final = _counter(semantic.SERVER_WRITE_TIME, "s")
SERVER_WAITING: Final = _gauge(semantic.SERVER_WAITING)
SERVER_READS: Final = _gauge(semantic.SERVER_READS)
SERVER_STORE_SIZE: Final = _gauge(semantic.SERVER_STORE_SIZE, "By")
LIST: Final = "list"
PART: Final = "part"

# -- resources -----------------------------------------------------------------------------------

SCOPE: Final = prometheus_label(table.SCOPE)
CPU_MODE: Final = prometheus_label(table.CPU_MODE)
DISK_DIRECTION: Final = prometheus_label(table.DISK_DIRECTION)
NETWORK_DIRECTION: Final = prometheus_label(table.NETWORK_DIRECTION)
MOUNT: Final = prometheus_label("system.filesystem.mountpoint")
FILE_SYSTEM_STATE: Final = prometheus_label("system.filesystem.state")
MEMORY_STATE: Final = prometheus_label("system.memory.state")
HARDWARE: Final = prometheus_label("hw.id")


def resource(name: str) -> str:
    """What Prometheus calls a metric of a machine, a process, a container or a GPU."""
    one = table.TABLE[name]
    if one.kind == "counter":
        return _counter(name, one.unit)
    return prometheus_name(name, one.kind, one.unit)
