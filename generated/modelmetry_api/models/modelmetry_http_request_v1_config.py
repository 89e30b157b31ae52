"""ModelmetryHTTPRequestV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import ModelmetryHTTPRequestV1ConfigMethod
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class ModelmetryHTTPRequestV1Config:
    """Configuration of an evaluator. An HTTP service decides."""

    headers: dict[str, str] = member("Headers")

    method: ModelmetryHTTPRequestV1ConfigMethod = member("Method")

    url: str = member("URL")

    findings_json_path: str | None | Unset = member("FindingsJSONPath", default=UNSET)

    message_json_path: str | None | Unset = member("MessageJSONPath", default=UNSET)

    outcome_json_path: str | None | Unset = member("OutcomeJSONPath", default=UNSET)
