"""Names that are different for OpenTelemetry and the same for Prometheus."""

from __future__ import annotations

import pytest

from modelmetry.errors import InvalidValueError
from modelmetry.metrics import Counter, Gauge, Histogram, Registry
from modelmetry.metrics.exposition import page
from tests.unit.metrics.test_exposition import read_openmetrics


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        (Counter, "shop.orders", "shop_orders_total"),
        (Histogram, "shop.orders", "shop_orders_bucket"),
        (Histogram, "shop.orders", "shop_orders_count"),
        (Histogram, "shop.orders", "shop_orders_sum"),
    ],
)
def test_a_name_that_another_metric_is_told_by_is_refused(
    kind: type[Counter | Histogram], name: str, told: str
) -> None:
    """Whichever comes first: two series by one name would fail the scrape, or be added up."""
    registry = Registry()
    kind(name, registry=registry)
    with pytest.raises(InvalidValueError, match=f"would be told as '{told}', and so is"):
        Gauge(told, registry=registry)
    registry = Registry()
    Gauge(told, registry=registry)
    with pytest.raises(InvalidValueError, match=f"would be told as '{told}', and so is"):
        kind(name, registry=registry)


@pytest.mark.parametrize("name", ["a.total", "a.total.total", "a_total", "total", "a.created"])
def test_a_counter_is_a_total_once(name: str) -> None:
    """Whatever its name ends with, OpenMetrics can be read, and no other name is the same."""
    registry = Registry()
    Counter(name, registry=registry).add(1)
    text = page(registry.collect, "application/openmetrics-text; version=1.0.0").body.decode()
    told = [sample.name for family in read_openmetrics(text) for sample in family.samples]
    assert sum(one.endswith("_total") for one in told if "metrics" not in one) == 1
    known = {"a.total": "a", "a.total.total": "a", "a_total": "a"}.get(name)
    if known is not None:
        with pytest.raises(InvalidValueError, match="is declared already"):
            Counter(known, registry=registry)
