"""Signals on their way into a store, with the places of a file from where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from modelmetry_api.api import ingest_signals_v1
from modelmetry_api.client import AsyncClient
from modelmetry_api.errors import BadRequestError, ContentTooLargeError, UnprocessableError
from modelmetry_api.types import UNSET

from modelmetry.cli.failures import refuse
from modelmetry.delivery.packed import KINDS, Packed

MOST_SIGNALS, MOST_BYTES = 1_000, 1_000_000  # of one request: far below what servers refuse
MOST_NAMED: Final = 1_000  # of what is passed over

KIND_OF: Final = {name: place for place, name in enumerate(KINDS)}
"""The index of each list of a request."""


class Item(NamedTuple):
    """A signal as JSON, the index of its kind, and the line or row from which it comes."""

    place: int
    kind: int
    text: bytes


class Skip(NamedTuple):
    """What was passed over, and why."""

    place: int
    reason: str


@dataclass
class Tally:
    """What an import has done so far.

    Attributes:
        place: the line or row that it has reached.
        stored: signals that arrived, by the names of their lists.
        skipped: what was passed over, by reason.
        skips: the first thousand of these.
    """

    place: int = 0
    stored: Counter[str] = field(default_factory=Counter[str])
    skipped: Counter[str] = field(default_factory=Counter[str])
    skips: list[Skip] = field(default_factory=list[Skip])

    def skip(self, place: int, reason: str) -> None:
        """Note what is passed over."""
        self.skipped[reason] += 1
        if len(self.skips) < MOST_NAMED:
            self.skips.append(Skip(place, reason))

    def document(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "Stored": {name: self.stored[name] for name in KINDS if self.stored[name]},
            "Skipped": dict(self.skipped),
            "Skips": [{"Place": place, "Reason": reason} for place, reason in self.skips],
        }


class Shipment:
    """Signals that wait for the next request.

    Args:
        client: who takes them.
        tally: where it is noted what became of them.
    """

    def __init__(self, client: AsyncClient, tally: Tally) -> None:
        self._client = client
        self._tally = tally
        self._items: list[Item] = []
        self._bytes = 0
        self._refusals = 0

    async def add(self, items: Iterable[Item]) -> bool:
        """Take more, and send when it is time; says whether that was so.

        Raises:
            ApiError: the server cannot be reached, or cannot take anything now.
        """
        is_sent = False
        for item in items:
            self._items.append(item)
            self._bytes += len(item.text)
            if len(self._items) >= MOST_SIGNALS or self._bytes >= MOST_BYTES:
                await self.send()
                is_sent = True
        return is_sent

    async def send(self) -> None:
        """Send what waits.

        Raises:
            ApiError: the server cannot be reached, or cannot take anything now.
        """
        items, self._items, self._bytes = self._items, [], 0
        if items:
            await self._deliver(items)
            self._tally.place = items[-1].place

    async def _deliver(self, items: list[Item]) -> None:
        """Send signals; what the server does not want is looked for by halves and passed over."""
        body = Packed.of((item.kind, item.text) for item in items).body()
        try:
            await ingest_signals_v1.asyncio(client=self._client, body=body)
        except (BadRequestError, ContentTooLargeError, UnprocessableError) as error:
            if len(items) == 1:
                self._refused(items[0].place, fault(error))
                return
            half = len(items) // 2
            await self._deliver(items[:half])
            await self._deliver(items[half:])
        else:
            self._tally.stored.update(KINDS[item.kind] for item in items)

    def _refused(self, place: int, reason: str) -> None:
        """Note what the server does not want; when that is all of it, the rest is not tried.

        Raises:
            CommandFailed: nothing was taken until now.
        """
        self._tally.skip(place, f"refused: {reason}")
        self._refusals += 1
        if self._refusals == MOST_SIGNALS and not self._tally.stored:
            refuse(
                f"the first {MOST_SIGNALS:,} signals were all refused ({reason}), so the rest was "
                "not tried; a server older than this command has to be updated first"
            )


def fault(error: BadRequestError | ContentTooLargeError | UnprocessableError) -> str:
    """What is wrong with a signal, without its place in a request, so that alike faults count."""
    problem = error.problem
    for one in problem.errors or []:
        if one.message:
            member = (one.location or "").rpartition(".")[2].rpartition("/")[2]
            return f"{member}: {one.message}" if member and one.location else one.message
    said = problem.detail or problem.title
    return str(error) if said is UNSET else said
