"""Packed signals: joined, split and cut without losing any."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from modelmetry_api.models import IngestSignalsV1RequestBody

from modelmetry.delivery.packed import KINDS, Item, Packed, Squeezed

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)
signals = st.tuples(st.integers(0, len(KINDS) - 1), values.map(msgspec.json.encode))
signal_lists = st.lists(signals, max_size=12)
SPANS, EVENTS = KINDS.index("Spans"), KINDS.index("Events")


def signal(**members: object) -> bytes:
    return msgspec.json.encode(members)


def of_sizes(sizes: Sequence[int]) -> Packed:
    """Events whose JSON takes so many bytes."""
    return Packed.of((EVENTS, b'"%s"' % (b"x" * (size - 2))) for size in sizes)


def cut_of(text: str, keep: int) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{text[:keep]}[... {len(text) - keep} more characters, sha256 {digest}]"


@given(signal_lists)
def test_what_is_packed_comes_out_again(items: list[Item]) -> None:
    """Each signal with its kind, byte for byte; within a kind in the order in which it came."""
    packed = Packed.of(items)
    assert list(packed.items()) == sorted(items, key=lambda item: item[0])
    assert packed.signal_count == len(items)


@given(signal_lists)
def test_a_body_is_json_with_a_list_for_each_kind(items: list[Item]) -> None:
    """A kind of which there is nothing is left out."""
    expected: dict[str, list[Any]] = {}
    for kind, item in sorted(items, key=lambda item: item[0]):
        expected.setdefault(KINDS[kind], []).append(json.loads(item))
    assert json.loads(Packed.of(items).body()) == expected


def test_a_body_knows_the_lists_of_the_contract() -> None:
    """Each of them, by its name."""
    packed = Packed.of((kind, signal(XID=name)) for kind, name in enumerate(KINDS))
    assert json.loads(packed.body()) == {name: [{"XID": name}] for name in KINDS}
    assert [one.name for one in attrs.fields(cast("Any", IngestSignalsV1RequestBody))] == list(
        KINDS
    )


@given(st.lists(signal_lists, min_size=1, max_size=5))
def test_several_make_the_same_as_all_at_once(parts: list[list[Item]]) -> None:
    """Joining is packing what all of them hold, one after another."""
    together = [item for part in parts for item in part]
    assert Packed.joined([Packed.of(part) for part in parts]) == Packed.of(together)


@given(signal_lists)
def test_bytes_are_those_of_the_lists(items: list[Item]) -> None:
    """The names and brackets around them are the only difference to the body."""
    packed = Packed.of(items)
    names = sum(len(f'"{kind}":[],') for kind in KINDS)
    assert 0 <= len(packed.body()) - packed.approximate_bytes <= names + 1


@given(st.lists(signals, min_size=2, max_size=12))
def test_halves_lose_and_repeat_nothing(items: list[Item]) -> None:
    """Both hold something, and together they are what they were."""
    packed = Packed.of(items)
    first, second = packed.halves()
    assert first.signal_count > 0
    assert second.signal_count > 0
    assert [*first.items(), *second.items()] == list(packed.items())
    assert first.signal_count + second.signal_count == packed.signal_count


@given(st.lists(st.integers(2, 2_000), min_size=2, max_size=40))
def test_halves_differ_by_less_than_two_signals(sizes: list[int]) -> None:
    """It is bytes that are halved; a comma between two signals counts too."""
    first, second = (half.approximate_bytes for half in of_sizes(sizes).halves())
    assert abs(first - second) <= 2 * max(sizes) + len(sizes)


@pytest.mark.parametrize("items", [[], [(EVENTS, b"{}")]], ids=["nothing", "one"])
def test_one_signal_has_no_halves(items: list[Item]) -> None:
    """Nor has nothing."""
    with pytest.raises(ValueError, match="one signal cannot be split"):
        Packed.of(items).halves()


def test_signals_are_split_by_their_list_and_their_place_in_it() -> None:
    """As a receiver names them: the second span is `Spans[1]`, whatever else there is."""
    packed = Packed.of([(EVENTS, b"1"), (SPANS, b"2"), (EVENTS, b"3"), (SPANS, b"4")])
    chosen, others = packed.split_by(lambda kind, place: (kind, place) == (SPANS, 1))
    assert list(chosen.items()) == [(SPANS, b"4")]
    assert list(others.items()) == [(SPANS, b"2"), (EVENTS, b"1"), (EVENTS, b"3")]


@given(signal_lists, st.sets(st.tuples(st.integers(0, 4), st.integers(0, 12))))
def test_splitting_loses_and_repeats_nothing(
    items: list[Item], wanted: set[tuple[int, int]]
) -> None:
    """Whatever is chosen, each signal is on one side."""
    chosen, others = Packed.of(items).split_by(lambda kind, place: (kind, place) in wanted)
    assert Counter([*chosen.items(), *others.items()]) == Counter(items)
    assert chosen.signal_count + others.signal_count == len(items)


@given(st.lists(signals, min_size=1, max_size=12))
def test_the_largest_signal_is_set_apart(items: list[Item]) -> None:
    """Nothing among the others is larger."""
    largest, others = Packed.of(items).split_largest()
    assert largest.signal_count == 1
    assert Counter([*largest.items(), *others.items()]) == Counter(items)
    assert largest.approximate_bytes == max(len(item) for _, item in items)


def test_a_long_text_is_cut_and_says_what_it_was() -> None:
    """It keeps its beginning, its length and the SHA-256 of all of it."""
    text = "Zürich " * 5_000
    packed = Packed.of([(SPANS, signal(XID="span-1", Data={"Prompts": [text, "hello"]}))])
    cut = packed.cut(4_096)
    assert json.loads(cut.body()) == {
        "Spans": [{"XID": "span-1", "Data": {"Prompts": [cut_of(text, 2_048), "hello"]}}]
    }
    assert cut.signal_count == 1


@given(
    values,
    st.lists(st.text(min_size=1, max_size=3).map(lambda text: text * 2_000), max_size=3),
)
def test_what_is_cut_fits_and_keeps_all_other_values(value: object, long: list[str]) -> None:
    """Only texts that are long change; whatever they are made of, the signal fits."""
    before = {"Value": value, "Long": long}
    cut = Packed.of([(EVENTS, signal(**before))]).cut(4_096)
    assert cut.approximate_bytes <= 4_096
    after = json.loads(cut.body())["Events"][0]
    assert after["Value"] == value
    for text, kept in zip(long, after["Long"], strict=True):
        assert kept in {text, *(cut_of(text, keep) for keep in (2_048, 1_024, 512, 256, 128))}


def test_a_signal_that_fits_is_not_cut() -> None:
    """Not one byte changes, and no more of the others is cut than they need."""
    text = "x" * 3_000
    small, large = signal(Text=text), signal(Text=text * 2)
    cut = Packed.of([(EVENTS, small), (EVENTS, large)]).cut(4_096)
    assert list(cut.items()) == [(EVENTS, small), (EVENTS, signal(Text=cut_of(text * 2, 2_048)))]


def test_a_signal_without_long_texts_cannot_be_cut() -> None:
    """Many numbers or short texts stay as they are."""
    packed = Packed.of([(EVENTS, signal(Numbers=[1] * 5_000, Texts=["x" * 200] * 50))])
    assert packed.cut(4_096) == packed


@given(st.lists(st.integers(150, 400), min_size=1, max_size=60))
def test_cutting_never_makes_a_text_longer(lengths: list[int]) -> None:
    """What says that a text was cut takes bytes as well."""
    packed = Packed.of([(EVENTS, signal(Texts=["x" * length for length in lengths]))])
    kept = json.loads(packed.cut(1_000).body())["Events"][0]["Texts"]
    assert all(len(text) <= length for text, length in zip(kept, lengths, strict=True))


@given(st.integers(200, 50_000), st.integers(200, 50_000))
def test_a_text_that_is_cut_twice_says_what_it_was_at_first(first: int, second: int) -> None:
    """The length and the SHA-256 are those of the text that was recorded."""
    text = "0123456789" * 6_000
    packed = Packed.of([(EVENTS, signal(Text=text))])
    kept = json.loads(packed.cut(first).cut(second).body())["Events"][0]["Text"]
    assert kept == cut_of(text, kept.index("["))


def test_a_member_is_left_out_of_the_signals_and_not_of_what_is_in_them() -> None:
    """Values keep their spelling; what has no such member stays byte for byte."""
    packed = Packed.of([
        (1, b'{"XID":"a","N":3,"Metadata":{"N":1.50},"Big":123456789012345678901234567890}'),
        (2, b'{"XID": "b"}'),
    ])  # fmt: skip
    assert packed.has("N")
    left = packed.without("N")
    assert left.lists[1] == (
        b'{"XID":"a","Metadata":{"N":1.50},"Big":123456789012345678901234567890}'
    )
    assert left.lists[2] == b'{"XID": "b"}'
    assert left.signal_count == 2
    assert not Packed.of([(2, b'{"XID":"N"}')]).has("N")


@given(st.lists(signals))
def test_what_is_squeezed_comes_out_as_it_was(items: list[Item]) -> None:
    """Also when a list is empty."""
    packed = Packed.of(items)
    squeezed = Squeezed.of(packed)
    assert squeezed.unpacked() == packed
    assert squeezed.approximate_bytes == sum(map(len, squeezed.lists))
