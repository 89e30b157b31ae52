"""The filters of the list of traces, in SQL."""

from __future__ import annotations

import sqlite3
from typing import Final

from modelmetry.store.queries import FindingCondition, TraceQuery
from modelmetry.store.sqlite.encode import LAST_NUMBER, Kind, to_micros, xid_key
from modelmetry.store.sqlite.listing import Filter, Listing, Parameters, any_of
from modelmetry.store.sqlite.names import NameKind, name_id
from modelmetry.store.sqlite.search import match_expression
from modelmetry.store.sqlite.terms import metadata_term, model_term, severity_term
from modelmetry.store.sqlite.transaction import HOUR

# An id that no row has: a filter by a name that does not exist finds nothing.
_NONE: Final = -1


def add_filters(connection: sqlite3.Connection, listing: Listing, query: TraceQuery) -> None:
    """Give a list of traces all filters of a query."""
    _add_ranges(listing, query)
    _add_columns(connection, listing, query)
    _add_terms(listing, query)
    for condition in query.findings:
        _add_finding(connection, listing, query, condition)
    if query.text is not None and query.text.strip():
        _add_words(listing, match_expression(query.text))


def _add_words(listing: Listing, words: str) -> None:
    match = "SELECT rowid AS id FROM words WHERE words MATCH " + listing.parameters(words)
    probe = f"t.id IN ({match} AND rowid BETWEEN :lowest AND :highest)"
    if not words:  # signs alone are in no index
        match, probe = "SELECT id FROM trace WHERE 0", "0"
    listing.filters.append(Filter(probe=probe, collect=match))


def _add_ranges(listing: Listing, query: TraceQuery) -> None:
    start = (
        None if query.start_after is None else to_micros(query.start_after),
        None if query.start_before is None else to_micros(query.start_before),
    )
    shortest, longest = query.min_duration_ms, query.max_duration_ms
    duration = (
        None if shortest is None else _micros_up(shortest),
        None if longest is None else _micros_down(longest) + 1,
    )
    for column, (lowest, below) in (("start", start), ("duration", duration)):
        if listing.sort == column:
            listing.lowest, listing.below = lowest, below
        elif lowest is not None or below is not None:
            _add_range(listing, column, lowest, below)


def _micros_up(milliseconds: float) -> int:
    micros = min(milliseconds * 1000, 2.0**62)
    return int(micros) + (micros > int(micros))


def _micros_down(milliseconds: float) -> int:
    return int(min(milliseconds * 1000, 2.0**62))


def _add_range(listing: Listing, column: str, lowest: int | None, below: int | None) -> None:
    add = listing.parameters
    conditions = [f"{column} >= {add(lowest)}"] if lowest is not None else []
    conditions += [f"{column} < {add(below)}"] if below is not None else []
    _add(listing, conditions, f"trace_{column}")


def _add_columns(connection: sqlite3.Connection, listing: Listing, query: TraceQuery) -> None:
    add, tenant, by_start = listing.parameters, listing.tenant, listing.sort == "start"
    if query.session is not None:
        row = connection.execute(
            "SELECT id FROM session WHERE tenant = ? AND xid = ?", (tenant, xid_key(query.session))
        ).fetchone()
        here = f"session = {add(_NONE if row is None else row[0])}"
        _add(listing, [here], "trace_session", walk=here if by_start else None, tenant=False)
    if query.names:
        ids = [name_id(connection, tenant, NameKind.TRACE, name) or _NONE for name in query.names]
        here = any_of("name", ids, add)
        walk = here if by_start and len(ids) == 1 else None
        _add(listing, [here], "trace_name", walk=walk, tenant=False)
    if query.span_names or query.span_failed is not None:
        _add_spans(connection, listing, query)
    if query.failed is not None:
        here = f"failed = {add(int(query.failed))}"
        walk = f"tenant = {add(tenant)} AND {here}" if by_start else None
        _add(listing, [here], "trace_failed", walk=walk)


def _add_spans(connection: sqlite3.Connection, listing: Listing, query: TraceQuery) -> None:
    add, tenant, failed = listing.parameters, listing.tenant, query.span_failed
    conditions = [] if failed is None else [f"failed = {failed:d}"]
    if query.span_names:
        texts = query.span_names
        ids = [name_id(connection, tenant, NameKind.SPAN, text) or _NONE for text in texts]
        conditions.append(any_of("name", ids, add))
        by_trace = f"INDEXED BY {'span_failed_name' if failed else 'span_name_trace'}"
        collected = f"{by_trace} WHERE 1"
    else:
        by_trace = ""
        index = "span_failed" if failed else "span_start"
        collected = f"INDEXED BY {index} WHERE tenant = {add(tenant)}"
    here = " AND ".join(conditions)
    listing.filters.append(
        Filter(
            probe=f"EXISTS (SELECT 1 FROM span {by_trace} WHERE trace = t.id AND {here})",
            collect=f"SELECT DISTINCT trace AS id FROM span {collected} AND {here}",
        )
    )


