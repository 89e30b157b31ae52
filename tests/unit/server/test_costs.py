"""A server process that asks what the cloud costs, over real HTTP."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from subprocess import Popen
from typing import Any

import httpx
import pytest

from modelmetry.costs.explorer import CostExplorer
from modelmetry.costs.named import source_named
from modelmetry.costs.poller import CostPoller
from modelmetry.errors import StoreUnavailableError
from modelmetry.server.cost_measures import CostMeasures
from modelmetry.server.cost_polling import CostPolling
from modelmetry.server.settings import ServerSettings
from modelmetry.store.open import open_store
from modelmetry.store.protocol import Store
from modelmetry.store.sqlite.encode import to_micros
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.costs.explorer_fake import Cloud, cloud
from tests.unit.server.serving import serving
from tests.unit.server.test_run import process

HEADER = "ChargePeriodStart,BillingCurrency,ServiceName,ChargeCategory,BilledCost,EffectiveCost\n"


@pytest.fixture(name="aws")
def _aws() -> Iterator[Cloud]:
    """A cloud that plays Cost Explorer."""
    with cloud() as playing:
        yield playing


def settled(ask: Callable[[], Any], when: Callable[[Any], Any]) -> Any:
    """Ask until it is so."""
    last = time.monotonic() + 60
    while not when(found := ask()):
        assert time.monotonic() < last, found
    return found


@contextmanager
def asking(folder: Path, aws: Cloud, **environ: str) -> Generator[tuple[Popen[str], str]]:
    """A server process that asks a cloud."""
    found = {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "MODELMETRY_SERVER_COSTS": "aws",
        "MODELMETRY_SERVER_ACCESS_LOG": "off",  # nobody reads its lines while it is asked
    }
    with process(folder, **found, **(aws.environment | environ)) as started:
        yield started


def source_of(address: str) -> Any:
    """The only source that a server knows, or nothing yet."""
    answer = httpx.get(f"{address}/costs/sources", trust_env=False)
    found = answer.json()["Sources"]
    return found[0] if found else None


def done(source: Any) -> bool:
    """Whether its poll has ended."""
    return bool(source and source["Poll"] and source["Poll"]["Done"])


def told_by_a_server(folder: Path, aws: Cloud) -> tuple[Any, Any, str]:
    """What one that asks says of its source, of costs by service and to Prometheus."""
    with asking(folder, aws) as (server, at):
        source = settled(lambda: source_of(at), done)
        sums = httpx.get(f"{at}/costs/days", params={"group_by": "service"}, trust_env=False)
        told = settled(
            lambda: httpx.get(f"{at}/metrics", trust_env=False).text,
            lambda text: "modelmetry_cloud_cost_usd" in text,
        )
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)
    assert server.returncode == 0
    return source, sums.json(), told


def test_a_server_asks_keeps_and_tells(tmp_path: Path, aws: Cloud) -> None:
    """One paid request, days in the store, figures for Prometheus; again only when it is due."""
    told_by_a_server(tmp_path, aws)
    source, found, told = told_by_a_server(tmp_path, aws)

    today = datetime.now(UTC).date()
    assert source["KnownTo"] == f"{today}"
    assert (source["Poll"]["Requests"], source["Poll"]["Spent"]) == (1, "0.01")
    [(_, _, _, asked)] = aws.asked
    assert asked["GroupBy"][1] == {"Type": "DIMENSION", "Key": "RECORD_TYPE"}
    amounts = [float(one["BilledCost"]) for one in found["Sums"]]
    assert amounts == [9.75 * found["KnownDays"], 0.25 * found["KnownDays"]]
    yesterday = r'cost_usd\{estimated="true",period="day",service="Amazon S3"\} 9\.75'
    assert re.search(yesterday, told)
    assert re.search(r'cost_usd\{estimated="true",period="last_30d",service="Tax"\} 0\.25', told)
    assert re.search(r'cost_api_requests_total\{source="aws"\} 1\.0', told)
    succeeded = re.search(r'cost_last_success_timestamp_seconds\{source="aws"\} (\S+)', told)
    assert succeeded
    assert float(succeeded[1]) > datetime(2026, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "AWS_ACCESS_KEY_ID"),
        ({"MODELMETRY_SERVER_COSTS_PROFILE": "nobodys"}, "nobodys"),
        ({}, "have expired"),
    ],
)
def test_what_keeps_it_from_asking_is_said_once(
    tmp_path: Path, aws: Cloud, environ: dict[str, str], said: str
) -> None:
    """In the log and for who asks; everything else goes on."""
    aws.refusal = 403, {"__type": "ExpiredTokenException", "Message": "the token is old"}
    with asking(tmp_path, aws, **environ) as (server, at):
        source = settled(lambda: source_of(at), done)
        stored = httpx.post(f"{at}/signals/ingest/v1", json={}, trust_env=False).status_code
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate(timeout=30)

    assert said in source["Poll"]["Message"]
    assert (source["Poll"]["Failures"], source["Poll"]["SucceededAt"]) == (1, None)
    assert source["KnownDays"] == 0
    assert (stored, server.returncode) == (200, 0)
    assert log.count("are not known") == 1


def test_a_server_that_is_killed_while_it_asks_leaves_nothing_half(
    tmp_path: Path, aws: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted, its lease ends, and another one goes on."""
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    aws.going_on.clear()
    with asking(tmp_path, aws) as (server, _):
        assert aws.was_asked.wait(60)
        server.kill()
        server.wait()
    aws.going_on.set()
    path, later = tmp_path / "served.db", datetime.now(UTC) + timedelta(hours=2)
    with open_store(str(path)) as store:
        [found] = store.list_cost_sources("local").sources
        assert found.poll is not None
        assert (found.known_days, found.poll.done) == (0, False)
        assert not store.cost_ledger("local").lease("costs:aws", "the test", 60)
        assert store.check().ok
    with SqliteStore(path, clock=lambda: to_micros(later)) as store:
        ledger = store.cost_ledger("local")
        source = CostExplorer(client=None, sleep=lambda _: None)
        result = CostPoller(source, ledger, clock=lambda: later).run_once()
        assert (result.outcome, result.used.requests) == ("polled", 1)
        [found] = store.list_cost_sources("local").sources
        assert found.poll is not None
        assert found.known_days == result.rows / 2
        assert (found.poll.requests, found.poll.spent) == (2, "0.02")  # the one before as well


