"""A text is found in the spans that say it, wherever they do, and in no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from modelmetry_api.models import Match, TraceMatches
from modelmetry_api.types import UNSET

from modelmetry.store.sqlite import matches
from modelmetry.store.sqlite.matching import LAST_CASED, LONGEST_EXCERPT, excerpt
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import TENANT, Item, body, event, finding, span, trace

SHARP = "\u00df"
# Letters that fold to several or to ASCII, and of two, three and four bytes.
LETTERS = f"aSsfiK{SHARP}\u017f\u212a\ufb01\ufb03\u0130\u0149\u0434\u0414\u03c2\u03a3e\u0301"
EASY = f"{LETTERS}\u20ac\U0001f600 0.u"
# What JSON escapes, and with what its own texts begin.
HARD = f"""{LETTERS}\\"'/\n\t\x01\x7f {{["""
hard = st.text(st.sampled_from(EASY), min_size=1, max_size=8) | st.text(
    st.sampled_from(HARD), min_size=1, max_size=8
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | hard | hard.map(lambda text: json.dumps([text])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hard, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def found(store: SqliteStore, *texts: str, trace: str = "t1") -> TraceMatches:
    """The answer for a trace that is there."""
    answer = store.search_trace(TENANT, trace, texts)
    assert answer is not None
    return answer


def places(store: SqliteStore, *texts: str) -> dict[str, str]:
    """Where in which span."""
    return {one.xid: one.place for one in found(store, *texts).spans}


def said(value: Any) -> Iterator[str]:
    """Everything that JSON says, names and JSON within its texts among it, plainly."""
    if isinstance(value, dict):
        for name, inner in cast("dict[str, Any]", value).items():
            yield from (*said(name), *said(inner))
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from said(inner)
    elif isinstance(value, str):
        yield value
        try:
            within = msgspec.json.decode(value)
        except msgspec.DecodeError:
            return
        if isinstance(within, dict | list | str):
            yield from said(within)
    elif value is not None:
        yield msgspec.json.encode(value).decode()


def occurs(texts: list[str], everything: list[str]) -> bool:
    """Whether each text is somewhere."""
    return all(any(one.casefold() in text.casefold() for text in everything) for one in texts)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """A store for many traces."""
    with SqliteStore(tmp_path_factory.mktemp("matches") / "store.db") as opened:
        yield opened


NUMBERS = count()


@given(
    here=st.lists(json_values, min_size=4, max_size=4),
    name=hard,
    message=st.none() | hard,
    drawn=st.data(),
)
def test_what_is_found_is_what_is_said(
    shared: SqliteStore, here: list[Any], name: str, message: str | None, drawn: st.DataObject
) -> None:
    """As a search without any short cut through all that was sent says."""
    xid = f"t{next(NUMBERS)}"
    data, inside, note, own = here
    of = {"SpanID": f"{xid}-p"}
    sent = body(
        traces=[trace(xid, Metadata={"m": own}, Name="")],
        spans=[span(f"{xid}-p", xid, Name=name, Message=message, FamilyData=data,
                    Metadata={"m": inside})],
        events=[event(f"{xid}-e", xid, Name="e", Metadata={"m": note}, **of)],
        findings=[finding(f"{xid}-f", xid, value=name, Name="f", Comment=message, **of)],
    )  # fmt: skip
    shared.ingest(TENANT, sent)
    everything = ["m", *said([data, inside, note]), name, message or "", "e", "f"]
    texts = drawn.draw(st.lists(hard | st.sampled_from(everything).flatmap(part_of), min_size=1,
                                max_size=2).filter(all))  # fmt: skip
    answer = found(shared, *texts, trace=xid)
    assert bool(answer.spans) == occurs(texts, everything)
    assert (answer.trace is not UNSET) == occurs(texts, ["m", *said(own)])


@st.composite
def part_of(draw: st.DrawFn, text: str) -> str:
    """A piece of a text, in letters of another size."""
    begin, end = (draw(st.integers(0, len(text))) for _ in range(2))
    change = draw(st.sampled_from([str.upper, str.lower, str.casefold, str.title]))
    return change(text[begin:end])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"stra{SHARP}e", "STRASSE"), ("STRASSE", f"stra{SHARP}e"), ("\u017fhip", "ship"),
        ("\u212aelvin", "kelvin"), ("o\ufb03ce", "OFFICE"), ("\u0130zmir", "i\u0307ZMIR"),
        ("\u0434\u0430", "\u0414\u0410"), ("\u03bf\u03b4\u03cc\u03c2", "\u039f\u0394\u038c\u03a3"),
        ('a "b" \\c\n', '"B" \\C\n'), ("\x01\x1f", "\x01\x1f"), ("\U0001f600!", "\U0001f600"),
        ('{"a": "caf\\u00e9"}', "CAF\u00c9"), ('["\\\\u0041"]', "\\u0041"), ('"\\u0434"', "\u0414"),
    ],
)  # fmt: skip
def test_a_text_is_found_however_it_is_written(store: SqliteStore, text: str, wanted: str) -> None:
    """In letters of any size, and behind the signs that JSON puts before some."""
    spans = [span(FamilyData={"said": text}), span("p2", FamilyData={"said": "caf\u00e8 s"})]
    store.ingest(TENANT, body(traces=[trace()], spans=spans))
    (only,) = found(store, wanted).spans
    assert only.xid == "p1"


