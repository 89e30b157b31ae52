"""The row of models."""

from __future__ import annotations

from modelmetry.grafana import names
from modelmetry.grafana.panels import Panel, Row, lines, listing, stat
from modelmetry.grafana.queries import largest, share, total
from modelmetry.grafana.rows.sources import RANGE, RATE
from modelmetry.grafana.rules import ONE_MODEL

_OF_MODEL = "{{model_name}} {{model_version}}"
_FAILED = f'{names.OUTCOME}="error"'


def models_row() -> Row:
    """What models predict, how long it takes, how sure they are and how often right."""
    return Row("Models", (*_now(), *_predictions(), *_truth()))


def _now() -> tuple[Panel, ...]:
    return (
        stat(
            "Predictions",
            "short",
            "Predictions that were made in the time that is shown, those of a batch each; failed "
            "ones are not among them.",
            total(RANGE.increase(names.PREDICTIONS, f'{names.OUTCOME}="ok"')),
            decimals=0,
        ),
        stat(
            "Failed predictions",
            "percentunit",
            "Share of the predictions of the time that is shown that ended with an exception.",
            share(RANGE.rate(names.PREDICTIONS, _FAILED), RANGE.rate(names.PREDICTIONS)),
            thresholds=(0.01, 0.05),
        ),
        stat(
            "Waiting for truth",
            "short",
            "Predictions with a label whose truth has not come yet.",
            total(RATE.of(names.PREDICTIONS_WAITING)),
        ),
    )


def _predictions() -> tuple[Panel, ...]:
    by = (*ONE_MODEL, names.OUTCOME)
    low = RATE.rate(f"{names.PREDICTION_CONFIDENCE}_bucket", 'le="0.5"')
    every = RATE.rate(f"{names.PREDICTION_CONFIDENCE}_count")
    return (
        lines(
            "Predictions by model",
            "ops",
            "Predictions per second, by version and by what they came to.",
            (total(RATE.rate(names.PREDICTIONS), by), f"{_OF_MODEL} {{{{outcome}}}}"),
        ),
        lines(
            "Failed predictions by model",
            "percentunit",
            "Share of the predictions that ended with an exception.",
            (
                share(
                    RATE.rate(names.PREDICTIONS, _FAILED), RATE.rate(names.PREDICTIONS), ONE_MODEL
                ),
                _OF_MODEL,
            ),
            thresholds=(0.01, 0.05),
        ),
        lines(
            "Inference time",
            "s",
            "Of a prediction, or of a batch of them: the middle, and what 95 of 100 stay below.",
            (RATE.quantile(0.5, names.PREDICTION_DURATION, ONE_MODEL), f"{_OF_MODEL} p50"),
            (RATE.quantile(0.95, names.PREDICTION_DURATION, ONE_MODEL), f"{_OF_MODEL} p95"),
            exemplars=True,
        ),
        lines(
            "Confidence",
            "percentunit",
            "How sure the models are: the middle, and what 9 of 10 predictions lie above. A "
            "model that sees other data than it was made for is often less sure than before.",
            (RATE.quantile(0.5, names.PREDICTION_CONFIDENCE, ONE_MODEL), f"{_OF_MODEL} p50"),
            (RATE.quantile(0.1, names.PREDICTION_CONFIDENCE, ONE_MODEL), f"{_OF_MODEL} p10"),
        ),
        lines(
            "Unsure predictions",
            "percentunit",
            "Share of the predictions with a confidence of at most 0.5.",
            (f"{total(low, ONE_MODEL)} / ({total(every, ONE_MODEL)} > 0)", _OF_MODEL),
        ),
    )


def _truth() -> tuple[Panel, ...]:
    by = (*ONE_MODEL, names.WINDOW)
    accuracy, samples = RATE.of(names.MODEL_ACCURACY), RATE.of(names.MODEL_ACCURACY_SAMPLES)
    legend = f"{_OF_MODEL} {{{{window}}}}"
    return (
        lines(
            "Accuracy",
            "percentunit",
            "Share of the predictions that were right, of those of the window whose truth is "
            "known. Several instances count by their samples.",
            (f"{total(f'{accuracy} * {samples}', by)} / ({total(samples, by)} > 0)", legend),
        ),
        lines(
            "Samples of the accuracy",
            "short",
            "How many predictions the accuracy is made of: below a hundred it says little.",
            (total(samples, by), legend),
        ),
        lines(
            "Truths",
            "ops",
            "What was said to be true, each second, by what it came to.",
            (total(RATE.rate(names.GROUND_TRUTHS), (names.RESULT,)), "{{result}}"),
            stacked=True,
        ),
        listing(
            "Versions in use",
            "short",
            "Versions that predicted something within the last hour.",
            f"{largest(RATE.of(names.MODEL_IN_USE), ONE_MODEL)} == 1",
        ),
    )
