"""The row of what modelmetry itself left out, and how its metrics are read."""

from __future__ import annotations

from modelmetry.grafana import names
from modelmetry.grafana.panels import Row, lines
from modelmetry.grafana.queries import Source, total
from modelmetry.grafana.rows.sources import RATE

_TARGETS = Source(('job=~"$job|$server"',), "$__rate_interval")


def own_row() -> Row:
    """What is missing on this dashboard, and why."""
    return Row(
        "What modelmetry left out",
        (
            lines(
                "Refused measurements",
                "ops",
                "Values per second that are no measurements, such as NaN, by metric and reason.",
                (
                    total(RATE.rate(names.REFUSED), (names.METRIC, names.REASON)),
                    "{{metric}} {{reason}}",
                ),
            ),
            lines(
                "Measurements without a series",
                "ops",
                "Values per second that were put into otel_metric_overflow, because their metric "
                "has as many series as it may.",
                (total(RATE.rate(names.OVERFLOWED), (names.METRIC,)), "{{metric}}"),
            ),
            lines(
                "Failed collections",
                "ops",
                "Collections per second in which a part failed, and files of other workers that "
                "could not be read.",
                (total(RATE.rate(names.FAILED_COLLECTIONS)), "collections"),
                (total(RATE.rate(names.UNREADABLE_SNAPSHOTS)), "files"),
            ),
            lines(
                "Recorded signals",
                "ops",
                "Traces, spans, events and findings per second, by what became of them.",
                (total(RATE.rate(names.SIGNALS), (names.OUTCOME,)), "{{outcome}}"),
            ),
            lines(
                "Signals that wait",
                "short",
                "Signals that wait to be delivered, in memory or on disk.",
                (total(RATE.of(names.WAITING_SIGNALS), (names.PLACE,)), "{{place}}"),
            ),
            lines(
                "Forgotten predictions",
                "ops",
                "Predictions per second whose truth came too late, or that had no room to wait.",
                (total(RATE.rate(names.PREDICTIONS_FORGOTTEN), (names.REASON,)), "{{reason}}"),
            ),
            lines(
                "Targets",
                "short",
                "How many targets answer Prometheus.",
                (total(_TARGETS.of("up"), ("job",)), "{{job}}"),
            ),
            lines(
                "Series of a scrape",
                "short",
                "How many series each target tells; what grows for days has an attribute with too "
                "many values.",
                (_TARGETS.of("scrape_samples_scraped"), "{{job}} {{instance}}"),
            ),
            lines(
                "Time of a scrape",
                "s",
                "How long Prometheus waited for the metrics.",
                (_TARGETS.of("scrape_duration_seconds"), "{{job}} {{instance}}"),
            ),
        ),
    )
