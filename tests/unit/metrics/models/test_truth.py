"""Truths that come late, and how often models were right."""

from __future__ import annotations

import os
import threading
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.metrics.merging import merged
from modelmetry.metrics.models import verdicts
from modelmetry.metrics.models.decorator import model_metrics
from modelmetry.metrics.models.truth import (
    Truths,
    ground_truth,
    record_evaluation,
    record_prediction,
)
from modelmetry.metrics.models.windows import LastWindow, TimeWindow
from modelmetry.metrics.registry import Registry
from tests.unit.metrics.models.seen import family, values

CHURN = ("churn", "3")
LAST = (*CHURN, "last_1000")
DAY = 86_400.0


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="registry")
def empty() -> Registry:
    return Registry()


@pytest.fixture(name="clock")
def set_by_the_test() -> Clock:
    return Clock()


def truths_of(registry: Registry, clock: Clock, most: int = 3, longest: float = 100) -> Truths:
    """Truths whose time stands still, with room for few."""
    windows = (
        lambda: LastWindow("last_1000", 1000),
        lambda: TimeWindow("24h", DAY),
    )
    return Truths(registry, most_waiting=most, longest_wait=longest, windows=windows, clock=clock)


def test_a_truth_finds_its_prediction_from_another_thread(registry: Registry) -> None:
    """The accuracy stands with the number of samples that it is made of."""
    for number in range(4):
        record_prediction(f"order-{number}", "late", "churn", 3, registry=registry)
    tell = partial(ground_truth, registry=registry)
    later = threading.Thread(
        target=lambda: [
            tell(f"order-{number}", "late" if number else "never") for number in range(3)
        ]
    )
    later.start()
    later.join()
    assert values(registry, "accuracy")[LAST] == pytest.approx(2 / 3)
    assert values(registry, "accuracy.samples") == {LAST: 3, (*CHURN, "24h"): 3}
    assert values(registry, "ground_truths") == {(*CHURN, "correct"): 2, (*CHURN, "wrong"): 1}
    assert values(registry, "predictions.waiting") == {(): 1}


