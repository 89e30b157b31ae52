"""Choices between several classes. Written by codegen; do not edit."""

from typing import TYPE_CHECKING, TypeAlias

from modelmetry_api.variants import UnknownVariant, variants

if TYPE_CHECKING:
    from modelmetry_api.models.assistant_message import AssistantMessage
    from modelmetry_api.models.counter_series import CounterSeries
    from modelmetry_api.models.data_part import DataPart
    from modelmetry_api.models.gauge_series import GaugeSeries
    from modelmetry_api.models.histogram_series import HistogramSeries
    from modelmetry_api.models.system_message import SystemMessage
    from modelmetry_api.models.text_part import TextPart
    from modelmetry_api.models.tool_message import ToolMessage
    from modelmetry_api.models.user_message import UserMessage

    ContentPart: TypeAlias = TextPart | DataPart | UnknownVariant
    Message: TypeAlias = (
        SystemMessage | UserMessage | AssistantMessage | ToolMessage | UnknownVariant
    )
    MetricSeries: TypeAlias = CounterSeries | GaugeSeries | HistogramSeries
else:
    ContentPart = variants(
        "ContentPart",
        ("TextPart", "DataPart"),
        tags={},
    )
    Message = variants(
        "Message",
        ("SystemMessage", "UserMessage", "AssistantMessage", "ToolMessage"),
        tag="Role",
        tags={
            "system": "SystemMessage",
            "user": "UserMessage",
            "assistant": "AssistantMessage",
            "tool": "ToolMessage",
        },
    )
    MetricSeries = variants(
        "MetricSeries",
        ("CounterSeries", "GaugeSeries", "HistogramSeries"),
        tag="Kind",
        tags={"counter": "CounterSeries", "gauge": "GaugeSeries", "histogram": "HistogramSeries"},
    )
