"""Figures of calls of language models: from metrics, or from spans that were recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import evolve

from modelmetry.store import production_names as names
from modelmetry.store.figures import Reading, Readings, Source, absent, measured
from modelmetry.store.sqlite.production_measured import Measured, mean_of, quantile_of
from modelmetry.store.sqlite.production_sums import Total, total
from modelmetry.store.sqlite.production_units import Part
from modelmetry.store.sqlite.production_windows import DAY
from modelmetry.store.sqlite.spread import Spread
from modelmetry.store.sqlite.terms import metadata_term

_CALL: Final = "{call}"
_TOKEN: Final = "{token}"  # noqa: S105 - a unit
TOKENS: Final[dict[str, tuple[str, ...]]] = {
    "input_tokens": ("input", "cache_read", "cache_write"),
    "output_tokens": ("output", "reasoning"),
    "cached_input_tokens": ("cache_read",),
    "cache_write_tokens": ("cache_write",),
    "reasoning_tokens": ("reasoning",),
}
"""Members of the report by the types of tokens of which they are the sum; in metrics each token
has one type."""

_COLUMNS: Final = ("u_input", "u_output", "u_cached", "u_write", "u_reasoning")
# Where nothing was used nothing was paid: as calls are counted for metrics.
_REFUSED: Final = " AND ".join(
    ["failed = 1", "open = 0", "cost IS NULL", *(f"{one} IS NULL" for one in _COLUMNS)]
)
_NO_CALLS: Final = "no calls of language models were measured or recorded in this window"
_NO_COST: Final = "no call told its cost"
_NO_FIRST: Final = "no call told its time to the first token in this window"
# More are not read one by one for a report.
_MOST_SPANS: Final = 300_000
_MANY_MORE: Final = 1.05
_LATEST_TRACES: Final = 10_000
_FAMILY: Final = """
    FROM span s INDEXED BY span_family
    WHERE s.tenant = :tenant AND s.family = 'completion' AND s.start >= :start AND s.start < :end
"""
_FIRST_TRACE: Final = "SELECT min(start) FROM trace WHERE tenant = ?"
_OF_SERVICE: Final = " AND EXISTS (SELECT 1 FROM posting WHERE term = :term AND trace = s.trace)"
_SAMPLED: Final = """
    SELECT count(*) FROM (
        SELECT weight FROM trace INDEXED BY trace_start
        WHERE tenant = :tenant AND start >= :start AND start < :end ORDER BY start DESC LIMIT :most
    ) WHERE weight > 1
