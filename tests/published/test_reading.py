"""The published client of pipelines against our server: what it reads, by scope and by page."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.published.asking import LISTS, SINGLE, only, refusal
from tests.published.craft import TENANT, Craft, listen


def small_pages(craft: Craft, size: int) -> Any:
    """A client whose pages have so many rows; everything else is as published."""
    published: Any = craft.client_type

    def get(self: Any, url: str, params: dict[str, Any] | None = None, **options: Any) -> Any:
        asked = None if params is None else {**params, "items_per_page": size}
        return published._get(self, url, params=asked, **options)

    return craft.client(kind=type("SmallPages", (published,), {"_get": get}))


def test_an_execution_that_nobody_knows_has_nothing(craft: Craft) -> None:
    """That is no error, as for any other filter."""
    client = craft.client()
    for scope in ("execution_id", "pipeline_name", "deployment_name", "name"):
        assert client.get_metrics(**{scope: "none-such"}) == []
        assert client.get_list_metrics(**{scope: "none-such"}) == []


def test_a_name_goes_with_a_scope(craft: Craft) -> None:
    """Alone it finds all executions of this tenant."""
    client = craft.client()
    runs = [craft.execution() for _ in range(2)]
    name = f"accuracy of {runs[0]}"
    for number, run in enumerate(runs):
        craft.execution(run)
        client.record_metric_value(name, number)
        client.record_metric_value("other", number)
        client.record_list_metric_values(name, [number])
    assert {row["execution_id"] for row in client.get_metrics(name)} == set(runs)
    assert {row["execution_id"] for row in client.get_list_metrics(name)} == set(runs)
    assert only(client.get_metrics(name, execution_id=runs[1]))["value"] == 1
    assert len(client.get_metrics(execution_id=runs[1])) == 2


@pytest.mark.parametrize(
    "scopes",
    [
        ("pipeline_name", "deployment_name"),
        ("pipeline_name", "execution_id"),
        ("deployment_name", "execution_id"),
        ("pipeline_name", "deployment_name", "execution_id"),
    ],
    ids="+".join,
)
def test_two_scopes_are_refused(craft: Craft, scopes: tuple[str, ...]) -> None:
    """The message names what was given."""
    client = craft.client()
    for read in (client.get_metrics, client.get_list_metrics):
        error = refusal(craft, partial(read, "n", **dict.fromkeys(scopes, "x")))
        assert all(scope in str(error) for scope in scopes)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_pages_come_to_an_end(craft: Craft, size: int) -> None:
    """With an exact count the client asks for as many pages as there are, and no more."""
    client, run = small_pages(craft, size), craft.execution()
    for number in range(7):
        client.record_metric_value(f"m{number}", number)
        client.record_list_metric_values(f"m{number}", [number, number])
    heard = listen(client)
    rows = client.get_metrics(execution_id=run)
    assert sorted(row["name"] for row in rows) == [f"m{number}" for number in range(7)]
    lists = client.get_list_metrics(execution_id=run)
    assert sorted(row["values"][0] for row in lists) == list(range(7))
    pages = -(-7 // size)
    assert [one.path for one in heard] == [SINGLE] * pages + [LISTS] * pages


def test_the_count_is_exact_on_every_page(craft: Craft) -> None:
    """Also behind the last one, where no rows are."""
    client, run = craft.client(), craft.execution()
    for number in range(5):
        client.record_metric_value(f"m{number}", number)
    url = f"{client.base_environment_api_url}/metrics/single-value"
    asked = {"filters[execution_id]": run, "items_per_page": 2}
    pages = [client._get(url, params={**asked, "page": page}) for page in (1, 2, 3, 4)]
    assert [(len(page["metrics"]), page["total_count"]) for page in pages] == [
        (2, 5),
        (2, 5),
        (1, 5),
        (0, 5),
    ]


@pytest.mark.parametrize("wrong", [{"page": 0}, {"page": "x"}, {"items_per_page": 0}])
def test_a_page_that_cannot_be_is_refused(craft: Craft, wrong: dict[str, Any]) -> None:
    """Rather than answered with another one."""
    client = craft.client()
    url = f"{client.base_environment_api_url}/metrics/single-value"
    asked = {"items_per_page": 10, "page": 1} | wrong
    refusal(craft, lambda: client._get(url, params=asked))


@pytest.mark.parametrize("wrong", ["filters[nam]", "filters[name", "sort", "limit"])
def test_what_is_not_known_is_refused_by_its_name(craft: Craft, wrong: str) -> None:
    """A misspelt filter would filter nothing."""
    client = craft.client()
    for kind in ("single-value", "list-values"):
        url = f"{client.base_environment_api_url}/metrics/{kind}"
        error = refusal(craft, partial(client._get, url, params={wrong: "x"}), 422)
        assert wrong in error.message


def test_more_than_a_million_values_are_not_one_page(craft: Craft) -> None:
    """The client cannot ask for smaller pages; it is told what it can do."""
    client, run = craft.client(), craft.execution()
    for number in range(22):
        body = {"Name": f"long{number}", "Values": [float(number)] * 50_000}
        craft.served.store.append_metric_values(TENANT, run, body).result()
    error = refusal(craft, lambda: client.get_list_metrics(execution_id=run), 422)
    assert "filters[name]" in error.message
    assert only(client.get_list_metrics("long7", execution_id=run))["values"] == [7] * 50_000
    craft.served.store.delete_execution(TENANT, run)
