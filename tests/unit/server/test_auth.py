"""Who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from modelmetry.server.auth import CACHE_SECONDS, Caller, Doorkeeper, sent_key
from modelmetry.server.problems import Problem
from modelmetry.store.keys import Scope
from modelmetry.store.open import open_store
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.server.serving import EVERYTHING, problem, serving, trace

READ: frozenset[Scope] = frozenset({"read"})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store with nothing in it."""
    opened = open_store(str(tmp_path / "keys.db"))
    yield opened
    opened.close()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Where keys are looked up."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def ask(door: Doorkeeper, key: str | None = None, scope: str = "read") -> Caller:
    """Whom the door sees."""
    headers = Headers({} if key is None else {"x-api-key": key})
    return asyncio.run(door.caller(headers, scope))


def refused(door: Doorkeeper, key: str | None = None, scope: str = "read") -> int:
    """The status with which the door refuses."""
    with pytest.raises(Problem) as caught:
        ask(door, key, scope)
    return caught.value.status


def test_the_door_is_open_while_there_is_no_key(
    store: SqliteStore, threads: ThreadPoolExecutor
) -> None:
    """Only for who sends none, and shut at once when the first key is made."""
    door = Doorkeeper(store, threads, "local")

    assert ask(door) == Caller("local", EVERYTHING)
    assert refused(door, "a key of another store") == 401
    assert ask(door) == Caller("local", EVERYTHING)
    _, secret = store.create_key("acme", READ)
    assert refused(door) == refused(door, "anything") == 401
    assert ask(door, secret) == Caller("acme", READ)


def test_a_door_that_others_can_reach_is_never_open(
    store: SqliteStore, threads: ThreadPoolExecutor
) -> None:
    """Not even while there is no key."""
    assert refused(Doorkeeper(store, threads, None)) == 401


def test_a_revoked_key_is_refused_at_once(store: SqliteStore, threads: ThreadPoolExecutor) -> None:
    """Although it was remembered a moment ago."""
    door = Doorkeeper(store, threads, None)
    key_id, secret = store.create_key("acme", READ)
    assert ask(door, secret).tenant == "acme"

    store.revoke_key(key_id)

    assert refused(door, secret) == 401


def test_what_another_process_revokes_is_refused_after_two_seconds(
    tmp_path: Path, store: SqliteStore, threads: ThreadPoolExecutor
) -> None:
    """And not looked up for every request before."""
    clock = Clock()
    door = Doorkeeper(store, threads, None, clock)
    key_id, secret = store.create_key("acme", READ)
    ask(door, secret)
    other = open_store(str(tmp_path / "keys.db"))
    other.revoke_key(key_id)
    other.close()

    assert ask(door, secret).tenant == "acme"
    clock.now = CACHE_SECONDS
    assert refused(door, secret) == 401


def test_a_key_that_is_revoked_while_it_is_looked_up_is_not_remembered(
    store: SqliteStore, threads: ThreadPoolExecutor
) -> None:
    """The answer on its way may be out of date."""
    door = Doorkeeper(store, threads, None)
    key_id, secret = store.create_key("acme", READ)
    _, other = store.create_key("acme", READ)

    async def main() -> None:
        ask_other = Headers({"x-api-key": other})
        first = asyncio.ensure_future(door.caller(Headers({"x-api-key": secret}), "read"))
        await asyncio.sleep(0)  # it waits for its answer
        threads.submit(lambda: None).result()
        store.revoke_key(key_id)
        await door.caller(ask_other, "read")
        await first

    asyncio.run(main())

    assert refused(door, secret) == 401


def test_the_first_key_made_during_the_question_shuts_the_door(
    store: SqliteStore, threads: ThreadPoolExecutor
) -> None:
    """The next request needs it."""
    door = Doorkeeper(store, threads, "local")

    async def main() -> None:
        first = asyncio.ensure_future(door.caller(Headers({}), "read"))
        await asyncio.sleep(0)
        threads.submit(lambda: None).result()
        _, secret = store.create_key("acme", READ)
        await door.caller(Headers({"x-api-key": secret}), "read")
        await first

    asyncio.run(main())

    assert refused(door) == 401