"""


def llm_readings(found: Measured) -> Readings:
    """Figures of calls: of metrics where there are any, else of recorded completion spans."""
    parts = found.once(names.LLM_DURATIONS)
    duration = total(parts)
    return _of_spans(found) if duration is None else _of_metrics(found, parts, duration)


def llm_days(found: Measured, cost: Reading) -> float:
    """Over how many days of the window a cost of models is: as far as it has passed, and known.

    Before the first process or trace that is known nothing was measured. Of less than half of a
    window nothing can be said of all of it: then there are none.
    """
    since = found.known_since()
    if cost.source == "traces":
        (since,) = found.connection.execute(_FIRST_TRACE, (found.tenant,)).fetchone()
    start = max(found.span.start, found.span.start if since is None else since)
    end = min(found.span.end, found.now)
    known, passed = end - start, end - found.span.start
    return known / DAY if 2 * known >= passed else 0.0


def _none(why: str) -> dict[str, Reading]:
    tokens: dict[str, Reading] = dict.fromkeys(TOKENS, absent(_TOKEN, why))
    calls = dict.fromkeys(("calls", "errors", "unpriced_calls"), absent(_CALL, why))
    money = dict.fromkeys(("cost", "cost_per_call"), absent("USD", why))
    times = dict.fromkeys(("latency_mean", "latency_p95", "first_token_p95"), absent("s", why))
    return tokens | calls | money | times


def _of_metrics(found: Measured, parts: Sequence[Part], duration: Total) -> Readings:
    readings = _none("no metric says it")
    count = duration.count
    note = _beyond(found, count)
    failed = total(part for part in parts if part[0].attributes.get(names.ERROR_TYPE))
    readings["calls"] = measured(count, _CALL, count, note=note)
    readings["errors"] = measured(0 if failed is None else failed.count, _CALL, count)
    by_type = found.by(names.LLM_TOKENS, names.TOKEN_TYPE)
    for member, kinds in TOKENS.items():
        tokens = [by_type[kind].cell.sum for kind in kinds if kind in by_type]
        if tokens:
            readings[member] = measured(sum(tokens), _TOKEN, count)
    unpriced = found.total(names.LLM_UNPRICED)
    costs = {one.unit: 0.0 for one, _ in found.parts(names.LLM_COST)}
    for one, cell in found.parts(names.LLM_COST):
        costs[one.unit] += cell.sum
    unknown = 0 if costs else None  # who tells costs would have told that one is unknown
    if unpriced is not None:
        unknown = int(unpriced.cell.sum)
    priced = count - (unknown or 0)  # a counter of money does not say of how many calls it is
    of_calls = {unit: (cost, priced) for unit, cost in costs.items()}
    readings |= _money(of_calls, count, unknown, "metrics", "")
    if readings["cost"].value is not None and note:
        said = "; ".join(filter(None, (readings["cost"].note, note)))
        readings["cost"] = evolve(readings["cost"], note=said)
    readings["latency_mean"] = mean_of(duration, "s", _NO_CALLS)
    readings["latency_p95"] = quantile_of(duration, 0.95, "s", _NO_CALLS)
    first = total(found.once(names.LLM_FIRST_CHUNKS))
    readings["first_token_p95"] = quantile_of(first, 0.95, "s", _NO_FIRST)
    return readings


def _beyond(found: Measured, measured_calls: int) -> str:
    """That many more calls were recorded than measured, as when metrics came later."""
    sql, values = _spans(found)
    (recorded,) = found.connection.execute(
        f"SELECT count(*) FROM (SELECT 1 {sql} LIMIT :most)", values
    ).fetchone()
    if recorded <= max(measured_calls * _MANY_MORE, measured_calls + 5):
        return ""
    more = "more than " if recorded > _MOST_SPANS else ""
    recorded = min(recorded, _MOST_SPANS)
    return f"{more}{recorded:,} calls were recorded in traces: metrics do not tell all of them"


def _spans(found: Measured) -> tuple[str, dict[str, Any]]:
    """Completions in the window: where they are looked for, and by which values."""
    values = {
        "tenant": found.tenant,
        "start": found.span.start,
        "end": found.span.end,
        "most": _MOST_SPANS + 1,
    }
    if not found.service:
        return _FAMILY, values
    values["term"] = metadata_term(found.tenant, "service", found.service)
    return _FAMILY + _OF_SERVICE, values


def _money(
    costs: Mapping[str, tuple[float, int]],
    calls: int,
    unpriced: int | None,
    source: Source,
    note: str,
) -> dict[str, Reading]:
    """Cost in dollars if some is, else in the one currency that there is.

    Args:
        costs: by currency, and of how many calls.
        calls: of which these are the costs.
        unpriced: how many of them have none; None when nobody says it.
        source: where they come from.
        note: what there is to say of all of them, such as that they are a sample.
    """
    marks: dict[str, Any] = {"source": source, "estimated": bool(note)}
    found: dict[str, Reading] = {}
    if unpriced is not None:
        found["unpriced_calls"] = measured(unpriced, _CALL, calls, note=note, **marks)
    if not costs:
        none = absent("USD", _NO_COST)
        return found | {"cost": none, "cost_per_call": none}
    unit = "USD" if "USD" in costs else min(costs)
    others = sorted(set(costs) - {unit})
    said = [note, f"costs in {', '.join(others)} are not in it" if others else ""]
    marks["note"] = "; ".join(filter(None, said))
    cost, priced = costs[unit]
    found["cost"] = measured(cost, unit, priced, **marks)
    found["cost_per_call"] = (
        measured(cost / priced, unit, priced, **marks)
        if priced > 0
        else absent(unit, "no call has a known price")
    )
    return found


def _of_spans(found: Measured) -> Readings:
    where, values = _spans(found)
    (count,) = found.connection.execute(
        f"SELECT count(*) FROM (SELECT 1 {_FAMILY} LIMIT :most)", values
    ).fetchone()
    if not count:
        return _none(_NO_CALLS)
    if count > _MOST_SPANS:
        return _none(
            f"no metrics, and more than {_MOST_SPANS:,} calls were recorded; ask for a shorter "
            "window, or measure calls"
        )
    sampled = found.connection.execute(_SAMPLED, values | {"most": _LATEST_TRACES}).fetchone()[0]
    note = "of traces that were kept of a sample: counts and sums are too low" if sampled else ""
    return _summed(found, where, values, note)


def _summed(found: Measured, where: str, values: Mapping[str, Any], note: str) -> Readings:
    tokens = ", ".join(f"sum({column})" for column in _COLUMNS)
    calls, errors, priced, refused, *sums = found.connection.execute(
        f"SELECT count(*), total(failed), count(cost), count(*) FILTER (WHERE {_REFUSED}), "
        f"{tokens} {where}",
        values,
    ).fetchone()
    if not calls:
        return _none(_NO_CALLS)
    by_currency = found.connection.execute(
        f"SELECT coalesce(currency, 'USD'), total(cost), count(cost) {where} "
        "AND cost IS NOT NULL GROUP BY 1",
        values,
    )
    costs = {currency: (cost, number + refused) for currency, cost, number in by_currency}
    durations = Spread()
    ended = found.connection.execute(f"SELECT duration {where} AND open = 0", values)
    durations.extend([duration / 1e6 for (duration,) in ended])
    readings = _none(_NO_FIRST)
    marks: dict[str, Any] = {"source": "traces", "note": note, "estimated": bool(note)}
    readings["calls"] = measured(calls, _CALL, calls, **marks)
    readings["errors"] = measured(errors, _CALL, calls, **marks)
    for member, amount in zip(TOKENS, sums, strict=True):
        readings[member] = absent(_TOKEN, "no call told them")
        if amount is not None:
            readings[member] = measured(amount, _TOKEN, calls, **marks)
    readings |= _money(costs, calls, calls - priced - refused, "traces", note)
    if durations.count:
        spread = durations.distribution()
        readings["latency_mean"] = measured(spread.mean, "s", durations.count, **marks)
        readings["latency_p95"] = measured(spread.p95, "s", durations.count, **marks)
    return readings
