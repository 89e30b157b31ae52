"""Metrics of executions, read back from where a client sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, Protocol, TypeVar

from modelmetry_api.api import list_metric_lists, list_metric_values
from modelmetry_api.client import Client
from modelmetry_api.errors import ApiError, ProblemError
from modelmetry_api.models import MetricList, MetricValue

from modelmetry.config import Config
from modelmetry.errors import ReadError
from modelmetry.sinks.local import LOCAL_TENANT
from modelmetry.store.executions import MetricQuery
from modelmetry.store.open import open_store

_PAGE = 500
RowT = TypeVar("RowT")


class Page(Protocol):
    """A part of what is listed."""

    @property
    def next_cursor(self) -> str | None:
        """Where the next part begins; `None` for the last."""
        ...


PageT = TypeVar("PageT", bound=Page)


def read_values(config: Config, scope: dict[str, str | None]) -> list[MetricValue]:
    """Metrics by their last values, from the server or the store that `config` names.

    Raises:
        ReadError: no answer came, or it was a refusal.
        StoreError: the store cannot be read.
    """
    if config.base_url is not None:
        return _from_server(config, list_metric_values.sync, scope, lambda page: page.values)
    with closing(open_store(config.store_url)) as store:
        return [
            row
            for page in _pages(
                lambda cursor: store.list_metric_values(LOCAL_TENANT, _query(scope, cursor))
            )
            for row in page.values
        ]


def read_lists(config: Config, scope: dict[str, str | None]) -> list[MetricList]:
    """Lists with their values, likewise."""
    if config.base_url is not None:
        wanted: dict[str, Any] = {**scope, "include_values": True}
        return _from_server(config, list_metric_lists.sync, wanted, lambda page: page.lists)
    with closing(open_store(config.store_url)) as store:
        return [
            row
            for page in _pages(
                lambda cursor: store.list_metric_lists(LOCAL_TENANT, _query(scope, cursor))
            )
            for row in page.lists
        ]


def _from_server(
    config: Config,
    ask: Callable[..., PageT],
    wanted: dict[str, Any],
    rows: Callable[[PageT], list[RowT]],
) -> list[RowT]:
    address = config.base_url or ""
    given = {name: value for name, value in wanted.items() if value is not None}
    client = Client(address, api_key=config.api_key, timeout=config.timeout)
    with closing(client):
        try:
            pages = _pages(lambda cursor: ask(client=client, limit=_PAGE, cursor=cursor, **given))
            return [row for page in pages for row in rows(page)]
        except ApiError as error:
            raise ReadError(f"metrics could not be read from the server: {_why(error)}") from error


def _pages(ask: Callable[[str | None], PageT]) -> Iterator[PageT]:
    page = ask(None)
    yield page
    while page.next_cursor is not None:
        page = ask(page.next_cursor)
        yield page


def _query(scope: dict[str, str | None], cursor: str | None) -> MetricQuery:
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