def test_a_server_is_stopped_while_it_asks(tmp_path: Path, aws: Cloud) -> None:
    """It does not wait for an answer longer than for requests."""
    aws.going_on.clear()
    with asking(tmp_path, aws, MODELMETRY_SERVER_STOP_TIMEOUT="0.2") as (server, _):
        assert aws.was_asked.wait(60)
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate(timeout=30)

    assert server.returncode == 0
    assert "Traceback" not in log


def test_files_that_are_no_costs_are_said_and_read_again(tmp_path: Path) -> None:
    """Wrong columns, then currencies that are mixed, then costs."""
    folder = tmp_path / "exports"
    folder.mkdir()
    file = folder / "costs.csv"
    today = datetime.now(UTC)
    lines = [f"{(today - timedelta(days=n)):%Y-%m-%d},USD,Compute,Usage,1,1\n" for n in (1, 2)]
    with open_store(str(tmp_path / "s.db")) as store:
        clock = [today]
        settings = ServerSettings(costs=str(folder))
        polling = CostPolling(
            source_named(settings.costs or ""), store, "local", clock=lambda: clock[0]
        )

        def message_of(text: str) -> str:
            file.write_text(text)
            clock[0] += timedelta(hours=8)
            polling.step()
            [found] = store.list_cost_sources("local").sources
            assert found.poll is not None
            return found.poll.message

        assert "ChargePeriodStart" in message_of("day,cost\n1,2\n")
        assert "EUR and USD" in message_of(HEADER + lines[0] + lines[1].replace("USD", "EUR"))
        assert message_of(HEADER + "".join(lines)) == ""
        [found] = store.list_cost_sources("local").sources
        assert (found.known_days, found.known_to) == (2, today.date())
        told = {family.name: family for family in polling.measures.collect()}
        assert told["modelmetry.cloud.cost.failures"].points[0].value == 2
        costs = {point.attributes: point.value for point in told["modelmetry.cloud.cost"].points}
        assert costs["Compute", "last_30d", "true"] == 2


