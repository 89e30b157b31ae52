"""The published client of pipelines against our server: what it records."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests.published.asking import COLUMNS, LISTS, only, refusal
from tests.published.craft import Craft, listen

A_CALL = 10_000
A_LIST = 50_000


def test_a_value_is_recorded_and_read(craft: Craft) -> None:
    """With its execution, which was unknown before, and the time when it came."""
    client, run = craft.client(), craft.execution()
    before = datetime.now(UTC) - timedelta(seconds=1)
    assert client.record_metric_value("accuracy", 0.92) is True
    row = only(client.get_metrics(execution_id=run))
    assert set(row) == COLUMNS | {"name", "value"}
    assert (row["name"], row["value"], row["execution_id"]) == ("accuracy", 0.92, run)
    created = datetime.fromisoformat(row["created_at"])
    assert before <= created <= datetime.now(UTC) + timedelta(seconds=1)


def test_the_last_value_of_a_name_counts(craft: Craft) -> None:
    """In each execution by itself."""
    client = craft.client()
    first = craft.execution()
    for value in (0.1, 0.2, 0.3):
        client.record_metric_value("accuracy", value)
    second = craft.execution()
    client.record_metric_value("accuracy", 0.9)
    assert only(client.get_metrics(execution_id=first))["value"] == 0.3
    assert only(client.get_metrics(execution_id=second))["value"] == 0.9


@pytest.mark.parametrize("value", [0, -1, 2**53, 1e-300, 1.7976931348623157e308, 0.1])
def test_any_number_is_kept_exactly(craft: Craft, value: float) -> None:
    """As a value and in a list."""
    client, run = craft.client(), craft.execution()
    client.record_metric_value("n", value)
    client.record_list_metric_values("n", [value, value])
    assert only(client.get_metrics(execution_id=run))["value"] == value
    assert only(client.get_list_metrics(execution_id=run))["values"] == [value, value]


def test_a_list_grows_in_order(craft: Craft) -> None:
    """By lists and by single numbers; an empty list sends nothing."""
    client, run = craft.client(), craft.execution()
    for values in ([0.5, 0.4], 0.3, [], [0.2]):
        assert client.record_list_metric_values("loss", values) is True
    row = only(client.get_list_metrics(execution_id=run))
    assert set(row) == COLUMNS | {"name", "values"}
    assert (row["name"], row["values"]) == ("loss", [0.5, 0.4, 0.3, 0.2])


def test_a_value_and_a_list_may_share_a_name(craft: Craft) -> None:
    """Neither shows among the other."""
    client, run = craft.client(), craft.execution()
    client.record_metric_value("loss", 0.2)
    client.record_list_metric_values("loss", [0.5, 0.2])
    assert only(client.get_metrics("loss", execution_id=run))["value"] == 0.2
    assert only(client.get_list_metrics("loss", execution_id=run))["values"] == [0.5, 0.2]


@pytest.mark.parametrize(
    "name", ["loss of validation", "train/loss", "perte é", "100%25", "a&b=c", "损失", "a+b"]
)
def test_any_name_is_kept(craft: Craft, name: str) -> None:
    """The client does not encode names, and the filter must find them all the same."""
    client, run = craft.client(), craft.execution()
    client.record_metric_value(name, 1)
    client.record_list_metric_values(name, [1, 2])
    value = only(client.get_metrics(execution_id=run))
    listed = only(client.get_list_metrics(execution_id=run))
    assert value["name"] == listed["name"]
    assert value["name"] in {name, name.replace("%25", "%")}  # sent as it is, it is encoded already
    assert only(client.get_metrics(value["name"], execution_id=run)) == value


def test_what_its_path_cuts_off_is_not_kept(craft: Craft) -> None:
    """The client encodes nothing, so a # ends the name before it leaves; %23 is one."""
    client, run = craft.client(), craft.execution()
    client.record_metric_value("a#b", 1)
    client.record_metric_value("c%23d", 2)
    client.record_metric_value("e%2Ff%2F..%2Fg", 3)
    names = {row["name"]: row["value"] for row in client.get_metrics(execution_id=run)}
    assert names == {"a": 1, "c#d": 2, "e/f/../g": 3}


def test_a_name_that_leaves_its_place_is_told_apart(craft: Craft) -> None:
    """`..` is taken for a step up before it is sent; the error is one that the client reads."""
    client = craft.client()
    craft.execution()
    refusal(craft, lambda: client.record_metric_value("../../../x", 1), 404)
    refusal(craft, lambda: client.record_metric_value("", 1), 404)


@pytest.mark.parametrize("name", ["x" * 1_000, "📈" * 1_000], ids=["ascii", "emoji"])
def test_a_name_may_be_long(craft: Craft, name: str) -> None:
    """A thousand characters, however many bytes these are."""
    client, run = craft.client(), craft.execution()
    client.record_metric_value(name, 1)
    assert only(client.get_metrics(name, execution_id=run))["value"] == 1