SPAN: dict[str, Item] = {
    "completion": {
        "Messages": [
            {"Role": "system", "Contents": [{"Text": "Apple"}]},
            {"Role": "user", "Name": "Banana", "Contents": [
                {"MimeType": "image/png", "Data": "Secret0"}]},
            {"Role": "assistant", "Contents": [], "ToolCalls": [
                {"ID": "Cherry", "Type": "function", "Function": {
                    "Name": "Damson", "Arguments": '{"Elder": "f\\u00eag"}'}}]},
            {"Role": "tool", "ToolCallID": "Cherry-2", "Contents": [{"Text": "Grape"}]},
        ],
        "Options": {"Model": "Hazel", "Tools": [{"Name": "Iris", "Parameters": {"Jasmin": 1}}]},
        "Documents": [{"Identifier": "Kiwi", "Title": "Lemon", "Content": {"Mango": 4711}}],
        "Usage": {"Input": {"Amount": 8899, "Unit": "tokens"}},
        "Unheard": {"Nectar": "Olive"},
    },
    "retrieval": {
        "Queries": [{"TextRepresentation": "Peach", "Embeddings": [0.8899]}],
        "Documents": [{"Title": "Quince", "Metadata": {"Raisin": True}}],
    },
    "embeddings": {"Inputs": ["Satsuma"], "Options": {"Provider": "Tamarind"}},
    "other": {"Ugli": "Vine"},
}  # fmt: skip


@pytest.fixture
def everything(store: SqliteStore) -> SqliteStore:
    """A trace with a word of its own in every place, in spans called by their family."""
    of = {"SpanID": "completion"}
    store.ingest(TENANT, body(
        traces=[trace(Name="Walnut", Message="Xigua", Metadata={"Yam": "Zucchini"})],
        spans=[
            span(family, Name=f"{family}.do", Family=family, FamilyData=data, Message=f"{family}!",
                 Metadata={f"of-{family}": "Basil"})
            for family, data in SPAN.items()
        ],
        events=[event("e2", Name="Chive", Metadata={"Dill": "Fennel"}, **of), event(Name="Own")],
        findings=[
            finding("f1", Name="Ginger", value="Hop", Unit="Ivy", Comment="Kale",
                    Description="Leek", Metadata={"Mint": "Nori"}, **of),
            finding("f2", value=0.125, **of),
            finding("f3", value=True, SpanID="lost", Comment="Stray"),
        ],
    ))  # fmt: skip
    return store


@pytest.mark.parametrize(
    ("text", "xid", "place"),
    [
        ("apple", "completion", "message"), ("banana", "completion", "message"),
        ("image/", "completion", "message"), ("CHERRY-2", "completion", "tool_call"),
        ("damson", "completion", "tool_call"), ("elder", "completion", "tool_call"),
        ("F\u00caG", "completion", "tool_call"), ("grape", "completion", "message"),
        ("hazel", "completion", "options"), ("iris", "completion", "options"),
        ("jasmin", "completion", "options"), ("kiwi", "completion", "document"),
        ("lemon", "completion", "document"), ("mango", "completion", "document"),
        ("4711", "completion", "document"), ("nectar", "completion", "data"),
        ("olive", "completion", "data"), ("peach", "retrieval", "query"),
        ("quince", "retrieval", "document"), ("raisin", "retrieval", "document"),
        ("true", "retrieval", "document"), ("satsuma", "embeddings", "input"),
        ("tamarind", "embeddings", "options"), ("ugli", "other", "data"),
        ("vine", "other", "data"), ("of-other", "other", "metadata"),
        ("chive", "completion", "event"), ("dill", "completion", "event"),
        ("fennel", "completion", "event"), ("ginger", "completion", "finding"),
        ("hop", "completion", "finding"), ("ivy", "completion", "finding"),
        ("kale", "completion", "finding"), ("leek", "completion", "finding"),
        ("mint", "completion", "finding"), ("nori", "completion", "finding"),
        ("0.125", "completion", "finding"), ("other!", "other", "failure"),
        ("retrieval.do", "retrieval", "name"),
    ],
)  # fmt: skip
def test_each_place_is_looked_into_and_told(
    everything: SqliteStore, text: str, xid: str, place: str
) -> None:
    """All that a span says, with what is joined to it."""
    assert places(everything, text) == {xid: place}


