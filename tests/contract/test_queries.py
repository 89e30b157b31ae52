"""Query parameters: each checked against the document, unknown ones refused."""

from __future__ import annotations

import pytest

from tests.contract.api import Api
from tests.contract.spec_document import Operation, operations

READS = [found for found in operations() if found.method == "GET"]


def path_of(operation: Operation) -> str:
    """A path of the operation, for something that is not there."""
    return operation.template.replace("{xid}", "nothing")


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.id)
@pytest.mark.parametrize("name", ["unknown", "Limit", "limit ", "XID", "api_key", "name[]"])
def test_an_unknown_parameter_is_refused_and_named(
    api: Api, operation: Operation, name: str
) -> None:
    """A parameter that the operation does not know is a 422: a misspelt filter filters nothing."""
    answer = api.get(path_of(operation), **{name: "1"})
    assert answer.status_code == 422
    assert f"query.{name}" in {error["location"] for error in answer.json()["errors"]}


WRONG = [
    ("/traces", "limit", "0"),
    ("/traces", "limit", "501"),
    ("/traces", "limit", "-1"),
    ("/traces", "limit", "1.5"),
    ("/traces", "limit", "1e2"),
    ("/traces", "limit", "ten"),
    ("/traces", "limit", ""),
    ("/traces", "limit", "١٢"),
    ("/traces", "limit", "1_0"),
    ("/traces", "limit", " 5"),
    ("/traces", "limit", "99999999999999999999999"),
    ("/traces", "failed", "yes"),
    ("/traces", "failed", "True"),
    ("/traces", "failed", "1"),
    ("/traces", "failed", ""),
    ("/traces", "sort", "name"),
    ("/traces", "sort", "-Start"),
    ("/traces", "min_duration_ms", "-1"),
    ("/traces", "min_duration_ms", "nan"),
    ("/traces", "max_duration_ms", "inf"),
    ("/traces", "max_duration_ms", "1,5"),
    ("/traces", "max_duration_ms", "1e999"),
    ("/traces", "metadata", "channel"),
    ("/traces", "metadata", "=web"),
    ("/traces", "finding", "score"),
    ("/traces", "finding", "<5"),
    ("/traces", "finding", "score~5"),
    ("/traces", "cursor", "x"),
    ("/traces", "cursor", "1~a b"),
    ("/traces", "cursor", "1~'"),
    ("/traces", "cursor", "12345678901234567890~"),
    ("/spans", "sort", "end"),
    ("/spans", "failed", "no"),
    ("/sessions", "cursor", ""),
    ("/findings/series", "bucket_seconds", "59"),
    ("/findings/series", "bucket_seconds", "31536001"),
    ("/findings/series", "bucket_seconds", "3600.5"),
    ("/names/traces", "limit", "0"),
    ("/executions", "status", "done"),
    ("/executions", "limit", "501"),
    ("/executions", "start_after", "today"),
    ("/metrics/values", "cursor", "x"),
    ("/metrics/lists", "include_values", "yes"),
    ("/metrics/curves", "of", "history"),
    ("/metrics/curves", "points", "1"),
    ("/metrics/curves", "from_index", "-1"),
    ("/metrics/history", "limit", "0"),
    ("/telemetry/records", "kind", "metric"),
    ("/telemetry/records", "sort", "name"),
    ("/telemetry/runs", "start_before", ""),
    ("/telemetry/series", "bucket_seconds", "0"),
    ("/telemetry/aggregate", "group_by", "machine"),
]


NEEDED = {
    "/findings/series": {"name": "n"},
    "/metrics/curves": {"name": "n", "execution": "e"},
    "/metrics/history": {"name": "n", "execution": "e"},
    "/telemetry/series": {"metric": "m"},
    "/telemetry/aggregate": {"metric": "m"},
}


@pytest.mark.parametrize(("path", "name", "value"), WRONG)
def test_a_wrong_value_is_refused_and_named(api: Api, path: str, name: str, value: str) -> None:
    """A value that does not fit its schema is a 422 at `query.NAME`."""
    needed = NEEDED.get(path, {})
    answer = api.get(path, **{name: value}, **needed)
    assert answer.status_code == 422, answer.text
    locations = [error["location"] for error in answer.json()["errors"]]
    assert locations, answer.text
    assert all(found.startswith(f"query.{name}") for found in locations), locations


@pytest.mark.parametrize("name", ["limit", "sort", "failed", "session", "q", "start_after"])
def test_a_single_parameter_given_twice_is_refused(api: Api, name: str) -> None:
    """Which of two values was meant cannot be known."""
    value = {"limit": "5", "sort": "start", "failed": "true", "start_after": "2026-11-02T09:30:00Z"}
    answer = api.get("/traces", **{name: [value.get(name, "a"), value.get(name, "b")]})
    assert answer.status_code == 422


def test_a_needed_parameter_is_missed(api: Api) -> None:
    """A series without a name is a 422 at `query.name`."""
    answer = api.get("/findings/series")
    assert answer.status_code == 422
    assert [error["location"] for error in answer.json()["errors"]] == ["query.name"]


@pytest.mark.parametrize("query", ["limit=%ff", "q=%ed%a0%80", "%ff=1", "name=%"])
def test_a_query_that_is_not_utf8_does_no_harm(api: Api, query: str) -> None:
    """Bytes that are no text are a refusal, or a text that matches nothing."""
    assert api.raw("GET", f"/traces?{query}").status_code in {200, 400, 422}


WORDS = [
    *('"', '"a', "a*", "*", "a AND", "NOT", "(", "a:b", "-", "^", "NEAR(a b)", "{a}", "a OR"),
    *("'; DROP TABLE trace;--", "\x00", " ", "", "日本", "😀", "a" * 5_000),
]


@pytest.mark.parametrize("words", WORDS, ids=lambda words: repr(words)[:20])
def test_any_words_can_be_searched_for(api: Api, words: str) -> None:
    """Words to search for are no query language: none of them is a mistake."""
    api.read("/traces", q=words, limit=1)


@pytest.mark.parametrize(
    "cursor",
    [
        "0~",
        "-1~",
        "999999999999999999~",
        "-999999999999999999~QQ",
        "1~____",
        "1~A",
        "0~" + "A" * 4_000,
    ],
)
def test_any_cursor_that_fits_is_taken(api: Api, cursor: str) -> None:
    """A cursor of a row that is gone, or made up, still answers a page."""
    for path in ("/traces", "/spans", "/sessions", "/executions", "/metrics/values"):
        api.read(path, cursor=cursor, limit=2)
    for path in ("/metrics/lists", "/telemetry/records", "/telemetry/runs"):
        api.read(path, cursor=cursor, limit=2)
    api.read("/traces", cursor=cursor, limit=2, sort="duration")
    answer = api.get("/metrics/history", cursor=cursor, **NEEDED["/metrics/history"])
    assert answer.status_code == 404  # no such metric: the cursor was read before


def test_an_operation_without_parameters_refuses_a_body_quietly(api: Api) -> None:
    """A GET with a body is answered as without."""
    answer = api.send("GET", "/info", content=b'{"a": 1}')
    assert answer.status_code in {200, 400}
