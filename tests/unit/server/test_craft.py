"""The dialect of `craft-ai-sdk` over a socket: its access tokens, answers and failures."""

from __future__ import annotations

import gzip
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import jwt
import pytest

from modelmetry.errors import StoreUnavailableError
from modelmetry.server.compat.access import OPEN_ID, KnownKeys
from modelmetry.server.compat.tokens import AUDIENCE, ISSUER, LIFETIME, AccessTokens
from modelmetry.store.keys import SCOPES, Scope
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.server.serving import JSON, Serving, problem, serving
from tests.unit.server.speaking import API, LISTS, SINGLE, Craft, raw, refusal, token_of

KEY = "mm_a_key_with_every_scope"
REFRESH, ME = f"{API}/auth/refresh", f"{API}/users/me"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server with a key."""
    with serving(tmp_path_factory.mktemp("craft"), key=KEY) as started:
        yield started


@pytest.fixture
def craft(running: Serving) -> Craft:
    """Speaks for that key."""
    return Craft(running.base_url, token_of(running, KEY))


def bearer(token: str) -> dict[str, str]:
    """The headers that a client sends with a token."""
    return {"authorization": f"Bearer {token}"}


def forged(store: SqliteStore, **changed: Any) -> str:
    """A token like ours, with other claims; `secret` and `alg` are those of its signature."""
    now = int(time.time())
    signing = store.signing_key(now, now + LIFETIME)
    secret: bytes = changed.pop("secret", signing.secret)
    alg: str = changed.pop("alg", "HS256")
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": store.list_keys()[0].key_id,
        "jti": "1",
        "iat": now,
        "exp": now + LIFETIME,
        "tenant": "local",
        "scope": "read",
    }
    key: Any = None if alg == "none" else secret
    encoded: str = jwt.encode(claims | changed, key, alg, headers={"kid": signing.kid})  # pyright: ignore[reportUnknownMemberType]
    return encoded


# ---- answers


def test_what_is_recorded_is_answered_as_it_is_listed(craft: Craft) -> None:
    """With names that are null when nobody gave them."""
    recorded = craft.put("accuracy", 0.92, run="answers").json()
    appended = craft.append("loss", [3, 2.5], run="answers").json()

    [value] = craft.values(execution="answers").json()["metrics"]
    [listed] = craft.lists(execution="answers").json()["metrics"]
    assert recorded == value
    assert appended | {"values": [3, 2.5]} == listed | {"count": 2}
    assert datetime.fromisoformat(value.pop("created_at")).tzinfo is not None
    assert value == {
        "name": "accuracy",
        "value": 0.92,
        "execution_id": "answers",
        "pipeline_name": None,
        "deployment_name": None,
    }


def test_rows_name_pipeline_and_deployment_and_are_found_by_them(
    running: Serving, craft: Craft
) -> None:
    """As our own operations have said them of the execution."""
    body = {"XID": "named", "PipelineName": "train", "DeploymentName": "nightly"}
    running.store.put_execution("local", body).result()
    craft.put("n", 1, run="named")
    for named in ({"pipeline": "train"}, {"deployment": "nightly"}):
        [row] = craft.values(**named).json()["metrics"]
        assert (row["pipeline_name"], row["deployment_name"]) == ("train", "nightly")


def test_pages_are_counted_from_one_and_their_rows_exactly(craft: Craft) -> None:
    """Behind the last page there is nothing, at any distance."""
    for number in range(5):
        craft.put(f"n{number}", number, run="pages")
    found = [
        craft.values(execution="pages", items_per_page=2, page=page).json()
        for page in (1, 2, 3, 4, 1_000_000_000)
    ]
    assert [len(page["metrics"]) for page in found] == [2, 2, 1, 0, 0]
    assert {page["total_count"] for page in found} == {5}
    names = [row["name"] for page in found for row in page["metrics"]]
    assert sorted(names) == [f"n{number}" for number in range(5)]


def test_two_scopes_are_refused_under_the_names_that_were_sent(craft: Craft) -> None:
    """And not under those which our own operations have."""
    message = refusal(craft.values(pipeline="p", execution="e"), 422)["message"]
    assert "filters[pipeline_name] and filters[execution_id]" in message


@pytest.mark.parametrize(
    "wrong",
    [
        {"page": 0},
        {"page": -1},
        {"page": "x"},
        {"page": "1.0"},
        {"page": 10**9 + 1},
        {"page": 10**30},
        {"items_per_page": 0},
        {"items_per_page": 5_001},
        {"items_per_page": ""},
        {"page": [1, 2]},
        {"filters": "x"},
        {"filters[nam]": "x"},
    ],
    ids=str,
)
def test_a_page_that_cannot_be_is_refused_by_its_name(craft: Craft, wrong: dict[str, Any]) -> None:
    """Of values as of lists."""
    for answer in (craft.values(**wrong), craft.lists(**wrong)):
        document = refusal(answer, 422)
        [name] = wrong
        assert name in document["message"]
        assert document["additional_data"]["errors"][0]["location"].startswith("query")


def test_a_page_of_more_than_a_million_values_is_refused(running: Serving, craft: Craft) -> None:
    """It says how to ask for less, which then works; what is left out is never passed over."""
    store = running.store
    for number in range(22):
        body = {"Name": f"long{number:02}", "Values": [float(number)] * 50_000}
        store.append_metric_values("local", "large", body).result()
    try:
        document = refusal(craft.lists(execution="large", items_per_page=5_000), 422)
        assert "1,000,000 values" in document["message"]
        assert "filters[name]" in document["message"]
        page = craft.lists(execution="large", items_per_page=2, page=11).json()
        assert (len(page["metrics"]), page["total_count"]) == (2, 22)
        found = craft.lists(execution="large", name="long07").json()["metrics"]
        assert found[0]["values"] == [7.0] * 50_000
    finally:
        store.delete_execution("local", "large")


def test_names_may_stand_in_the_path_as_they_are(craft: Craft) -> None:
    """With their slashes; a + is a plus there, and a space only in a query."""
    for path in ("train/loss+1", "train%2Floss%2B1"):
        body = b'{"value":1,"execution_id":"path"}'
        assert craft.send("PUT", f"{SINGLE}/{path}", body).status_code == 200
    [row] = craft.values(execution="path").json()["metrics"]
    assert row["name"] == "train/loss+1"
    craft.put("a b", 2, run="path")
    asked = craft.send("GET", f"{SINGLE}?filters[name]=a+b&filters%5Bexecution_id%5D=path")
    assert asked.json()["total_count"] == 1


def test_members_that_a_later_client_may_send_are_passed_over(craft: Craft) -> None:
    """Nobody but its authors knows what they will be."""
    body = b'{"value":1,"execution_id":"later","step":3}'
    assert craft.send("PUT", f"{SINGLE}/n", body).status_code == 200


def test_bodies_may_be_compressed(craft: Craft, running: Serving) -> None:
    """As with our own operations; so are large answers."""
    body = gzip.compress(b'{"values":[1,2],"execution_id":"packed"}')
    headers = {**JSON, **bearer(craft.token), "content-encoding": "gzip"}
    assert raw(running.base_url, "POST", f"{LISTS}/n", headers, body).status_code == 200
    craft.append("n", [0.123456789] * 5_000, run="packed")
    asked = {**bearer(craft.token), "accept-encoding": "gzip"}
    target = f"{LISTS}?filters[execution_id]=packed"
    answer = raw(running.base_url, "GET", target, asked)
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.json()["metrics"][0]["values"]) == 5_002


def test_a_key_is_told_what_it_is(running: Serving) -> None:
    """Its id and its label, and nothing of a person."""
    key_id, secret = running.store.create_key("local", frozenset[Scope]({"ingest"}), "nightly")
    answer = running.http.get(ME, headers=bearer(token_of(running, secret)))
    assert answer.json() == {"id": key_id, "name": "nightly"}
    refusal(running.http.get(ME), 401)


# ---- failures


def test_every_failure_is_said_in_the_words_of_the_dialect(running: Serving, craft: Craft) -> None:
    """Also where no operation is reached, and with the headers that HTTP asks for."""
    http, token = running.http, bearer(craft.token)
    value = {"value": 1, "execution_id": "x"}
    refusal(http.get("/api"), 404)
    refusal(http.get("/api/v2/metrics/single-value"), 404)
    refusal(http.get(f"{API}/pipelines", headers=token), 404)
    refusal(http.put(f"{SINGLE}/", json=value, headers=token), 404)
    refusal(http.put(f"{SINGLE}/%FF", json=value, headers=token), 400)
    refusal(http.get(f"{SINGLE}?page=%FF", headers=token), 400)
    refusal(http.put(f"{SINGLE}/n", content=b"{}", headers=token), 415)
    broken = {**token, **JSON, "content-encoding": "br"}
    refusal(http.put(f"{SINGLE}/n", content=b"{}", headers=broken), 415)
    refusal(http.get(SINGLE, headers={"host": "example.com", **token}), 403, 421)
    refusal(http.get(SINGLE, headers={"origin": "https://example.com", **token}), 403)
    wrong = http.delete(f"{SINGLE}/n", headers=token)
    refusal(wrong, 405)
    assert wrong.headers["allow"] == "OPTIONS, PUT"
    assert http.options(SINGLE).headers["allow"] == "GET, HEAD, OPTIONS"
    head = http.head(SINGLE, headers=token)
    assert (head.status_code, head.content) == (200, b"")


def test_a_store_that_cannot_be_used_is_503_and_a_defect_500(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the reason under the id that the client was told."""
    with serving(tmp_path, key=KEY) as broken:
        craft = Craft(broken.base_url, token_of(broken, KEY))
        for error, status in (
            (StoreUnavailableError("/secret is gone"), 503),
            (KeyError("x"), 500),
        ):

            def fail(*_: Any, error: Exception = error) -> None:
                raise error

            monkeypatch.setattr(broken.store, "list_metric_values", fail)
            document = refusal(craft.values(), status)
            assert "secret" not in document["message"]
            assert document["request_id"] in caplog.text


