"""ModelmetryEmbeddingsSimilarityV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import (
    ModelmetryEmbeddingsSimilarityV1ConfigExtractionMethod,
    ModelmetryEmbeddingsSimilarityV1ConfigModel,
    ModelmetryEmbeddingsSimilarityV1ConfigStrategy,
)
from modelmetry_api.wire import member, wire_model


@wire_model
class ModelmetryEmbeddingsSimilarityV1Config:
    """Configuration of an evaluator. Closeness of embeddings."""

    extraction_method: ModelmetryEmbeddingsSimilarityV1ConfigExtractionMethod = member(
        "ExtractionMethod"
    )

    model: ModelmetryEmbeddingsSimilarityV1ConfigModel = member("Model")

    reference_text: str = member("ReferenceText")

    strategy: ModelmetryEmbeddingsSimilarityV1ConfigStrategy = member("Strategy")
