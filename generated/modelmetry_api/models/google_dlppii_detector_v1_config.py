"""GoogleDLPPIIDetectorV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import GoogleDLPPIIDetectorV1ConfigMinimumLikelihood
from modelmetry_api.wire import member, wire_model


@wire_model
class GoogleDLPPIIDetectorV1Config:
    """Configuration of an evaluator. Personal data by Google DLP."""

    info_types: list[str] | None = member("InfoTypes")

    minimum_likelihood: GoogleDLPPIIDetectorV1ConfigMinimumLikelihood = member("MinimumLikelihood")
