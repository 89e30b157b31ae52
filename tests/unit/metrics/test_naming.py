"""Names of OpenTelemetry as Prometheus writes them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.metrics.families import Kind
from modelmetry.metrics.naming import prometheus_label, prometheus_name


@pytest.mark.parametrize(
    ("name", "kind", "unit", "expected"),
    [
        ("http.server.request.duration", "histogram", "s", "http_server_request_duration_seconds"),
        ("http.server.active_requests", "gauge", "{request}", "http_server_active_requests"),
        ("gen_ai.client.token.usage", "histogram", "{token}", "gen_ai_client_token_usage"),
        ("process.memory.usage", "gauge", "By", "process_memory_usage_bytes"),
        ("system.cpu.utilization", "gauge", "1", "system_cpu_utilization_ratio"),
        ("confidence", "histogram", "1", "confidence"),
        ("modelmetry.llm.cost", "counter", "USD", "modelmetry_llm_cost_usd"),
        ("cpu.time_seconds_total", "counter", "s", "cpu_time_seconds"),
        ("io", "gauge", "By/s", "io_bytes_per_second"),
        ("io", "gauge", "{packet}/s", "io_per_second"),
        ("seconds", "gauge", "s", "seconds"),
        ("a..b//c__d", "gauge", "", "a_b_c_d"),
        ("x", "gauge", "furlong", "x_furlong"),
    ],
)
def test_a_name_has_its_unit_at_its_end(name: str, kind: Kind, unit: str, expected: str) -> None:
    """As the specification of OpenTelemetry says; `_total` is added when it is told."""
    assert prometheus_name(name, kind, unit) == expected


@given(
    st.from_regex(r"[A-Za-z][A-Za-z0-9_.\-/]{0,254}", fullmatch=True),
    st.sampled_from(["counter", "gauge", "histogram"]),
    st.text(st.characters(max_codepoint=127), max_size=63),
)
def test_every_name_is_one_for_prometheus(name: str, kind: Kind, unit: str) -> None:
    """And making it again changes nothing."""
    made = prometheus_name(name, kind, unit)
    assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", made)
    assert prometheus_name(made, kind, unit) == made


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [("http.request.method", "http_request_method"), ("0a", "key_0a"), ("a..b", "a_b")],
)
def test_a_label_is_an_attribute_without_points(attribute: str, expected: str) -> None:
    """Beginning with no digit."""
    assert prometheus_label(attribute) == expected