def _add(
    listing: Listing,
    conditions: list[str],
    index: str,
    *,
    walk: str | None = None,
    tenant: bool = True,
) -> None:
    """A filter on columns; `index` begins with the tenant, or with a number of the tenant's."""
    here = [f"tenant = {listing.parameters(listing.tenant)}"] if tenant else []
    collect = f"SELECT id FROM trace INDEXED BY {index} WHERE {' AND '.join(here + conditions)}"
    probe = " AND ".join(f"+t.{condition}" for condition in conditions)
    listing.filters.append(
        Filter(probe=probe, collect=collect, index=None if walk is None else index, walk=walk or "")
    )


def _add_terms(listing: Listing, query: TraceQuery) -> None:
    tenant = listing.tenant
    terms = [metadata_term(tenant, pair.key, pair.value) for pair in query.metadata]
    if query.model is not None:
        terms.append(model_term(tenant, query.model))
    if query.severity is not None:
        terms.append(severity_term(tenant, query.severity))
    for term in terms:
        value = listing.parameters(term)
        posting = f"FROM posting WHERE term = {value}"
        listing.filters.append(
            Filter(
                probe=f"EXISTS (SELECT 1 {posting} AND trace = t.id)",
                collect=f"SELECT trace AS id {posting}",
            )
        )


def _add_finding(
    connection: sqlite3.Connection, listing: Listing, query: TraceQuery, condition: FindingCondition
) -> None:
    name = name_id(connection, listing.tenant, NameKind.FINDING, condition.name)
    here = f"name = {listing.parameters(_NONE if name is None else name)}"
    compared, hours = _comparison(condition, listing.parameters)
    found, slots = _found(query, listing.parameters)
    listing.filters.append(
        Filter(
            # Under its trace, not by its name: +name keeps the other index out of it.
            probe="EXISTS (SELECT 1 FROM finding f WHERE f.trace = t.id "
            f"AND +{here} AND {compared}{found.format('f.at')})",
            collect="SELECT DISTINCT v.trace AS id FROM ("
            f"SELECT slot FROM finding_summary WHERE {here} AND ({hours}){slots} "
            f"UNION SELECT slot FROM finding_summary_due WHERE {here}{slots}) h "
            f"CROSS JOIN finding v INDEXED BY finding_name ON v.{here} "
            f"AND v.at >= h.slot * {HOUR} AND v.at < (h.slot + 1) * {HOUR} "
            f"WHERE {compared} AND v.trace > 0{found.format('v.at')}",
            costly=query.found_after is None or query.found_before is None,
        )
    )


def _found(query: TraceQuery, add: Parameters) -> tuple[str, str]:
    """What holds for the time of a finding, as {}, and for the hours it may lie in."""
    found, slots = "", ""
    if query.found_after is not None:
        after = add(to_micros(query.found_after))
        found, slots = f" AND {{0}} >= {after}", f" AND slot >= {after} / {HOUR} - 1"
    if query.found_before is not None:
        before = add(to_micros(query.found_before))
        found, slots = f"{found} AND {{0}} < {before}", f"{slots} AND slot <= {before} / {HOUR}"
    return found, slots


def _comparison(condition: FindingCondition, add: Parameters) -> tuple[str, str]:
    """What holds for a finding, and for an hour of `finding_summary` that may have such."""
    value, op = condition.value, condition.op
    label, labels = f"kind = {Kind.LABEL:d}", "labels > 0"
    if isinstance(value, bool):
        same = f"(kind = {Kind.BOOLEAN:d} AND value {{op}} {add(int(value))})"
        hours = "falses + trues > 0"
        if op == "=":
            hours = "trues > 0" if value else "falses > 0"
    elif isinstance(value, str):
        same, hours = f"({label} AND value {{op}} {add(value)})", labels
    else:
        placeholder = add(value)
        same = f"(kind <= {LAST_NUMBER:d} AND value {{op}} {placeholder})"
        hours = _BOUNDS.get(op, "1").format(placeholder)
    if op not in ("=", "!="):
        return same.format(op=op), hours
    equal = f"({same.format(op='=')} OR ({label} AND value = {add(condition.text)}))"
    return (equal, f"{hours} OR {labels}") if op == "=" else (f"NOT {equal}", "1")


# A number that is compared so with {0} lies in an hour with these bounds.
_BOUNDS: Final = {
    "<": "low <= {0}",
    "<=": "low <= {0}",
    ">": "high >= {0}",
    ">=": "high >= {0}",
    "=": "low <= {0} AND high >= {0}",
}
