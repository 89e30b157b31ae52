"""Sets of allowed values. Written by codegen; do not edit.

At run time they are plain strings or numbers, so that a value which only a newer server knows can
be read. Where such a value can occur, the type says so too.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    AssessmentAction: TypeAlias = Literal["fail", "pass", "skip"] | str
    CostBasis: TypeAlias = Literal["billed", "effective"] | str
    CostGrouping: TypeAlias = Literal["day", "service", "source"]
    CreateFindingParamsSource: TypeAlias = Literal["annotation", "evaluator", "sdk"]
    DataPartDetail: TypeAlias = Literal["auto", "high", "low"] | str
    EntryOutcome: TypeAlias = Literal["error", "fail", "na", "pass", "pending", "skip"] | str
    ExecutionStatus: TypeAlias = Literal["cancelled", "completed", "failed", "running"] | str
    FigureSource: TypeAlias = Literal["costs", "metrics", "none", "prometheus", "traces"] | str
    FindingNameSummaryTypesItem: TypeAlias = Literal["boolean", "label", "number"] | str
    FindingSource: TypeAlias = Literal["annotation", "evaluator", "sdk"] | str
    FinishExecutionRequestBodyStatus: TypeAlias = Literal["cancelled", "completed", "failed"]
    GetMetricCurvesOf: TypeAlias = Literal["list", "value"]
    GetTelemetryAggregateGroupBy: TypeAlias = Literal["command", "none", "run", "status"]
    GetTotalsSort: TypeAlias = Literal["failed", "p95", "spans"]
    GoogleDLPPIIDetectorV1ConfigMinimumLikelihood: TypeAlias = (
        Literal["LIKELY", "POSSIBLE", "UNLIKELY", "VERY_LIKELY", "VERY_UNLIKELY"] | str
    )
    GoogleTextModerationV1ConfigAttributesItem: TypeAlias = (
        Literal[
            "DEROGATORY",
            "FINANCIAL",
            "HEALTH",
            "ILLICIT_DRUGS",
            "INSULT",
            "LEGAL",
            "POLITICAL",
            "PROFANITY",
            "PUBLIC_SAFETY",
            "RELIGION",
            "SEX",
            "THREAT",
            "TOXICITY",
            "VIOLENCE",
            "WAR",
            "WEAPONS",
        ]
        | str
    )
    GuardrailCheckOutcome: TypeAlias = Literal["error", "fail", "pass"] | str
    HealthStatus: TypeAlias = Literal["ok"] | str
    ListSpansSort: TypeAlias = Literal["-duration", "-start", "duration", "start"]
    ListTelemetryRecordsSort: TypeAlias = Literal["-at", "at"]
    ListTracesSort: TypeAlias = Literal[
        "-cost", "-duration", "-start", "-tokens", "cost", "duration", "start", "tokens"
    ]
    LoginStatusScopesItem: TypeAlias = Literal["admin", "check", "ingest", "metrics", "read"] | str
    MatchPlace: TypeAlias = (
        Literal[
            "data",
            "document",
            "event",
            "failure",
            "finding",
            "input",
            "message",
            "metadata",
            "name",
            "options",
            "query",
            "tool_call",
        ]
        | str
    )
    MetricKind: TypeAlias = Literal["counter", "gauge", "histogram"] | str
    ModelmetryBooleanLLMAsJudgeV1ConfigModel: TypeAlias = (
        Literal[
            "google/gemini-1.5-flash",
            "google/gemini-1.5-pro",
            "groq/gemma-7b-it",
            "groq/llama3-70b-8192",
            "groq/llama3-8b-8192",
            "groq/mixtral-8x7b-32768",
            "openai/gpt-3.5-turbo",
            "openai/gpt-4o",
            "openai/gpt-4o-mini",
        ]
        | str
    )
    ModelmetryCompetitorBlocklistV1ConfigCaseSensitivity: TypeAlias = (
        Literal["case_insensitive", "case_sensitive"] | str
    )
    ModelmetryCompetitorBlocklistV1ConfigLookIn: TypeAlias = Literal["*", "assistant", "user"] | str
    ModelmetryEmbeddingsSimilarityV1ConfigExtractionMethod: TypeAlias = (
        Literal[
            "last-user-vs-assistant",
            "reference-vs-all-messages",
            "reference-vs-last-assistant",
            "reference-vs-last-user",
        ]
        | str
    )
    ModelmetryEmbeddingsSimilarityV1ConfigModel: TypeAlias = (
        Literal["openai/text-embedding-3-large", "openai/text-embedding-3-small"] | str
    )
    ModelmetryEmbeddingsSimilarityV1ConfigStrategy: TypeAlias = (
        Literal["cosine", "dot-product", "euclidean-distance"] | str
    )
    ModelmetryHTTPRequestV1ConfigMethod: TypeAlias = Literal["POST"] | str
    ModelmetryScoreLLMAsJudgeV1ConfigModel: TypeAlias = (
        Literal[
            "google/gemini-1.5-flash",
            "google/gemini-1.5-pro",
            "groq/gemma-7b-it",
            "groq/llama3-70b-8192",
            "groq/llama3-8b-8192",
            "groq/mixtral-8x7b-32768",
            "openai/gpt-3.5-turbo",
            "openai/gpt-4o",
            "openai/gpt-4o-mini",
        ]
        | str
    )
    ModelmetrySentimentAnalysisV1ConfigModel: TypeAlias = (
        Literal[
            "google/gemini-1.5-flash",
            "google/gemini-1.5-pro",
            "groq/gemma-7b-it",
            "groq/llama3-70b-8192",
            "groq/llama3-8b-8192",
            "groq/mixtral-8x7b-32768",
            "openai/gpt-3.5-turbo",
            "openai/gpt-4o",
            "openai/gpt-4o-mini",
        ]
        | str
    )
    ModelmetrySentimentAnalysisV1ConfigScope: TypeAlias = (
        Literal["assistant.last", "interaction.last", "last", "user.last"] | str
    )
    ModelmetryTextReadabilityV1ConfigScope: TypeAlias = (
        Literal["assistant.last", "interaction.last", "last", "user.last"] | str
    )
    SimplifiedFindingSource: TypeAlias = Literal["annotation", "evaluator", "sdk"] | str
    SummarisedEntryOutcome: TypeAlias = (
        Literal["error", "fail", "na", "pass", "pending", "skip"] | str
    )
    TelemetryKind: TypeAlias = Literal["event", "reading", "record"] | str
    ToolCallType: TypeAlias = Literal["function"] | str
else:
    AssessmentAction = str
    CostBasis = str
    CostGrouping = str
    CreateFindingParamsSource = str
    DataPartDetail = str
    EntryOutcome = str
    ExecutionStatus = str
    FigureSource = str
    FindingNameSummaryTypesItem = str
    FindingSource = str
    FinishExecutionRequestBodyStatus = str
    GetMetricCurvesOf = str
    GetTelemetryAggregateGroupBy = str
    GetTotalsSort = str
    GoogleDLPPIIDetectorV1ConfigMinimumLikelihood = str
    GoogleTextModerationV1ConfigAttributesItem = str
    GuardrailCheckOutcome = str
    HealthStatus = str
    ListSpansSort = str
    ListTelemetryRecordsSort = str
    ListTracesSort = str
    LoginStatusScopesItem = str
    MatchPlace = str
    MetricKind = str
    ModelmetryBooleanLLMAsJudgeV1ConfigModel = str
    ModelmetryCompetitorBlocklistV1ConfigCaseSensitivity = str
    ModelmetryCompetitorBlocklistV1ConfigLookIn = str
    ModelmetryEmbeddingsSimilarityV1ConfigExtractionMethod = str
    ModelmetryEmbeddingsSimilarityV1ConfigModel = str
    ModelmetryEmbeddingsSimilarityV1ConfigStrategy = str
    ModelmetryHTTPRequestV1ConfigMethod = str
    ModelmetryScoreLLMAsJudgeV1ConfigModel = str
    ModelmetrySentimentAnalysisV1ConfigModel = str
    ModelmetrySentimentAnalysisV1ConfigScope = str
    ModelmetryTextReadabilityV1ConfigScope = str
    SimplifiedFindingSource = str
    SummarisedEntryOutcome = str
    TelemetryKind = str
    ToolCallType = str
