"""The outline of a trace says which execution it is of."""

from __future__ import annotations

import pytest
from modelmetry_api.types import UNSET

from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import TENANT, body, trace
from tests.unit.store.execution_cast import execution, recorded


def execution_of(store: SqliteStore, xid: str) -> object:
    """The execution that the outline of a trace names."""
    outline = store.trace_outline(TENANT, xid)
    assert outline is not None
    return outline.execution_id


@pytest.mark.parametrize("xid", ["t1", "0190b2c1-0000-7000-8000-00000000000a"])
def test_a_trace_names_the_execution_that_named_it_first(store: SqliteStore, xid: str) -> None:
    """One of its own tenant; none once that is deleted, and of other traces none."""
    store.ingest("other", recorded([execution("theirs", TraceID=xid)]))
    store.ingest(TENANT, body(traces=[trace(xid), trace("t2")]))
    assert execution_of(store, xid) is UNSET
    sent = [execution("mine", TraceID=xid), execution("later", TraceID=xid)]
    store.ingest(TENANT, recorded(sent))
    assert (execution_of(store, xid), execution_of(store, "t2")) == ("mine", UNSET)
    store.delete_execution(TENANT, "mine")
    store.delete_execution(TENANT, "later")
    assert execution_of(store, xid) is UNSET
