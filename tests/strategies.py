"""What Hypothesis draws from: texts with everything in them, JSON, findings, programs."""

from __future__ import annotations

from typing import Any, Literal

from hypothesis import strategies as st

# Surrogates too: applications pass on what their users and models produce.
texts = st.text(st.characters(codec=None), max_size=40)
finding_values = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)
metadata = st.dictionaries(texts, json_values, max_size=5)

Step = Literal["down", "up", "finding", "event", "wait", "end top"]
programs: st.SearchStrategy[list[Step]] = st.lists(
    st.sampled_from(["down", "down", "up", "finding", "event", "wait", "end top"]), max_size=40
)
"""What an application does, one word after another, starting inside a trace."""
