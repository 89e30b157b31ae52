"""The row of language models."""

from __future__ import annotations

from modelmetry.grafana import names
from modelmetry.grafana.choices import MONTH_SECONDS, Choices
from modelmetry.grafana.panels import Panel, Row, lines, stat
from modelmetry.grafana.queries import Source, share, total
from modelmetry.grafana.rows.sources import RANGE, RATE
from modelmetry.grafana.rules import QUANTILES

_OF_MODEL = "{{gen_ai_request_model}}"
_CHOSEN = f'{names.LLM_MODEL}=~"$model"'
_FAILED = f'{names.ERROR_TYPE}!=""'
_BY = (names.LLM_MODEL,)


def _of(source: Source) -> Source:
    return Source((*source.matchers, _CHOSEN), source.window)


_RATE, _RANGE = _of(RATE), _of(RANGE)


def llm_row(choices: Choices) -> Row:
    """Calls, their time, tokens and cost."""
    return Row("Language models", (*_now(choices), *_calls(), *_times(), *_tokens(), *_cost()))


def _now(choices: Choices) -> tuple[Panel, ...]:
    cost = total(_RANGE.rate(names.LLM_COST))
    calls = total(_RANGE.rate(names.LLM_CALLS))
    budget = choices.monthly_budget
    return (
        stat(
            "Calls",
            "short",
            "Calls of language models in the time that is shown, failed ones included.",
            total(_RANGE.increase(names.LLM_CALLS)),
            decimals=0,
        ),
        stat(
            "Failed calls",
            "percentunit",
            "Share of the calls of the time that is shown that failed.",
            share(_RANGE.rate(names.LLM_CALLS, _FAILED), _RANGE.rate(names.LLM_CALLS)),
            thresholds=(0.01, 0.05),
        ),
        stat(
            "Cost",
            "currencyUSD",
            "What the calls of the time that is shown cost, as far as their prices are known.",
            total(_RANGE.increase(names.LLM_COST)),
            decimals=2,
        ),
        stat(
            "Cost of a call",
            "currencyUSD",
            "Cost by calls, those without a known price included.",
            f"{cost} / ({calls} > 0)",
            decimals=6,
        ),
        stat(
            "A month at this rate",
            "currencyUSD",
            "What a month costs if calls go on as in the time that is shown; the budget is "
            f"{budget:g} USD.",
            f"{cost} * {MONTH_SECONDS}",
            thresholds=(0.8 * budget, budget),
            decimals=0,
        ),
        stat(
            "Unpriced calls",
            "short",
            "Calls of the time that is shown whose cost is not known, and therefore not above.",
            f"{total(_RANGE.increase(names.LLM_UNPRICED))} or vector(0)",
            thresholds=(1, None),
            decimals=0,
        ),
    )


def _calls() -> tuple[Panel, ...]:
    return (
        lines(
            "Calls by model",
            "ops",
            "Calls per second.",
            (total(_RATE.rate(names.LLM_CALLS), _BY), _OF_MODEL),
            stacked=True,
        ),
        lines(
            "Failed calls by model",
            "percentunit",
            "Share of the calls that failed.",
            (
                share(_RATE.rate(names.LLM_CALLS, _FAILED), _RATE.rate(names.LLM_CALLS), _BY),
                _OF_MODEL,
            ),
            thresholds=(0.01, 0.05),
        ),
        lines(
            "Errors of calls by type",
            "ops",
            "Failed calls per second, by the class of the exception.",
            (
                total(_RATE.rate(names.LLM_CALLS, _FAILED), (names.ERROR_TYPE,)),
                "{{error_type}}",
            ),
        ),
    )


def _times() -> tuple[Panel, ...]:
    return (
        lines(
            "Duration of calls",
            "s",
            "From the request to the end of the answer.",
            *((_RATE.quantile(q, names.LLM_DURATION), name) for name, q in QUANTILES.items()),
            exemplars=True,
        ),
        lines(
            "Duration of calls by model",
            "s",
            "95 of 100 calls are faster.",
            (_RATE.quantile(0.95, names.LLM_DURATION, _BY), _OF_MODEL),
            exemplars=True,
        ),
        lines(
            "Time to first token",
            "s",
            "Of streamed answers, to the first piece: the middle, and what 95 of 100 stay below.",
            (_RATE.quantile(0.5, names.LLM_FIRST_CHUNK, _BY), f"{_OF_MODEL} p50"),
            (_RATE.quantile(0.95, names.LLM_FIRST_CHUNK, _BY), f"{_OF_MODEL} p95"),
            exemplars=True,
        ),
        lines(
            "Time for each token",
            "s",
            "Of streamed answers, for each piece after the first: the mean of a call, of which "
            "this is the middle.",
            (_RATE.quantile(0.5, names.LLM_PER_CHUNK, _BY), _OF_MODEL),
        ),
    )


def _tokens() -> tuple[Panel, ...]:
    kinds = (names.TOKEN_TYPE,)
    asked = f'{names.TOKEN_TYPE}=~"input|cache_read|cache_write"'
    cached = f'{names.TOKEN_TYPE}="cache_read"'
    return (
        lines(
            "Tokens by kind",
            "short",
            "Tokens per second; each is counted once: those of a cache are no input, thoughts no "
            "output.",
            (total(_RATE.rate(names.LLM_TOKENS), kinds), "{{gen_ai_token_type}}"),
            stacked=True,
        ),
        lines(
            "Tokens by model",
            "short",
            "Tokens per second, of all kinds.",
            (total(_RATE.rate(names.LLM_TOKENS), _BY), _OF_MODEL),
            stacked=True,
        ),
        lines(
            "Read from the cache",
            "percentunit",
            "Share of what is sent to models that their providers had in their caches.",
            (
                share(
                    _RATE.rate(names.LLM_TOKENS, cached), _RATE.rate(names.LLM_TOKENS, asked), _BY
                ),
                _OF_MODEL,
            ),
        ),
    )


def _cost() -> tuple[Panel, ...]:
    reasons = (names.LLM_MODEL, names.REASON)
    return (
        lines(
            "Cost by model",
            "currencyUSD",
            "USD for an hour.",
            (f"{total(_RATE.rate(names.LLM_COST), _BY)} * 3600", _OF_MODEL),
            stacked=True,
        ),
        lines(
            "Cost by component",
            "currencyUSD",
            "USD for an hour, by what it is paid for; of what a provider says itself only the "
            "total may be known, as `other`.",
            (f"{total(_RATE.rate(names.LLM_COST), (names.COMPONENT,))} * 3600", "{{component}}"),
            stacked=True,
        ),
        lines(
            "Unpriced calls by model",
            "ops",
            "Calls per second whose cost is not known, and why.",
            (total(_RATE.rate(names.LLM_UNPRICED), reasons), f"{_OF_MODEL} {{{{reason}}}}"),
        ),
    )
