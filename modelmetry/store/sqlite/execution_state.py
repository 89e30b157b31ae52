"""What an execution becomes by what is sent of it. Pure: nothing here touches the database."""

from __future__ import annotations

from typing import Final, NamedTuple

from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.execution_parts import ExecutionPart

RUNNING: Final = "running"
# From good to bad.
_STATUSES: Final = (RUNNING, "completed", "cancelled", "failed")


class ExecutionState(NamedTuple):
    """An execution. `start_sent` and `over` are explained beside the table."""

    start: Micros
    start_sent: bool = False
    pipeline: str | None = None
    deployment: str | None = None
    status: str = RUNNING
    end: Micros | None = None
    over: Micros | None = None
    message: str | None = None
    metadata: bytes | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has finished."""
        return self.status != RUNNING


def updated(old: ExecutionState, part: ExecutionPart, now: Micros) -> ExecutionState:
    """The execution with every member that was sent.

    The worst status, the earliest start and the latest end stay. One that had finished runs again
    when it is said to run with a start after its end, as where steps of a pipeline share it; what
    is then still sent of the run before changes neither its end nor its status, also when it comes
    only after the next one began.
    """
    again = _runs_again(old, part)
    over = _over(old, part, again=again)
    if again:
        old = old._replace(status=RUNNING, end=None, over=over, message=None)
    elif _is_of_the_run_before(old, part):
        part = part._replace(status=None, end=None, message=None)
    new = old._replace(
        start=_earlier(old, part.start),
        start_sent=old.start_sent or part.start is not None,
        pipeline=old.pipeline if part.pipeline is None else part.pipeline,
        deployment=old.deployment if part.deployment is None else part.deployment,
        status=worst(old.status, part.status),
        end=old.end if not _after(part.end, old.end) else part.end,
        over=over,
        message=old.message if part.message is None else part.message,
        metadata=old.metadata if part.metadata is None else part.metadata,
    )
    return new._replace(end=now) if new.is_over and new.end is None else new


def with_metric(old: ExecutionState, at: Micros) -> ExecutionState:
    """The execution, of which a value was recorded at a time: it had begun by then."""
    return old if old.start_sent or old.start <= at else old._replace(start=at)


def worst(one: str, other: str | None) -> str:
    """The worse of two statuses, of which the second may not have been sent."""
    return one if other is None else max(one, other, key=_STATUSES.index)


def _runs_again(old: ExecutionState, part: ExecutionPart) -> bool:
    return old.is_over and part.status == RUNNING and _after(part.start, old.end)


def _over(old: ExecutionState, part: ExecutionPart, *, again: bool) -> Micros | None:
    """When the runs before the last one were over at the latest, None while only one is known."""
    is_another = old.start_sent and part.status == RUNNING and part.start != old.start
    if part.start is None or not (again or is_another):
        return old.over
    before = max(old.start, part.start) - 1
    return before if old.over is None else max(old.over, before)


def _is_of_the_run_before(old: ExecutionState, part: ExecutionPart) -> bool:
    latest = part.start if part.end is None else part.end
    return old.over is not None and latest is not None and latest <= old.over


def _earlier(old: ExecutionState, start: Micros | None) -> Micros:
    if start is None:
        return old.start
    return min(old.start, start) if old.start_sent else start


def _after(one: Micros | None, other: Micros | None) -> bool:
    """Whether one time is known and later than another, or the other unknown."""
    return one is not None and (other is None or one > other)
