"""Cases that schemathesis makes from the document, with every check that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.contract.generation import SCENARIOS, address, aim, schema_for, with_examples

if TYPE_CHECKING:
    from schemathesis import Case

    from tests.contract.target import Target

examples = schema_for("examples").include(operation_id=with_examples())
coverage = schema_for("coverage")
fuzzing = schema_for("fuzzing")
linked = schema_for("stateful")


@pytest.fixture(scope="module", autouse=True)
def aimed(target: Target) -> None:
    """Send everything to the server under test."""
    aim(target)


@examples.parametrize()
def test_examples(case: Case) -> None:
    """The document's own examples are answered as it says."""
    case.call_and_validate(base_url=address())


@coverage.parametrize()
def test_coverage(case: Case) -> None:
    """Each way to satisfy or to break each schema is answered as the document says."""
    case.call_and_validate(base_url=address())


@fuzzing.parametrize()
def test_fuzzing(case: Case) -> None:
    """Whatever else fits or breaks the document is answered as it says."""
    case.call_and_validate(base_url=address())


class Links(linked.as_state_machine()):  # type: ignore[misc]
    """Follows the document's links."""

    def get_call_kwargs(self, case: Case) -> dict[str, Any]:
        """Send to the server under test."""
        return {"base_url": address()}


TestLinks = Links.TestCase
TestLinks.settings = settings(
    max_examples=SCENARIOS,
    stateful_step_count=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
