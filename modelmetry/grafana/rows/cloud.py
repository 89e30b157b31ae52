"""The row of what a cloud costs."""

from __future__ import annotations

from modelmetry.grafana import names
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.panels import Panel, Row, lines, listing, stat
from modelmetry.grafana.queries import largest, total
from modelmetry.grafana.rows.sources import RANGE, RATE
from modelmetry.grafana.rules import DAY, MONTH, cloud_cost, projected

_PRICE = "0.01"
"""USD for a request to Cost Explorer (AWS, "Cost Explorer API")."""


def cloud_row(choices: Choices) -> Row:
    """Money of the last day and of the month, and whether it is known."""
    return Row("Cloud cost", (*_now(choices), *_services()))


def _now(choices: Choices) -> tuple[Panel, ...]:
    budget = choices.monthly_budget
    month, day = total(cloud_cost(RATE, MONTH)), total(cloud_cost(RATE, DAY))
    predictions = total(RATE.over("1d").increase(names.PREDICTIONS))
    calls = total(RATE.over("1d").increase(names.LLM_CALLS))
    return (
        stat("Last day", "currencyUSD", "The last whole day, in UTC.", day, decimals=2),
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
            projected(RATE),
            thresholds=(0.8 * budget, budget),
            decimals=2,
        ),
        stat(
            "Cost of a prediction",
            "currencyUSD",
            "Cost of the last whole day by the predictions of the last 24 hours.",
            f"{day} / ({predictions} > 0)",
            decimals=6,
        ),
        stat(
            "Cloud cost of a call",
            "currencyUSD",
            "Cost of the last whole day by the calls of language models of the last 24 hours; "
            "what their providers charge comes on top.",
            f"{day} / ({calls} > 0)",
            decimals=6,
        ),
        stat(
            "Read",
            "s",
            "How long ago the cost was read. It changes three times a day at most.",
            f"time() - max({RATE.of(names.CLOUD_COST_LAST_SUCCESS)})",
            thresholds=(43_200, 129_600),
        ),
    )


def _services() -> tuple[Panel, ...]:
    estimated = RATE.of(names.CLOUD_COST, MONTH, f'{names.ESTIMATED}="true"')
    return (
        lines(
            "Last day by service",
            "currencyUSD",
            "USD of the last whole day.",
            (cloud_cost(RATE, DAY), "{{service}}"),
            stacked=True,
        ),
        listing(
            "This month by service",
            "currencyUSD",
            "USD of this month so far.",
            f"sort_desc({cloud_cost(RATE, MONTH)})",
        ),
        lines(
            "Not final",
            "currencyUSD",
            "What of this month so far the provider may still change.",
            (total(largest(estimated, (names.SERVICE,))), "estimated"),
        ),
        stat(
            "Cost of asking",
            "currencyUSD",
            "What the requests to Cost Explorer in the time that is shown cost, 0.01 USD each.",
            f"{total(RANGE.increase(names.CLOUD_COST_REQUESTS))} * {_PRICE}",
            decimals=2,
        ),
    )
