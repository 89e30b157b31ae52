"""Records as lines of JSON on standard output, for programs that read them from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import msgspec

from modelmetry.delivery.sink import SinkFailure
from modelmetry.telemetry.direct import Direct
from modelmetry.telemetry.documents import Document


class StandardOutput(Direct):
    """Writes a line of JSON for each record."""

    def emit_many(self, records: Sequence[Document]) -> None:
        """Write `records`.

        Raises:
            SinkFailure: nobody reads there any more.
        """
        text = "".join(f"{msgspec.json.encode(record).decode()}\n" for record in records)
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        try:
            # One call, so that lines of other threads do not get between.
            sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
            sys.stdout.flush()
        except (OSError, ValueError) as error:  # a closed one raises the latter
            raise SinkFailure(type(error).__name__, retry=False) from error

    def close(self) -> None:
        """It is not ours to close."""