def test_what_is_worked_on_is_bounded_together(tmp_path: Path) -> None:
    """A body of ours that is still on its way takes the place of one of theirs."""
    with serving(tmp_path, bodies_in_flight=1) as busy:
        head = "POST /executions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        with busy.connected() as waiting:
            waiting.sendall(f"{head}content-length: 2\r\nexpect: 100-continue\r\n\r\n".encode())
            assert waiting.recv(100).startswith(b"HTTP/1.1 100 ")  # it has its place now
            refused = busy.http.post(REFRESH, json={"refresh_token": "x"})
            waiting.sendall(b"{}")
            assert waiting.recv(1000).startswith(b"HTTP/1.1 200 ")
    refusal(refused, 429)
    assert refused.headers["retry-after"] == "1"


def test_requests_are_logged_with_their_tenant(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And with names of what was asked, never with a token."""
    caplog.set_level(logging.INFO, "modelmetry.server.access")
    with serving(tmp_path, key=KEY) as logged:
        craft = Craft(logged.base_url, token_of(logged, KEY))
        answer = craft.values(name="n")
    # Lines are written behind the answers: only now all of them surely are.
    facts = [vars(record)["facts"] for record in caplog.records if "facts" in vars(record)][-1]
    assert facts["tenant"] == "local"
    assert facts["query"] == ["filters[name]"]
    assert facts["request_id"] == answer.headers["x-request-id"]
    assert craft.token not in caplog.text


# ---- tokens


def test_a_token_is_for_these_operations_only(running: Serving, craft: Craft) -> None:
    """And a key for ours: as a bearer it is told where to go."""
    problem(running.http.get("/executions", headers={"x-api-key": craft.token}), 401)
    message = refusal(running.http.get(SINGLE, headers=bearer(KEY)), 401)["message"]
    assert REFRESH in message
    assert KEY not in message
    refusal(running.http.get(SINGLE, headers={"x-api-key": KEY}), 401)
    refusal(running.http.get(SINGLE), 401)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"exp": 1}, "expired"),
        ({"aud": "another"}, "something else"),
        ({"iss": "another"}, "not issued"),
        ({"alg": "none"}, "not signed with"),
        ({"alg": "HS512", "secret": b"x" * 64}, "not signed with"),
        ({"secret": b"x" * 32}, "signature"),
        ({"sub": "key_unknown"}, "revoked"),
        ({"tenant": "another"}, "revoked"),
        ({"sub": OPEN_ID}, "revoked"),
    ],
    ids=str,
)
def test_a_token_that_is_not_good_lets_nobody_in(
    running: Serving, changed: dict[str, Any], said: str
) -> None:
    """With the reason, and not with the token."""
    assert running.http.get(SINGLE, headers=bearer(forged(running.store))).status_code == 200
    token = forged(running.store, **changed)
    answer = running.http.get(SINGLE, headers=bearer(token))
    document = refusal(answer, 401)
    assert said in document["message"]
    assert token not in answer.text
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_is_not_remembered_after_its_end(running: Serving) -> None:
    """Nor its key's: what the server knows of callers for two seconds is not asked here."""
    key_id, secret = running.store.create_key("local", frozenset(SCOPES))
    craft = Craft(running.base_url, token_of(running, secret))
    assert craft.values().status_code == 200
    running.store.revoke_key(key_id)
    refusal(craft.values(), 401)
    long_ago = AccessTokens(running.store, running.store, lambda: time.time() - LIFETIME)
    token = long_ago.issue(running.store.list_keys()[0])
    assert "expired" in refusal(Craft(running.base_url, token).values(), 401)["message"]


def test_scopes_are_those_of_the_key(running: Serving) -> None:
    """Recording needs `ingest`, reading `read`; the message names both sides."""
    every: dict[Scope, Craft] = {}
    scopes: tuple[Scope, ...] = ("read", "ingest")
    for scope in scopes:
        _, secret = running.store.create_key("local", frozenset({scope}))
        every[scope] = Craft(running.base_url, token_of(running, secret))
    assert "it has read" in refusal(every["read"].put("n", 1, run="scopes"), 403)["message"]
    assert every["ingest"].put("n", 1, run="scopes").status_code == 200
    assert "it has ingest" in refusal(every["ingest"].values(), 403)["message"]
    assert every["read"].values().status_code == 200


def test_wrong_keys_are_guesses_as_at_the_login(tmp_path: Path) -> None:
    """Twenty at once, counted together; a right key is none."""
    with serving(tmp_path, key=KEY) as guessed:
        for number in range(10):
            wrong = f"mm_wrong{number}"
            refusal(guessed.http.post(REFRESH, json={"refresh_token": wrong}), 401)
            token_of(guessed, KEY)
            problem(guessed.http.post("/login", json={"APIKey": wrong}), 401)
        answers = [guessed.http.post("/login", json={"APIKey": "mm_wrong"}) for _ in range(9)]
        assert 429 in {answer.status_code for answer in answers}
        refused = guessed.http.post(REFRESH, json={"refresh_token": KEY})
        refusal(refused, 429)
        assert int(refused.headers["retry-after"]) >= 1


def test_many_right_keys_at_the_same_time_are_no_guesses(running: Serving) -> None:
    """The steps of a pipeline may all start at once, and the client tries nothing twice."""

    def refresh(_: int) -> int:
        headers = {"content-type": "application/json"}
        body = b'{"refresh_token":"%b"}' % KEY.encode()
        return raw(running.base_url, "POST", REFRESH, headers, body).status_code

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(refresh, range(200))) == {200}


