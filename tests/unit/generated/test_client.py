"""The functions of the operations against a real HTTP server on loopback."""

import asyncio
import gc
import pickle
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from modelmetry_api.api import (
    delete_trace,
    get_finding_series,
    get_health_live,
    get_trace,
    ingest_signals_v1,
    list_traces,
)
from modelmetry_api.calls import Call
from modelmetry_api.client import DEFAULT_TIMEOUT, AsyncClient, Client
from modelmetry_api.errors import (
    ApiError,
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    ContentTooLargeError,
    ForbiddenError,
    NotFoundError,
    ProblemError,
    RequestTimeoutError,
    ServerError,
    TooManyRequestsError,
    UnauthorizedError,
    UnexpectedResponseError,
    UnprocessableError,
    UnsupportedMediaTypeError,
)
from modelmetry_api.models import CreateSessionParams, IngestSignalsV1RequestBody
from modelmetry_api.types import UNSET, Response, encode_json

from tests.unit.generated.conftest import JSON, PROBLEM, ScriptedServer

KEY = "mm_secret_key"
BATCH = IngestSignalsV1RequestBody(sessions=[CreateSessionParams(xid="s1")])
ACCEPTED = b'{"Accepted":1}'


@contextmanager
def left_over() -> Generator[list[object]]:
    """What only the garbage collector could free, of what the block did."""
    left: list[object] = []
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield left
        gc.collect()
        left += gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def ingest(server: ScriptedServer, **options: Any) -> Response[Any]:
    """Send one session, blocking."""
    with Client(server.url, api_key=KEY, **options) as client:
        return ingest_signals_v1.sync_detailed(client=client, body=BATCH)


def aingest(server: ScriptedServer, **options: Any) -> Response[Any]:
    """Send one session, with asyncio."""

    async def send() -> Response[Any]:
        async with AsyncClient(server.url, api_key=KEY, **options) as client:
            return await ingest_signals_v1.asyncio_detailed(client=client, body=BATCH)

    return asyncio.run(send())


either = pytest.mark.parametrize("send", [ingest, aingest], ids=["sync", "asyncio"])
Send = Callable[..., Response[Any]]


def query(server: ScriptedServer) -> list[tuple[str, str]]:
    """The query of the last request, decoded."""
    return parse_qsl(urlsplit(server.asked[-1].target).query, keep_blank_values=True)


@either
def test_a_body_is_sent_and_its_answer_read(server: ScriptedServer, send: Send) -> None:
    """The request is JSON with the key; the answer comes with status, headers and parsed body."""
    server.will(200, {**JSON, "X-Request-Id": "r1"}, ACCEPTED)
    answer = send(server)
    assert (answer.status, answer.parsed.accepted, answer.content) == (200, 1, ACCEPTED)
    assert answer.headers["x-request-id"] == "r1"
    (asked,) = server.asked
    assert (asked.method, asked.target, asked.body) == (
        "POST",
        "/signals/ingest/v1",
        b'{"Sessions":[{"XID":"s1"}]}',
    )
    assert asked.headers["x-api-key"] == KEY
    assert asked.headers["content-type"] == "application/json"


@either
def test_both_flavours_send_the_same(server: ScriptedServer, send: Send) -> None:
    """Blocking and asyncio functions send byte for byte the same request."""
    server.will(200, JSON, ACCEPTED)
    send(server)
    ingest(server)
    first, second = server.asked
    assert first == second


def test_the_short_functions_give_the_body(server: ScriptedServer) -> None:
    """`sync` and `asyncio` return what `parsed` holds."""
    server.will(200, JSON, ACCEPTED)
    with Client(server.url) as client:
        assert ingest_signals_v1.sync(client=client, body=BATCH).accepted == 1

    async def send() -> object:
        async with AsyncClient(server.url) as client:
            return (await ingest_signals_v1.asyncio(client=client, body=BATCH)).accepted

    assert asyncio.run(send()) == 1


def test_a_body_may_be_encoded_already(server: ScriptedServer) -> None:
    """Bytes are sent as they are, with the headers of this one request."""
    server.will(200, JSON, ACCEPTED)
    with Client(server.url) as client:
        ingest_signals_v1.sync(client=client, body=b"zipped", headers={"Content-Encoding": "gzip"})
        ingest_signals_v1.sync(client=client, body=encode_json(BATCH))
    assert server.asked[0].body == b"zipped"
    assert server.asked[0].headers["content-encoding"] == "gzip"
    assert "content-encoding" not in server.asked[1].headers


