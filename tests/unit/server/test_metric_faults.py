"""Metrics that cannot be taken, in our own words and in those of the other protocol.

Whatever is refused leaves nothing behind: neither a value nor an execution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modelmetry.store.executions import ExecutionQuery
from modelmetry.store.keys import Scope
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.server.serving import Serving, serving
from tests.unit.server.speaking import Craft, Dialect, Own, token_of

KEY, OTHER = "mm_ours_with_every_scope", "mm_theirs_with_every_scope"
A_LIST = 50_000

BAD_NUMBERS: list[tuple[Any, str]] = [
    ("0.5", "number"),
    ("", "number"),
    (True, "number"),
    (None, "number"),
    ([[1]], "number"),
    ({}, "number"),
    (b"NaN", "not JSON"),
    (b"Infinity", "not JSON"),
    (b"-Infinity", "not JSON"),
    (b"1e999", "infinity"),
    (b"1" + b"0" * 400, "infinity"),
]
NAMES = [
    "a/b",
    "/",
    "//a/",
    "a#b",
    "..",
    "../..",
    ".",
    "a b",
    "a+b",
    "a%b",
    "%2F",
    "?x=1",
    "📈",
    "é",
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server with keys of two tenants."""
    with serving(tmp_path_factory.mktemp("faults"), key=KEY) as started:
        every: frozenset[Scope] = frozenset({"ingest", "read"})
        started.store.ensure_key(OTHER, "other", every)
        yield started


@pytest.fixture(params=["own", "craft"])
def speaks(request: pytest.FixtureRequest, running: Serving) -> Iterator[Callable[[str], Dialect]]:
    """How a key speaks; all executions are gone afterwards."""

    def speak(key: str) -> Dialect:
        if request.param == "own":
            return Own(running.base_url, key)
        return Craft(running.base_url, token_of(running, key))

    yield speak
    for tenant in ("local", "other"):
        for run in runs(running.store, tenant):
            running.store.delete_execution(tenant, run)


@pytest.fixture
def here(speaks: Callable[[str], Dialect]) -> Dialect:
    """What speaks for us."""
    return speaks(KEY)


def runs(store: SqliteStore, tenant: str = "local") -> list[str]:
    """The executions that there are."""
    return [one.xid for one in store.list_executions(tenant, ExecutionQuery()).executions]


@pytest.mark.parametrize(
    ("bad", "said"), BAD_NUMBERS, ids=[repr(one)[:20] for one, _ in BAD_NUMBERS]
)
def test_only_finite_numbers_are_values(
    here: Dialect, running: Serving, bad: Any, said: str
) -> None:
    """Alone, and behind good ones in a list."""
    listed = b"[1," + bad + b"]" if isinstance(bad, bytes) else [1, bad]

    assert said in here.why(here.put("n", bad), 400, 422)
    assert said in here.why(here.append("n", listed), 400, 422)
    assert runs(running.store) == []


def test_an_empty_list_is_refused(here: Dialect, running: Serving) -> None:
    """It says nothing, and is most likely a mistake."""
    assert "less than 1 item" in here.why(here.append("n", []), 422)
    assert runs(running.store) == []


@pytest.mark.parametrize("name", [*NAMES, "x" * 1_000, "📈" * 1_000])
def test_any_name_is_kept(here: Dialect, name: str) -> None:
    """As a value and as a list, and it is found by it; an execution may be called so as well."""
    assert here.put(name, 1, run=name).status_code == 200
    assert here.append(name, [1, 2], run=name).status_code == 200
    assert here.rows(here.values(execution=name)) == [(name, 1)]
    assert here.rows(here.values(name=name)) == [(name, 1)]
    assert here.rows(here.lists(name=name)) == [(name, [1, 2])]


@pytest.mark.parametrize("name", ["x" * 1_001, "x" * 10_000])
def test_a_name_that_is_too_long_is_refused(here: Dialect, running: Serving, name: str) -> None:
    """The message has a number, and not the name; so has that about an execution."""
    for answer in (
        here.put(name, 1),
        here.append(name, [1]),
        here.put("n", 1, run=name),
        here.append("n", [1], run=name),
    ):
        why = here.why(answer, 422)
        assert "longer than 1000 characters" in why
        assert len(why) < 200
    assert runs(running.store) == []


