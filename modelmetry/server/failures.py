"""What went wrong below a handler, as a problem that says nothing about the inside."""

from __future__ import annotations

from typing import Final

from modelmetry.errors import (
    InvalidArgumentError,
    StoreBusyError,
    StoreConflictError,
    StoreError,
    StoreLimitError,
    StoreQueryError,
    StoreRefusedError,
)
from modelmetry.server.log import SERVER
from modelmetry.server.parameters import refused
from modelmetry.server.problems import Fault, Problem, busy, unavailable

_FULL_TOO: Final = "do not fit into their list either"


def problem_of(error: Exception, instance: str) -> Problem:
    """The problem that answers an exception; trouble of our own is logged under `instance`."""
    match error:
        case Problem():
            return error
        case StoreQueryError() | InvalidArgumentError() | StoreLimitError() | StoreRefusedError():
            return refused(_faults(error))
        case StoreConflictError():
            return Problem(409, "conflict", str(error))
        case StoreBusyError():
            return busy("the store is behind; nothing was stored, try again", error.retry_after)
        case StoreError():
            SERVER.error("%s: the store cannot be used: %s", instance, error)
            return unavailable("the store cannot be used now; nothing was stored, try again")
        case _:
            SERVER.error("%s: a defect of the server", instance, exc_info=error)
            return Problem(
                500,
                "defect",
                "the server failed; its log has the reason under this problem's instance",
            )


def _faults(error: Exception) -> list[Fault]:
    if isinstance(error, StoreRefusedError):
        return [
            Fault(f"body.{error.member}[{place}]{inside}", said)
            for place, inside, said in error.faults
        ]
    if not isinstance(error, StoreLimitError):
        return [Fault("request", str(error))]
    if not error.places:
        return [Fault("body.Values", str(error))]
    # The words are about the first list: its name, how much it holds and how much was sent.
    first, *others = (f"body.MetricLists[{place}].Values" for place in error.places)
    return [Fault(first, str(error)), *(Fault(one, _FULL_TOO) for one in others)]
