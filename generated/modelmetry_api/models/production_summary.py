"""ProductionSummary. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.cost_figures import CostFigures
from modelmetry_api.models.llm_figures import LlmFigures
from modelmetry_api.models.prediction_figures import PredictionFigures
from modelmetry_api.models.production_window import ProductionWindow
from modelmetry_api.models.request_figures import RequestFigures
from modelmetry_api.models.runtime_figures import RuntimeFigures
from modelmetry_api.wire import member, wire_model


@wire_model
class ProductionSummary:
    """The report. Windows of metrics are widened to what is kept: 5 minutes in the last 14 days,
    whole hours before. Quantiles are interpolated (see `ProductionQuantile`).
    """

    service: str | None = member("Service")
    """Of which service it is; null for all."""

    window: ProductionWindow = member("Window")
    """A stretch of time."""

    baseline: ProductionWindow | None = member("Baseline")
    """With what it is compared; null when nothing was named."""

    requests: RequestFigures = member("Requests")
    """Requests to HTTP servers, of `http.server.request.duration`."""

    predictions: PredictionFigures = member("Predictions")
    """Predictions of models."""

    llm: LlmFigures = member("Llm")
    """Calls of language models."""

    costs: CostFigures = member("Costs")
    """Costs of the cloud, and what was saved."""

    runtime: RuntimeFigures = member("Runtime")
    """The machine and the processes."""
