"""Cases that schemathesis makes from the document, with every check that it has."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import seed
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.engine.errors import is_inconsistent_replay
from schemathesis.generation.stateful import run_state_machine_as_test

from tests.contract.generation import (
    FOLLOWING,
    SCENARIOS,
    SEED,
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

    walks: ClassVar[int] = 0
    failures: ClassVar[list[Exception]] = []

    def setup(self) -> None:
        """Count the walk."""
        Links.walks += 1

    def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
        """Send to the server under test."""
        return {"base_url": address()}

    def step(self, input: Any) -> Any:  # noqa: A002 - as the class above calls it
        """Send a case and check the answer; keep what fails, whatever Hypothesis makes of it."""
        try:
            return super().step(input)
        except Exception as failure:
            Links.failures.append(failure)
            raise


def test_links() -> None:
    """Walks along the links: what was sent is read, deleted, and then not there any more."""
    begin = int(SEED or 0)
    for number in count(begin):
        try:
            run_state_machine_as_test(seed(number)(Links), settings=FOLLOWING)
        except (FlakyStrategyDefinition, AssertionError) as error:
            # The server remembers earlier walks, so the same draws may lead elsewhere: that ends
            # a run for Hypothesis, not the test.
            if not isinstance(error, FlakyStrategyDefinition) and not is_inconsistent_replay(error):
                raise
        if Links.failures:
            raise Links.failures[0]
        if Links.walks >= SCENARIOS or number >= begin + SCENARIOS:
            break
    assert Links.walks >= SCENARIOS