def test_an_empty_answer_is_none(server: ScriptedServer) -> None:
    """A 204 gives None."""
    server.will(204, {}, b"")

    async def send() -> Response[None]:
        async with AsyncClient(server.url) as client:
            await delete_trace.asyncio("t1", client=client)
            return await delete_trace.asyncio_detailed("t1", client=client)

    with Client(server.url) as client:
        delete_trace.sync("t1", client=client)
        assert delete_trace.sync_detailed("t1", client=client).parsed is None
    assert asyncio.run(send()).parsed is None
    assert {asked.method for asked in server.asked} == {"DELETE"}


def test_query_parameters_are_typed_text(server: ScriptedServer) -> None:
    """Lists repeat, times have an offset, booleans are true or false, absent ones are left out."""
    server.will(200, JSON, b'{"Traces":[],"NextCursor":null}')
    with Client(server.url) as client:
        list_traces.sync(
            client=client,
            name=["a&b", "ü+"],
            start_after=datetime(2026, 11, 2, 9, 30, tzinfo=timezone(timedelta(hours=2))),
            failed=True,
            min_duration_ms=0.5,
            limit=10,
            finding=["score<=0.5"],
            metadata=[],
            session=None,
            model=UNSET,
            sort="-duration",
        )
    assert query(server) == [
        ("name", "a&b"),
        ("name", "ü+"),
        ("start_after", "2026-11-02T07:30:00+00:00"),
        ("min_duration_ms", "0.5"),
        ("failed", "true"),
        ("finding", "score<=0.5"),
        ("sort", "-duration"),
        ("limit", "10"),
    ]


def test_a_naive_time_is_refused(server: ScriptedServer) -> None:
    """A time without an offset in a query is a programmer's mistake, and nothing is sent."""
    with Client(server.url) as client, pytest.raises(ValueError, match="no offset"):
        get_finding_series.sync(client=client, name="n", start_after=datetime(2026, 11, 2))  # noqa: DTZ001
    assert server.asked == []


