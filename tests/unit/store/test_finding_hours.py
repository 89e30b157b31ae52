"""An hour of findings answers for any names as if its findings were counted one by one."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelmetry.store.sqlite.encode import Kind
from modelmetry.store.sqlite.finding_tally import FindingTally, HourInTheMaking, decode_hour

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
        making.add(kind, value, of)
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
