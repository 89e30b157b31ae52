"""Conditions as a user writes them."""

from __future__ import annotations

import pytest

from modelmetry.errors import StoreQueryError
from modelmetry.store.queries import FindingCondition, MetadataCondition, TraceQuery


@pytest.mark.parametrize(
    ("text", "name", "op", "value"),
    [
        ("safe<0.5", "safe", "<", 0.5),
        ("count>=3", "count", ">=", 3),
        ("cited=true", "cited", "=", True),
        ("cited!=false", "cited", "!=", False),
        ("language=de", "language", "=", "de"),
        ("score=-1e3", "score", "=", -1000.0),
        ("note==", "note", "=", "="),
        ("note=", "note", "=", ""),
    ],
)
def test_finding_condition_reads_comparisons(
    text: str, name: str, op: str, value: float | bool | str
) -> None:
    """A comparison has a name, an operator and a value of the type that it looks like."""
    condition = FindingCondition.parse(text)
    assert (condition.name, condition.op, condition.value) == (name, op, value)
    assert type(condition.value) is type(value)


@pytest.mark.parametrize("text", ["safe", "", "<1", "=x"])
def test_finding_condition_refuses_what_is_no_comparison(text: str) -> None:
    """Text without a name or an operator is refused, with an example of the right form."""
    with pytest.raises(StoreQueryError, match="response_safe_score"):
        FindingCondition.parse(text)


def test_metadata_condition_keeps_everything_after_the_first_equals_sign() -> None:
    """Only the first `=` separates."""
    assert MetadataCondition.parse("a=b=c") == MetadataCondition(key="a", value="b=c")


@pytest.mark.parametrize("text", ["channel", "=web", ""])
def test_metadata_condition_refuses_what_is_no_pair(text: str) -> None:
    """Text without a key or a `=` is refused."""
    with pytest.raises(StoreQueryError, match="key=value"):
        MetadataCondition.parse(text)


@pytest.mark.parametrize("limit", [0, 501, -1])
def test_limit_has_bounds(limit: int) -> None:
    """A page has 1 to 500 items."""
    with pytest.raises(StoreQueryError, match="1 to 500"):
        TraceQuery(limit=limit)
