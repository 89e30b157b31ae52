"""What became of everything that was recorded."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

SHED = "shed"
BUFFER_FULL = "buffer_full"
TOO_LARGE = "too_large"
CLOSED = "closed"
DEADLINE = "deadline"
INTERNAL = "internal"
EXPIRED = "expired"
SPOOL_FULL = "spool_full"
INVALID_VALUE = "invalid_value"
SAMPLED_OUT = "sampled_out"


class Receipt(Struct, frozen=True, kw_only=True):
    """Where every signal is that was recorded since the delivery began.

    `created` is always exactly `delivered + pending + spooled + sum(dropped.values())`.

    Attributes:
        created: signals that were handed over.
        delivered: signals that the sink took.
        pending: signals that wait in memory or are on their way.
        spooled: signals that rest on disk until a later try.
        dropped: signals that do not travel, by reason: `sampled_out` (left out on purpose),
            `buffer_full` (no room for more), `shed` (worth less than what needed its room),
            `too_large` (one alone exceeds the buffer), `closed` (recorded after the close),
            `deadline` (left over when the close had to end), `expired` (too old to be sent),
            `spool_full` (no room on disk nor in memory), `invalid_value` (a finding that is NaN
            or infinite), or the reason of the sink, such as `http_422`.
        recovered: signals that were delivered for processes which ended before they could; they
            are not among those created here.
    """

    created: int
    delivered: int
    pending: int
    spooled: int
    dropped: Mapping[str, int]
    recovered: int = 0

    @property
    def lost(self) -> int:
        """How many signals were dropped that somebody wanted: all but those sampled out."""
        return sum(self.dropped.values()) - self.sampled_out

    @property
    def sampled_out(self) -> int:
        """How many signals belong to traces that were left out on purpose."""
        return self.dropped.get(SAMPLED_OUT, 0)

    @property
    def ok(self) -> bool:
        """Whether everything that shall travel is delivered or safely on disk."""
        return self.delivered + self.spooled + self.sampled_out == self.created

    def __str__(self) -> str:
        """A sentence for a log: `7 created: 4 delivered, 1 pending, 2 dropped (buffer_full 2)`."""
        parts = [f"{self.delivered} delivered"]
        if self.pending:
            parts.append(f"{self.pending} pending")
        if self.spooled:
            parts.append(f"{self.spooled} spooled")
        if self.lost:
            reasons = ", ".join(
                f"{reason} {n}"
                for reason, n in sorted(self.dropped.items())
                if reason != SAMPLED_OUT
            )
            parts.append(f"{self.lost} dropped ({reasons})")
        if self.sampled_out:
            parts.append(f"{self.sampled_out} sampled out")
        if self.recovered:
            parts.append(f"{self.recovered} recovered")
        return f"{self.created} created: {', '.join(parts)}"
