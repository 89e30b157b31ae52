"""What is true of the row of language models."""

from __future__ import annotations

from collections.abc import Iterable

from modelmetry.grafana import names
from modelmetry.grafana.choices import MONTH_SECONDS
from tests.dashboards import facts
from tests.dashboards.judging import Range, Truth, exactly, near
from tests.dashboards.load import Driven
from tests.dashboards.substitution import SECONDS
from tests.dashboards.truths.counts import CALLS, COST, FAILED, KNOWN, UNKNOWN, each, rate
from tests.dashboards.truths.durations import call_range, each_range, first_range


def calls(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """The row of language models."""
    known, unknown = facts.KNOWN, facts.UNKNOWN

    def model(values: dict[str, Range]) -> Truth:
        return each(names.LLM_MODEL, values)

    yield "Calls / A", near(CALLS)
    yield "Failed calls / A", near(FAILED / CALLS)
    yield "Cost / A", near(COST)
    yield "Cost of a call / A", near(COST / CALLS)
    yield "A month at this rate / A", near(COST / SECONDS * MONTH_SECONDS)
    yield "Unpriced calls / A", near(UNKNOWN)
    yield "Calls by model / A", model({known: rate(KNOWN + FAILED), unknown: rate(UNKNOWN)})
    yield (
        "Failed calls by model / A",
        model({known: near(FAILED / (KNOWN + FAILED)), unknown: exactly(0)}),
    )
    yield "Errors of calls by type / A", each(names.ERROR_TYPE, {"TimeoutError": rate(FAILED)})
    for letter in "ABC":
        yield f"Duration of calls / {letter}", call_range(driven)
    yield (
        "Duration of calls by model / A",
        model(dict.fromkeys((known, unknown), call_range(driven))),
    )
    yield "Time to first token / A", model({known: first_range(driven)})
    yield "Time to first token / B", model({known: first_range(driven)})
    yield "Time for each token / A", model({known: each_range(driven)})
    told = {kind: rate(number * (KNOWN + UNKNOWN)) for kind, number in facts.TOKENS.items()}
    yield "Tokens by kind / A", each(names.TOKEN_TYPE, told)
    tokens = sum(facts.TOKENS.values())
    yield (
        "Tokens by model / A",
        model({known: rate(KNOWN * tokens), unknown: rate(UNKNOWN * tokens)}),
    )
    yield "Read from the cache / A", model({known: near(0.4, 0.01), unknown: near(0.4, 0.01)})
    yield "Cost by model / A", model({known: near(COST / SECONDS * 3600)})
    components = {
        component: near(KNOWN * usd / SECONDS * 3600) for component, usd in facts.COST.items()
    }
    yield "Cost by component / A", each(names.COMPONENT, components)
    yield (
        "Unpriced calls by model / A",
        each(names.LLM_MODEL, {unknown: rate(UNKNOWN)}, reason="unknown_model"),
    )
