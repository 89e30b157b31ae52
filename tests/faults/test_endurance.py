"""What `benchmarks/endurance.py` claims, for seconds instead of minutes, memory apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.endurance import run

# Moods in which a request arrives and its client cannot know that it was taken.
REFUSING = ("busy", "down", "reset", "limited", "forgetful")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory as Linux tells it")
def test_a_server_that_is_hardly_ever_well_gets_everything(tmp_path: Path) -> None:
    """20,000 signals: all arrive, none is dropped, the books add up at every look.

    In small batches, so that many requests meet the server, some of them in each of its troubles.
    """
    result = run(
        signals=20_000,
        seconds=3.0,
        mood=0.2,
        every=0.02,
        folder=str(tmp_path),
        batch_age=0.1,
        batch_signals=100,
    )
    requests = result.report["requests"]
    assert result.faults == []
    assert sum(requests.get(mood, 0) for mood in REFUSING) >= 1
    assert len(result.observer.memory) >= 10
    assert list(tmp_path.glob("*/*")) == []
