"""The row of what a cloud costs."""

from __future__ import annotations

from modelmetry.grafana import names
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.panels import Panel, Row, lines, listing, stat
from modelmetry.grafana.queries import largest, total
from modelmetry.grafana.rows.sources import SERVER, SERVER_RANGE
from modelmetry.grafana.rules import DAY, MONTH, cloud_cost, projected


def cloud_row(choices: Choices) -> Row:
    """Money of the last day and of the month, and whether it is known."""
    return Row("Cloud cost", (*_now(choices), *_services()))


def _now(choices: Choices) -> tuple[Panel, ...]:
    budget = choices.monthly_budget
    month, day = total(cloud_cost(SERVER, MONTH)), total(cloud_cost(SERVER, DAY))
    return (
        stat("Last day", "currencyUSD", "The last whole day known, in UTC.", day, decimals=2),
        stat(
            "This month",
            "currencyUSD",
            f"This month so far; the budget is {budget:g} USD.",
            month,
            thresholds=(0.8 * budget, budget),
            decimals=2,
        ),
        stat(
            "At the end of the month",
            "currencyUSD",
            "This month so far, and the last whole day for each that is left.",
            projected(SERVER),
            thresholds=(0.8 * budget, budget),
            decimals=2,
        ),
        stat(
            "Cost of a prediction",
            "currencyUSD",
            "Of those of the last 30 days whose cost is known: cost and predictions of the same "
            "days, as the server keeps them.",
            largest(SERVER.of(names.CLOUD_COST_PER_PREDICTION)),
            decimals=6,
        ),
        stat(
            "Cloud cost of a call",
            "currencyUSD",
            "The same for calls of language models; what their providers charge comes on top.",
            largest(SERVER.of(names.CLOUD_COST_PER_CALL)),
            decimals=6,
        ),
        stat(
            "Read",
            "s",
            "How long ago the cost was read, of the source that was not read for the longest "
            "time. That of a provider changes three times a day at most.",
            f"time() - min({largest(SERVER.of(names.CLOUD_COST_LAST_SUCCESS), (names.SOURCE,))})",
            thresholds=(43_200, 129_600),
        ),
    )


def _services() -> tuple[Panel, ...]:
    estimated = SERVER.of(names.CLOUD_COST, MONTH, f'{names.ESTIMATED}="true"')
    return (
        lines(
            "Last day by service",
            "currencyUSD",
            "USD of the last whole day.",
            (cloud_cost(SERVER, DAY), "{{service}}"),
            stacked=True,
        ),
        listing(
            "This month by service",
            "currencyUSD",
            "USD of this month so far.",
            f"sort_desc({cloud_cost(SERVER, MONTH)})",
        ),
        lines(
            "Not final",
            "currencyUSD",
            "What of this month so far the provider may still change.",
            (largest(total(estimated, ("instance",))), "estimated"),
        ),
        stat(
            "Cost of asking",
            "currencyUSD",
            "What asking for the cost was charged in the time that is shown.",
            largest(total(SERVER_RANGE.increase(names.CLOUD_COST_SPEND), ("instance",))),
            decimals=2,
        ),
        stat(
            "Failed polls",
            "short",
            "Polls of the time that is shown that failed; the server's log says why.",
            total(SERVER_RANGE.increase(names.CLOUD_COST_FAILURES)),
            thresholds=(1, None),
            decimals=0,
        ),
    )
