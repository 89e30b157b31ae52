"""Identities for records that have none: by what they say, so that reading again gives the same."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from modelmetry.telemetry.documents import Document

# Alike records that are remembered; those of one moment stand close to each other.
_MOST_ALIKE: Final = 10_000
_SAID: Final = ("timestamp", "command", "status", "metrics", "message")


class Identities:
    """Names the records of one file that have no id, and their runs.

    The older tool knows neither. A record is named by what it says, word for word, and by how many
    said the same before it; the time zone in which its time is read makes no difference. Its run
    is that of its command in this file, named by the first record of the command: a file that
    grows, or that lies elsewhere, has the same runs.
    """

    def __init__(self) -> None:
        self._alike: OrderedDict[str, int] = OrderedDict()
        self._runs: dict[str, str] = {}

    def name(self, record: Document, found: Mapping[str, Any]) -> None:
        """Give `record` an id, and a run when it has none; `found` is how it was written."""
        said = [found.get(member) for member in _SAID]
        # Python's own encoder also writes NaN and halves of characters, which stand in such files.
        text = json.dumps(said, sort_keys=True, default=repr).encode()
        digest = hashlib.sha256(text).hexdigest()[:32]
        number = self._alike.pop(digest, 0) + 1
        self._alike[digest] = number
        if len(self._alike) > _MOST_ALIKE:
            self._alike.popitem(last=False)
        record["id"] = f"imported-{digest}-{number}"
        if not record["run_id"]:
            command = record["command"]
            record["run_id"] = self._runs.setdefault(command, f"imported-run-{digest}")
