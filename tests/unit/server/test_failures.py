"""What went wrong below a handler."""

from __future__ import annotations

import logging

import pytest

from modelmetry.errors import (
    InvalidValueError,
    StoreBusyError,
    StoreClosedError,
    StoreFullError,
    StoreLimitError,
    StoreQueryError,
    StoreRefusedError,
    StoreUnavailableError,
)
from modelmetry.server.failures import problem_of
from modelmetry.server.problems import Fault, Problem

INSTANCE = "urn:uuid:0"


def test_a_problem_stays_what_it_is() -> None:
    """It was made for the client."""
    problem = Problem(404, "no-such-thing", "there is nothing here")

    assert problem_of(problem, INSTANCE) is problem


@pytest.mark.parametrize(
    "error", [StoreQueryError("the cursor is cut"), InvalidValueError("a text is cut")]
)
def test_what_the_store_cannot_take_is_422(error: Exception) -> None:
    """With the store's words about it."""
    problem = problem_of(error, INSTANCE)

    assert (problem.status, problem.faults) == (422, (Fault("request", str(error)),))


def test_each_place_of_a_full_list_is_named_and_the_reason_given_once() -> None:
    """It is about the first of them, and whoever logs all faults does not repeat it."""
    problem = problem_of(StoreLimitError("the list 'loss' is full", places=(3, 0, 7)), INSTANCE)

    assert problem.faults == (
        Fault("body.MetricLists[3].Values", "the list 'loss' is full"),
        Fault("body.MetricLists[0].Values", "do not fit into their list either"),
        Fault("body.MetricLists[7].Values", "do not fit into their list either"),
    )


def test_items_that_contradict_themselves_are_named_by_their_places() -> None:
    """So that a client knows which ones to leave out."""
    faults = [(2, ".End", "is before its Start"), (5, ".Series", "has 7 series that are new")]
    error = StoreRefusedError("refused", member="MetricIntervals", faults=faults)
    problem = problem_of(error, INSTANCE)

    assert problem.status == 422
    assert problem.faults == (
        Fault("body.MetricIntervals[2].End", "is before its Start"),
        Fault("body.MetricIntervals[5].Series", "has 7 series that are new"),
    )


def test_a_full_list_without_a_place_is_the_one_that_was_sent() -> None:
    """Alone, to the operation that appends."""
    problem = problem_of(StoreLimitError("the list 'loss' is full"), INSTANCE)

    assert problem.faults == (Fault("body.Values", "the list 'loss' is full"),)


def test_a_store_that_is_behind_is_429_with_its_own_time_to_wait() -> None:
    """Rounded up to whole seconds."""
    problem = problem_of(StoreBusyError("behind", retry_after=1.2), INSTANCE)

    assert (problem.status, problem.headers) == (429, {"Retry-After": "2"})


@pytest.mark.parametrize("kind", [StoreUnavailableError, StoreFullError, StoreClosedError])
def test_a_store_that_cannot_be_used_is_503_and_logged(
    kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    """The answer does not tell the path of the file; the log does."""
    with caplog.at_level(logging.ERROR, "modelmetry.server"):
        problem = problem_of(kind("/secret/path.db is gone"), INSTANCE)

    assert (problem.status, problem.headers) == (503, {"Retry-After": "5"})
    assert "/secret" not in problem.detail
    assert f"{INSTANCE}: the store cannot be used: /secret/path.db is gone" in caplog.text


def test_a_defect_is_500_and_logged_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    """The answer tells nothing about the inside."""
    with caplog.at_level(logging.ERROR, "modelmetry.server"):
        problem = problem_of(KeyError("inside"), INSTANCE)

    assert problem.status == 500
    assert "inside" not in problem.detail
    assert INSTANCE in caplog.text
    assert "KeyError: 'inside'" in caplog.text
