"""The one error of this package."""

from collections.abc import Iterable


class RefusedError(Exception):
    """The spec cannot be generated from as it is; holds every fault found, one per line."""

    def __init__(self, what: str, faults: Iterable[str]) -> None:
        self.what = what
        self.faults = tuple(faults)
        super().__init__("\n".join([what, *(f"  - {fault}" for fault in self.faults)]))
