"""Words are found wherever they are, soon, and no longer than they are there."""

from __future__ import annotations

import sqlite3

import pytest
from modelmetry_api.types import UNSET

from modelmetry.store.queries import TraceQuery
from modelmetry.store.sqlite import reading
from modelmetry.store.sqlite.search import match_expression
from modelmetry.store.sqlite.store import SqliteStore
from modelmetry.store.sqlite.writer import Work
from tests.unit.store.cast import (
    TENANT,
    Item,
    body,
    completion,
    event,
    finding,
    span,
    trace,
)


def found(store: SqliteStore, text: str, tenant: str = TENANT) -> list[str]:
    """XIDs of the traces in which a text is found."""
    page = store.list_traces(tenant, TraceQuery(text=text, sort="start"))
    return [one.xid for one in page.traces]


@pytest.fixture
def everything(store: SqliteStore) -> dict[str, list[Item]]:
    """A trace with a word of its own in every place."""
    document = {"Identifier": "i", "Title": "Zitrone", "Content": "Zwiebel frisch"}
    data = {
        "Messages": [{"Role": "user", "Contents": [{"Text": "Apfel"}, {"Data": "Geheim"}]}],
        "Documents": [document],
        "Options": {"Model": "modell-7", "Provider": "anbieter"},
    }
    sent = body(
        traces=[trace(Name="birne.turn", Message="Kirsche", Metadata={"k": "Pflaume", "n": 4711})],
        spans=[
            span(Name="traube", Family="completion", FamilyData=data, Metadata={"x": ["Mango"]})
        ],
        events=[event(Name="dattel", Metadata={"y": {"z": "Feige"}})],
        findings=[
            finding(value="Quitte", Comment="Melone", Description="Nektarine"),
            finding("f2", Name="zahl", value=8899),
        ],
    )
    store.ingest(TENANT, sent)
    store.ingest("other", sent)
    return sent


@pytest.mark.parametrize(
    "text",
    [
        "Apfel", "apfel", "APF", "birne", "turn", "birne.turn", "kirsche", "pflaume", "4711",
        "traube", "mango", "dattel", "feige", "quitte", "melone", "nektarine", "zitrone",
        "zwiebel frisch", "frisch zwiebel", "apfel feige qui", "modell-7", "zahl", " ", "",
        '"', "-", "AND", "* ^ ()", "apfel\0",
    ],
)  # fmt: skip
def test_words_are_found(store: SqliteStore, everything: object, text: str) -> None:
    """In names, messages, contents, documents, labels, comments, metadata; in any order and case.

    The last word may be the beginning of one; what is empty asks for nothing, and what has no
    letters is nowhere.
    """
    assert found(store, text) == ([] if text in {"AND", '"', "-", "* ^ ()"} else ["t1"])


@pytest.mark.parametrize(
    "text",
    ["apf feige", "missing", "apfel missing", "geheim", "anbieter", "8899", "apfel OR missing",
     "NOT missing", "text: apfel", "NEAR(apfel feige)", 'apfel" OR "missing'],
)  # fmt: skip
def test_nothing_else_is_found(store: SqliteStore, everything: object, text: str) -> None:
    """Binary data, options and numbers are no words, and a user's text is no query language."""
    assert found(store, text) == []


@pytest.mark.parametrize("text", ["x" * 100_000, "a " * 10_000, "é\u0301", "\U0001e900", "😀 qqq"])
def test_any_text_may_be_searched_for(store: SqliteStore, everything: object, text: str) -> None:
    """Long and strange texts find nothing, and are no errors."""
    assert found(store, text) == []


def test_texts_are_compared_without_accents(store: SqliteStore) -> None:
    """Composed or not, accents do not matter."""
    store.ingest(TENANT, body(traces=[trace(Message="Café cre\u0301me")]))
    for text in ("cafe", "CAFÉ", "cafe\u0301", "crème"):
        assert found(store, text) == ["t1"]


