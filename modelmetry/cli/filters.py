"""Which traces a command is about: the filters of `GET /traces` as options."""

from __future__ import annotations

import functools
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar, get_args
from urllib.parse import quote

import click
from modelmetry_api.api import list_traces
from modelmetry_api.client import AsyncClient
from modelmetry_api.models import Trace, TraceList

from modelmetry.cli.moments import moment, stretch
from modelmetry.errors import StoreQueryError
from modelmetry.store.queries import Comparison, FindingCondition, MetadataCondition

Sort = Literal[
    "-start", "start", "-duration", "duration", "-tokens", "tokens", "-cost", "cost"
]  # fmt: skip
SORTS: tuple[Sort, ...] = get_args(Sort)
LARGEST_PAGE = 500

# A second operator with a number or nothing behind it; `label=<b>` is a text.
DOUBLED = re.compile(r"[=<>!]+\s*([+-]?[\d.,]+([eE][+-]?\d+)?)?")
SIGNS = re.compile(r"[=<>!]")
COMMA = re.compile(r"[+-]?\d+,\d+")

R = TypeVar("R")


@dataclass(frozen=True)
class TraceFilter:
    """What must hold of a trace; a filter that is not given always holds."""

    name: tuple[str, ...] = ()
    span_name: tuple[str, ...] = ()
    span_failed: bool | None = None
    session: str | None = None
    start_after: datetime | None = None
    start_before: datetime | None = None
    min_duration: timedelta | None = None
    max_duration: timedelta | None = None
    severity: str | None = None
    failed: bool | None = None
    model: str | None = None
    metadata: tuple[str, ...] = ()
    finding: tuple[str, ...] = ()
    found_after: datetime | None = None
    found_before: datetime | None = None
    q: str | None = None


def condition(parse: Callable[[str], object]) -> Callable[[str], str]:
    """The type of an option that is sent as it is, once it is known to be understood."""

    def checked(text: str) -> str:
        try:
            parse(text)
        except StoreQueryError as error:
            raise click.BadParameter(str(error)) from error
        return text

    return checked


def comparison(text: str) -> str:
    """The type of `--finding`: spaces around name, operator and value do not matter.

    What the API would take for a comparison with a text that nobody can mean is refused.
    """
    try:
        found = FindingCondition.parse(text.strip())
    except StoreQueryError as error:
        raise click.BadParameter(str(error)) from error
    written = found.text.strip()
    fault = fault_of(found.op, written)
    if fault is not None:
        raise click.BadParameter(f"{text!r} {fault}; write such as response_safe_score<0.5")
    return f"{as_sent(found.name.strip())}{found.op}{written}"


def as_sent(name: str) -> str:
    """A finding's name in a comparison: with a sign in it, it is encoded."""
    return f"!{quote(name, safe='')}" if SIGNS.search(name) else name


def fault_of(op: Comparison, written: str) -> str | None:
    """Why a comparison cannot be meant so; `None` when it can."""
    if DOUBLED.fullmatch(written):
        return f"has two operators, {op}{written[0]}; there are = != < <= > >="
    if op not in {"=", "!="} and not written:
        return f"has nothing after {op}"
    if op not in {"=", "!="} and COMMA.fullmatch(written):
        return f"compares with {written}, which is no number: the decimal sign is a point"
    return None


OPTIONS = (
    click.option("--name", multiple=True, help="Name of the trace; several: any of them."),
    click.option(
        "--span-name", multiple=True, help="Name of one of its spans; several: any of them."
    ),
    click.option(
        "--span-failed/--span-not-failed",
        default=None,
        help="One of its spans failed, or did not; with --span-name one of that name.",
    ),
    click.option(
        "--session",
        metavar="XID",
        help="Session that it belongs to; its name will do where one alone has it.",
    ),
    click.option(
        "--start-after",
        "--since",
        type=moment,
        metavar="TIME",
        help="Started then or later: 2h (ago), 2026-11-20, 2026-11-20T09:30:00+01:00.",
    ),
    click.option(
        "--start-before", "--until", type=moment, metavar="TIME", help="Started before then."
    ),
    click.option("--min-duration", type=stretch, metavar="SPAN", help="Took so long: 250ms, 2s."),
    click.option("--max-duration", type=stretch, metavar="SPAN", help="Took no longer."),
    click.option("--severity", help="Severity of the trace or of one of its spans."),
    click.option("--failed/--not-failed", default=None, help="Only what failed, or did not."),
    click.option("--model", help="Model of one of its spans."),
    click.option(
        "--metadata",
        multiple=True,
        type=condition(MetadataCondition.parse),
        metavar="KEY=VALUE",
        help="Several: all of them.",
    ),
    click.option(
        "--finding",
        multiple=True,
        type=comparison,
        metavar="COMPARISON",
        help="Such as 'response_safe_score<0.5' (quote it); several: all of them.",
    ),
    click.option(
        "--found-after",
        type=moment,
        metavar="TIME",
        help="With --finding: found then or later, written as for --since.",
    ),
    click.option(
        "--found-before", type=moment, metavar="TIME", help="With --finding: found before then."
    ),
    click.option("-q", "--q", metavar="WORDS", help="Words in names, messages and values."),
)


def filtered(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command the filters as options; it gets them as one `wanted: TraceFilter`."""

    @functools.wraps(command)
    def run(**given: Any) -> R:
        chosen = {one.name: given.pop(one.name) for one in fields(TraceFilter)}
        return command(wanted=TraceFilter(**chosen), **given)

    decorated: Callable[..., R] = run
    for option in reversed(OPTIONS):
        decorated = option(decorated)
    return decorated


async def one_page(
    client: AsyncClient,
    wanted: TraceFilter,
    *,
    sort: Sort = "-start",
    limit: int = LARGEST_PAGE,
    cursor: str | None = None,
    include_finding: tuple[str, ...] = (),
    include_preview: bool = False,
) -> TraceList:
    """One page of the traces that are wanted."""
    return await list_traces.asyncio(
        client=client,
        name=list(wanted.name),
        span_name=list(wanted.span_name),
        span_failed=wanted.span_failed,
        session=wanted.session,
        start_after=wanted.start_after,
        start_before=wanted.start_before,
        min_duration_ms=milliseconds(wanted.min_duration),
        max_duration_ms=milliseconds(wanted.max_duration),
        severity=wanted.severity,
        failed=wanted.failed,
        model=wanted.model,
        metadata=list(wanted.metadata),
        finding=list(wanted.finding),
        found_after=wanted.found_after,
        found_before=wanted.found_before,
        q=wanted.q,
        include_finding=list(include_finding),
        include_preview=include_preview,
        sort=sort,
        limit=limit,
        cursor=cursor,
    )


async def every_trace(
    client: AsyncClient, wanted: TraceFilter, *, sort: Sort = "-start"
) -> AsyncIterator[Trace]:
    """All traces that are wanted, page by page."""
    cursor: str | None = None
    while True:
        page = await one_page(client, wanted, sort=sort, cursor=cursor)
        for trace in page.traces:
            yield trace
        cursor = page.next_cursor
        if cursor is None:
            return


def milliseconds(length: timedelta | None) -> float | None:
    """A stretch of time as the API takes it."""
    return None if length is None else length.total_seconds() * 1000
