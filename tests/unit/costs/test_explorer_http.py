"""Cost Explorer end to end: boto3, real HTTP, and a server of this machine that plays AWS."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from modelmetry.costs.explorer import CostExplorer
from modelmetry.costs.poller import CostPoller
from modelmetry.errors import CostCredentialsError, CostPermissionError, CostSourceError
from tests.unit.costs.answers import day, group, page
from tests.unit.costs.explorer_fake import Fake
from tests.unit.costs.ledgers import MemoryLedger

FIRST, END = date(2026, 9, 1), date(2026, 9, 3)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Fake]:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIANOBODY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Fake() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_COST_EXPLORER", server.address)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def refusal(code: str) -> dict[str, str]:
    """What the service says when it refuses."""
    return {"__type": code, "Message": "User: nobody is not authorized"}


def test_costs_come_over_http_page_by_page(fake: Fake) -> None:
    """Without a region in the environment, as the service's protocol has it, in whole days."""
    fake.ready = [
        (200, page(day("2026-09-01", "2026-09-02", group("Amazon S3", usd="0.25")), token="2")),
        (200, page(day("2026-09-02", "2026-09-03", group("Tax", usd="-3"), estimated=True))),
    ]
    source = CostExplorer()

    rows = list(source.rows(FIRST, END))

    assert [(row.service_name, row.billed_cost, row.estimated) for row in rows] == [
        ("Amazon S3", Decimal("0.25"), False),
        ("Tax", Decimal(-3), True),
    ]
    (command, path, headers, body), (_, _, _, second) = fake.asked
    assert (command, path) == ("POST", "/")
    assert headers["X-Amz-Target"] == "AWSInsightsIndexService.GetCostAndUsage"
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert "/us-east-1/ce/aws4_request" in headers["Authorization"]
    assert body["TimePeriod"] == {"Start": "2026-09-01", "End": "2026-09-03"}
    assert second == body | {"NextPageToken": "2"}
    assert source.spending.amount == Decimal("0.02")


def test_china_is_asked_where_it_is(fake: Fake) -> None:
    """The region is the one that was given."""
    fake.ready = [(200, page())]

    assert list(CostExplorer(region="cn-northwest-1").rows(FIRST, END)) == []
    assert "/cn-northwest-1/ce/" in fake.asked[0][2]["Authorization"]


def test_a_refusal_over_http_says_what_to_do(fake: Fake) -> None:
    """The error names the permission, and quotes what AWS says."""
    fake.ready = [(400, refusal("AccessDeniedException"))]

    with pytest.raises(CostPermissionError, match=r"ce:GetCostAndUsage.*User: nobody"):
        CostExplorer().rows(FIRST, END)


def test_an_expired_token_is_told_from_a_wrong_one(fake: Fake) -> None:
    """Both are asked once only: boto3 does not repeat what is counted here."""
    fake.ready = [(403, refusal("ExpiredTokenException"))]

    with pytest.raises(CostCredentialsError, match="have expired"):
        CostExplorer().rows(FIRST, END)

    assert len(fake.asked) == 1


@pytest.mark.parametrize("code", ["ExpiredTokenException", "AccessDeniedException", None])
def test_credentials_that_were_put_right_are_found_without_a_restart(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str | None
) -> None:
    """They were expired, not enough, or not there; the file has others now."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    file = tmp_path / "credentials"
    told = "[default]\naws_access_key_id={}\naws_secret_access_key=b\n"
    if code is not None:
        file.write_text(told.format("AKIAOLD"))
        fake.ready = [(403, refusal(code))]
    source = CostExplorer()
    with pytest.raises((CostCredentialsError, CostPermissionError)):
        source.rows(FIRST, END)

    file.write_text(told.format("AKIANEW"))
    fake.ready = [(200, page())]

    assert list(source.rows(FIRST, END)) == []
    assert "Credential=AKIANEW/" in fake.asked[-1][2]["Authorization"]


def test_a_connection_that_closes_is_tried_again(fake: Fake) -> None:
    """Each attempt is counted, for the service may have answered."""
    fake.ready = [(0, None), (500, refusal("InternalFailure")), (200, page())]
    waited: list[float] = []
    source = CostExplorer(sleep=waited.append)

    assert list(source.rows(FIRST, END)) == []
    assert (source.spending.requests, waited) == (3, [1.0, 2.0])


def test_nobody_listening_costs_nothing(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the network."""
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        port = gone.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_COST_EXPLORER", f"http://127.0.0.1:{port}")
    waited: list[float] = []
    source = CostExplorer(sleep=waited.append)

    with pytest.raises(CostSourceError, match="cannot be reached"):
        source.rows(FIRST, END)

    assert (source.spending.requests, waited) == (0, [1.0, 2.0, 4.0])


def test_no_credentials_is_a_message_that_names_what_to_set(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is asked."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(CostCredentialsError, match=r"AWS_ACCESS_KEY_ID.*AWS_PROFILE"):
        CostExplorer().rows(FIRST, END)

    assert fake.asked == []


def test_a_profile_that_is_not_there_is_named(fake: Fake) -> None:
    """The message says how to list those that are."""
    with pytest.raises(CostCredentialsError, match=r"list-profiles.*nobodys"):
        CostExplorer(profile="nobodys").rows(FIRST, END)


def test_a_poller_brings_costs_into_a_ledger_over_http(fake: Fake) -> None:
    """One request for two months, and the next poll reads again what may still change."""
    now = datetime(2026, 9, 3, 12, tzinfo=UTC)
    ledger = MemoryLedger()
    poller = CostPoller(CostExplorer(), ledger, chance=lambda: 0.0)
    fake.ready = [
        (
            200,
            page(
                day("2026-08-31", "2026-09-01", group("S3", usd="1")),
                day("2026-09-01", "2026-09-02", group("S3", usd="2"), estimated=True),
            ),
        ),
        (200, page(day("2026-09-01", "2026-09-02", group("S3", usd="3")))),
    ]

    first, second = poller.run_once(now), poller.run_once(now + timedelta(hours=8))

    assert [told["TimePeriod"] for *_, told in fake.asked] == [
        {"Start": "2026-08-01", "End": "2026-09-03"},
        {"Start": "2026-08-30", "End": "2026-09-03"},
    ]
    assert (first.used.amount, second.used.amount) == (Decimal("0.01"), Decimal("0.01"))
    assert [row.billed_cost for row in ledger.days(date.min, date.max)] == [Decimal(3)]


def test_a_poller_without_credentials_goes_on_and_says_what_to_set(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cost nothing, so that it tries again within minutes."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    now = datetime(2026, 9, 3, 12, tzinfo=UTC)
    poller = CostPoller(CostExplorer(), MemoryLedger(), chance=lambda: 0.0)

    result = poller.run_once(now)

    assert (result.outcome, result.used.requests) == ("failed", 0)
    assert "AWS_ACCESS_KEY_ID" in result.message
    assert result.next_due == now + timedelta(minutes=5)
