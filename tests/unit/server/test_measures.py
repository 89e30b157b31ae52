"""What a server tells Prometheus about itself."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import httpx
import prometheus_client
import pytest
from prometheus_client.parser import text_string_to_metric_families

from modelmetry.store.keys import Scope
from tests.unit.server.serving import Serving, serving, span, trace

read: Callable[[str], Iterable[prometheus_client.Metric]] = text_string_to_metric_families


@pytest.fixture
def fresh(tmp_path: Path) -> Generator[Serving]:
    """A server that nobody asked anything."""
    with serving(tmp_path) as running:
        yield running


def told(server: Serving, name: str, **labels: str) -> list[float]:
    """The values of a sample, of those series that have these labels."""
    text = server.http.get("/metrics").text
    return [
        one.value
        for family in read(text)
        for one in family.samples
        if one.name == name and labels.items() <= one.labels.items()
    ]


def test_requests_are_counted_by_their_template(fresh: Serving) -> None:
    """Whatever is asked for: 300 paths of a scanner are one series, and so are methods."""
    for number in range(300):
        fresh.http.get(f"/wp-{number}.php")
        fresh.http.get(f"/traces/{number}")
    fresh.http.request("BREW", "/traces")
    fresh.http.get("/ui/")

    name = "http_server_request_duration_seconds_count"
    assert told(fresh, name, http_route="unmatched") == [300]
    assert told(fresh, name, http_route="/traces/{xid}", http_response_status_code="404") == [300]
    assert told(fresh, name, http_request_method="_OTHER", http_route="/traces") == [1]
    assert told(fresh, name, http_route="/ui") == [1]
    assert told(fresh, "http_server_active_requests") == [1]


def test_signals_are_counted_when_they_are_stored(fresh: Serving) -> None:
    """By the list in which they came; what was refused is counted by its reason."""
    fresh.ingest({"Traces": [trace("a"), trace("b")], "Spans": [span("a")]})
    fresh.ingest({"Traces": [{"XID": ""}]})
    fresh.http.post("/signals/ingest/v1", content=b"{", headers={"content-type": "text/plain"})

    stored = "modelmetry_server_stored_signals_total"
    assert (told(fresh, stored, list="Traces"), told(fresh, stored, list="Spans")) == ([2], [1])
    refused = "modelmetry_server_refused_requests_total"
    assert told(fresh, refused, reason="does-not-fit") == [1]
    assert told(fresh, refused, reason="not-json-media-type") == [1]
    assert sum(told(fresh, "modelmetry_server_transactions_total")) >= 1
    assert told(fresh, "modelmetry_server_waiting_batches") == [0]
    assert sum(told(fresh, "modelmetry_server_store_size_bytes")) > 4096


def test_the_format_is_negotiated(fresh: Serving) -> None:
    """OpenMetrics for who asks for it, and compressed."""
    accept = {"accept": "application/openmetrics-text; version=1.0.0", "accept-encoding": "gzip"}
    found = fresh.http.get("/metrics", headers=accept)
    assert found.headers["content-type"].startswith("application/openmetrics-text")
    assert found.headers["content-encoding"] == "gzip"
    assert found.text.endswith("# EOF\n")
    assert fresh.http.head("/metrics").status_code == 200


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [("metrics", "/metrics", 200), ("read", "/metrics", 200), ("metrics", "/traces", 403)],
)
def test_a_key_may_be_good_for_metrics_alone(
    tmp_path: Path, scope: Scope, path: str, status: int
) -> None:
    """Prometheus needs no key that reads what was recorded; without a key it is told nothing."""
    with serving(tmp_path, key="a-key-of-everything") as server:
        _, secret = server.store.create_key("local", frozenset({scope}))
        headers = {"authorization": f"Bearer {secret}"}
        assert httpx.get(f"{server.base_url}{path}", headers=headers).status_code == status
        assert httpx.get(f"{server.base_url}/metrics").status_code == 401
