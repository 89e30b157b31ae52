"""What became of everything that was reported, backend by backend."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from modelmetry.delivery.receipt import Receipt


class TelemetryReceipt(Struct, frozen=True, kw_only=True):
    """Where every record is that was reported since the telemetry began.

    Attributes:
        backends: by name, what became of the records there: each goes to all of them. That of
            `modelmetry` counts all that its client sends, runs and, of a client that is shared,
            traces too.
        refused: what never became a record, or part of one, by reason: `invalid_value` (a number
            that is NaN or infinite), `invalid_metrics` (no mapping), `no_name` (a metric whose name
            is empty), `no_value` (the name of a metric without a value), `closed` (reported after
            the close), `internal`.
    """

    backends: Mapping[str, Receipt]
    refused: Mapping[str, int]

    @property
    def ok(self) -> bool:
        """Whether all that was reported is delivered everywhere, or safely on disk."""
        return not self.refused and all(receipt.ok for receipt in self.backends.values())

    @property
    def pending(self) -> int:
        """How many records wait, added up over the backends."""
        return sum(receipt.pending for receipt in self.backends.values())

    @property
    def lost(self) -> int:
        """How many were dropped on their way, added up over the backends, or refused."""
        dropped = sum(receipt.lost for receipt in self.backends.values())
        return dropped + sum(self.refused.values())

    def __str__(self) -> str:
        """A sentence for a log."""
        parts = [f"{name}: {receipt}" for name, receipt in self.backends.items()]
        if self.refused:
            reasons = ", ".join(f"{reason} {n}" for reason, n in sorted(self.refused.items()))
            parts.append(f"{sum(self.refused.values())} refused ({reasons})")
        return "; ".join(parts) or "switched off"