def test_a_name_has_an_end(craft: Craft) -> None:
    """The error tells the bound, and not the name."""
    client, run = craft.client(), craft.execution()
    for record in (client.record_metric_value, client.record_list_metric_values):
        error = refusal(craft, partial(record, "x" * 10_000, 1), 422)
        assert "1000" in error.message
        assert len(str(error)) < 1_000
    assert client.get_metrics(execution_id=run) == []


@pytest.mark.parametrize("run", ["a/b", "a b", "a#b", "..", "📈", "1+1", "x" * 1_000])
def test_an_execution_may_be_called_anything(craft: Craft, run: str) -> None:
    """It stands in bodies and queries, where everything is encoded."""
    client = craft.client()
    craft.execution(run)
    client.record_metric_value("n", 1)
    client.record_list_metric_values("n", [1])
    assert only(client.get_metrics(execution_id=run))["execution_id"] == run
    assert only(client.get_list_metrics(execution_id=run))["execution_id"] == run


def test_threads_add_to_one_list(craft: Craft) -> None:
    """All values are there, and those of one call stand together."""
    run, secret = craft.execution(), craft.served.key()[1]
    clients = [craft.client(secret) for _ in range(4)]

    def record(client: Any, number: int) -> None:
        for turn in range(5):
            client.record_list_metric_values("loss", [number * 100 + turn] * 3)

    threads = [
        threading.Thread(target=record, args=(client, number))
        for number, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    values = only(clients[0].get_list_metrics(execution_id=run))["values"]
    assert [values[at] for at in range(0, 60, 3)] == [values[at + 2] for at in range(0, 60, 3)]
    assert sorted(set(values)) == sorted(n * 100 + turn for n in range(4) for turn in range(5))
    assert len(values) == 60


def test_long_lists_come_in_calls_of_ten_thousand(craft: Craft) -> None:
    """And are read back whole and in order."""
    client, run = craft.client(), craft.execution()
    values = [float(n) for n in range(2 * A_CALL + 5)]
    heard = listen(client)
    client.record_list_metric_values("loss", values)
    sent = [json.loads(one.body) for one in heard if one.path == f"{LISTS}/loss"]
    assert [len(one["values"]) for one in sent] == [A_CALL, A_CALL, 5]
    assert only(client.get_list_metrics(execution_id=run))["values"] == values


def test_more_in_one_call_is_refused(craft: Craft) -> None:
    """Nothing of it is kept."""
    client, run = craft.client(), craft.execution()
    body = {"values": [1.0] * (A_CALL + 1), "execution_id": run}
    url = f"{client.base_environment_api_url}/metrics/list-values/loss"
    error = refusal(craft, lambda: client._post(url, json=body))
    assert "10,000" in error.message or "10000" in error.message
    assert client.get_list_metrics(execution_id=run) == []


def test_a_list_has_an_end(craft: Craft) -> None:
    """The call that would pass it is refused whole, and says how many still fit."""
    client, run = craft.client(), craft.execution()
    client.record_list_metric_values("loss", [1.0] * (A_LIST - 3))
    error = refusal(craft, lambda: client.record_list_metric_values("loss", [2.0] * 4))
    assert "4 were sent, 3 still fit" in error.message
    client.record_list_metric_values("loss", [3.0] * 3)
    refusal(craft, lambda: client.record_list_metric_values("loss", 4.0))
    values = only(client.get_list_metrics(execution_id=run))["values"]
    assert (len(values), values[-4:]) == (A_LIST, [1.0, 3.0, 3.0, 3.0])
    assert client.record_list_metric_values("other", [1.0])  # each list by itself


@pytest.mark.parametrize("value", ["0.5", "", None, {}, [1.0]], ids=repr)
def test_only_numbers_are_values(craft: Craft, value: object) -> None:
    """The client looks at nothing; the server refuses, and keeps what was there."""
    client, run = craft.client(), craft.execution()
    client.record_metric_value("accuracy", 0.5)
    client.record_list_metric_values("accuracy", [0.5])
    refusal(craft, lambda: client.record_metric_value("accuracy", value))
    refusal(craft, lambda: client.record_list_metric_values("accuracy", [0.1, value]))
    assert only(client.get_metrics(execution_id=run))["value"] == 0.5
    assert only(client.get_list_metrics(execution_id=run))["values"] == [0.5]


@pytest.mark.parametrize("body", [{}, {"value": 1}, {"execution_id": "x"}, [], "x"], ids=repr)
def test_a_body_that_lacks_something_is_refused(craft: Craft, body: object) -> None:
    """With an error that the client can read."""
    client = craft.client()
    url = f"{client.base_environment_api_url}/metrics/single-value/accuracy"
    refusal(craft, lambda: client._put(url, json=body))