def test_a_store_that_fails_does_not_end_the_thread(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is logged once, counted, and tried again."""
    with open_store(str(tmp_path / "s.db")) as store:
        polling = CostPolling(source_named(str(tmp_path)), store, "local")
        monkeypatch.setattr(CostPoller, "run_once", _fails)
        polling.step()
        polling.step()
        [failures] = polling.measures.collect()
    assert failures.points[0].value == 2
    assert [one.message for one in caplog.records if "could not be kept" in one.message] == [
        f"costs of 'focus' could not be kept: {StoreUnavailableError('away')!r}; tried again later"
    ]


def test_lines_that_are_passed_over_are_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Until they are put right; the others count."""
    file, clock = tmp_path / "costs.csv", [datetime.now(UTC)]
    good, torn = (f"{YESTERDAY},USD,Compute,Usage,{amount},1\n" for amount in ("1", "?"))
    with open_store(str(tmp_path / "s.db")) as store:
        source = source_named(str(tmp_path))
        polling = CostPolling(source, store, "local", clock=lambda: clock[0])
        for text in (good + torn * 30, good + torn * 30, good, good + torn):
            file.write_text(HEADER + text)
            polling.step()
            clock[0] += timedelta(hours=2)
        assert costs_of(polling.measures)["Compute", "last_30d", "true"] == 1
    first = f"costs of 'focus' are not whole: {file}:3: BilledCost is '?', which is no amount"
    assert [one.message for one in caplog.records] == [f"{first}, and others", first]


def test_figures_that_cannot_be_read_are_no_poll_that_failed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are as they were, which is said once, and polls go on."""
    (tmp_path / "costs.csv").write_text(HEADER + f"{YESTERDAY},USD,Compute,Usage,1,1\n")
    clock = [datetime.now(UTC)]
    with open_store(str(tmp_path / "s.db")) as store:
        source = source_named(str(tmp_path))
        polling = CostPolling(source, store, "local", clock=lambda: clock[0])
        polling.step()
        before = costs_of(polling.measures)
        monkeypatch.setattr(CostMeasures, "refresh", _fails)
        for _ in range(2):
            clock[0] += timedelta(hours=2)
            polling.step()
        assert costs_of(polling.measures) == before
        told = {family.name: family for family in polling.measures.collect()}
        assert told["modelmetry.cloud.cost.failures"].points[0].value == 0
    assert len(caplog.records) == 1
    assert "figures of costs are as they were" in caplog.text


def test_figures_are_of_days_that_are_over(tmp_path: Path) -> None:
    """The last day is yesterday, although a part of today and what comes later is known."""
    today, later = YESTERDAY + timedelta(days=1), YESTERDAY + timedelta(days=40)
    days = (YESTERDAY - timedelta(days=1), 5), (YESTERDAY, 10), (today, 2), (later, 900)
    with open_store(str(tmp_path / "s.db")) as store:
        put(store, [cost_row(day, "EC2", amount) for day, amount in days])
        measures = CostMeasures(store, "local")
        measures.refresh(datetime.combine(today, time_of_day(0, 5), UTC))
        costs = costs_of(measures)
    assert costs["EC2", "day", "false"] == 10
    assert costs["EC2", "last_30d", "false"] == 15


def test_figures_of_very_many_services_are_told(tmp_path: Path) -> None:
    """More than are answered at once: the largest by name, the others together."""
    days = [YESTERDAY - timedelta(days=place) for place in range(25)]
    with open_store(str(tmp_path / "s.db")) as store:
        for day in days:
            put(store, [cost_row(day, f"S{number}", number) for number in range(1, 901)])
        measures = CostMeasures(store, "local")
        measures.refresh(datetime.combine(YESTERDAY + timedelta(days=1), time_of_day(9), UTC))
        costs = costs_of(measures)
    assert costs["S900", "last_30d", "false"] == 900 * 25
    assert costs["(others)", "day", "false"] == sum(range(1, 801))
    assert len({service for service, _, _ in costs}) == 101


YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)


def cost_row(day: date, service: str, amount: float) -> dict[str, Any]:
    """A row of a request."""
    return {
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day + timedelta(days=1)}T00:00:00Z",
        "ServiceName": service,
        "BilledCost": str(amount),
        "EffectiveCost": str(amount),
    }


def put(store: Store, rows: list[dict[str, Any]]) -> None:
    """State what days cost from the first to the last one."""
    first, last = rows[0]["ChargePeriodStart"][:10], rows[-1]["ChargePeriodEnd"][:10]
    body = {"Source": "azure", "From": first, "To": last, "Currency": "USD", "Rows": rows}
    store.replace_cost_days("local", body).result()


def costs_of(measures: CostMeasures) -> dict[tuple[str, ...], float]:
    """What Prometheus is told of them."""
    told = {family.name: family for family in measures.collect()}
    return {point.attributes: point.value for point in told["modelmetry.cloud.cost"].points}


def _fails(*_: object) -> Any:
    raise StoreUnavailableError("away")


def test_a_server_asks_nobody_unless_it_is_told_to(tmp_path: Path, aws: Cloud) -> None:
    """And its thread ends with it."""
    with serving(tmp_path) as server:
        assert server.http.get("/costs/sources").json() == {"Sources": []}
        assert "modelmetry_cloud" not in server.http.get("/metrics").text
    assert aws.asked == []