@pytest.mark.parametrize(
    "xid, step",
    [
        ("a/b", "a%2Fb"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("ü ?#%", "%C3%BC%20%3F%23%25"),
        ("x.y", "x.y"),
    ],
)
def test_path_parameters_are_one_step(server: ScriptedServer, xid: str, step: str) -> None:
    """An identifier stays one step of the path, whatever it holds."""
    server.will(404, PROBLEM, b'{"type":"about:blank","status":404}')
    with Client(server.url + "/base") as client, pytest.raises(NotFoundError):
        get_trace.sync(xid, client=client)
    assert server.asked[0].target == f"/base/traces/{step}"


def test_an_empty_identifier_is_refused(server: ScriptedServer) -> None:
    """An empty path parameter would ask for something else, so it is an error."""
    with Client(server.url) as client, pytest.raises(ValueError, match="must not be empty"):
        get_trace.sync("", client=client)


def test_the_key_goes_only_where_it_is_needed(server: ScriptedServer) -> None:
    """An operation without security is asked without the key."""
    server.will(200, JSON, b'{"Status":"ok"}')
    with Client(server.url, api_key=KEY) as client:
        assert get_health_live.sync(client=client).status == "ok"
    assert "x-api-key" not in server.asked[0].headers


def test_headers_of_the_client_are_sent(server: ScriptedServer) -> None:
    """Headers given to the client go with every request and may replace its own."""
    server.will(200, JSON, ACCEPTED)
    ingest(server, headers={"User-Agent": "modelmetry-python/1", "X-Tenant": "a"})
    assert server.asked[0].headers["user-agent"] == "modelmetry-python/1"
    assert server.asked[0].headers["x-tenant"] == "a"


PROBLEM_BODY = (
    b'{"type":"about:blank","title":"Unprocessable Content","status":422,"detail":"2 faults",'
    b'"errors":[{"location":"body.Traces[0]","message":"no XID","value":{}},{"message":"odd"}]}'
)


@either
@pytest.mark.parametrize(
    "status, kind",
    [
        (400, BadRequestError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (405, ProblemError),
        (409, ConflictError),
        (413, ContentTooLargeError),
        (415, UnsupportedMediaTypeError),
        (422, UnprocessableError),
        (429, TooManyRequestsError),
        (500, ServerError),
        (503, ServerError),
        (599, ServerError),
    ],
)
def test_a_problem_is_raised(
    server: ScriptedServer, send: Send, status: int, kind: type[ProblemError]
) -> None:
    """A problem document is raised as the class of its status, whatever the status."""
    headers = {"Content-Type": "Application/Problem+JSON; charset=utf-8", "Retry-After": "7"}
    server.will(status, headers, PROBLEM_BODY)
    with pytest.raises(ProblemError) as caught:
        send(server)
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.retry_after, error.problem.detail) == (status, 7.0, "2 faults")
    assert str(error) == (
        f"POST /signals/ingest/v1: {status}: Unprocessable Content: 2 faults "
        "(body.Traces[0]: no XID; ?: odd)"
    )


@either
@pytest.mark.parametrize(
    "status, headers, body, reason",
    [
        (502, {"Content-Type": "text/html"}, b"<html>Bad gateway</html>", "not a problem"),
        (500, {}, b"", "the body is empty"),
        (404, JSON, b'{"detail":"Not Found"}', "not a problem"),
        (422, PROBLEM, b'{"title":5}', "not a problem"),
        (422, PROBLEM, b"\xff{", "not a problem"),
        (302, {"Location": "/login"}, b"", "does not describe this status"),
        (202, JSON, b"{}", "does not describe this status"),
        (200, JSON, b"", "the body is empty"),
        (200, {"Content-Type": "text/html"}, b"<html>Login</html>", "cannot be read"),
        (200, JSON, b'{"Accepted":"many"}', "$.Accepted"),
        (200, JSON, b'{"Accepted":"\xff"}', "cannot be read"),
        (200, JSON, b'{"x":' * 100_000, "cannot be read"),
    ],
)
def test_an_answer_that_is_not_described_is_raised(  # noqa: PLR0917 - one row of the table
    server: ScriptedServer,
    send: Send,
    status: int,
    headers: dict[str, str],
    body: bytes,
    reason: str,
) -> None:
    """HTML, empty bodies, unknown statuses and unreadable JSON all end in one typed error."""
    server.will(status, headers, body)
    with pytest.raises(UnexpectedResponseError) as caught:
        send(server)
    error = caught.value
    assert (error.status, error.content) == (status, body)
    assert reason in str(error)
    assert len(str(error)) < 1_000
    assert error.__cause__ is None


@either
def test_no_answer_in_time_is_raised(server: ScriptedServer, send: Send) -> None:
    """A server that does not answer ends in a timeout error."""
    server.answering.clear()
    with pytest.raises(
        RequestTimeoutError, match="POST /signals/ingest/v1: no answer: ReadTimeout"
    ):
        send(server, timeout=0.05)


def test_one_request_may_have_its_own_timeout(server: ScriptedServer) -> None:
    """The timeout of a call replaces the client's, which has a real default."""
    server.answering.clear()
    with Client(server.url) as client:
        assert client.timeout == DEFAULT_TIMEOUT == 10.0
        with pytest.raises(RequestTimeoutError):
            get_trace.sync("t", client=client, timeout=0.05)


@either
def test_a_refused_connection_is_raised(server: ScriptedServer, send: Send) -> None:
    """Where nobody listens, the error says so and has no status."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server.port = unused.getsockname()[1]
        with pytest.raises(ConnectionFailedError, match="ConnectError") as caught:
            send(server)
    assert (caught.value.status, caught.value.retry_after) == (None, None)


@either
def test_errors_never_hold_the_key(server: ScriptedServer, send: Send) -> None:
    """Not in text, attributes, cause or context, even when the server repeats it."""
    for status, headers, body in [
        (401, {**PROBLEM, "X-Echo": KEY}, b'{"title":"bad key %s"}' % KEY.encode()),
        (500, {"Content-Type": "text/html", "X-Echo": KEY}, KEY.encode()),
        (200, JSON, b"<" + KEY.encode()),
    ]:
        server.will(status, headers, body)
        with pytest.raises(ApiError) as caught:
            send(server)
        assert KEY not in str(caught.value)
        assert KEY not in repr(vars(caught.value))
    server.answering.clear()
    with pytest.raises(ApiError) as caught:
        send(server, timeout=0.05)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@either
def test_a_proxy_is_not_asked_for_this_machine(
    server: ScriptedServer, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy named by the environment does not come between us and a server on loopback."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    server.will(200, JSON, ACCEPTED)
    assert send(server).parsed.accepted == 1


@pytest.mark.parametrize(
    "value, date, seconds",
    [
        ("3", None, 3.0),
        ("Mon, 02 Nov 2026 09:30:20 GMT", "Mon, 02 Nov 2026 09:30:00 GMT", 20.0),
        ("Mon, 02 Nov 2026 09:30:20 GMT", "Mon, 02 Nov 2026 09:31:00 GMT", 0.0),
        ("Mon, 02 Nov 2020 09:30:20 GMT", None, 0.0),
        ("Mon, 02 Nov 2020 09:30:20 -0000", "soon", 0.0),
        ("soon", None, None),
        ("-5", None, None),
    ],
)
def test_retry_after_is_seconds(value: str, date: str | None, seconds: float | None) -> None:
    """`Retry-After` is read as seconds or as a date, counted from the server's own clock."""
    headers = {"retry-after": value} | ({"date": date} if date else {})
    assert ApiError("GET /", 503, headers).retry_after == seconds


def test_errors_can_be_pickled(server: ScriptedServer) -> None:
    """An error crosses a process boundary with all that it holds."""
    server.will(422, PROBLEM, PROBLEM_BODY)
    with pytest.raises(ProblemError) as problem:
        ingest(server)
    server.will(502, {}, b"")
    with pytest.raises(UnexpectedResponseError) as unexpected:
        ingest(server)
    failed = RequestTimeoutError("GET /traces", "ReadTimeout")
    for error in (problem.value, unexpected.value, failed):
        copied = pickle.loads(pickle.dumps(error))
        assert (type(copied), str(copied), vars(copied)) == (type(error), str(error), vars(error))


def test_many_faults_are_shortened() -> None:
    """A message names three faults and counts the others."""
    transport = httpx.MockTransport(
        lambda _: httpx.Response(
            422, headers=PROBLEM, content=b'{"errors":[%s]}' % b",".join([b'{"message":"m"}'] * 9)
        )
    )
    with (
        Client("http://test", transport=transport) as client,
        pytest.raises(UnprocessableError, match=r"\(\?: m; \?: m; \?: m; and 6 more\)"),
    ):
        get_trace.sync("t", client=client)


@pytest.mark.parametrize("holder", [Client, AsyncClient])
@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"base_url": "example.com"}, "must begin with http"),
        ({"base_url": "http://test:port"}, "is not an address"),
        ({"base_url": "http://"}, "must begin with http"),
        ({"base_url": "http://test", "api_key": "se\ncret"}, "api_key must be"),
        ({"base_url": "http://test", "api_key": ""}, "api_key must be"),
        ({"base_url": "http://test", "timeout": 0}, "more than 0"),
        ({"base_url": "http://test", "timeout": float("nan")}, "more than 0"),
    ],
)
def test_unusable_settings_are_refused(
    holder: type[Client | AsyncClient], arguments: dict[str, Any], message: str
) -> None:
    """An address, key or timeout that cannot work is refused at once, without showing the key."""
    with pytest.raises(ValueError, match=message) as caught:
        holder(**arguments)
    assert "cret" not in str(caught.value)


