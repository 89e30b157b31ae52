"""Query and path parameters."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.server.operations import load_spec, operations
from modelmetry.server.parameters import ParameterCheck
from modelmetry.server.problems import Problem

CHECKS = {one.id: ParameterCheck(one) for one in operations(load_spec()[1])}


def values(query: str, operation: str = "list-traces") -> dict[str, Any]:
    """The typed parameters of a query."""
    return CHECKS[operation].values(query.encode(), {})


def refusal(query: str, operation: str = "list-traces") -> Problem:
    """The problem that a query meets."""
    with pytest.raises(Problem) as caught:
        values(query, operation)
    return caught.value


def test_parameters_are_typed() -> None:
    """Integers, numbers and booleans arrive as such, lists as lists, the rest as text."""
    found = values("limit=7&min_duration_ms=1.5&failed=true&name=a&name=b&q=x+y%20z&sort=start")

    assert found["limit"] == 7
    assert found["min_duration_ms"] == 1.5
    assert found["failed"] is True
    assert found["name"] == ["a", "b"]
    assert found["q"] == "x y z"
    assert found["sort"] == "start"


def test_what_is_absent_has_its_default_or_none() -> None:
    """A handler can rely on every parameter being there."""
    found = values("")

    assert (found["limit"], found["sort"]) == (50, "-start")
    assert (found["cursor"], found["name"], found["failed"]) == (None, None, None)


@pytest.mark.parametrize(
    ("query", "location", "message"),
    [
        ("limt=5", "query.limt", "is not known; did you mean limit?"),
        ("zzzzz=5", "query.zzzzz", "is not known"),
        ("limit=5&limit=6", "query.limit", "may be given once, not 2 times"),
        ("limit=", "query.limit", "must be an integer such as 50"),
        ("limit=1.0", "query.limit", "must be an integer such as 50"),
        ("limit=0x1", "query.limit", "must be an integer such as 50"),
        ("limit=٣", "query.limit", "must be an integer such as 50"),
        ("limit=" + "9" * 5000, "query.limit", "must be an integer such as 50"),
        ("limit=0", "query.limit", "is less than the minimum of 1"),
        ("limit=501", "query.limit", "is greater than the maximum of 500"),
        ("failed=True", "query.failed", "must be true or false"),
        ("failed=1", "query.failed", "must be true or false"),
        ("min_duration_ms=NaN", "query.min_duration_ms", "must be a number such as 1.5"),
        ("min_duration_ms=1e400", "query.min_duration_ms", "is larger than any number here"),
        ("min_duration_ms=-1", "query.min_duration_ms", "is less than the minimum of 0"),
        (
            "sort=name",
            "query.sort",
            "must be one of -start, start, -duration, duration, -tokens, tokens, -cost, cost",
        ),
        ("cursor=x", "query.cursor", 'does not match "^-?[0-9]{1,18}~[A-Za-z0-9_-]{0,4000}$"'),
        ("metadata=a", "query.metadata", 'does not match "^[^=]+=[\\s\\S]*$"'),
        (
            "start_after=2026-01-01T00:00:00",
            "query.start_after",
            "must be a time such as 2026-11-02T09:30:00Z, with an offset (RFC 3339)",
        ),
    ],
)
def test_what_does_not_fit_is_named(query: str, location: str, message: str) -> None:
    """422 with the place of the fault and how it is written."""
    problem = refusal(query)

    assert problem.status == 422
    assert (problem.faults[0].location, problem.faults[0].message) == (location, message)


def test_a_plus_that_became_a_space_is_explained() -> None:
    """The commonest mistake with times in a query gets a hint."""
    problem = refusal("start_after=2026-01-01T00:00:00+02:00")

    assert problem.faults[1].message == "a + in a query means a space; write %2B"


def test_a_required_parameter_is_required() -> None:
    """Its absence is a fault at its place."""
    problem = refusal("", "get-finding-series")

    assert (problem.faults[0].location, problem.faults[0].message) == ("query.name", "is required")


def test_a_parameter_is_given_no_more_often_than_the_document_says() -> None:
    """A list has its bound, and each of its values too."""
    most = "&".join(["text=a"] * 50)
    assert CHECKS["search-trace"].values(most.encode(), {"xid": "t"})["text"] == ["a"] * 50
    for query, message in (
        (f"{most}&text=b", "may be given 50 times, not 51"),
        ("text=", "is shorter than 1 character"),
    ):
        with pytest.raises(Problem) as caught:
            CHECKS["search-trace"].values(query.encode(), {"xid": "t"})
        fault = caught.value.faults[0]
        assert (fault.location, fault.message) == ("query.text", message)


def test_all_faults_are_told_at_once_and_not_too_many() -> None:
    """The detail names the first and counts the others; the search ends after twenty."""
    problem = refusal("&".join(f"unknown{n}=1" for n in range(40)))

    assert len(problem.faults) == 20
    assert problem.detail.endswith("and 19 more; nothing was done")


def test_the_value_of_an_unknown_parameter_is_not_echoed() -> None:
    """It may be a key in the wrong place."""
    problem = refusal("api_key=mm_secret")

    assert b"mm_secret" not in problem.encode("urn:uuid:0")


def test_a_query_that_is_not_utf_8_is_400() -> None:
    """Neither decoded nor raw bytes outside UTF-8 are taken."""
    assert refusal("q=%ff").status == 400
    with pytest.raises(Problem) as caught:
        CHECKS["list-traces"].values(b"q=\xff", {})
    assert caught.value.status == 400


def test_a_query_with_too_many_fields_is_400() -> None:
    """Before time is spent on each of them."""
    assert refusal("&".join(["name=a"] * 1001)).status == 400


@given(st.text(), st.lists(st.text(), min_size=1))
def test_any_text_survives_the_query(text: str, names: list[str]) -> None:
    """What a client encodes is what the handler gets."""
    found = values(urlencode({"q": text, "name": names}, doseq=True))

    assert found["q"] == text
    assert found["name"] == names
