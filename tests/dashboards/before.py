"""What is known before anything is asked: the bill of the cloud, and what was done yesterday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.metrics import Counter, Histogram
from modelmetry.metrics import semantic as names
from modelmetry.metrics.history import Reporter
from modelmetry.metrics.registry import Registry
from tests.dashboards import facts

_DAY: Final = timedelta(days=1)
_COLUMNS: Final = (
    "ChargePeriodStart,BillingCurrency,ServiceName,ChargeCategory,BilledCost,EffectiveCost"
)


def bill(folder: Path) -> Path:
    """A folder with an export of FOCUS, until yesterday: as a server reads it."""
    today = datetime.now(UTC).date()
    lines = [
        f"{today - ago * _DAY},USD,{service},Usage,{usd},{usd}"
        for ago in range(1, facts.BILLED_DAYS + 1)
        for service, usd in facts.CLOUD.items()
    ]
    exports = folder / "exports"
    exports.mkdir()
    (exports / "costs.csv").write_text("\n".join([_COLUMNS, *lines, ""]))
    return exports


def yesterday(store: str) -> None:
    """Counts of an application that is gone, in the store of the server."""
    then = datetime.now(UTC) - _DAY
    nanoseconds = int(then.timestamp()) * 10**9
    registry = Registry()
    predictions = Counter(
        names.PREDICTIONS,
        unit="{prediction}",
        attributes=[names.MODEL_NAME, names.OUTCOME],
        registry=registry,
    )
    calls = Histogram(
        names.GEN_AI_DURATION["1.41"],
        unit="s",
        attributes=[names.REQUEST_MODEL],
        registry=registry,
    )
    with Client(config=Config(store=store, service="before")) as client:
        Reporter(registry, client, interval=3_600, clock=lambda: nanoseconds)
        predictions.add(facts.PREDICTED_YESTERDAY, {names.MODEL_NAME: "old", names.OUTCOME: "ok"})
        for _ in range(facts.CALLED_YESTERDAY):
            calls.record(0.5, {names.REQUEST_MODEL: "old"})
        assert client.flush_all().ok
