"""Everything that is sent and read; each class is imported when it is first asked for.
Written by codegen; do not edit.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelmetry_api.models.append_metric_values_params import (
        AppendMetricValuesParams as AppendMetricValuesParams,
    )
    from modelmetry_api.models.assessment import Assessment as Assessment
    from modelmetry_api.models.assistant_message import AssistantMessage as AssistantMessage
    from modelmetry_api.models.azure_prompt_shields_v1_config import (
        AzurePromptShieldsV1Config as AzurePromptShieldsV1Config,
    )
    from modelmetry_api.models.baseline_figure import BaselineFigure as BaselineFigure
    from modelmetry_api.models.check_payload_request_body import (
        CheckPayloadRequestBody as CheckPayloadRequestBody,
    )
    from modelmetry_api.models.client_report import ClientReport as ClientReport
    from modelmetry_api.models.client_report_list import ClientReportList as ClientReportList
    from modelmetry_api.models.command_totals import CommandTotals as CommandTotals
    from modelmetry_api.models.completeness import Completeness as Completeness
    from modelmetry_api.models.completion_family_data import (
        CompletionFamilyData as CompletionFamilyData,
    )
    from modelmetry_api.models.completion_payload import CompletionPayload as CompletionPayload
    from modelmetry_api.models.cost import Cost as Cost
    from modelmetry_api.models.cost_day_list import CostDayList as CostDayList
    from modelmetry_api.models.cost_day_row import CostDayRow as CostDayRow
    from modelmetry_api.models.cost_days_replaced import CostDaysReplaced as CostDaysReplaced
    from modelmetry_api.models.cost_days_request_body import (
        CostDaysRequestBody as CostDaysRequestBody,
    )
    from modelmetry_api.models.cost_figures import CostFigures as CostFigures
    from modelmetry_api.models.cost_forecast import CostForecast as CostForecast
    from modelmetry_api.models.cost_poll import CostPoll as CostPoll
    from modelmetry_api.models.cost_source_list import CostSourceList as CostSourceList
    from modelmetry_api.models.cost_source_state import CostSourceState as CostSourceState
    from modelmetry_api.models.cost_span import CostSpan as CostSpan
    from modelmetry_api.models.cost_sum import CostSum as CostSum
    from modelmetry_api.models.cost_trend import CostTrend as CostTrend
    from modelmetry_api.models.cost_units import CostUnits as CostUnits
    from modelmetry_api.models.counter_series import CounterSeries as CounterSeries
    from modelmetry_api.models.create_event_params import CreateEventParams as CreateEventParams
    from modelmetry_api.models.create_execution_params import (
        CreateExecutionParams as CreateExecutionParams,
    )
    from modelmetry_api.models.create_finding_params import (
        CreateFindingParams as CreateFindingParams,
    )
    from modelmetry_api.models.create_metric_interval_params import (
        CreateMetricIntervalParams as CreateMetricIntervalParams,
    )
    from modelmetry_api.models.create_metric_value_params import (
        CreateMetricValueParams as CreateMetricValueParams,
    )
    from modelmetry_api.models.create_session_params import (
        CreateSessionParams as CreateSessionParams,
    )
    from modelmetry_api.models.create_span_params import CreateSpanParams as CreateSpanParams
    from modelmetry_api.models.create_telemetry_record_params import (
        CreateTelemetryRecordParams as CreateTelemetryRecordParams,
    )
    from modelmetry_api.models.create_telemetry_run_params import (
        CreateTelemetryRunParams as CreateTelemetryRunParams,
    )
    from modelmetry_api.models.create_trace_params import CreateTraceParams as CreateTraceParams
    from modelmetry_api.models.curve_point import CurvePoint as CurvePoint
    from modelmetry_api.models.data_part import DataPart as DataPart
    from modelmetry_api.models.distribution import Distribution as Distribution
    from modelmetry_api.models.document import Document as Document
    from modelmetry_api.models.embeddings_family_data import (
        EmbeddingsFamilyData as EmbeddingsFamilyData,
    )
    from modelmetry_api.models.entry import Entry as Entry
    from modelmetry_api.models.error_detail import ErrorDetail as ErrorDetail
    from modelmetry_api.models.error_model import ErrorModel as ErrorModel
    from modelmetry_api.models.evaluate_request_body import (
        EvaluateRequestBody as EvaluateRequestBody,
    )
    from modelmetry_api.models.evaluate_request_by_config import (
        EvaluateRequestByConfig as EvaluateRequestByConfig,
    )
    from modelmetry_api.models.evaluate_request_by_entry import (
        EvaluateRequestByEntry as EvaluateRequestByEntry,
    )
    from modelmetry_api.models.evaluate_request_by_instance import (
        EvaluateRequestByInstance as EvaluateRequestByInstance,
    )
    from modelmetry_api.models.event import Event as Event
    from modelmetry_api.models.execution import Execution as Execution
    from modelmetry_api.models.execution_list import ExecutionList as ExecutionList
    from modelmetry_api.models.execution_request_body import (
        ExecutionRequestBody as ExecutionRequestBody,
    )
    from modelmetry_api.models.figure import Figure as Figure
    from modelmetry_api.models.figure_bucket import FigureBucket as FigureBucket
    from modelmetry_api.models.finding import Finding as Finding
    from modelmetry_api.models.finding_histogram import FindingHistogram as FindingHistogram
    from modelmetry_api.models.finding_name_list import FindingNameList as FindingNameList
    from modelmetry_api.models.finding_name_summary import FindingNameSummary as FindingNameSummary
    from modelmetry_api.models.finding_point import FindingPoint as FindingPoint
    from modelmetry_api.models.finding_series import FindingSeries as FindingSeries
    from modelmetry_api.models.finish_execution_request_body import (
        FinishExecutionRequestBody as FinishExecutionRequestBody,
    )
    from modelmetry_api.models.full_session import FullSession as FullSession
    from modelmetry_api.models.full_trace import FullTrace as FullTrace
    from modelmetry_api.models.function import Function as Function
    from modelmetry_api.models.gauge_series import GaugeSeries as GaugeSeries
    from modelmetry_api.models.google_dlppii_detector_v1_config import (
        GoogleDLPPIIDetectorV1Config as GoogleDLPPIIDetectorV1Config,
    )
    from modelmetry_api.models.google_text_moderation_v1_config import (
        GoogleTextModerationV1Config as GoogleTextModerationV1Config,
    )
    from modelmetry_api.models.grading_configuration import (
        GradingConfiguration as GradingConfiguration,
    )
    from modelmetry_api.models.guardrail_check import GuardrailCheck as GuardrailCheck
    from modelmetry_api.models.health import Health as Health
    from modelmetry_api.models.histogram_bin import HistogramBin as HistogramBin
    from modelmetry_api.models.histogram_series import HistogramSeries as HistogramSeries
    from modelmetry_api.models.info import Info as Info
    from modelmetry_api.models.ingest_signals_v1_request_body import (
        IngestSignalsV1RequestBody as IngestSignalsV1RequestBody,
    )
    from modelmetry_api.models.ingest_signals_v1_response_body import (
        IngestSignalsV1ResponseBody as IngestSignalsV1ResponseBody,
    )
    from modelmetry_api.models.limits import Limits as Limits
    from modelmetry_api.models.literals import AssessmentAction as AssessmentAction
    from modelmetry_api.models.literals import CostBasis as CostBasis
    from modelmetry_api.models.literals import CostGrouping as CostGrouping
    from modelmetry_api.models.literals import (
        CreateFindingParamsSource as CreateFindingParamsSource,
    )
    from modelmetry_api.models.literals import DataPartDetail as DataPartDetail
    from modelmetry_api.models.literals import EntryOutcome as EntryOutcome
    from modelmetry_api.models.literals import ExecutionStatus as ExecutionStatus
    from modelmetry_api.models.literals import FigureSource as FigureSource
    from modelmetry_api.models.literals import (
        FindingNameSummaryTypesItem as FindingNameSummaryTypesItem,
    )
    from modelmetry_api.models.literals import FindingSource as FindingSource
    from modelmetry_api.models.literals import (
        FinishExecutionRequestBodyStatus as FinishExecutionRequestBodyStatus,
    )
    from modelmetry_api.models.literals import GetMetricCurvesOf as GetMetricCurvesOf
    from modelmetry_api.models.literals import (
        GetTelemetryAggregateGroupBy as GetTelemetryAggregateGroupBy,
    )
    from modelmetry_api.models.literals import GetTotalsSort as GetTotalsSort
    from modelmetry_api.models.literals import (
        GoogleDLPPIIDetectorV1ConfigMinimumLikelihood as GoogleDLPPIIDetectorV1ConfigMinimumLikelihood,
    )
    from modelmetry_api.models.literals import (
        GoogleTextModerationV1ConfigAttributesItem as GoogleTextModerationV1ConfigAttributesItem,
    )
    from modelmetry_api.models.literals import GuardrailCheckOutcome as GuardrailCheckOutcome
    from modelmetry_api.models.literals import HealthStatus as HealthStatus
    from modelmetry_api.models.literals import ListSpansSort as ListSpansSort
    from modelmetry_api.models.literals import ListTelemetryRecordsSort as ListTelemetryRecordsSort
    from modelmetry_api.models.literals import ListTracesSort as ListTracesSort
    from modelmetry_api.models.literals import LoginStatusScopesItem as LoginStatusScopesItem
    from modelmetry_api.models.literals import MatchPlace as MatchPlace
    from modelmetry_api.models.literals import MetricKind as MetricKind
    from modelmetry_api.models.literals import (
        ModelmetryBooleanLLMAsJudgeV1ConfigModel as ModelmetryBooleanLLMAsJudgeV1ConfigModel,
    )
    from modelmetry_api.models.literals import (
        ModelmetryCompetitorBlocklistV1ConfigCaseSensitivity as ModelmetryCompetitorBlocklistV1ConfigCaseSensitivity,
    )
    from modelmetry_api.models.literals import (
        ModelmetryCompetitorBlocklistV1ConfigLookIn as ModelmetryCompetitorBlocklistV1ConfigLookIn,
    )
    from modelmetry_api.models.literals import (
        ModelmetryEmbeddingsSimilarityV1ConfigExtractionMethod as ModelmetryEmbeddingsSimilarityV1ConfigExtractionMethod,
    )
    from modelmetry_api.models.literals import (
        ModelmetryEmbeddingsSimilarityV1ConfigModel as ModelmetryEmbeddingsSimilarityV1ConfigModel,
    )
    from modelmetry_api.models.literals import (
        ModelmetryEmbeddingsSimilarityV1ConfigStrategy as ModelmetryEmbeddingsSimilarityV1ConfigStrategy,
    )
    from modelmetry_api.models.literals import (
        ModelmetryHTTPRequestV1ConfigMethod as ModelmetryHTTPRequestV1ConfigMethod,
    )
    from modelmetry_api.models.literals import (
        ModelmetryScoreLLMAsJudgeV1ConfigModel as ModelmetryScoreLLMAsJudgeV1ConfigModel,
    )
    from modelmetry_api.models.literals import (
        ModelmetrySentimentAnalysisV1ConfigModel as ModelmetrySentimentAnalysisV1ConfigModel,
    )
    from modelmetry_api.models.literals import (
        ModelmetrySentimentAnalysisV1ConfigScope as ModelmetrySentimentAnalysisV1ConfigScope,
    )
    from modelmetry_api.models.literals import (
        ModelmetryTextReadabilityV1ConfigScope as ModelmetryTextReadabilityV1ConfigScope,
    )
    from modelmetry_api.models.literals import SimplifiedFindingSource as SimplifiedFindingSource
    from modelmetry_api.models.literals import SummarisedEntryOutcome as SummarisedEntryOutcome
    from modelmetry_api.models.literals import TelemetryKind as TelemetryKind
    from modelmetry_api.models.literals import ToolCallType as ToolCallType
    from modelmetry_api.models.llm_figures import LlmFigures as LlmFigures
    from modelmetry_api.models.log_in_request_body import LogInRequestBody as LogInRequestBody
    from modelmetry_api.models.login_status import LoginStatus as LoginStatus
    from modelmetry_api.models.match import Match as Match
    from modelmetry_api.models.metadata_key import MetadataKey as MetadataKey
    from modelmetry_api.models.metadata_name_list import MetadataNameList as MetadataNameList
    from modelmetry_api.models.metadata_value import MetadataValue as MetadataValue
    from modelmetry_api.models.metric_curve import MetricCurve as MetricCurve
    from modelmetry_api.models.metric_curves import MetricCurves as MetricCurves
    from modelmetry_api.models.metric_history import MetricHistory as MetricHistory
    from modelmetry_api.models.metric_list import MetricList as MetricList
    from modelmetry_api.models.metric_list_list import MetricListList as MetricListList
    from modelmetry_api.models.metric_list_request_body import (
        MetricListRequestBody as MetricListRequestBody,
    )
    from modelmetry_api.models.metric_point import MetricPoint as MetricPoint
    from modelmetry_api.models.metric_value import MetricValue as MetricValue
    from modelmetry_api.models.metric_value_list import MetricValueList as MetricValueList
    from modelmetry_api.models.metric_value_request_body import (
        MetricValueRequestBody as MetricValueRequestBody,
    )
    from modelmetry_api.models.model_totals import ModelTotals as ModelTotals
    from modelmetry_api.models.modelmetry_boolean_llm_as_judge_v1_config import (
        ModelmetryBooleanLLMAsJudgeV1Config as ModelmetryBooleanLLMAsJudgeV1Config,
    )
    from modelmetry_api.models.modelmetry_competitor_blocklist_v1_config import (
        ModelmetryCompetitorBlocklistV1Config as ModelmetryCompetitorBlocklistV1Config,
    )
    from modelmetry_api.models.modelmetry_embeddings_similarity_v1_config import (
        ModelmetryEmbeddingsSimilarityV1Config as ModelmetryEmbeddingsSimilarityV1Config,
    )
    from modelmetry_api.models.modelmetry_emotion_analysis_v1_config import (
        ModelmetryEmotionAnalysisV1Config as ModelmetryEmotionAnalysisV1Config,
    )
    from modelmetry_api.models.modelmetry_http_request_v1_config import (
        ModelmetryHTTPRequestV1Config as ModelmetryHTTPRequestV1Config,
    )
    from modelmetry_api.models.modelmetry_json_validator_v1_config import (
        ModelmetryJSONValidatorV1Config as ModelmetryJSONValidatorV1Config,
    )
    from modelmetry_api.models.modelmetry_language_detector_v1_config import (
        ModelmetryLanguageDetectorV1Config as ModelmetryLanguageDetectorV1Config,
    )
    from modelmetry_api.models.modelmetry_score_llm_as_judge_v1_config import (
        ModelmetryScoreLLMAsJudgeV1Config as ModelmetryScoreLLMAsJudgeV1Config,
    )
    from modelmetry_api.models.modelmetry_secret_detector_v1_config import (
        ModelmetrySecretDetectorV1Config as ModelmetrySecretDetectorV1Config,
    )
    from modelmetry_api.models.modelmetry_sentiment_analysis_v1_config import (
        ModelmetrySentimentAnalysisV1Config as ModelmetrySentimentAnalysisV1Config,
    )
    from modelmetry_api.models.modelmetry_text_readability_v1_config import (
        ModelmetryTextReadabilityV1Config as ModelmetryTextReadabilityV1Config,
    )
    from modelmetry_api.models.modelmetry_tools_called_v1_config import (
        ModelmetryToolsCalledV1Config as ModelmetryToolsCalledV1Config,
    )
    from modelmetry_api.models.modelmetry_tools_called_v1_expectation import (
        ModelmetryToolsCalledV1Expectation as ModelmetryToolsCalledV1Expectation,
    )
    from modelmetry_api.models.money import Money as Money
    from modelmetry_api.models.name_list import NameList as NameList
    from modelmetry_api.models.name_summary import NameSummary as NameSummary
    from modelmetry_api.models.number_point import NumberPoint as NumberPoint
    from modelmetry_api.models.number_series import NumberSeries as NumberSeries
    from modelmetry_api.models.options import Options as Options
    from modelmetry_api.models.other_family_data import OtherFamilyData as OtherFamilyData
    from modelmetry_api.models.outline_event import OutlineEvent as OutlineEvent
    from modelmetry_api.models.outline_span import OutlineSpan as OutlineSpan
    from modelmetry_api.models.payload import Payload as Payload
    from modelmetry_api.models.prediction_figures import PredictionFigures as PredictionFigures
    from modelmetry_api.models.production_group import ProductionGroup as ProductionGroup
    from modelmetry_api.models.production_metric import ProductionMetric as ProductionMetric
    from modelmetry_api.models.production_metric_list import (
        ProductionMetricList as ProductionMetricList,
    )
    from modelmetry_api.models.production_point import ProductionPoint as ProductionPoint
    from modelmetry_api.models.production_quantile import ProductionQuantile as ProductionQuantile
    from modelmetry_api.models.production_series import ProductionSeries as ProductionSeries
    from modelmetry_api.models.production_summary import ProductionSummary as ProductionSummary
    from modelmetry_api.models.production_window import ProductionWindow as ProductionWindow
    from modelmetry_api.models.report_client_v1_request_body import (
        ReportClientV1RequestBody as ReportClientV1RequestBody,
    )
    from modelmetry_api.models.report_client_v1_response_body import (
        ReportClientV1ResponseBody as ReportClientV1ResponseBody,
    )
    from modelmetry_api.models.request_figures import RequestFigures as RequestFigures
    from modelmetry_api.models.retrieval_family_data import (
        RetrievalFamilyData as RetrievalFamilyData,
    )
    from modelmetry_api.models.retrieval_query import RetrievalQuery as RetrievalQuery
    from modelmetry_api.models.runtime_figures import RuntimeFigures as RuntimeFigures
    from modelmetry_api.models.session import Session as Session
    from modelmetry_api.models.session_list import SessionList as SessionList
    from modelmetry_api.models.shown_finding import ShownFinding as ShownFinding
    from modelmetry_api.models.simplified_finding import SimplifiedFinding as SimplifiedFinding
    from modelmetry_api.models.span import Span as Span
    from modelmetry_api.models.span_list import SpanList as SpanList
    from modelmetry_api.models.span_match import SpanMatch as SpanMatch
    from modelmetry_api.models.span_name_totals import SpanNameTotals as SpanNameTotals
    from modelmetry_api.models.span_summary import SpanSummary as SpanSummary
    from modelmetry_api.models.summarised_entry import SummarisedEntry as SummarisedEntry
    from modelmetry_api.models.system_message import SystemMessage as SystemMessage
    from modelmetry_api.models.telemetry_aggregate import TelemetryAggregate as TelemetryAggregate
    from modelmetry_api.models.telemetry_count import TelemetryCount as TelemetryCount
    from modelmetry_api.models.telemetry_group import TelemetryGroup as TelemetryGroup
    from modelmetry_api.models.telemetry_record import TelemetryRecord as TelemetryRecord
    from modelmetry_api.models.telemetry_record_list import (
        TelemetryRecordList as TelemetryRecordList,
    )
    from modelmetry_api.models.telemetry_request_body import (
        TelemetryRequestBody as TelemetryRequestBody,
    )
    from modelmetry_api.models.telemetry_run import TelemetryRun as TelemetryRun
    from modelmetry_api.models.telemetry_run_list import TelemetryRunList as TelemetryRunList
    from modelmetry_api.models.telemetry_series import TelemetrySeries as TelemetrySeries
    from modelmetry_api.models.telemetry_summary import TelemetrySummary as TelemetrySummary
    from modelmetry_api.models.text_part import TextPart as TextPart
    from modelmetry_api.models.tool import Tool as Tool
    from modelmetry_api.models.tool_call import ToolCall as ToolCall
    from modelmetry_api.models.tool_message import ToolMessage as ToolMessage
    from modelmetry_api.models.totals import Totals as Totals
    from modelmetry_api.models.totals_point import TotalsPoint as TotalsPoint
    from modelmetry_api.models.totals_series import TotalsSeries as TotalsSeries
    from modelmetry_api.models.trace import Trace as Trace
    from modelmetry_api.models.trace_list import TraceList as TraceList
    from modelmetry_api.models.trace_matches import TraceMatches as TraceMatches
    from modelmetry_api.models.trace_outline import TraceOutline as TraceOutline
    from modelmetry_api.models.trace_preview import TracePreview as TracePreview
    from modelmetry_api.models.unions import ContentPart as ContentPart
    from modelmetry_api.models.unions import Message as Message
    from modelmetry_api.models.unions import MetricSeries as MetricSeries
    from modelmetry_api.models.usage import Usage as Usage
    from modelmetry_api.models.usage_value import UsageValue as UsageValue
    from modelmetry_api.models.user_message import UserMessage as UserMessage
    from modelmetry_api.models.value_share import ValueShare as ValueShare

__all__ = [
    "AppendMetricValuesParams",
    "Assessment",
    "AssessmentAction",
    "AssistantMessage",
    "AzurePromptShieldsV1Config",
    "BaselineFigure",
    "CheckPayloadRequestBody",
    "ClientReport",
    "ClientReportList",
    "CommandTotals",
    "Completeness",
    "CompletionFamilyData",
    "CompletionPayload",
    "ContentPart",
    "Cost",
    "CostBasis",
    "CostDayList",
    "CostDayRow",
    "CostDaysReplaced",
    "CostDaysRequestBody",
    "CostFigures",
    "CostForecast",
    "CostGrouping",
    "CostPoll",
    "CostSourceList",
    "CostSourceState",
    "CostSpan",
    "CostSum",
    "CostTrend",
    "CostUnits",
    "CounterSeries",
    "CreateEventParams",
    "CreateExecutionParams",
    "CreateFindingParams",
    "CreateFindingParamsSource",
    "CreateMetricIntervalParams",
    "CreateMetricValueParams",
    "CreateSessionParams",
    "CreateSpanParams",
    "CreateTelemetryRecordParams",
    "CreateTelemetryRunParams",
    "CreateTraceParams",
    "CurvePoint",
    "DataPart",
    "DataPartDetail",
    "Distribution",
    "Document",
    "EmbeddingsFamilyData",
    "Entry",
    "EntryOutcome",
    "ErrorDetail",
    "ErrorModel",
    "EvaluateRequestBody",
    "EvaluateRequestByConfig",
    "EvaluateRequestByEntry",
    "EvaluateRequestByInstance",
    "Event",
    "Execution",
    "ExecutionList",
    "ExecutionRequestBody",
    "ExecutionStatus",
    "Figure",
    "FigureBucket",
    "FigureSource",
    "Finding",
    "FindingHistogram",
    "FindingNameList",
    "FindingNameSummary",
    "FindingNameSummaryTypesItem",
    "FindingPoint",
    "FindingSeries",
    "FindingSource",
    "FinishExecutionRequestBody",
    "FinishExecutionRequestBodyStatus",
    "FullSession",
    "FullTrace",
    "Function",
    "GaugeSeries",
    "GetMetricCurvesOf",
    "GetTelemetryAggregateGroupBy",
    "GetTotalsSort",
    "GoogleDLPPIIDetectorV1Config",
    "GoogleDLPPIIDetectorV1ConfigMinimumLikelihood",
    "GoogleTextModerationV1Config",
    "GoogleTextModerationV1ConfigAttributesItem",
    "GradingConfiguration",
    "GuardrailCheck",
    "GuardrailCheckOutcome",
    "Health",
    "HealthStatus",
    "HistogramBin",
    "HistogramSeries",
    "Info",
    "IngestSignalsV1RequestBody",
    "IngestSignalsV1ResponseBody",
    "Limits",
    "ListSpansSort",
    "ListTelemetryRecordsSort",
    "ListTracesSort",
    "LlmFigures",
    "LogInRequestBody",
    "LoginStatus",
    "LoginStatusScopesItem",
    "Match",
    "MatchPlace",
    "Message",
    "MetadataKey",
    "MetadataNameList",
    "MetadataValue",
    "MetricCurve",
    "MetricCurves",
    "MetricHistory",
    "MetricKind",
    "MetricList",
    "MetricListList",
    "MetricListRequestBody",
    "MetricPoint",
    "MetricSeries",
    "MetricValue",
    "MetricValueList",
    "MetricValueRequestBody",
    "ModelTotals",
    "ModelmetryBooleanLLMAsJudgeV1Config",
    "ModelmetryBooleanLLMAsJudgeV1ConfigModel",
    "ModelmetryCompetitorBlocklistV1Config",
    "ModelmetryCompetitorBlocklistV1ConfigCaseSensitivity",
    "ModelmetryCompetitorBlocklistV1ConfigLookIn",
    "ModelmetryEmbeddingsSimilarityV1Config",
    "ModelmetryEmbeddingsSimilarityV1ConfigExtractionMethod",
    "ModelmetryEmbeddingsSimilarityV1ConfigModel",
    "ModelmetryEmbeddingsSimilarityV1ConfigStrategy",
    "ModelmetryEmotionAnalysisV1Config",
    "ModelmetryHTTPRequestV1Config",
    "ModelmetryHTTPRequestV1ConfigMethod",
    "ModelmetryJSONValidatorV1Config",
    "ModelmetryLanguageDetectorV1Config",
    "ModelmetryScoreLLMAsJudgeV1Config",
    "ModelmetryScoreLLMAsJudgeV1ConfigModel",
    "ModelmetrySecretDetectorV1Config",
    "ModelmetrySentimentAnalysisV1Config",
    "ModelmetrySentimentAnalysisV1ConfigModel",
    "ModelmetrySentimentAnalysisV1ConfigScope",
    "ModelmetryTextReadabilityV1Config",
    "ModelmetryTextReadabilityV1ConfigScope",
    "ModelmetryToolsCalledV1Config",
    "ModelmetryToolsCalledV1Expectation",
    "Money",
    "NameList",
    "NameSummary",
    "NumberPoint",
    "NumberSeries",
    "Options",
    "OtherFamilyData",
    "OutlineEvent",
    "OutlineSpan",
    "Payload",
    "PredictionFigures",
    "ProductionGroup",
    "ProductionMetric",
    "ProductionMetricList",
    "ProductionPoint",
    "ProductionQuantile",
    "ProductionSeries",
    "ProductionSummary",
    "ProductionWindow",
    "ReportClientV1RequestBody",
    "ReportClientV1ResponseBody",
    "RequestFigures",
    "RetrievalFamilyData",
    "RetrievalQuery",
    "RuntimeFigures",
    "Session",
    "SessionList",
    "ShownFinding",
    "SimplifiedFinding",
    "SimplifiedFindingSource",
    "Span",
    "SpanList",
    "SpanMatch",
    "SpanNameTotals",
    "SpanSummary",
    "SummarisedEntry",
    "SummarisedEntryOutcome",
    "SystemMessage",
    "TelemetryAggregate",
    "TelemetryCount",
    "TelemetryGroup",
    "TelemetryKind",
    "TelemetryRecord",
    "TelemetryRecordList",
    "TelemetryRequestBody",
    "TelemetryRun",
    "TelemetryRunList",
    "TelemetrySeries",
    "TelemetrySummary",
    "TextPart",
    "Tool",
    "ToolCall",
    "ToolCallType",
    "ToolMessage",
    "Totals",
    "TotalsPoint",
    "TotalsSeries",
    "Trace",
    "TraceList",
    "TraceMatches",
    "TraceOutline",
    "TracePreview",
    "Usage",
    "UsageValue",
    "UserMessage",
    "ValueShare",
]

_MODULES = {
    "AppendMetricValuesParams": "append_metric_values_params",
    "Assessment": "assessment",
    "AssessmentAction": "literals",
    "AssistantMessage": "assistant_message",
    "AzurePromptShieldsV1Config": "azure_prompt_shields_v1_config",
    "BaselineFigure": "baseline_figure",
    "CheckPayloadRequestBody": "check_payload_request_body",
    "ClientReport": "client_report",
    "ClientReportList": "client_report_list",
    "CommandTotals": "command_totals",
    "Completeness": "completeness",
    "CompletionFamilyData": "completion_family_data",
    "CompletionPayload": "completion_payload",
    "ContentPart": "unions",
    "Cost": "cost",
    "CostBasis": "literals",
    "CostDayList": "cost_day_list",
    "CostDayRow": "cost_day_row",
    "CostDaysReplaced": "cost_days_replaced",
    "CostDaysRequestBody": "cost_days_request_body",
    "CostFigures": "cost_figures",
    "CostForecast": "cost_forecast",
    "CostGrouping": "literals",
    "CostPoll": "cost_poll",
    "CostSourceList": "cost_source_list",
    "CostSourceState": "cost_source_state",
    "CostSpan": "cost_span",
    "CostSum": "cost_sum",
    "CostTrend": "cost_trend",
    "CostUnits": "cost_units",
    "CounterSeries": "counter_series",
    "CreateEventParams": "create_event_params",
    "CreateExecutionParams": "create_execution_params",
    "CreateFindingParams": "create_finding_params",
    "CreateFindingParamsSource": "literals",
    "CreateMetricIntervalParams": "create_metric_interval_params",
    "CreateMetricValueParams": "create_metric_value_params",
    "CreateSessionParams": "create_session_params",
    "CreateSpanParams": "create_span_params",
    "CreateTelemetryRecordParams": "create_telemetry_record_params",
    "CreateTelemetryRunParams": "create_telemetry_run_params",
    "CreateTraceParams": "create_trace_params",
    "CurvePoint": "curve_point",
    "DataPart": "data_part",
    "DataPartDetail": "literals",
    "Distribution": "distribution",
    "Document": "document",
    "EmbeddingsFamilyData": "embeddings_family_data",
    "Entry": "entry",
    "EntryOutcome": "literals",
    "ErrorDetail": "error_detail",
    "ErrorModel": "error_model",
    "EvaluateRequestBody": "evaluate_request_body",
    "EvaluateRequestByConfig": "evaluate_request_by_config",
    "EvaluateRequestByEntry": "evaluate_request_by_entry",
    "EvaluateRequestByInstance": "evaluate_request_by_instance",
    "Event": "event",
    "Execution": "execution",
    "ExecutionList": "execution_list",
    "ExecutionRequestBody": "execution_request_body",
    "ExecutionStatus": "literals",
    "Figure": "figure",
    "FigureBucket": "figure_bucket",
    "FigureSource": "literals",
    "Finding": "finding",
    "FindingHistogram": "finding_histogram",
    "FindingNameList": "finding_name_list",
    "FindingNameSummary": "finding_name_summary",
    "FindingNameSummaryTypesItem": "literals",
    "FindingPoint": "finding_point",
    "FindingSeries": "finding_series",
    "FindingSource": "literals",
    "FinishExecutionRequestBody": "finish_execution_request_body",
    "FinishExecutionRequestBodyStatus": "literals",
    "FullSession": "full_session",
    "FullTrace": "full_trace",
    "Function": "function",
    "GaugeSeries": "gauge_series",
    "GetMetricCurvesOf": "literals",
    "GetTelemetryAggregateGroupBy": "literals",
    "GetTotalsSort": "literals",
    "GoogleDLPPIIDetectorV1Config": "google_dlppii_detector_v1_config",
    "GoogleDLPPIIDetectorV1ConfigMinimumLikelihood": "literals",
    "GoogleTextModerationV1Config": "google_text_moderation_v1_config",
    "GoogleTextModerationV1ConfigAttributesItem": "literals",
    "GradingConfiguration": "grading_configuration",
    "GuardrailCheck": "guardrail_check",
    "GuardrailCheckOutcome": "literals",
    "Health": "health",
    "HealthStatus": "literals",
    "HistogramBin": "histogram_bin",
    "HistogramSeries": "histogram_series",
    "Info": "info",
    "IngestSignalsV1RequestBody": "ingest_signals_v1_request_body",
    "IngestSignalsV1ResponseBody": "ingest_signals_v1_response_body",
    "Limits": "limits",
    "ListSpansSort": "literals",
    "ListTelemetryRecordsSort": "literals",
    "ListTracesSort": "literals",
    "LlmFigures": "llm_figures",
    "LogInRequestBody": "log_in_request_body",
    "LoginStatus": "login_status",
    "LoginStatusScopesItem": "literals",
    "Match": "match",
    "MatchPlace": "literals",
    "Message": "unions",
    "MetadataKey": "metadata_key",
    "MetadataNameList": "metadata_name_list",
    "MetadataValue": "metadata_value",
    "MetricCurve": "metric_curve",
    "MetricCurves": "metric_curves",
    "MetricHistory": "metric_history",
    "MetricKind": "literals",
    "MetricList": "metric_list",
    "MetricListList": "metric_list_list",
    "MetricListRequestBody": "metric_list_request_body",
    "MetricPoint": "metric_point",
    "MetricSeries": "unions",
    "MetricValue": "metric_value",
    "MetricValueList": "metric_value_list",
    "MetricValueRequestBody": "metric_value_request_body",
    "ModelTotals": "model_totals",
    "ModelmetryBooleanLLMAsJudgeV1Config": "modelmetry_boolean_llm_as_judge_v1_config",
    "ModelmetryBooleanLLMAsJudgeV1ConfigModel": "literals",
    "ModelmetryCompetitorBlocklistV1Config": "modelmetry_competitor_blocklist_v1_config",
    "ModelmetryCompetitorBlocklistV1ConfigCaseSensitivity": "literals",
    "ModelmetryCompetitorBlocklistV1ConfigLookIn": "literals",
    "ModelmetryEmbeddingsSimilarityV1Config": "modelmetry_embeddings_similarity_v1_config",
    "ModelmetryEmbeddingsSimilarityV1ConfigExtractionMethod": "literals",
    "ModelmetryEmbeddingsSimilarityV1ConfigModel": "literals",
    "ModelmetryEmbeddingsSimilarityV1ConfigStrategy": "literals",
    "ModelmetryEmotionAnalysisV1Config": "modelmetry_emotion_analysis_v1_config",
    "ModelmetryHTTPRequestV1Config": "modelmetry_http_request_v1_config",
    "ModelmetryHTTPRequestV1ConfigMethod": "literals",
    "ModelmetryJSONValidatorV1Config": "modelmetry_json_validator_v1_config",
    "ModelmetryLanguageDetectorV1Config": "modelmetry_language_detector_v1_config",
    "ModelmetryScoreLLMAsJudgeV1Config": "modelmetry_score_llm_as_judge_v1_config",
    "ModelmetryScoreLLMAsJudgeV1ConfigModel": "literals",
    "ModelmetrySecretDetectorV1Config": "modelmetry_secret_detector_v1_config",
    "ModelmetrySentimentAnalysisV1Config": "modelmetry_sentiment_analysis_v1_config",
    "ModelmetrySentimentAnalysisV1ConfigModel": "literals",
    "ModelmetrySentimentAnalysisV1ConfigScope": "literals",
    "ModelmetryTextReadabilityV1Config": "modelmetry_text_readability_v1_config",
    "ModelmetryTextReadabilityV1ConfigScope": "literals",
    "ModelmetryToolsCalledV1Config": "modelmetry_tools_called_v1_config",
    "ModelmetryToolsCalledV1Expectation": "modelmetry_tools_called_v1_expectation",
    "Money": "money",
    "NameList": "name_list",
    "NameSummary": "name_summary",
    "NumberPoint": "number_point",
    "NumberSeries": "number_series",
    "Options": "options",
    "OtherFamilyData": "other_family_data",
    "OutlineEvent": "outline_event",
    "OutlineSpan": "outline_span",
    "Payload": "payload",
    "PredictionFigures": "prediction_figures",
    "ProductionGroup": "production_group",
    "ProductionMetric": "production_metric",
    "ProductionMetricList": "production_metric_list",
    "ProductionPoint": "production_point",
    "ProductionQuantile": "production_quantile",
    "ProductionSeries": "production_series",
    "ProductionSummary": "production_summary",
    "ProductionWindow": "production_window",
    "ReportClientV1RequestBody": "report_client_v1_request_body",
    "ReportClientV1ResponseBody": "report_client_v1_response_body",
    "RequestFigures": "request_figures",
    "RetrievalFamilyData": "retrieval_family_data",
    "RetrievalQuery": "retrieval_query",
    "RuntimeFigures": "runtime_figures",
    "Session": "session",
    "SessionList": "session_list",
    "ShownFinding": "shown_finding",
    "SimplifiedFinding": "simplified_finding",
    "SimplifiedFindingSource": "literals",
    "Span": "span",
    "SpanList": "span_list",
    "SpanMatch": "span_match",
    "SpanNameTotals": "span_name_totals",
    "SpanSummary": "span_summary",
    "SummarisedEntry": "summarised_entry",
    "SummarisedEntryOutcome": "literals",
    "SystemMessage": "system_message",
    "TelemetryAggregate": "telemetry_aggregate",
    "TelemetryCount": "telemetry_count",
    "TelemetryGroup": "telemetry_group",
    "TelemetryKind": "literals",
    "TelemetryRecord": "telemetry_record",
    "TelemetryRecordList": "telemetry_record_list",
    "TelemetryRequestBody": "telemetry_request_body",
    "TelemetryRun": "telemetry_run",
    "TelemetryRunList": "telemetry_run_list",
    "TelemetrySeries": "telemetry_series",
    "TelemetrySummary": "telemetry_summary",
    "TextPart": "text_part",
    "Tool": "tool",
    "ToolCall": "tool_call",
    "ToolCallType": "literals",
    "ToolMessage": "tool_message",
    "Totals": "totals",
    "TotalsPoint": "totals_point",
    "TotalsSeries": "totals_series",
    "Trace": "trace",
    "TraceList": "trace_list",
    "TraceMatches": "trace_matches",
    "TraceOutline": "trace_outline",
    "TracePreview": "trace_preview",
    "Usage": "usage",
    "UsageValue": "usage_value",
    "UserMessage": "user_message",
    "ValueShare": "value_share",
}


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
