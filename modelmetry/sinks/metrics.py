"""Metrics of executions, read back from where a client sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from modelmetry_api.api import list_metric_lists, list_metric_values
from modelmetry_api.client import Client
from modelmetry_api.errors import ApiError, ProblemError
from modelmetry_api.models import MetricList, MetricListList, MetricValue, MetricValueList

from modelmetry.errors import ReadError
from modelmetry.settings import web_address
from modelmetry.signals.measurements import MetricListRow, MetricRow
from modelmetry.sinks.local import LOCAL_TENANT
from modelmetry.store.executions import MetricQuery
from modelmetry.store.open import open_store, store_path

_PAGE: Final = 500
Scope = Mapping[str, str | None]
"""Values of `name`, `pipeline_name`, `deployment_name` and `execution`; `None` asks for all."""


class Page(Protocol):
    """A part of what is listed."""

    @property
    def next_cursor(self) -> str | None:
        """Where the next part begins; `None` for the last."""
        ...


PageT = TypeVar("PageT", bound=Page)


class MetricReader(Protocol):
    """Where metrics can be read."""

    def values(self, scope: Scope) -> list[MetricRow]:
        """Metrics by their last values, newest first.

        Raises:
            ReadError: a server did not answer, or refused.
            StoreError: the store cannot be read.
        """
        ...

    def lists(self, scope: Scope) -> list[MetricListRow]:
        """Lists with their values, newest first; raises as `values`."""
        ...


class ServerMetrics:
    """Asks the server at an address, with the arguments of `HttpSink`."""

    def __init__(self, base_url: str, api_key: str | None, timeout: float) -> None:
        self._base_url = web_address(base_url)
        self._api_key = api_key
        self._timeout = timeout

    def values(self, scope: Scope) -> list[MetricRow]:
        """See `MetricReader`."""
        pages: list[MetricValueList] = self._all(list_metric_values.sync, dict(scope))
        return [_value_row(row) for page in pages for row in page.values]

    def lists(self, scope: Scope) -> list[MetricListRow]:
        """See `MetricReader`."""
        wanted = {**scope, "include_values": True}
        pages: list[MetricListList] = self._all(list_metric_lists.sync, wanted)
        return [_list_row(row) for page in pages for row in page.lists]

    def _all(self, ask: Callable[..., PageT], wanted: Mapping[str, Any]) -> list[PageT]:
        given = {name: value for name, value in wanted.items() if value is not None}
        client = Client(self._base_url, api_key=self._api_key, timeout=self._timeout)
        with closing(client):
            asked = partial(ask, client=client, limit=_PAGE, **given)
            try:
                return list(_pages(lambda cursor: asked(cursor=cursor)))
            except ApiError as error:
                message = f"metrics could not be read from {self._base_url}: {_why(error)}"
                raise ReadError(message) from error


class StoreMetrics:
    """Reads a store of this machine, by its address."""

    def __init__(self, url: str) -> None:
        self._url = url

    def values(self, scope: Scope) -> list[MetricRow]:
        """See `MetricReader`."""
        if not store_path(self._url).exists():
            return []  # nothing was recorded yet, and to look makes no file
        with closing(open_store(self._url, create=False)) as store:
            ask = partial(store.list_metric_values, LOCAL_TENANT)
            pages = list(_pages(lambda cursor: ask(_query(scope, cursor))))
        return [_value_row(row) for page in pages for row in page.values]

    def lists(self, scope: Scope) -> list[MetricListRow]:
        """See `MetricReader`."""
        if not store_path(self._url).exists():
            return []
        with closing(open_store(self._url, create=False)) as store:
            ask = partial(store.list_metric_lists, LOCAL_TENANT)
            pages = list(_pages(lambda cursor: ask(_query(scope, cursor))))
        return [_list_row(row) for page in pages for row in page.lists]


def _pages(ask: Callable[[str | None], PageT]) -> Iterator[PageT]:
    page = ask(None)
    yield page
    while page.next_cursor is not None:
        page = ask(page.next_cursor)
        yield page


def _query(scope: Scope, cursor: str | None) -> MetricQuery:
    return MetricQuery(
        name=scope["name"],
        pipeline=scope["pipeline_name"],
        deployment=scope["deployment_name"],
        execution=scope["execution"],
        include_values=True,
        limit=_PAGE,
        cursor=cursor,
    )


def _why(error: ApiError) -> str:
    problem = error.problem if isinstance(error, ProblemError) else None
    return (problem.detail if problem is not None else None) or str(error)


def _value_row(row: MetricValue) -> MetricRow:
    return {
        "name": row.name,
        "value": row.value,
        "created_at": row.created_at,
        "execution_id": row.execution_id,
        "pipeline_name": row.pipeline_name,
        "deployment_name": row.deployment_name,
    }


def _list_row(row: MetricList) -> MetricListRow:
    return {
        "name": row.name,
        "values": list(row.values or ()),
        "created_at": row.created_at,
        "execution_id": row.execution_id,
        "pipeline_name": row.pipeline_name,
        "deployment_name": row.deployment_name,
    }
