"""What the words of a report mean; it says so itself."""

from __future__ import annotations

from typing import Final

DEFINITIONS: Final[dict[str, str]] = {
    "Uptime": (
        "1 less the minutes without any sign of life over the minutes that were observed. In "
        "the store a sign of life is what a process reports once a minute, and observed is all "
        "of the window, or from the first sign on where there was none before, the last three "
        "minutes before now left out. From Prometheus it is the share of minutes in which at "
        "least one scraped process answered (the series up). One process that is up is enough."
    ),
    "Savings": (
        "1 less the spend per day over the spend per day of the baseline, the spend being the "
        "cost of the cloud and of language models as far as both windows know each of them. "
        "Days that have not come, and those before anything was measured, do not count; of what "
        "is known for less than half of a window nothing is said. Negative when more is spent; "
        "there are none without a named baseline, and none across currencies."
    ),
    "Error rate": (
        "Answers with a status of 500 or more, crashes included, among those whose status is "
        "known. Answers of 400 to 499 are the client error rate; neither is in the success "
        "rate."
    ),
    "p50, p95, p99": (
        "What 50, 95 or 99 % of the measurements do not exceed, interpolated inside a bucket "
        "of a histogram: an estimate, which the average beside it is not."
    ),
    "Accuracy": (
        "Predictions that were right among those whose truth came in the window. The sample "
        "size says how many those are."
    ),
    "Monthly cost": "Cost of the cloud per day that is known, times 30.",
    "Cost per prediction": (
        "Cost of the cloud over the predictions of the same days. What language models cost is a "
        "figure of its own, and not in it."
    ),
    "Cost per LLM request": (
        "Over the calls whose cost is known. One that failed before anything was used cost "
        "nothing, and is among them."
    ),
    "Sample size, n": (
        "How many measurements a figure rests on: requests, predictions, calls, looks at a "
        "gauge, minutes or days."
    ),
}
"""Each word that a report explains, for people."""