def test_a_search_finds_what_was_stored_just_before(store: SqliteStore) -> None:
    """New words count at once, old ones no longer."""
    store.ingest(TENANT, body(traces=[trace(Message="first")]))
    assert found(store, "first") == ["t1"]
    store.ingest(TENANT, body(traces=[trace(Message="second")]))
    assert (found(store, "first"), found(store, "second")) == ([], ["t1"])


def test_a_search_does_not_wait_for_a_large_backlog(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers with what is indexed; the background does the rest."""
    monkeypatch.setattr(reading, "_SMALL_BACKLOG", 0)
    store.ingest(TENANT, body(traces=[trace(Message="word")]))
    store.settle()
    assert found(store, "word") == ["t1"]


def test_the_background_indexes_by_itself(store: SqliteStore) -> None:
    """When nothing else is to be done, nothing stays due."""
    store.ingest(TENANT, body(traces=[trace(f"t{n}") for n in range(200)], spans=[span()]))
    connection = sqlite3.connect(store.path)
    due = "SELECT (SELECT count(*) FROM words_due) + (SELECT count(*) FROM summary_due)"
    # The writer's own queue is the event to wait for: a job runs after idle background work.
    while connection.execute(due).fetchone() != (0,):
        store.ping()
        store.writer.idle.wait(5)
    connection.close()
    assert found(store, "step") == ["t1"]


def test_deleting_takes_the_words_away(store: SqliteStore, everything: object) -> None:
    """Nothing of them is left in the index, and the other tenant keeps its own."""
    assert found(store, "apfel") == ["t1"]
    store.delete_trace(TENANT, "t1")
    assert (found(store, "apfel"), found(store, "apfel", "other")) == ([], ["t1"])
    store.delete_trace("other", "t1")
    store.settle()
    connection = sqlite3.connect(store.path)
    connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, words, row)")
    assert connection.execute("SELECT term FROM temp.terms").fetchall() == []
    assert connection.execute("SELECT count(*) FROM words_of").fetchone() == (0,)
    connection.close()


def test_a_trace_that_is_deleted_before_it_is_indexed(store: SqliteStore) -> None:
    """Nothing is left to do."""
    store.ingest(
        TENANT, body(traces=[trace(Message="gone")], spans=[span(FamilyData=completion())])
    )
    store.delete_trace(TENANT, "t1")
    store.settle()
    assert found(store, "gone") == []
    assert store.check().ok


def test_every_word_is_quoted() -> None:
    """Quotes are doubled, so that a word cannot end its quotation."""
    assert match_expression('a"b c') == '"a""b" AND "c" *'
    assert match_expression("- ()") == ""


def test_metadata_is_searched_whatever_its_keys(store: SqliteStore) -> None:
    """Only family data has members that are no prose."""
    store.ingest(
        TENANT, body(traces=[trace(Metadata={"Data": "hidden", "Options": {"a": "deep"}})])
    )
    assert found(store, "hidden") == found(store, "deep") == ["t1"]


def never(work: Work) -> bool:
    """Background work that does nothing and has no more to do."""
    del work
    return False


def test_a_search_says_how_much_it_did_not_look_at(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the tenant alone; nothing when all was looked at, or no words were asked for."""
    store.settle()
    monkeypatch.setattr(reading, "_SMALL_BACKLOG", 0)
    monkeypatch.setattr(store.writer, "_background", never)
    store.ingest(TENANT, body(traces=[trace(f"t{n}", Message="word") for n in range(3)]))
    store.ingest("other", body(traces=[trace()]))

    asked = TraceQuery(text="word")
    assert store.list_traces(TENANT, asked).unsearched == 3
    assert store.list_traces(TENANT, TraceQuery()).unsearched is UNSET
    store.settle()
    page = store.list_traces(TENANT, asked)
    assert (len(page.traces), page.unsearched) == (3, UNSET)