def test_a_block_lets_its_prediction_wait(registry: Registry) -> None:
    """With an id and a label, unless it failed: then nobody got it."""
    churn = model_metrics("churn", version="3", registry=registry)
    with churn as prediction:
        prediction.id(0).label(True)
    with pytest.raises(ZeroDivisionError), churn as prediction:
        prediction.id(1).label(1 / 0 > 1)
    with pytest.raises(ZeroDivisionError), churn as prediction:
        prediction.id(2).label(True).batch(1 // 0)
    for number in range(3):
        ground_truth(number, True, registry=registry)
    assert values(registry, "ground_truths") == {(*CHURN, "correct"): 1, ("", "", "unknown"): 2}


def test_before_the_first_truth_there_is_no_accuracy(registry: Registry) -> None:
    """Neither 0 nor 1 nor NaN."""
    record_prediction(1, 1, "churn", registry=registry)
    assert values(registry, "accuracy") == {}
    record_evaluation("1", 1, "churn", registry=registry)
    assert values(registry, "accuracy") == {}
    assert set(values(registry, "accuracy.samples").values()) == {0}


def test_a_truth_that_is_told_twice_counts_once(registry: Registry) -> None:
    """Also when its prediction is told twice, as who tries again does."""
    for _ in range(2):
        record_prediction(1, "a", "churn", "3", registry=registry)
        ground_truth(1, "a", registry=registry)
    assert values(registry, "ground_truths") == {(*CHURN, "correct"): 1, (*CHURN, "unchanged"): 1}
    assert values(registry, "accuracy.samples")[LAST] == 1


def test_a_correction_turns_the_verdict_over(registry: Registry) -> None:
    """In the windows; counters, which never go back, count it as what it is."""
    record_prediction(1, "a", "churn", "3", registry=registry)
    seen: list[float] = []
    for truth in ("a", "b", "c", "a"):
        ground_truth(1, truth, registry=registry)
        seen.append(values(registry, "accuracy")[LAST])
    assert seen == [1, 0, 0, 1]
    assert values(registry, "accuracy.samples")[LAST] == 1
    assert values(registry, "ground_truths") == {
        (*CHURN, "correct"): 1,
        (*CHURN, "corrected_to_wrong"): 1,
        (*CHURN, "unchanged"): 1,
        (*CHURN, "corrected_to_correct"): 1,
    }


def test_a_label_of_the_wrong_kind_can_be_corrected(registry: Registry) -> None:
    """Before that it is no verdict, and later it does not take one back."""
    record_prediction(1, 0, "churn", "3", registry=registry)
    seen: list[float | None] = []
    for truth in ("0", 0, "0", 1):
        ground_truth(1, truth, registry=registry)
        seen.append(values(registry, "accuracy").get(LAST))
    assert seen == [None, 1, 1, 0]
    assert values(registry, "ground_truths") == {
        (*CHURN, "incomparable"): 2,
        (*CHURN, "correct"): 1,
        (*CHURN, "corrected_to_wrong"): 1,
    }


def test_another_prediction_of_the_same_id_waits_anew(registry: Registry) -> None:
    """The label that was said last is what is judged."""
    for label in ("a", "b"):
        record_prediction(1, label, "churn", "3", registry=registry)
    ground_truth(1, "b", registry=registry)
    record_prediction(1, "c", "churn", "4", registry=registry)
    ground_truth(1, "c", registry=registry)
    assert values(registry, "ground_truths") == {
        (*CHURN, "correct"): 1,
        ("churn", "4", "correct"): 1,
    }


def test_memory_is_bounded_and_what_is_forgotten_is_counted(
    registry: Registry, clock: Clock
) -> None:
    """The oldest go when there are too many, or too old ones; their truths are unknown."""
    truths = truths_of(registry, clock)
    for number in range(5):
        truths.predicted(number, "a", *CHURN)
        clock.now += 10
    truths.true(0, "a")
    assert values(registry, "predictions.forgotten") == {("full",): 2}
    clock.now += 85
    assert values(registry, "predictions.waiting") == {(): 1}
    assert values(registry, "predictions.forgotten") == {("full",): 2, ("too_old",): 2}
    truths.true(4, "a")
    assert values(registry, "ground_truths") == {("", "", "unknown"): 1, (*CHURN, "correct"): 1}


def test_who_is_told_again_is_the_youngest(registry: Registry, clock: Clock) -> None:
    """Others go before it."""
    truths = truths_of(registry, clock)
    for number, label in ((1, "a"), (2, "a"), (3, "a"), (1, "b"), (4, "b")):
        truths.predicted(number, label, *CHURN)
    for number in (1, 2):
        truths.true(number, "b")
    assert values(registry, "ground_truths") == {(*CHURN, "correct"): 1, ("", "", "unknown"): 1}


def test_only_so_many_verdicts_can_be_corrected(registry: Registry, clock: Clock) -> None:
    """As many as may wait; no loss is counted for the others."""
    truths = truths_of(registry, clock)
    for number in range(5):
        truths.predicted(number, "a", *CHURN)
        truths.true(number, "a")
    for number in (0, 4):
        truths.true(number, "b")
    assert values(registry, "ground_truths") == {
        (*CHURN, "correct"): 5,
        ("", "", "unknown"): 1,
        (*CHURN, "corrected_to_wrong"): 1,
    }
    assert values(registry, "predictions.forgotten") == {}


def test_verdicts_can_be_corrected_for_as_long_as_predictions_wait(
    registry: Registry, clock: Clock
) -> None:
    """Later a truth is that of nobody; what was counted stays."""
    truths = truths_of(registry, clock)
    truths.predicted(1, "a", *CHURN)
    truths.true(1, "a")
    clock.now += 101
    truths.true(1, "b")
    assert values(registry, "ground_truths") == {(*CHURN, "correct"): 1, ("", "", "unknown"): 1}
    assert values(registry, "accuracy")[LAST] == 1


def test_a_window_of_a_day_forgets_what_came_before(registry: Registry, clock: Clock) -> None:
    """While the last thousand still know it."""
    truths = truths_of(registry, clock, longest=10 * DAY)
    truths.judged("a", "b", *CHURN)
    clock.now += DAY / 2
    truths.judged("a", "a", *CHURN)
    assert values(registry, "accuracy")[(*CHURN, "24h")] == 0.5
    clock.now += DAY / 2
    assert values(registry, "accuracy") == {LAST: 0.5, (*CHURN, "24h"): 1}
    clock.now += DAY
    assert values(registry, "accuracy") == {LAST: 0.5}
    assert values(registry, "accuracy.samples")[(*CHURN, "24h")] == 0


def test_a_wall_clock_that_jumps_changes_nothing(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a year ahead nor back to 1970."""
    record_prediction(1, "a", "churn", "3", registry=registry)
    for now in (4e9, 0.0):
        monkeypatch.setattr("time.time", lambda now=now: now)
        ground_truth(1, "a", registry=registry)
    assert values(registry, "accuracy.samples") == {LAST: 1, (*CHURN, "24h"): 1}


def test_workers_tell_one_accuracy(registry: Registry) -> None:
    """9 of 10 in one and 0 of 90 in the other: together 9 of 100."""
    other = Registry()
    for number in range(10):
        record_evaluation(1, int(number > 0), "churn", "3", registry=registry)
    for _ in range(90):
        record_evaluation(True, False, "churn", "3", registry=other)
    together = {one.name: one for one in merged([registry.collect(), other.collect()])}
    ratios = {p.attributes: p.value for p in together["modelmetry.model.accuracy"].points}
    samples = {p.attributes: p.value for p in together["modelmetry.model.accuracy.samples"].points}
    assert (ratios[LAST], samples[LAST]) == (0.09, 100)


@pytest.mark.parametrize(
    ("predicted", "actual", "result"),
    [
        (1, 1.0, "correct"),
        (True, 1, "correct"),
        (Decimal("0.5"), 0.5, "correct"),
        ("a", "A", "wrong"),
        (1, "1", "incomparable"),
        ("true", True, "incomparable"),
        ("x" * 5_000, "x" * 5_001, "wrong"),
    ],
)
def test_labels_are_compared_as_what_they_are(
    predicted: str | float, actual: str | float, result: str, registry: Registry
) -> None:
    """A text is no number: the accuracy would be 0, and the model not to blame."""
    record_evaluation(predicted, actual, "churn", "3", registry=registry)
    assert values(registry, "ground_truths") == {(*CHURN, result): 1}


@pytest.mark.parametrize(
    ("identity", "label", "kind"),
    [
        (None, "a", InvalidTypeError),
        (True, "a", InvalidTypeError),
        (1.5, "a", InvalidTypeError),
        ("", "a", InvalidValueError),
        ("x" * 257, "a", InvalidValueError),
        (1, None, InvalidTypeError),
        (1, ["a"], InvalidTypeError),
        (1, float("nan"), InvalidValueError),
    ],
)
def test_mistakes_of_the_program_are_said(
    identity: object, label: object, kind: type[Exception], registry: Registry
) -> None:
    """When the prediction is told and when its truth is."""
    with pytest.raises(kind):
        record_prediction(identity, label, "churn", registry=registry)  # type: ignore[arg-type]
    with pytest.raises(kind):
        ground_truth(identity, label, registry=registry)  # type: ignore[arg-type]
    assert values(registry, "predictions.waiting") == {(): 0}


def test_ids_are_texts_numbers_and_uuids(registry: Registry) -> None:
    """Which are the same when they are written alike."""
    for identity in ("7", UUID(int=7)):
        record_prediction(identity, "a", "churn", "3", registry=registry)
    for same in (7, str(UUID(int=7))):
        ground_truth(same, "a", registry=registry)
    assert values(registry, "ground_truths") == {(*CHURN, "correct"): 2}


def test_many_models_are_bounded(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no room is counted in one series, and said once."""
    monkeypatch.setattr(verdicts, "MOST_SERIES", 11)
    for number in range(30):
        record_evaluation(1, 1, f"model-{number}", registry=registry)
    found = values(registry, "ground_truths")
    assert (len(found), found[()]) == (11, 20)
    assert len(values(registry, "accuracy")) == 20


def test_threads_tell_truths_at_once(registry: Registry) -> None:
    """Each is counted exactly once, whoever looks at them meanwhile."""

    def work(first: int) -> None:
        for number in range(first, first + 2_000):
            record_prediction(number, number % 2, "churn", "3", registry=registry)
            ground_truth(number, 0, registry=registry)

    threads = [threading.Thread(target=work, args=(2_000 * one,)) for one in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        registry.collect()
    assert values(registry, "ground_truths") == {
        (*CHURN, "correct"): 4_000,
        (*CHURN, "wrong"): 4_000,
    }


# Python 3.12 and newer warn of forks beside threads, which is what applications do all the same.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_what_waits_belongs_to_the_parent(registry: Registry) -> None:
    """In a forked child nothing is counted a second time."""
    record_prediction(1, "a", "churn", "3", registry=registry)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            ground_truth(1, "a", registry=registry)
            code = 0 if values(registry, "ground_truths") == {("", "", "unknown"): 1} else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    ground_truth(1, "a", registry=registry)
    assert values(registry, "ground_truths") == {(*CHURN, "correct"): 1}


stories = st.lists(
    st.tuples(
        st.sampled_from(["predict", "truth"]), st.integers(0, 5), st.sampled_from(["a", "b"])
    ),
    min_size=1,
    max_size=60,
)


class Plain:
    """The same bookkeeping with lists that are read from the beginning each time."""

    def __init__(self, most: int, longest: float) -> None:
        self.most, self.longest = most, longest
        self.waiting: list[tuple[int, str, float]] = []
        self.judged: list[tuple[int, str, float, int]] = []
        self.verdicts: list[list[float]] = []
        self.unknown = self.forgotten = 0

    def forget(self, now: float) -> None:
        """Too old or too many, the oldest first."""
        kept = [one for one in self.waiting if one[2] >= now - self.longest][-self.most :]
        self.forgotten += len(self.waiting) - len(kept)
        self.waiting = kept
        self.judged = [one for one in self.judged if one[2] >= now - self.longest][-self.most :]

    def predict(self, identity: int, label: str, now: float) -> None:
        """Wait, unless that was judged with the same label."""
        known = [one for one in self.judged if one[0] == identity]
        if known and known[0][1] == label:
            return
        self.judged = [one for one in self.judged if one[0] != identity]
        self.waiting = [one for one in self.waiting if one[0] != identity]
        self.waiting.append((identity, label, now))
        self.forget(now)

    def truth(self, identity: int, label: str, now: float) -> None:
        """Judge, or judge again."""
        self.forget(now)
        for one in [one for one in self.waiting if one[0] == identity]:
            self.waiting.remove(one)
            self.verdicts.append([now, one[1] == label])
            self.judged.append((identity, one[1], now, len(self.verdicts) - 1))
            return
        known = [one for one in self.judged if one[0] == identity]
        self.unknown += not known
        for _, said, _, place in known:
            self.verdicts[place][1] = said == label


@given(
    st.lists(
        st.tuples(
            st.booleans(), st.integers(0, 6), st.sampled_from("ab"), st.sampled_from([0, 1, 2, 90])
        ),
        min_size=1,
        max_size=80,
    )
)
def test_bounds_forget_as_a_plain_list_does(story: list[tuple[bool, int, str, int]]) -> None:
    """With room for three, which wait a hundred seconds, in windows of four and of ten minutes."""
    registry, clock, plain = Registry(), Clock(), Plain(3, 100)
    windows = (lambda: LastWindow("last", 4), lambda: TimeWindow("time", 600, 6))
    truths = Truths(registry, most_waiting=3, longest_wait=100, windows=windows, clock=clock)
    for is_truth, identity, label, after in story:
        clock.now += after
        if is_truth:
            truths.true(identity, label)
            plain.truth(identity, label, clock.now)
        else:
            truths.predicted(identity, label, *CHURN)
            plain.predict(identity, label, clock.now)
    plain.forget(clock.now)
    last = plain.verdicts[-4:]
    recent = [one for one in plain.verdicts if one[0] // 100 > clock.now // 100 - 6]
    expected = {
        (*CHURN, name): (sum(map(int, (one[1] for one in part))), len(part))
        for name, part in (("last", last), ("time", recent))
        if part
    }
    accuracy = family(registry, "accuracy").points
    assert {point.attributes: point.counts for point in accuracy} == expected
    assert values(registry, "predictions.waiting") == {(): len(plain.waiting)}
    assert sum(values(registry, "predictions.forgotten").values()) == plain.forgotten
    assert values(registry, "ground_truths").get(("", "", "unknown"), 0) == plain.unknown


@given(stories)
def test_accuracy_is_what_a_plain_count_says(story: list[tuple[str, int, str]]) -> None:
    """Of predictions and truths in any order, with repetitions and corrections."""
    registry = Registry()
    labels: dict[int, str] = {}
    truths: dict[int, str] = {}
    closed: list[bool] = []
    for what, identity, label in story:
        if what == "predict":
            record_prediction(identity, label, "churn", "3", registry=registry)
            if identity in truths and labels[identity] != label:
                closed.append(labels[identity] == truths.pop(identity))
            labels[identity] = label
        else:
            ground_truth(identity, label, registry=registry)
            if identity in labels:
                truths[identity] = label
    verdict = [*closed, *(labels[one] == truth for one, truth in truths.items())]
    known = family(registry, "accuracy").points if verdict else []
    assert {point.counts for point in known} == (
        {(sum(verdict), len(verdict))} if verdict else set()
    )
    told = values(registry, "ground_truths")
    right = told.get((*CHURN, "correct"), 0) + told.get((*CHURN, "corrected_to_correct"), 0)
    assert right - told.get((*CHURN, "corrected_to_wrong"), 0) == sum(verdict)
