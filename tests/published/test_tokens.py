"""The published client of pipelines against our server: its tokens, and whom they let in."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from modelmetry.store.keys import Scope
from tests.published.asking import SINGLE, only, refusal
from tests.published.craft import REFRESH, TENANT, Craft, Request, listen, serve

READ: frozenset[Scope] = frozenset({"read"})
INGEST: frozenset[Scope] = frozenset({"ingest"})


def refreshes(heard: list[Request]) -> int:
    """How often a client fetched a token."""
    return sum(one.path == REFRESH for one in heard)


def test_one_token_serves_many_calls(craft: Craft) -> None:
    """It is fetched before the first call, and lasts for more than one."""
    client = craft.client()
    craft.execution()
    heard = listen(client)
    for number in range(5):
        client.record_metric_value("accuracy", number)
    assert [one.path for one in heard] == [REFRESH] + [f"{SINGLE}/accuracy"] * 5
    assert json.loads(heard[0].body) == {"refresh_token": client._refresh_token}


def test_a_token_is_fetched_again_before_it_ends(craft: Craft) -> None:
    """The client reckons with `iat` and `exp`; after them it fetches another one."""
    client, run = craft.client(), craft.execution()
    heard = listen(client)
    client.record_metric_value("accuracy", 1)
    assert client._access_token_valid_until > datetime.now() + timedelta(minutes=10)  # noqa: DTZ005  # as the client does
    first = client._access_token
    client._access_token_valid_until -= timedelta(minutes=15)
    assert only(client.get_metrics(execution_id=run))["value"] == 1
    assert client._access_token != first
    assert refreshes(heard) == 2


def test_after_a_refused_token_the_next_call_works(craft: Craft) -> None:
    """A 401 makes the client forget its token; it then fetches another one."""
    client, run = craft.client(), craft.execution()
    client.record_metric_value("accuracy", 1)
    head, claims, signature = client._access_token.split(".")
    client._access_token = f"{head}.{claims}.{signature[::-1]}"
    error = refusal(craft, lambda: client.record_metric_value("accuracy", 2), 401)
    assert signature[::-1] not in str(error)
    assert client.record_metric_value("accuracy", 3)
    assert only(client.get_metrics(execution_id=run))["value"] == 3


@pytest.mark.parametrize(
    "token",
    ["wrong", "mm_" + "x" * 43, "a.b.c", "x" * 5_000, "é"],
    ids=["short", "like ours", "like a token", "long", "accent"],
)
def test_a_wrong_key_gets_no_token(craft: Craft, token: str) -> None:
    """The error does not repeat it."""
    client = craft.client(token)
    craft.execution()
    heard = listen(client)
    error = refusal(craft, lambda: client.record_metric_value("accuracy", 1), 401, 429)
    assert len(token) < 6 or token not in str(error)
    assert [one.path for one in heard] == [REFRESH]


def test_without_a_token_nothing_is_answered(craft: Craft) -> None:
    """Neither without the header nor with something else in it."""
    client = craft.client()
    for headers in ({}, {"Authorization": ""}, {"Authorization": "Basic eDp5"}):
        url = f"{client.base_environment_api_url}/metrics/single-value"
        answer = client._session.get(url, params={"items_per_page": 1, "page": 1}, headers=headers)
        assert answer.status_code == 401
        assert set(answer.json()) >= {"message", "name", "request_id", "additional_data"}


def test_a_revoked_key_ends_its_tokens(craft: Craft) -> None:
    """At once, and nobody gets another one for it."""
    key_id, secret = craft.served.key()
    client = craft.client(secret)
    craft.execution()
    client.record_metric_value("accuracy", 1)
    craft.served.store.revoke_key(key_id)
    heard = listen(client)
    for _ in range(2):
        refusal(craft, lambda: client.record_metric_value("accuracy", 2), 401)
    assert [one.path for one in heard] == [f"{SINGLE}/accuracy", REFRESH]


def test_a_key_does_what_it_is_good_for(craft: Craft) -> None:
    """One that may only ingest reads nothing, one that may only read records nothing."""
    run = craft.execution()
    writer, reader = (craft.client(craft.served.key(one)[1]) for one in (INGEST, READ))
    assert writer.record_metric_value("accuracy", 1)
    refusal(craft, lambda: writer.get_metrics(execution_id=run), 403)
    error = refusal(craft, lambda: reader.record_metric_value("accuracy", 2), 403)
    assert "ingest" in error.message
    assert only(reader.get_metrics(execution_id=run))["value"] == 1


def test_tenants_see_nothing_of_each_other(craft: Craft) -> None:
    """Though their executions have the same id."""
    run = craft.execution()
    ours, theirs = (craft.client(craft.served.key(tenant=one)[1]) for one in (TENANT, "other"))
    ours.record_metric_value("accuracy", 1)
    assert theirs.get_metrics(execution_id=run) == []
    theirs.record_metric_value("accuracy", 2)
    assert only(ours.get_metrics(execution_id=run))["value"] == 1
    assert only(theirs.get_metrics(execution_id=run))["value"] == 2


def test_a_token_outlives_the_server(craft: Craft, tmp_path: Path) -> None:
    """A client goes on with its token on the next server of the same store."""
    path, run = tmp_path / "again.db", craft.execution()
    with serve(path) as first:
        client = craft.client(first.key()[1])
        client.base_control_api_url = client.base_environment_api_url = f"{first.base_url}/api/v1"
        heard = listen(client)
        client.record_metric_value("accuracy", 1)
    with serve(path) as second:
        client.base_control_api_url = client.base_environment_api_url = f"{second.base_url}/api/v1"
        assert only(client.get_metrics(execution_id=run))["value"] == 1
    assert refreshes(heard) == 1


def test_it_is_told_who_it_is(craft: Craft) -> None:
    """The key, by its id and its label; nothing of a person."""
    key_id, secret = craft.served.store.create_key(TENANT, INGEST, "nightly training")
    assert craft.client(secret).who_am_i() == {"id": key_id, "name": "nightly training"}


def test_without_keys_any_token_will_do(craft: Craft, tmp_path: Path) -> None:
    """As on a machine of one's own; with the first key that ends, for the token at hand too."""
    run = craft.execution()
    with serve(tmp_path / "open.db") as opened:
        client = craft.client("anything")
        client.base_control_api_url = client.base_environment_api_url = f"{opened.base_url}/api/v1"
        client.record_metric_value("accuracy", 1)
        assert only(client.get_metrics(execution_id=run))["value"] == 1
        _, secret = opened.key()
        for _ in range(2):
            refusal(craft, lambda: client.record_metric_value("accuracy", 2), 401)
        client._refresh_token = secret
        assert client.record_metric_value("accuracy", 3)