def test_a_text_without_characters_names_nothing(here: Dialect, running: Serving) -> None:
    """Neither a metric nor an execution."""
    here.why(here.put("", 1), 404, 422)
    here.why(here.append("", [1]), 404, 422)
    here.why(here.put("n", 1, run=""), 404, 422)
    assert runs(running.store) == []


def test_a_list_that_is_full_takes_nothing_more(here: Dialect) -> None:
    """The call that would pass the end is refused whole, and says how many still fit."""
    for _ in range(4):
        assert here.append("loss", [1.0] * 10_000).status_code == 200
    assert here.append("loss", [1.0] * 9_998).status_code == 200

    assert "3 were sent, 2 still fit" in here.why(here.append("loss", [2.0] * 3), 422)
    assert here.append("loss", [3.0] * 2).status_code == 200
    assert "50,000" in here.why(here.append("loss", [4.0]), 422)
    [(_, values)] = here.rows(here.lists(execution="run"))
    assert (len(values), values[-3:]) == (A_LIST, [1, 3, 3])


def test_two_scopes_are_refused(here: Dialect) -> None:
    """With the names that were sent."""
    for read in (here.values, here.lists):
        why = here.why(read(pipeline="p", execution="e"), 422)
        assert "pipeline_name" in why
        assert "execution" in why
        assert "one scope" in why


def test_a_filter_that_is_not_known_is_refused_by_its_name(here: Dialect) -> None:
    """Rather than passed over; nor may one be given twice."""
    assert "colour" in here.why(here.values(colour="red"), 422)
    assert "once" in here.why(here.lists(name=["a", "b"]), 422)


def test_a_finished_execution_takes_nothing_more(here: Dialect, running: Serving) -> None:
    """What it has stays."""
    here.put("n", 1)
    here.append("n", [1])
    running.store.finish_execution("local", "run", {"Status": "completed"}).result()

    assert "has finished" in here.why(here.put("n", 2), 409)
    assert "has finished" in here.why(here.append("n", [2]), 409)
    assert "has finished" in here.why(here.put("new", 2), 409)
    assert here.rows(here.values()) == [("n", 1)]
    assert here.rows(here.lists()) == [("n", [1])]


def test_an_execution_that_nobody_knows_is_made(here: Dialect, running: Serving) -> None:
    """By its first metric; to be asked for does not make it."""
    assert here.rows(here.values(execution="run")) == []
    assert here.rows(here.lists(execution="run")) == []
    assert runs(running.store) == []
    here.put("n", 1)
    assert runs(running.store) == ["run"]


def test_the_executions_of_others_are_neither_seen_nor_written_to(
    speaks: Callable[[str], Dialect], running: Serving
) -> None:
    """One with the same id is another one; what finished theirs did not finish ours."""
    ours, theirs = speaks(KEY), speaks(OTHER)
    ours.put("n", 1)
    ours.append("n", [1])
    running.store.finish_execution("local", "run", {"Status": "completed"}).result()

    assert theirs.rows(theirs.values(execution="run")) == []
    assert theirs.rows(theirs.lists(name="n")) == []
    assert theirs.put("n", 2).status_code == 200
    assert theirs.append("n", [2]).status_code == 200
    assert ours.rows(ours.values()) == [("n", 1)]
    assert ours.rows(ours.lists()) == [("n", [1])]
    assert theirs.rows(theirs.values()) == [("n", 2)]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"a":"\\ud800"}', b"\xff"], ids=repr
)
def test_a_body_that_is_no_such_document_is_refused(
    here: Dialect, running: Serving, body: bytes
) -> None:
    """As JSON, or as what it should hold."""
    here.why(here.send_values(body), 400, 422)
    assert runs(running.store) == []


def test_what_is_too_large_to_be_read_is_refused(tmp_path: Path) -> None:
    """In both dialects with 413."""
    limits = {"largest_body": 2_000, "largest_inflated_body": 4_000}
    with serving(tmp_path, key=KEY, **limits) as small:
        for one in (Own(small.base_url, KEY), Craft(small.base_url, token_of(small, KEY))):
            assert "2000 bytes" in one.why(one.append("n", [1] * 2_000), 413)
        assert runs(small.store) == []
