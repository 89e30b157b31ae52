"""What clients say became of what they recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from modelmetry.errors import StoreQueryError
from modelmetry.store.queries import ReportQuery
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, Item, at, body, trace
from tests.unit.store.conftest import Clock


def report(xid: str = "c1", seconds: float = 0, **members: Any) -> Item:
    """A report of a client that lost nothing."""
    sent: Item = {
        "XID": xid, "At": at(seconds), "Created": 3, "Delivered": 3, "Pending": 0, "Spooled": 0,
        "Recovered": 0, "Dropped": {},
    }  # fmt: skip
    return {**sent, **members}


def listed(store: SqliteStore, tenant: str = TENANT, **query: Any) -> list[str]:
    """The clients of a list."""
    return [one.xid for one in store.list_reports(tenant, ReportQuery(**query)).reports]


def test_all_members_come_back(store: SqliteStore, clock: Clock) -> None:
    """A report is read as it was sent, with what was lost."""
    xid = "0193e0a4-7c10-7000-8000-000000000006"
    sent = report(
        xid, Name="modelmetry", Version="1.2", Created=10, Delivered=4, Pending=1, Spooled=2,
        Recovered=7, Dropped={"buffer_full": 2, "sampled_out": 1, "closed": 0},
    )  # fmt: skip
    assert store.put_report(TENANT, sent)
    (found,) = store.list_reports(TENANT, ReportQuery()).reports
    assert (found.xid, found.name, found.version, found.at) == (xid, "modelmetry", "1.2", NOON)
    assert (found.created, found.delivered, found.pending, found.spooled) == (10, 4, 1, 2)
    assert (found.recovered, found.lost) == (7, 2)
    assert found.dropped == {"buffer_full": 2, "sampled_out": 1}
    assert found.tenant_id == f"ten_{TENANT}"


def test_the_latest_report_of_a_client_wins(store: SqliteStore, clock: Clock) -> None:
    """The same one again and an older one change nothing, whenever they come."""
    assert store.put_report(TENANT, report(seconds=10, Dropped={"closed": 2}))
    clock.now += 1
    assert not store.put_report(TENANT, report(seconds=10, Dropped={"closed": 9}))
    assert not store.put_report(TENANT, report(seconds=5, Dropped={"closed": 1}))
    (kept,) = store.list_reports(TENANT, ReportQuery()).reports
    assert (kept.lost, kept.created_at == kept.updated_at) == (2, True)
    assert store.put_report(TENANT, report(seconds=11, Dropped={"closed": 3}))
    (newer,) = store.list_reports(TENANT, ReportQuery()).reports
    assert (newer.lost, newer.created_at < newer.updated_at) == (3, True)


def test_reports_are_listed_by_time_client_and_loss(store: SqliteStore) -> None:
    """Newest first; every filter leaves what it says."""
    for number in range(4):
        dropped = {"closed": 1} if number % 2 else {"sampled_out": 1}
        store.put_report(TENANT, report(f"c{number}", number, Dropped=dropped))
    assert listed(store) == ["c3", "c2", "c1", "c0"]
    assert listed(store, lossy=True) == ["c3", "c1"]
    assert listed(store, lossy=False) == ["c2", "c0"]
    assert listed(store, xid="c2") == ["c2"]
    one, two = NOON + timedelta(seconds=1), NOON + timedelta(seconds=2)
    assert listed(store, at_after=two) == ["c3", "c2"]
    assert listed(store, at_before=two) == ["c1", "c0"]
    assert listed(store, at_after=one, at_before=two, lossy=True) == ["c1"]


def test_sums_are_over_all_that_fit_and_not_over_a_page(store: SqliteStore) -> None:
    """By reason, the largest first; what was asked for is counted and is no loss."""
    for number in range(5):
        dropped = {"closed": 1, "buffer_full": 10, "sampled_out": 100}
        store.put_report(TENANT, report(f"c{number}", number, Dropped=dropped))
    page = store.list_reports(TENANT, ReportQuery(limit=2))
    assert (len(page.reports), page.lost) == (2, 55)
    assert list(page.dropped.items()) == [
        ("sampled_out", 500), ("buffer_full", 50), ("closed", 5)
    ]  # fmt: skip
    late = store.list_reports(TENANT, ReportQuery(at_after=NOON + timedelta(seconds=4)))
    assert late.lost == 11


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_hold_every_report_once(store: SqliteStore, limit: int) -> None:
    """Also where many were counted at one instant."""
    for number in range(7):
        store.put_report(TENANT, report(f"c{number}", number // 4))
    cursor, seen = None, list[str]()
    while True:
        page = store.list_reports(TENANT, ReportQuery(limit=limit, cursor=cursor))
        seen += [one.xid for one in page.reports]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]
    with pytest.raises(StoreQueryError, match="no cursor"):
        store.list_reports(TENANT, ReportQuery(cursor="?"))


def test_tenants_see_their_own_clients_only(store: SqliteStore) -> None:
    """The same client id of two tenants is two clients."""
    store.put_report(TENANT, report(Dropped={"closed": 1}))
    store.put_report("other", report(Dropped={"closed": 5}))
    assert store.list_reports(TENANT, ReportQuery()).lost == 1
    assert store.list_reports("other", ReportQuery()).lost == 5
    assert store.list_reports("nobody", ReportQuery()).reports == []


def test_pruning_deletes_old_reports(store: SqliteStore) -> None:
    """Of the tenants that are pruned, those from before the time."""
    for tenant in (TENANT, "other"):
        store.put_report(tenant, report("old", 0))
        store.put_report(tenant, report("new", 10))
    store.ingest(TENANT, body(traces=[trace()]))
    before = NOON + timedelta(seconds=5)
    assert store.count_reports_before(before) == 2
    assert store.count_reports_before(before, tenant=TENANT) == 1
    assert store.prune(before, tenant=TENANT).reports == 1
    assert (listed(store), listed(store, "other")) == (["new"], ["new", "old"])
