"""An hour of findings answers for any names as if its findings were counted one by one."""

from __future__ import annotations

import random
from itertools import product
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelmetry.store.sqlite import finding_terms
from modelmetry.store.sqlite.encode import Kind
from modelmetry.store.sqlite.finding_hour import HourInTheMaking, decode_hour
from modelmetry.store.sqlite.finding_tally import FindingTally
from modelmetry.store.sqlite.finding_terms import TermsInTheMaking
from modelmetry.store.sqlite.terms import encode_terms

Names = tuple[int, int, int]
Given = tuple[int, float | bool | str, Names]

kinds = st.sampled_from([(Kind.INTEGER, 3), (Kind.FLOAT, -2.5), (Kind.BOOLEAN, True),
                         (Kind.BOOLEAN, False), (Kind.LABEL, "a"), (Kind.LABEL, "b")])  # fmt: skip
names = st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2))
findings = st.lists(st.tuples(kinds, names).map(lambda one: (*one[0], one[1])), max_size=30)


def counted(some: list[Given], wanted: tuple[int | None, ...]) -> FindingTally:
    """The findings of these names, one by one."""
    tally = FindingTally()
    for kind, value, of in some:
        if all(name in (None, mine) for name, mine in zip(wanted, of, strict=True)):
            tally.add(kind, value)
    tally.condense()
    return tally


def kept(some: list[Given]) -> bytes:
    """The findings as an hour is kept."""
    making = HourInTheMaking()
    for kind, value, of in some:
        making.add(kind, value, of, b"")
    return making.encode()


@given(findings)
@example([(Kind.FLOAT, 1.0, (1, 1, 0)), (Kind.FLOAT, 2.0, (2, 2, 0)), (Kind.FLOAT, 4.0, (3, 2, 0))])
def test_an_hour_answers_for_any_names(some: list[Given]) -> None:
    """Whatever is shared between what is kept, and twice, so that reading changes nothing."""
    hour = decode_hour(kept(some))
    for wanted in product((None, 1, 2), (None, 0, 1, 2), (None, 0)):
        assert hour.of(wanted) == hour.of(wanted) == counted(some, wanted)


@pytest.mark.parametrize(
    ("traces", "spans", "count"),
    [(100, 1, 700), (101, 1, 700), (250, 1, 700), (250, 60, 700), (250, 120, 700), (1, 250, 700),
     (101, 2, 101), (102, 2, 102)],
)  # fmt: skip
def test_an_hour_of_many_names_answers_rightly_or_says_that_it_does_not_know(
    traces: int, spans: int, count: int
) -> None:
    """The whole is known in any case, and what has at most 100 names."""
    chance = random.Random(traces)
    some: list[Given] = [
        (Kind.FLOAT, float(n), (n % traces, chance.randrange(spans), 0)) for n in range(count)
    ]
    hour = decode_hour(kept(some))
    assert hour.of((None, None, None)) == counted(some, (None, None, None))
    for wanted, known in (((7, None, None), traces <= 100), ((None, 0, None), spans <= 100)):
        assert hour.of(wanted) == (counted(some, wanted) if known else None)
    assert hour.of((None, None, 0)) == counted(some, (None, None, 0))
    assert (hour.of((0, 0, None)) is None) == (traces > 100 or spans > 100)


termed = st.lists(
    st.tuples(kinds, st.frozensets(st.sampled_from([1, 2, 3, 65_537, -65_535]), max_size=3)),
    max_size=30,
)


@given(termed)
def test_an_hour_answers_for_a_term_or_says_that_it_does_not_know(
    some: list[tuple[tuple[int, float | bool | str], frozenset[int]]],
) -> None:
    """Rightly in any case; it knows the frequent ones and those that nothing resembles.

    Also where traces differ so much that they are summed up before the hour is over.
    """
    for most in (1, 2_000):
        making = HourInTheMaking()
        with patch.object(finding_terms, "_MOST_GATHERED", most):
            for (kind, value), terms in some:
                making.add(kind, value, (0, 0, 0), encode_terms(terms))
        hour = decode_hour(making.encode())
        for term in (1, 2, 3, 65_537, -65_535, 9):
            expected = FindingTally()
            for (kind, value), terms in some:
                if term in terms:
                    expected.add(kind, value)
            expected.condense()
            known = most > 1 and sum(term in terms for _, terms in some) >= 4
            right = (expected,) if known or term == 9 else (expected, None)
            assert hour.of((None, None, None), term) in right
        assert hour.of((0, None, None), 1) is None


def test_an_hour_keeps_no_more_labels_of_a_term_than_of_all() -> None:
    """The most frequent ones, and how many there are."""
    making = HourInTheMaking()
    for n in range(1_000):
        making.add(Kind.LABEL, f"label {n}", (0, 0, 0), encode_terms(frozenset({n % 2})))
    hour = decode_hour(making.encode())
    whole, half = hour.of((None, None, None)), hour.of((None, None, None), 1)
    assert whole is not None
    assert half is not None
    assert (len(whole.labels), whole.labelled) == (200, 1_000)
    assert (len(half.labels), half.labelled) == (200, 500)


def test_what_is_gathered_of_an_hour_does_not_grow_with_its_traces() -> None:
    """A term that all have is known all the same, and that others are not there."""
    making = TermsInTheMaking()
    for n in range(20_000):
        making.add(Kind.FLOAT, float(n), encode_terms(frozenset({-1, n + 10})))
        assert len(making._gathered) <= 2_000  # pyright: ignore[reportPrivateUsage]
    kept = making.kept()
    assert (kept.everywhere, kept.tallies) == ([-1], {})
    assert kept.rare is None


@pytest.mark.parametrize("most", [5, 600])
def test_of_many_rare_terms_an_hour_knows_which_are_not_there(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Unless there are so many that they are not noted at all."""
    monkeypatch.setattr(finding_terms, "_MOST_PRINTS", most)
    making = HourInTheMaking()
    for n in range(500):
        making.add(Kind.FLOAT, float(n), (0, 0, 0), encode_terms(frozenset({1, n // 2 + 10})))
    hour = decode_hour(making.encode())
    any_name = (None, None, None)
    assert hour.of(any_name, 1) == hour.of(any_name)
    assert hour.of(any_name, 10) is None
    assert hour.of(any_name, 5) == (None if most == 5 else FindingTally())
