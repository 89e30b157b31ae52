"""The tree of errors."""

from __future__ import annotations

import inspect

import pytest

from modelmetry import errors
from modelmetry.errors import ModelmetryError, SinkFailure

ALL = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if kind.__module__ == errors.__name__
]


def test_everything_has_one_root() -> None:
    """Catching ModelmetryError catches whatever this package raises."""
    assert all(issubclass(kind, ModelmetryError) for kind in ALL)


def test_the_tree_at_the_top_shows_every_error() -> None:
    """The drawing in the module is complete."""
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in ALL)


@pytest.mark.parametrize("kind", ALL)
def test_every_error_says_when_it_happens(kind: type) -> None:
    """Each class has a sentence."""
    assert (kind.__doc__ or "").partition("\n")[0].endswith(".")


def test_a_sink_failure_carries_what_the_worker_needs() -> None:
    """Its text is the reason."""
    failure = SinkFailure("http_503", retry=True, retry_after=2.0)

    assert (str(failure), failure.retry, failure.retry_after) == ("http_503", True, 2.0)
