"""Writing what a batch or a call records of executions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from modelmetry.errors import StoreLimitError
from modelmetry.signals.measurements import MOST_LIST_VALUES
from modelmetry.store.sqlite.encode import Micros, XidKey, xid_text
from modelmetry.store.sqlite.execution_parts import MetricPart, Recorded
from modelmetry.store.sqlite.execution_rows import Executions, Owner
from modelmetry.store.sqlite.metric_rows import Metrics, TooMany
from modelmetry.store.sqlite.transaction import Transaction


def write_recorded(tx: Transaction, tenant: int, recorded: Recorded) -> None:
    """Write executions, then what was recorded of metrics.

    Raises:
        StoreLimitError: values do not fit into their lists; the transaction must be rolled back.
    """
    if not recorded.executions and not recorded.parts:
        return
    executions = Executions(tx, tenant)
    executions.load(
        [
            *(key for key, _ in recorded.executions),
            *(part.execution for part in recorded.parts),
        ]
    )
    for key, part in recorded.executions:
        executions.update(key, part)
    write_metrics(tx, tenant, executions, recorded.parts)


def write_metrics(
    tx: Transaction, tenant: int, executions: Executions, parts: Sequence[MetricPart]
) -> dict[XidKey, Owner]:
    """Write executions as they were updated, and parts of metrics. Raises `StoreLimitError`."""
    for key, at in _earliest(parts, tx.now).items():
        executions.begin(key, at)
    owners = executions.save()
    if not parts:
        return owners
    metrics = Metrics(tx, tenant, owners)
    too_many = metrics.write(parts)
    if too_many:
        raise _limit(too_many)
    executions.touch(metrics.grown)
    return owners


def _earliest(parts: Sequence[MetricPart], now: Micros) -> dict[XidKey, Micros]:
    earliest: dict[XidKey, Micros] = {}
    for part in parts:
        at = now if part.at is None else part.at
        earliest[part.execution] = min(at, earliest.get(part.execution, at))
    return earliest


_NAMED_PLACES: Final = 20


def _limit(too_many: Sequence[TooMany]) -> StoreLimitError:
    part, held = too_many[0]
    places = [one.part.place for one in too_many if one.part.place is not None]
    left = MOST_LIST_VALUES - held
    message = (
        f"the list {part.name!r} of execution {xid_text(part.execution)!r} holds {held:,} of "
        f"{MOST_LIST_VALUES:,} values: {part.packed.length:,} were sent, {left:,} still fit; "
        "nothing is stored of this request; send no more than that, or begin another list"
    )
    if len(places) > 1:
        named = ", ".join(str(place) for place in places[:_NAMED_PLACES])
        others = len(places) - _NAMED_PLACES
        more = f" and {others} more" if others > 0 else ""
        message += f" (places in MetricLists that do not fit: {named}{more})"
    return StoreLimitError(message, places=places)
