"""Assessment. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import AssessmentAction
from modelmetry_api.wire import member, wire_model


@wire_model
class Assessment:
    """One rule of a grading."""

    action: AssessmentAction = member("Action")

    expression: str = member("Expression")

    id: str = member("ID")

    message: str = member("Message")
