"""Cases that schemathesis makes from the document, with every check that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.generation import (
    FOLLOWING,
    address,
    aim,
    cases,
    schema_for,
    send,
    where_examples_are,
)

if TYPE_CHECKING:
    from schemathesis import Case

    from tests.contract.target import Target

examples = where_examples_are(schema_for("examples"))
coverage = schema_for("coverage")
fuzzing = schema_for("fuzzing")
linked = schema_for("stateful")


@pytest.fixture(scope="module", autouse=True)
def aimed(target: Target) -> None:
    """Send everything to the server under test."""
    aim(target)


@cases(examples)
def test_examples(case: Case[Any]) -> None:
    """The document's own examples are answered as it says."""
    send(case)


@cases(coverage)
def test_coverage(case: Case[Any]) -> None:
    """Each way to satisfy or to break each schema is answered as the document says."""
    send(case)


@cases(fuzzing)
def test_fuzzing(case: Case[Any]) -> None:
    """Whatever else fits or breaks the document is answered as it says."""
    send(case)


class Links(linked.as_state_machine()):  # type: ignore[misc]
    """Follows the document's links."""

    def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
        """Send to the server under test."""
        return {"base_url": address()}


TestLinks = Links.TestCase
TestLinks.settings = FOLLOWING
