"""What an execution becomes by what is sent of it. Pure: nothing here touches the database."""

from __future__ import annotations

from typing import Final, NamedTuple

from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.execution_parts import ExecutionPart

RUNNING: Final = "running"
# From good to bad.
_ENDS: Final = (None, "completed", "cancelled", "failed")


class ExecutionState(NamedTuple):
    """An execution, which any number of processes may run, at once or one after the other.

    Of each member only the smallest, the largest or the worst is kept, so it makes no difference
    in which order things are heard, nor how often. `start_sent`, `ended` and `latest` are
    explained beside the table.
    """

    start: Micros
    start_sent: bool = False
    pipeline: str | None = None
    deployment: str | None = None
    ended: str | None = None
    end: Micros | None = None
    latest: Micros | None = None
    message: str | None = None
    metadata: bytes | None = None

    @property
    def status(self) -> str:
        """The worst that became of a run; running while one goes on that began after all ended."""
        if self.ended is None or self.end is None:
            return RUNNING
        goes_on = self.latest is not None and self.latest > max(self.end, self.start)
        return RUNNING if goes_on else self.ended

    @property
    def is_over(self) -> bool:
        """Whether it has finished."""
        return self.status != RUNNING


def updated(old: ExecutionState, part: ExecutionPart, now: Micros) -> ExecutionState:
    """The execution with every member that was sent.

    The worst status, with its message, the earliest start and the latest end stay.
    """
    ended = None if part.status == RUNNING else part.status
    is_heard = ended is not None and part.end is None and not old.is_over
    end = now if is_heard else part.end
    is_worst = ended is None or worst(old.ended, ended) == ended
    return old._replace(
        start=_earlier(old, part.start),
        start_sent=old.start_sent or part.start is not None,
        pipeline=old.pipeline if part.pipeline is None else part.pipeline,
        deployment=old.deployment if part.deployment is None else part.deployment,
        ended=worst(old.ended, ended),
        end=_later(old.end, end),
        latest=_later(old.latest, part.start),
        message=old.message if part.message is None or not is_worst else part.message,
        metadata=old.metadata if part.metadata is None else part.metadata,
    )


def with_metric(old: ExecutionState, at: Micros) -> ExecutionState:
    """The execution, of which a value was recorded at a time: it had begun by then."""
    return old if old.start_sent or old.start <= at else old._replace(start=at)


def worst(one: str | None, other: str | None) -> str | None:
    """The worse of two statuses of runs that ended, of which each may not have been sent."""
    return max(one, other, key=_ENDS.index)


def _earlier(old: ExecutionState, start: Micros | None) -> Micros:
    if start is None:
        return old.start
    return min(old.start, start) if old.start_sent else start


def _later(one: Micros | None, other: Micros | None) -> Micros | None:
    return max((time for time in (one, other) if time is not None), default=None)