def test_clients_hide_their_key_and_are_frozen() -> None:
    """The repr of a client masks its key, and its settings cannot be changed."""
    with Client("http://test", api_key=KEY) as client:
        assert repr(client) == "Client('http://test', timeout=10.0, api_key='***')"
        with pytest.raises(AttributeError):
            client.base_url = "http://other"  # type: ignore[misc]
    with Client("http://me:password@test/x") as client:
        assert repr(client) == "Client('http://me:***@test/x', timeout=10.0, api_key=None)"
    bare = AsyncClient("http://test", timeout=2)
    assert repr(bare) == "AsyncClient('http://test', timeout=2, api_key=None)"
    assert (bare.base_url, bare.timeout) == ("http://test", 2)
    asyncio.run(bare.aclose())
    gc.collect()


@pytest.mark.parametrize("status", [200, 503, None])
def test_a_call_leaves_no_body_to_the_garbage_collector(
    server: ScriptedServer, status: int | None
) -> None:
    """Answered, refused or without an answer: no cycle holds what was sent."""
    if status is None:
        server.answering.clear()
    else:
        server.will(status, JSON, ACCEPTED)
    timeout = 0.05 if status is None else 5

    async def send() -> None:
        async with AsyncClient(server.url, timeout=timeout) as client:
            with suppress(ApiError):
                await ingest_signals_v1.asyncio_detailed(client=client, body=BATCH)

    with left_over() as left:
        with suppress(ApiError):
            ingest(server, timeout=timeout)
        asyncio.run(send())
    assert len(server.asked) == 2
    assert [thing for thing in left if isinstance(thing, (httpx.Request, Call))] == []


def test_a_time_in_utc_is_written_so() -> None:
    """The query of a call is a plain value that can be looked at without sending it."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"Traces": [], "NextCursor": None})

    with Client("http://test", transport=httpx.MockTransport(answer)) as client:
        list_traces.sync(client=client, start_before=datetime(2026, 11, 2, tzinfo=UTC))
    assert asked[0].url.params["start_before"] == "2026-11-02T00:00:00+00:00"