@pytest.mark.parametrize("body", [{}, {"refresh_token": 5}, {"refresh_token": ""}, []], ids=str)
def test_a_key_must_be_sent_to_get_a_token(running: Serving, body: Any) -> None:
    """The faults do not repeat what was sent."""
    document = refusal(running.http.post(REFRESH, json=body), 422)
    assert all("value" not in error for error in document["additional_data"]["errors"])


# ---- without keys


def test_without_keys_any_token_stands_for_the_open_tenant(server: Serving) -> None:
    """So that the client, which insists on one, works on a machine of one's own."""
    craft = Craft(server.base_url, token_of(server, "whatever"))
    assert craft.put("n", 1, run="open").status_code == 200
    assert server.http.get("/executions/open").json()["Status"] == "running"
    assert server.http.get(ME, headers=bearer(craft.token)).json()["id"] == OPEN_ID
    refusal(server.http.get(SINGLE), 401)
    server.store.delete_execution("local", "open")


def test_such_a_token_ends_with_the_first_key(tmp_path: Path) -> None:
    """At once; and whatever is sent then must be a key."""
    with serving(tmp_path) as opened:
        craft = Craft(opened.base_url, token_of(opened, "whatever"))
        assert craft.values().status_code == 200
        opened.store.ensure_key(KEY, "local", frozenset(SCOPES))
        refusal(craft.values(), 401)
        refusal(opened.http.post(REFRESH, json={"refresh_token": "whatever"}), 401)
        token_of(opened, KEY)


def test_a_server_for_others_knows_no_such_token(tmp_path: Path) -> None:
    """Although its store has no keys, which is only possible for a moment."""
    with serving(tmp_path) as opened:
        assert KnownKeys(opened.store, "local").key_of_id(OPEN_ID) is not None
        assert KnownKeys(opened.store, None).key_of_id(OPEN_ID) is None
