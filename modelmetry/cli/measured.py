"""Executions with what they measured, and what differs between several of them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from modelmetry_api.api import (
    get_execution,
    get_metric_curves,
    list_executions,
    list_metric_lists,
    list_metric_values,
)
from modelmetry_api.client import AsyncClient
from modelmetry_api.errors import NotFoundError
from modelmetry_api.models import (
    Execution,
    MetricList,
    MetricListList,
    MetricValue,
    MetricValueList,
)
from modelmetry_api.types import to_builtins

from modelmetry.cli.failures import refuse
from modelmetry.cli.paging import items_of
from modelmetry.cli.sparkline import sparkline

LAST = "last"
AT_ONCE = 8  # curves read at the same time: enough to hide the way to a server and back
DRAWN_POINTS = 2_000  # of a curve: a list of up to so many values is drawn from all of them

Kind = Literal["value", "list"]


@dataclass(frozen=True)
class Measured:
    """An execution with its metrics, by their names."""

    execution: Execution
    values: tuple[MetricValue, ...]
    lists: tuple[MetricList, ...]

    def document(self) -> dict[str, Any]:
        """The execution as the API answers it, with `Values` and `Lists` as it lists them."""
        return {
            **to_builtins(self.execution),
            "Values": [to_builtins(one) for one in self.values],
            "Lists": [to_builtins(one) for one in self.lists],
        }


@dataclass(frozen=True)
class ComparedMetric:
    """A metric and its value, the last one, in each execution; None where it has none."""

    name: str
    kind: Kind
    values: tuple[float | None, ...]

    @property
    def is_different(self) -> bool:
        """Whether it is not the same everywhere."""
        return len(set(self.values)) > 1


@dataclass(frozen=True)
class Comparison:
    """Several executions and their metrics."""

    executions: tuple[Execution, ...]
    metrics: tuple[ComparedMetric, ...]

    def only_different(self) -> Comparison:
        """This with the metrics alone that are not the same everywhere."""
        return replace(self, metrics=tuple(one for one in self.metrics if one.is_different))

    def document(self) -> dict[str, Any]:
        """It as JSON: values in the order of the executions."""
        return {
            "Executions": [to_builtins(one) for one in self.executions],
            "Metrics": [
                {
                    "Name": one.name,
                    "Kind": one.kind,
                    "Values": one.values,
                    "Different": one.is_different,
                }
                for one in self.metrics
            ],
        }


async def the_execution(client: AsyncClient, wanted: str) -> Execution:
    """The execution of an XID, or the only one whose XID begins so, or the newest for `last`.

    Raises:
        CommandFailed: there is none, or several begin so.
    """
    if wanted == LAST:
        newest = (await list_executions.asyncio(client=client, limit=1)).executions
        return newest[0] if newest else refuse("there are no executions")
    if not wanted:
        refuse("an execution has no empty XID; see: modelmetry executions ls")
    try:
        return await get_execution.asyncio(wanted, client=client)
    except NotFoundError:
        begun = await list_executions.asyncio(client=client, xid_prefix=wanted, limit=2)
    if not begun.executions:
        refuse(f"there is no execution {wanted}; see: modelmetry executions ls")
    if begun.total_count > 1:
        two = " and ".join(one.xid for one in begun.executions)
        refuse(f"{begun.total_count:,} executions begin with {wanted}, such as {two}; write more")
    return begun.executions[0]


async def measured(client: AsyncClient, execution: Execution, *, values: bool = False) -> Measured:
    """An execution with all of its metrics; those that are lists with their values if wanted."""
    singles = await all_values(client, execution.xid) if execution.value_count else []
    lists = await all_lists(client, execution.xid, values=values) if execution.list_count else []
    return Measured(
        execution,
        tuple(sorted(singles, key=lambda one: one.name)),
        tuple(sorted(lists, key=lambda one: one.name)),
    )


async def all_values(client: AsyncClient, xid: str) -> list[MetricValue]:
    """The metrics of an execution that have a single value."""

    async def fetch(most: int, cursor: str | None) -> MetricValueList:
        return await list_metric_values.asyncio(
            client=client, execution=xid, limit=most, cursor=cursor
        )

    found, _ = await items_of(fetch, lambda page: page.values, math.inf)
    return found


async def all_lists(client: AsyncClient, xid: str, *, values: bool) -> list[MetricList]:
    """The metrics of an execution that are lists."""

    async def fetch(most: int, cursor: str | None) -> MetricListList:
        return await list_metric_lists.asyncio(
            client=client, execution=xid, include_values=values, limit=most, cursor=cursor
        )

    found, _ = await items_of(fetch, lambda page: page.lists, math.inf)
    return found


async def drawn(client: AsyncClient, found: Measured, blocks: str) -> dict[tuple[str, str], str]:
    """The shapes of lists, and of the histories of single values, by kind and name."""
    free = asyncio.Semaphore(AT_ONCE)

    async def draw(kind: Kind, name: str) -> tuple[tuple[str, str], str]:
        async with free:
            answer = await get_metric_curves.asyncio(
                client=client,
                execution=[found.execution.xid],
                name=name,
                of=kind,
                points=DRAWN_POINTS,
            )
        points = [(point.index, point.value) for point in answer.curves[0].points]
        return (kind, name), sparkline(points, blocks=blocks)

    return dict(await asyncio.gather(*(draw(kind, name) for kind, name in curves_of(found))))


def curves_of(found: Measured) -> Iterator[tuple[Kind, str]]:
    """What has more than one value."""
    for value in found.values:
        if value.history_count > 1:
            yield "value", value.name
    for metric in found.lists:
        if metric.count > 1:
            yield "list", metric.name


def compared(found: Sequence[Measured]) -> Comparison:
    """What several executions measured, side by side."""
    singles = [{one.name: one.value for one in each.values} for each in found]
    lasts = [{one.name: one.last for one in each.lists} for each in found]
    return Comparison(
        tuple(each.execution for each in found),
        (*side_by_side("value", singles), *side_by_side("list", lasts)),
    )


def side_by_side(kind: Kind, columns: Iterable[dict[str, float]]) -> Iterator[ComparedMetric]:
    """A metric for each name that any of the columns has, in alphabetical order."""
    columns = list(columns)
    for name in sorted({name for column in columns for name in column}):
        yield ComparedMetric(name, kind, tuple(column.get(name) for column in columns))
