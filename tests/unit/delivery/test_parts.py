"""A batch that is refused is taken apart: who is at fault is lost, and nobody else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec
import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.delivery.packed import KINDS, Packed
from modelmetry.delivery.parts import Parts
from modelmetry.delivery.sink import SinkFailure

Receiver = Callable[[Packed], SinkFailure | None]
SPANS, EVENTS = KINDS.index("Spans"), KINDS.index("Events")


def refused(status: int, faults: Iterable[tuple[str, int]] = ()) -> SinkFailure:
    return SinkFailure(f"http_{status}", retry=False, status=status, faults=faults)


def of(texts: Iterable[str], kind: int = EVENTS) -> Packed:
    return Packed.of((kind, msgspec.json.encode({"Text": text})) for text in texts)


def texts_of(packed: Packed) -> list[str]:
    lists = json.loads(packed.body()).values()
    return [signal["Text"] for signals in lists for signal in signals]


@define
class Delivered:
    """What became of a batch."""

    sends: list[list[str]] = field(factory=list[list[str]])
    arrived: list[str] = field(factory=list[str])
    lost: list[str] = field(factory=list[str])
    reasons: set[str] = field(factory=set[str])


def deliver(whole: Packed, receiver: Receiver) -> Delivered:
    """Send `whole` and its parts as long as there are any."""
    delivered, parts = Delivered(), Parts(whole)
    while (part := parts.next()) is not None:
        delivered.sends.append(texts_of(part))
        for settled, failure in parts.after(part, receiver(part)):
            assert settled.signal_count == len(list(settled.items()))
            (delivered.arrived if failure is None else delivered.lost).extend(texts_of(settled))
            if failure is not None:
                delivered.reasons.add(failure.reason)
    return delivered


def takes_up_to(most: int) -> Receiver:
    """A receiver of bodies of so many bytes."""
    return lambda packed: refused(413) if len(packed.body()) > most else None


def refuses(*bad: str) -> Receiver:
    """A receiver that does not say which signal of a batch is bad."""
    return lambda packed: refused(422) if set(bad) & set(texts_of(packed)) else None


def names(*bad: str, status: int = 422) -> Receiver:
    """A receiver that names the bad signals of a batch."""

    def receive(packed: Packed) -> SinkFailure | None:
        body: dict[str, list[dict[str, str]]] = json.loads(packed.body())
        faults = [
            (kind, place)
            for kind, signals in body.items()
            for place, signal in enumerate(signals)
            if signal["Text"] in bad
        ]
        return refused(status, faults) if faults else None

    return receive


def test_what_arrives_is_settled_at_once() -> None:
    """One send, and nothing is left to do."""
    delivered = deliver(of("abc"), lambda _: None)
    assert (delivered.sends, delivered.arrived) == ([["a", "b", "c"]], ["a", "b", "c"])


@pytest.mark.parametrize("failure", [refused(401), refused(404), SinkFailure("x", retry=True)])
def test_a_failure_that_is_not_about_a_signal_is_final(failure: SinkFailure) -> None:
    """Taking the batch apart would not help."""
    delivered = deliver(of("abc"), lambda _: failure)
    assert (len(delivered.sends), delivered.lost) == (1, ["a", "b", "c"])
    assert delivered.reasons == {failure.reason}


# 413


def test_one_huge_signal_is_sent_after_the_others_and_cut() -> None:
    """Two more sends: the small ones arrive as they are, the huge one with its text shortened."""
    small = [f"small-{number}" for number in range(99)]
    huge = "x" * 500_000
    delivered = deliver(of([*small[:50], huge, *small[50:]]), takes_up_to(100_000))
    assert delivered.sends[1:] == [small, delivered.arrived[99:]]
    assert delivered.arrived[:99] == small
    assert delivered.arrived[99].startswith("xxxx")
    assert " more characters, sha256 " in delivered.arrived[99]
    assert delivered.lost == []


def test_signals_of_one_size_are_sent_in_halves() -> None:
    """All of them arrive unchanged and in their order."""
    texts = [f"{number:03}" * 100 for number in range(64)]
    delivered = deliver(of(texts), takes_up_to(len(of(texts).body()) // 3))
    assert [len(sent) for sent in delivered.sends] == [64, 32, 16, 16, 32, 16, 16]
    assert (delivered.arrived, delivered.lost) == (texts, [])


def test_a_single_signal_is_cut_until_it_is_taken() -> None:
    """Each time to a sixteenth."""
    delivered = deliver(of(["x" * 5_000_000]), takes_up_to(50_000))
    assert [len(sent[0]) // 10_000 for sent in delivered.sends] == [500, 15, 0]
    assert (len(delivered.arrived), delivered.lost) == (1, [])


def test_a_signal_that_cannot_be_made_smaller_is_given_up() -> None:
    """There is nothing to cut in it, and the others are not held up."""
    numbers = msgspec.json.encode({"Text": "", "Numbers": [1] * 10_000})
    whole = Packed.of([*of("ab").items(), (EVENTS, numbers)])
    delivered = deliver(whole, takes_up_to(1_000))
    assert (delivered.arrived, delivered.lost) == (["a", "b"], [""])
    assert len(delivered.sends) == 3
    assert delivered.reasons == {"http_413"}


def test_a_receiver_that_finds_everything_too_large_gets_everything_once_alone() -> None:
    """Then it is given up: the sends come to an end."""
    texts = ["x" * 10_000, *"abcdefgh"]
    delivered = deliver(of(texts), lambda _: refused(413))
    assert delivered.arrived == []
    assert len(delivered.lost) == 9
    assert len(delivered.sends) <= 2 * 9 + 1


# 400 and 422


@pytest.mark.parametrize("status", [400, 422])
def test_signals_that_are_named_are_lost_alone(status: int) -> None:
    """The others are sent once more, together."""
    whole = Packed.joined([of(["s0", "s1"], SPANS), of(["e0", "e1", "e2"])])
    delivered = deliver(whole, names("s1", "e0", status=status))
    assert delivered.sends[1:] == [["s0", "e1", "e2"]]
    assert (delivered.arrived, delivered.lost) == (["s0", "e1", "e2"], ["s1", "e0"])
    assert delivered.reasons == {f"http_{status}"}


def test_a_receiver_that_names_one_fault_after_another_gets_the_rest() -> None:
    """What is named first is not what it will find at last."""

    def receive(packed: Packed) -> SinkFailure | None:
        found = names(*"bdf")(packed)
        return refused(422, sorted(found.faults)[:1]) if found is not None else None

    delivered = deliver(of("abcdefg"), receive)
    assert (delivered.arrived, delivered.lost) == (list("aceg"), list("bdf"))


def test_everything_named_is_lost_after_one_send() -> None:
    """There is no rest to send."""
    delivered = deliver(of("abc"), names(*"abc"))
    assert (len(delivered.sends), delivered.lost) == (1, list("abc"))


def test_a_part_of_which_everything_is_named_costs_no_other_part() -> None:
    """A batch was too large, and all of its first half is bad: the second is good all the same."""
    texts = [letter * 3_000 for letter in "abcd"]
    too_large, bad = takes_up_to(7_000), names(*texts[:2])
    delivered = deliver(of(texts), lambda packed: too_large(packed) or bad(packed))
    assert (delivered.arrived, delivered.lost) == (texts[2:], texts[:2])


@pytest.mark.parametrize("fault", [("Events", 3), ("Spans", 0), ("Nonsense", 0)])
def test_names_of_what_was_not_sent_are_no_names(fault: tuple[str, int]) -> None:
    """The fault is looked for as if nothing had been named."""
    delivered = deliver(of("abc"), lambda p: refused(422, [fault]) if "b" in texts_of(p) else None)
    assert (sorted(delivered.arrived), delivered.lost) == (["a", "c"], ["b"])


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=60), st.data())
def test_one_bad_signal_is_found_and_lost_alone(sizes: list[int], data: st.DataObject) -> None:
    """Nobody names it; whatever the sizes and wherever it is, all others arrive."""
    texts = [f"{number}-" + "x" * size for number, size in enumerate(sizes)]
    bad = data.draw(st.sampled_from(texts))
    delivered = deliver(of(texts), refuses(bad))
    assert delivered.lost == [bad]
    assert Counter(delivered.arrived) == Counter(texts) - Counter([bad])


def test_a_bad_signal_among_many_is_found_soon() -> None:
    """Each try halves what may be at fault."""
    texts = [f"{number:04}" for number in range(1_024)]
    delivered = deliver(of(texts), refuses("0700"))
    assert len(delivered.sends) <= 2 * 10 + 1


def test_several_bad_signals_are_found_when_others_arrive() -> None:
    """A receiver that takes something is worth asking on."""
    delivered = deliver(of("abcdefgh"), refuses("b", "d"))
    assert (sorted(delivered.lost), sorted(delivered.arrived)) == (["b", "d"], list("acefgh"))


def test_two_bad_signals_one_of_them_named_cost_no_other() -> None:
    """What is left after a name counts as a batch of its own, not as one refused once more."""
    texts = list("abcdefghijklmnop")
    name, refuse = names("a"), refuses("b")
    delivered = deliver(of(texts), lambda packed: name(packed) or refuse(packed))
    assert (sorted(delivered.lost), sorted(delivered.arrived)) == (["a", "b"], texts[2:])


def test_what_was_never_tried_is_not_given_up() -> None:
    """Many parts of a batch that was too large are refused; the last is good and arrives."""
    texts = [letter * 3_000 for letter in "abcdefgh"]
    too_large, bad = takes_up_to(7_000), refuses(texts[0], texts[2], texts[4])
    delivered = deliver(of(texts), lambda packed: too_large(packed) or bad(packed))
    assert sorted(delivered.lost) == [texts[0], texts[2], texts[4]]
    assert sorted(delivered.arrived) == sorted({*texts} - {*delivered.lost})


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=60), st.sampled_from([400, 422]))
def test_a_receiver_that_refuses_everything_is_asked_three_times(
    sizes: list[int], status: int
) -> None:
    """The whole and both halves: then all of it is lost, each signal once."""
    texts = [f"{number}-" + "x" * size for number, size in enumerate(sizes)]
    delivered = deliver(of(texts), lambda _: refused(status))
    assert len(delivered.sends) <= 3
    assert sorted(delivered.lost) == sorted(texts)


# Any answer

answers = st.one_of(
    st.none(),
    st.builds(
        refused,
        st.sampled_from([400, 401, 413, 413, 422, 422, 503]),
        st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 12)), max_size=3),
    ),
)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9_000)), min_size=1, max_size=25),
    st.data(),
)
def test_whatever_is_answered_each_signal_is_settled_once(
    facts: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Arrived or lost, never both, never neither; and the sends come to an end."""
    whole = Packed.of(
        (kind, msgspec.json.encode({"Text": f"{number:02}" + "x" * size}))
        for number, (kind, size) in enumerate(facts)
    )
    delivered = deliver(whole, lambda _: data.draw(answers))
    settled = [text[:2] for text in [*delivered.arrived, *delivered.lost]]
    assert sorted(settled) == [f"{number:02}" for number in range(len(facts))]
    assert len(delivered.sends) <= 5 * len(facts)
