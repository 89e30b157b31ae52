"""Figures of HTTP requests and of predictions."""

from __future__ import annotations

from typing import Final

from modelmetry.store import production_names as names
from modelmetry.store.figures import Reading, Readings, absent, measured
from modelmetry.store.sqlite.production_measured import Measured, mean_of, quantile_of
from modelmetry.store.sqlite.production_parts import Kind
from modelmetry.store.sqlite.production_sums import Total
from modelmetry.store.sqlite.production_windows import SECOND

_NO_REQUESTS: Final = "no HTTP requests were measured in this window"
_NO_PREDICTIONS: Final = "no predictions were measured in this window"
_NO_TRUTH: Final = "no model told its accuracy in this window; give it ground truth"
_STATUSES: Final = range(100, 600)
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


def request_readings(found: Measured) -> Readings:
    """Figures of HTTP requests."""
    whole = found.total(names.HTTP_DURATION, lambda one: one.kind == Kind.HISTOGRAM)
    readings: dict[str, Reading] = {
        "latency_mean": mean_of(whole, "s", _NO_REQUESTS),
        "latency_p50": quantile_of(whole, 0.5, "s", _NO_REQUESTS),
        "latency_p95": quantile_of(whole, 0.95, "s", _NO_REQUESTS),
        "latency_p99": quantile_of(whole, 0.99, "s", _NO_REQUESTS),
    }
    if whole is None:
        readings["count"] = absent("{request}", _NO_REQUESTS)
        readings["per_second"] = absent("{request}/s", _NO_REQUESTS)
    else:
        start = found.span.start
        seconds = (min(found.span.end, max(found.now, start + SECOND)) - start) / SECOND
        readings["count"] = measured(whole.count, "{request}", whole.count)
        readings["per_second"] = measured(whole.count / seconds, "{request}/s", whole.count)
    return readings | _rates(found.by(names.HTTP_DURATION, names.HTTP_STATUS))


def _rates(by_status: dict[str, Total]) -> dict[str, Reading]:
    known = {
        int(status): whole.count
        for status, whole in by_status.items()
        if status.isascii() and status.isdigit() and int(status) in _STATUSES
    }
    unknown = sum(whole.count for whole in by_status.values()) - sum(known.values())
    note = f"{unknown} requests without a status are left out" if unknown else ""
    client = sum(n for status, n in known.items() if _CLIENT_ERROR <= status < _SERVER_ERROR)
    server = sum(n for status, n in known.items() if status >= _SERVER_ERROR)
    all_ = sum(known.values())
    counts = {
        "success_rate": all_ - client - server,
        "client_error_rate": client,
        "server_error_rate": server,
    }
    if not all_:
        return dict.fromkeys(counts, absent("1", _NO_REQUESTS))
    return {name: measured(n / all_, "1", all_, note=note) for name, n in counts.items()}


def prediction_readings(found: Measured) -> Readings:
    """Figures of predictions."""
    duration = found.total(names.PREDICTION_DURATION)
    readings: dict[str, Reading] = {
        "count": absent("{prediction}", _NO_PREDICTIONS),
        "failed": absent("{prediction}", _NO_PREDICTIONS),
        "duration_mean": mean_of(duration, "s", _NO_PREDICTIONS),
        "duration_p95": quantile_of(duration, 0.95, "s", _NO_PREDICTIONS),
        "confidence_mean": mean_of(
            found.total(names.PREDICTION_CONFIDENCE), "1", "no confidence was told in this window"
        ),
        "accuracy": _accuracy(found),
    }
    by_outcome = found.by(names.PREDICTIONS, names.OUTCOME)
    if by_outcome:
        all_ = sum(one.cell.sum for one in by_outcome.values())
        left = by_outcome["cancelled"].cell.sum if "cancelled" in by_outcome else 0
        good = sum(by_outcome[one].cell.sum for one in ("", "ok") if one in by_outcome)
        note = f"{left:g} more were cancelled" if left else ""
        readings["count"] = measured(all_, "{prediction}", all_)
        readings["failed"] = measured(all_ - good - left, "{prediction}", all_, note=note)
    return readings


def _accuracy(found: Measured) -> Reading:
    """Of the truths of this window, else as models told it of windows of their own."""
    truths = {
        result: whole.cell.sum
        for result, whole in found.by(names.GROUND_TRUTHS, names.RESULT).items()
    }
    turned = truths.get("corrected_to_correct", 0.0) - truths.get("corrected_to_wrong", 0.0)
    right, wrong = (truths.get(result, 0.0) for result in ("correct", "wrong"))
    judged = right + wrong
    if judged <= 0:
        return _told_accuracy(found)
    # What is corrected now may have been judged before the window.
    right = min(max(right + turned, 0.0), judged)
    return measured(right / judged, "1", judged)


def _told_accuracy(found: Measured) -> Reading:
    """Of each model the window with the most samples, all models by their samples."""
    samples = {
        (one.service, tuple(one.attributes.items())): cell.last or 0.0
        for one, cell in found.parts(names.MODEL_ACCURACY_SAMPLES)
    }
    best: dict[object, tuple[float, float]] = {}
    for one, cell in found.parts(names.MODEL_ACCURACY):
        known = samples.get((one.service, tuple(one.attributes.items())), 0.0)
        rest = {name: value for name, value in one.attributes.items() if name != names.WINDOW}
        model = one.service, tuple(rest.items())
        best[model] = max(best.get(model, (-1.0, 0.0)), (known, cell.last or 0.0))
    if not best:
        return absent("1", _NO_TRUTH)
    all_ = sum(number for number, _ in best.values())
    if not all_:
        mean = sum(accuracy for _, accuracy in best.values()) / len(best)
        note = "it is not known how many samples each model had: they count alike"
        return measured(mean, "1", 0, note=note, estimated=True)
    mean = sum(number * accuracy for number, accuracy in best.values()) / all_
    note = f"as {len(best)} models told it last, by their samples" if len(best) > 1 else ""
    return measured(mean, "1", all_, note=note)
