"""What is said of a file that was read: what was passed over, and how times were taken."""

from __future__ import annotations

from datetime import datetime, tzinfo

from modelmetry.cli import wording
from modelmetry.cli.screen import say
from modelmetry.cli.shipment import Tally
from modelmetry.telemetry import TelemetryFile

SHOWN = 3
MOST_REASONS = 5
LONGEST_REASON = 120


def tell_reading(file: TelemetryFile, zone: tzinfo | None) -> None:
    """Say what was made of times without an offset, and of numbers that are none."""
    if file.without_offset:
        taken = f"{zone}" if zone is not None else f"local time here, {local_zone()}"
        other = "" if zone is not None else "; --timezone names another"
        times = wording.counted(file.without_offset, "time")
        say(f"Read {times} without an offset as {taken}{other}", "dim")
    if file.left_out:
        numbers = wording.counted(file.left_out, "number that is", "numbers that are")
        say(f"Left out {numbers} NaN, infinite or too large for a float", "yellow")


def tell_skipped(tally: Tally, unit: str) -> None:
    """Say what was passed over and why, with the first places."""
    for reason, number in tally.skipped.most_common(MOST_REASONS):
        places = [f"{skip.place:,}" for skip in tally.skips if skip.reason == reason][:SHOWN]
        more = ", ..." if number > len(places) else ""
        where = f" ({unit} {', '.join(places)}{more})" if places else ""
        told = wording.one_line(reason, LONGEST_REASON)
        say(f"Passed over {number:,}: {told}{where}", "yellow")
    if len(tally.skipped) > MOST_REASONS:
        rest = wording.counted(len(tally.skipped) - MOST_REASONS, "further reason")
        say(f"and for {rest}; --json names them", "yellow")


def local_zone() -> str:
    """The time zone of this machine, as it calls itself now."""
    return datetime.now().astimezone().tzname() or "of this machine"
