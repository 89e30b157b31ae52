"""What applications use to test their recording."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from modelmetry import testing
from modelmetry.client.clock import SystemClock
from modelmetry.testing import CountingIds, FixedClock, MemorySink

pytest_plugins = ["pytester"]


def test_a_fixed_clock_moves_when_told() -> None:
    """Both readings advance together; setting back moves the wall clock only."""
    clock = FixedClock(start=100)
    clock.advance(1.5)
    clock.set_back(60)

    assert (clock.time_ns(), clock.monotonic_ns()) == (41_500_000_000, 1_500_000_000)


def test_the_system_clock_reads_the_machine() -> None:
    """The monotonic reading never goes back."""
    clock = SystemClock()

    assert clock.monotonic_ns() <= clock.monotonic_ns()
    assert clock.time_ns() > 0


def test_counting_ids_count() -> None:
    """Ids are UUIDs of version 7 that can be foretold."""
    new_id = CountingIds()
    first, second = new_id(), new_id()

    assert (first, second) == (
        "00000000-0000-7000-8000-000000000001",
        "00000000-0000-7000-8000-000000000002",
    )
    assert uuid.UUID(first).version == 7


def test_the_menu_is_complete() -> None:
    """What tests import from here is listed."""
    assert {getattr(testing, name) for name in testing.__all__} == {
        CountingIds,
        FixedClock,
        MemorySink,
    }


def test_the_fixture_records_into_memory(pytester: pytest.Pytester) -> None:
    """A test of an application asks for the client and looks into the sink."""
    pytester.makeconftest('pytest_plugins = ["modelmetry.testing"]')
    pytester.makepyfile(  # pyright: ignore[reportUnknownMemberType]
        """
        def test_bot(modelmetry_client, modelmetry_sink):
            modelmetry_client.trace("turn").finding("input_tokens", 42).end()
            assert modelmetry_client.flush_all().ok
            assert modelmetry_sink.values("input_tokens") == [42]
        """
    )
    root = Path(__file__).parents[2]
    pytester.syspathinsert(root / "generated")
    pytester.syspathinsert(root)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
