"""How tests ask the published client, and what they make of its errors and of what it sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.published.craft import Craft

COLUMNS = {"created_at", "execution_id", "deployment_name", "pipeline_name"}
SINGLE = "/api/v1/metrics/single-value"
LISTS = "/api/v1/metrics/list-values"
# What the published platform answers to these is not known; each says "your request, not us".
REFUSED = {400, 409, 413, 422}


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The one row that there is."""
    assert len(rows) == 1
    return rows[0]


def refusal(craft: Craft, call: Callable[[], object], *statuses: int) -> Any:
    """The error with which a call is refused: one that the client could read."""
    with pytest.raises(craft.error_type) as caught:
        call()
    error: Any = caught.value
    assert error.status_code in (statuses or REFUSED)
    assert error.name
    assert error.request_id
    return error
