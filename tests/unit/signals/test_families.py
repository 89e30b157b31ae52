"""Family data that is added to after it was handed over."""

from __future__ import annotations

import pytest

from modelmetry.signals.families import (
    CompletionData,
    Document,
    EmbeddingsData,
    FamilyData,
    Message,
    Options,
    Query,
    RetrievalData,
    TextPart,
)


@pytest.mark.parametrize(
    "data",
    [
        CompletionData([Message("user", [TextPart("hi")])], Options("m"), None, None, []),
        CompletionData(),
        RetrievalData([Query("q")], [Document("1", "t", "text/plain")]),
        EmbeddingsData(["a"], Options("m")),
        EmbeddingsData(),
    ],
)
def test_a_copy_is_equal_and_apart(data: FamilyData) -> None:
    """A copy has the same content, and shares no list with the original."""
    copy = data.copy()

    assert copy == data
    for name in ("messages", "documents", "queries", "inputs"):
        mine, theirs = getattr(data, name, None), getattr(copy, name, None)
        assert mine is None or mine is not theirs