@pytest.mark.parametrize(
    "text", ["secret0", "8899", "tokens", "user", "contents", "arguments", "model", "xid", "t1"]
)
def test_what_nobody_wrote_to_be_read_is_not_found(everything: SqliteStore, text: str) -> None:
    """Base64, vectors, amounts, roles, ids, and the names that the document of the API gives."""
    assert found(everything, text) == TraceMatches(spans=[], more=False)


@pytest.mark.parametrize(
    ("text", "place", "shown"),
    [
        ("walnut", "name", "Walnut"), ("xigua", "failure", "Xigua"), ("yam", "metadata", "Yam"),
        ("zucchini", "metadata", "Zucchini"), ("own", "event", "Own"),
        ("stray", "finding", "Stray"), ("true", "finding", "true"),
    ],
)  # fmt: skip
def test_the_trace_itself_is_looked_into(
    everything: SqliteStore, text: str, place: str, shown: str
) -> None:
    """With events and findings of its own, and those of spans that never came."""
    assert found(everything, text).trace == Match(place=place, excerpt=shown)


def test_all_texts_have_to_be_in_one_span(everything: SqliteStore) -> None:
    """Anywhere in it; the place is the first of any of them."""
    assert places(everything, "leek", "apple", "completion.do") == {"completion": "message"}
    assert places(everything, "leek", "APPLE", "apple") == {"completion": "message"}
    assert places(everything, "apple", "vine") == {}
    assert places(everything, "basil", "vine") == {"other": "data"}
    assert set(places(everything, "basil")) == set(SPAN)


def test_a_trace_of_nobody_or_of_somebody_else_is_none(everything: SqliteStore) -> None:
    """Nothing is said about it."""
    assert everything.search_trace(TENANT, "t2", ["apple"]) is None
    assert everything.search_trace("other", "t1", ["apple"]) is None


def test_another_trace_is_not_looked_into(everything: SqliteStore) -> None:
    """Nor what waits for a trace."""
    waiting = event("e9", of=None, SpanID="p9", Name="Apple")
    there = span("p2", "t2", Name="Apple")
    everything.ingest(TENANT, body(traces=[trace("t2")], spans=[there], events=[waiting]))
    assert set(places(everything, "apple")) == {"completion"}


def test_only_so_many_spans_are_told(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """And whether there are more; strays are known as such all the same."""
    monkeypatch.setattr(matches, "MOST_SPANS", 3)
    spans = [span(f"p{n}", Name="Apple") for n in range(5)]
    last = event(SpanID="p4", Name="Pear")
    store.ingest(TENANT, body(traces=[trace()], spans=spans[:3]))
    answer = found(store, "apple")
    assert (len(answer.spans), answer.more) == (3, False)
    store.ingest(TENANT, body(spans=spans, events=[last]))
    answer = found(store, "apple")
    assert (len(answer.spans), answer.more) == (3, True)
    assert found(store, "apple", "pear").spans[0].xid == "p4"
    assert found(store, "pear").trace is UNSET


@pytest.mark.parametrize(
    ("text", "wanted", "shown"),
    [
        ("It is here", "is", "It is here"),
        ("It\r\n is\there ", "IS", "It is here "),
        (f"{'x' * 300} it {'y' * 300}", "it", f"\u2026{'x' * 39} it {'y' * 75}\u2026"),
        (f"{'x' * 300} it", "it", f"\u2026{'x' * 115} it"),
        (f"it {'y' * 300}", "it", f"it {'y' * 115}\u2026"),
        (SHARP * 2500 + " it", "it", "\u2026" + SHARP * 115 + " it"),
        (f"a{' ' * 5000}it{' ' * 5000}b", "it", "\u2026 it \u2026"),
        (SHARP * 3 + "a", "sa", SHARP * 3 + "a"),
        ("x" * 130, "x" * 130, f"{'x' * 118}\u2026"),
    ],
)
def test_an_excerpt_has_what_stands_around(text: str, wanted: str, shown: str) -> None:
    """On one line, from a little before, with signs for what is left out."""
    folded = text.casefold()
    assert excerpt(text, folded, folded.index(wanted.casefold())) == shown


@given(st.text(max_size=300), st.data())
def test_an_excerpt_is_short(text: str, data: st.DataObject) -> None:
    """Whatever is in it."""
    folded = f"{text}x".casefold()
    at = data.draw(st.integers(0, len(folded) - 1))
    assert len(excerpt(f"{text}x", folded, at)) <= LONGEST_EXCERPT


def test_nothing_beyond_the_last_cased_character_has_a_case() -> None:
    """So that spellings are known without a look at all of Unicode."""
    assert all(chr(one).casefold() == chr(one) for one in range(LAST_CASED, 0x110000))
