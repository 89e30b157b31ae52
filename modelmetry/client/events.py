"""Events that were recorded, so that their metadata can be altered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

from modelmetry.client.taken import EventFact
from modelmetry.errors import InvalidTypeError


class Owner(Protocol):
    """What an event was recorded on; `place` is the number of the event among its facts."""

    def event_at(self, place: int) -> EventFact:
        """The event."""
        ...

    def event_xid(self, place: int) -> str:
        """Its identity."""
        ...

    def describe_event(self, place: int, metadata: dict[str, Any]) -> None:
        """Replace its metadata."""
        ...

    def members(
        self, mapping: Mapping[str, Any] | None, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A copy of metadata given in either way."""
        ...


class Event:
    """An event that was recorded, so that its metadata can be altered; its words stay."""

    __slots__ = ("_owner", "_place")

    def __init__(self, owner: Owner, place: int) -> None:
        self._owner = owner
        self._place = place

    @property
    def xid(self) -> str:
        """Its identity."""
        return self._owner.event_xid(self._place)

    @property
    def name(self) -> str:
        """What happened."""
        return self._owner.event_at(self._place)[1]

    def metadata(self, mapping: Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Merge members into the metadata, and stay here."""
        known = self._owner.event_at(self._place)[2]
        return self._describe({**known, **self._owner.members(mapping, members)})

    def set_metadata(self, key: str, value: Any) -> Self:
        """Set one member of the metadata, whatever its key, and stay here."""
        return self.metadata(member(key, value))

    def replace_metadata(self, mapping: Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Put these members in the place of all metadata, and stay here."""
        return self._describe(self._owner.members(mapping, members))

    def _describe(self, metadata: dict[str, Any]) -> Self:
        self._owner.describe_event(self._place, metadata)
        return self


def member(key: str, value: object) -> dict[str, Any]:
    """Metadata of one member."""
    try:
        return {key: value}
    except Exception:  # noqa: BLE001 - a foreign __hash__ may raise anything
        kind = type(key).__name__
        raise InvalidTypeError(f"a key of metadata must be a str, not {kind}") from None
