"""Sessions: traces that belong together, for example one conversation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from modelmetry.client.events import member
from modelmetry.client.recorder import Recorder
from modelmetry.client.trace import Trace
from modelmetry.signals.records import UNSAID, SessionRecord

if TYPE_CHECKING:
    from modelmetry.client.client import Client


class Session:
    """A session: `trace` goes down to a trace of it, `metadata` and its kin stay.

    A session has no end, and its traces end at the client.
    """

    __slots__ = ("_client", "_metadata", "_name", "_recorder", "xid")

    def __init__(
        self,
        client: Client,
        recorder: Recorder,
        xid: str,
        name: str | None,
        metadata: Mapping[str, Any] | None,
    ) -> None:
        self.xid: str = recorder.text(xid, "session id")
        self._client = client
        self._recorder = recorder
        self._name = recorder.optional_text(name, "session name")
        self._metadata = UNSAID if metadata is None else recorder.metadata(metadata)
        if self._name is None and self._metadata is UNSAID:
            recorder.meet_session(self.xid)
        else:
            self._send()

    def trace(
        self,
        name: str,
        *,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> Trace:
        """Begin a trace of this session, and go down to it."""
        return self._client.trace(name, session=self, metadata=metadata, start=start)

    def metadata(self, mapping: Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Merge members into the metadata, and stay here."""
        return self._describe({**self._metadata, **self._members(mapping, members)})

    def set_metadata(self, key: str, value: Any) -> Self:
        """Set one member of the metadata, whatever its key, and stay here."""
        return self.metadata(member(key, value))

    def replace_metadata(self, mapping: Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Put these members in the place of all metadata, and stay here."""
        return self._describe(self._members(mapping, members))

    def _members(
        self, mapping: Mapping[str, Any] | None, members: dict[str, Any]
    ) -> dict[str, Any]:
        taken = self._recorder.metadata
        return taken(members) if mapping is None else {**taken(mapping), **taken(members)}

    def _describe(self, metadata: dict[str, Any]) -> Self:
        self._metadata = metadata
        self._send()
        return self

    def _send(self) -> None:
        self._recorder.send_session(SessionRecord(self.xid, self._name, self._metadata))
