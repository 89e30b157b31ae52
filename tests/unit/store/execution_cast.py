"""Executions and their metrics to store; every member that a test does not name is plain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelmetry.store.executions import MetricQuery
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import TENANT, Item, at


def execution(xid: str = "e1", **members: Any) -> Item:
    """An execution of a training that began at noon."""
    return {"XID": xid, "PipelineName": "train", "Start": at(), **members}


def value(xid: str = "v1", of: str = "e1", number: float = 1, **members: Any) -> Item:
    """A value that was recorded a second after noon."""
    sent = {"XID": xid, "ExecutionID": of, "Name": "accuracy", "Value": number, "At": at(1)}
    return {**sent, **members}


def chunk(
    xid: str = "c1", of: str = "e1", numbers: Sequence[float] = (1, 2), **members: Any
) -> Item:
    """Values of a list that were recorded a second after noon."""
    sent = {"XID": xid, "ExecutionID": of, "Name": "loss", "Values": list(numbers), "At": at(1)}
    return {**sent, **members}


def recorded(
    executions: Sequence[Item] = (), values: Sequence[Item] = (), lists: Sequence[Item] = ()
) -> Item:
    """A request body."""
    return {
        "Executions": list(executions),
        "MetricValues": list(values),
        "MetricLists": list(lists),
    }


def numbers_of(store: SqliteStore, of: str = "e1", name: str = "loss") -> list[int | float]:
    """The values of a list; none when there is no such list."""
    query = MetricQuery(execution=of, name=name, include_values=True)
    return [
        number
        for one in store.list_metric_lists(TENANT, query).lists
        for number in one.values or []
    ]
