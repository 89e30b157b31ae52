"""The same turn as `ours`, in a process whose calls of models are counted."""

from __future__ import annotations

from benchmarks.turns import ours
from modelmetry.metrics import observe


class Recorder(ours.Recorder):
    """Sends to the server at `url`; `observe()` counts calls, tokens and money beside it."""

    def __init__(self, url: str) -> None:
        observe()
        super().__init__(url)
