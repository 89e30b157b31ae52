"""Mistakes as people make them, put into an expression one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from modelmetry.grafana import names

_SELECTOR: Final = re.compile(r"\b([a-zA-Z_:][\w:]*)\{([^}]*)\}(\[[^\]]*\])?")
_MATCHER: Final = re.compile(r'(\w+)(=~|!=|=)"([^"]*)",?')
_AGGREGATED: Final = re.compile(r"\b(sum|max|min) by \(([^)]*)\) \(")
_WHOLE: Final = re.compile(r"\b(sum|max|min)\(")
_GROWN: Final = re.compile(r"\b(rate|increase)\(")
_JOBS: Final = {"job", "instance"}
_PAIRS: Final = (names.LLM_DURATION, names.LLM_CALLS, names.LLM_FIRST_CHUNK, names.LLM_PER_CHUNK)


def broken(expr: str) -> Iterable[tuple[str, str]]:
    """What was done, and what comes of it.

    Of the names of both generations, which stand for each other, only the older one is broken
    alone, or both: a fault of the newer one is seen where it is told alone, by promtool's tests.
    """
    yield from _names(expr)
    yield from _matchers(expr)
    yield from _aggregations(expr)
    yield from _functions(expr)


def _names(expr: str) -> Iterable[tuple[str, str]]:
    found = dict.fromkeys(one[1] for one in _SELECTOR.finditer(expr))
    for name in found:
        if name in _NEWER:
            continue
        changed = expr.replace(f"{name}{{", f"{name}s{{")
        for pair in _PAIRS:
            older, other = _with_suffixes(pair[0]), _with_suffixes(pair[1])
            if name in older:
                changed = changed.replace(f"{other[older.index(name)]}{{", "not_there{")
        yield f"{name} by another name", changed


def _with_suffixes(name: str) -> list[str]:
    return [name, *(f"{name}{suffix}" for suffix in ("_bucket", "_count", "_sum"))]


_NEWER: Final = {name for pair in _PAIRS for name in _with_suffixes(pair[1])}


def _matchers(expr: str) -> Iterable[tuple[str, str]]:
    yield "a job that is not there", expr.replace('job=~"', 'job=~"x')
    seen: set[str] = set()
    for selector in _SELECTOR.finditer(expr):
        for one in _MATCHER.finditer(selector[2]):
            if one[1] in _JOBS or one[3] == "$model" or one[0] in seen:
                continue
            seen.add(one[0])
            yield f"without {one[0].rstrip(',')}", expr.replace(one[0], "")
            yield f"{one[1]} by another name", expr.replace(one[0], f"x{one[0]}")


def _aggregations(expr: str) -> Iterable[tuple[str, str]]:
    for one in _AGGREGATED.finditer(expr):
        yield f"without {one[0]}", expr[: one.start()] + "(" + expr[one.end() :]
        start, end = one.span()
        yield f"{one[1]} without by", f"{expr[:start]}{one[1]}({expr[end:]}"
        labels = one[2].split(", ")
        if len(labels) > 1:
            for label in labels:
                rest = ", ".join(other for other in labels if other != label)
                yield f"by without {label}", f"{expr[:start]}{one[1]} by ({rest}) ({expr[end:]}"
    for one in _WHOLE.finditer(expr):
        yield f"without {one[0]}", expr[: one.start()] + "(" + expr[one.end() :]


def _functions(expr: str) -> Iterable[tuple[str, str]]:
    for one in _GROWN.finditer(expr):
        if expr.startswith(tuple(_NEWER), one.end()):
            continue
        other = {"rate": "increase", "increase": "rate"}[one[1]]
        if "histogram_quantile" not in expr:  # it looks at shares alone
            yield f"{other} for {one[1]}", f"{expr[: one.start()]}{other}({expr[one.end() :]}"
    for one in _SELECTOR.finditer(expr):
        if one[3] is None:
            rate = f"rate({one[0]}[5m])"
            yield "rate of a gauge", f"{expr[: one.start()]}{rate}{expr[one.end() :]}"


def without_aggregation(expr: str) -> str:
    """All that is added up by labels is added up without any, but for those of buckets."""
    return _AGGREGATED.sub(
        lambda found: f"{found[1]} by (le) (" if "le" in found[2].split(", ") else f"{found[1]}(",
        expr,
    )


IDLE: Final = "no batch waits: 0 as well"
"""On a machine that is busy one may wait, and the mistake is seen."""

UNSEEN: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "one server tells what the cloud costs; promtool has two, which differ",
        r"(Cloud cost|service:cloud_cost_usd|cloud_cost_usd:month_projected).*",
        r"(without )?(sum|max) (by|without).*|by without (service|instance)",
    ),
    (
        "a file in the format FOCUS has no day of this month that is final",
        "Cloud cost / Not final / A",
        "without estimated.*",
    ),
    (
        "0 grows by 0 in whatever time: to read files cost nothing, and the machine may be idle",
        r".* / (Cost of asking|Failed polls|Failed collections|Disks|Network|Pressure) / [AB]",
        "(rate|increase) for .*",
    ),
    (IDLE, "The modelmetry server / Waiting / A", "rate of a gauge"),
    (
        "what a share is where nothing failed is 0 times anything",
        r"job.*:ratio_rate.*|.*(Failed|Unsure|cache).*",
        "increase for rate",
    ),
    (
        "there is one job, and in it something failed; promtool has one in which nothing did",
        "job:http_errors_per_request:.*",
        "without sum by.*|sum without by",
    ),
    ("all models have read from a cache", ".*Read from the cache.*", "(without )?sum .*by.*"),
)
"""Why a mistake is not seen here, in which places, and what it is: all that is not found out."""


def reason(place: str, what: str) -> str:
    """Why this is not seen, or nothing."""
    for why, places, mistakes in UNSEEN:
        if re.fullmatch(places, place) and re.fullmatch(mistakes, what):
            return why
    return ""