def test_not_too_many_keys_are_remembered(
    store: SqliteStore, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are forgotten when there are too many."""
    monkeypatch.setattr("modelmetry.server.auth.MOST_CACHED", 1)
    door = Doorkeeper(store, threads, None)
    secrets = [store.create_key("acme", READ)[1] for _ in range(3)]

    assert [ask(door, secret).tenant for secret in secrets * 2] == ["acme"] * 6


def test_a_key_is_good_for_its_scopes_only(store: SqliteStore, threads: ThreadPoolExecutor) -> None:
    """403 says which ones it has."""
    _, secret = store.create_key("acme", READ)
    door = Doorkeeper(store, threads, None)

    assert refused(door, secret, "admin") == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": "k"},
        {"X-API-KEY": "k"},
        {"authorization": "Bearer k"},
        {"authorization": "bearer  k "},
        {"x-api-key": "k", "authorization": "Bearer other"},
    ],
)
def test_a_key_comes_in_either_header(headers: dict[str, str]) -> None:
    """Names are case-insensitive; `X-API-KEY` goes first."""
    assert sent_key(Headers(headers)) == "k"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": ""},
        {"authorization": "k"},
        {"authorization": "Basic azo="},
        {"authorization": "Bearer "},
        {"x-api-key": "k" * 5000},
    ],
)
def test_without_a_key_it_is_401_and_says_how(headers: dict[str, str]) -> None:
    """`WWW-Authenticate` must be there."""
    with pytest.raises(Problem) as caught:
        sent_key(Headers(headers))

    assert caught.value.status == 401
    assert caught.value.headers == {"WWW-Authenticate": 'Bearer realm="modelmetry"'}


def test_nothing_of_another_tenant_can_be_seen(tmp_path: Path) -> None:
    """What another tenant has is answered like what nobody has."""
    key, other = "mm_" + "a" * 43, "mm_" + "b" * 43
    with serving(tmp_path, key=key) as running:
        running.store.ensure_key(other, "other", EVERYTHING)
        assert running.ingest({"Traces": [trace("mine")], "Sessions": [{"XID": "s"}]}).is_success
        theirs = {"X-API-KEY": other}
        hidden = running.http.get("/traces/mine", headers=theirs)
        nothing = running.http.get("/traces/nothing", headers=theirs)
        gone = running.http.delete("/traces/mine", headers=theirs)
        session = running.http.get("/sessions/s", headers=theirs)
        lists = [
            running.http.get(path, headers=theirs).json()
            for path in ("/traces", "/spans", "/sessions", "/names/traces", "/names/findings")
        ]
        assert running.ingest({"Traces": [trace("mine")]}, **theirs).is_success
        mine = running.http.get("/traces/mine").json()

    assert problem(hidden, 404)["detail"] == problem(nothing, 404)["detail"]
    assert (gone.status_code, session.status_code) == (404, 404)
    assert all(not found for one in lists for found in one.values())
    assert mine["TenantID"] == "ten_local"


def test_keys_over_a_socket(tmp_path: Path) -> None:
    """401 without, 401 with a wrong one, 403 for a scope that is missing; none for health."""
    key = "mm_" + "a" * 43
    with serving(tmp_path, key=key) as running:
        _, reader = running.store.create_key("local", READ)
        none = running.http.get("/traces", headers={"X-API-KEY": ""})
        wrong = running.http.get("/traces", headers={"X-API-KEY": "mm_wrong"})
        odd = running.http.get("/traces", headers=[(b"X-API-KEY", b"\xff\xfe")])
        missing = running.http.post("/signals/ingest/v1", json={}, headers={"X-API-KEY": reader})
        bearer = running.http.get(
            "/traces", headers={"X-API-KEY": key, "authorization": f"Bearer {reader}"}
        )
        health = running.http.get("/health/live", headers={"X-API-KEY": ""})

    for response in (none, wrong, odd):
        problem(response, 401)
        assert response.headers["www-authenticate"] == 'Bearer realm="modelmetry"'
    assert "not good for ingest; it has read" in problem(missing, 403)["detail"]
    assert (bearer.status_code, health.status_code) == (200, 200)
