"""What `benchmarks/endurance.py` claims, for seconds instead of minutes, memory apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.endurance import run


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory as Linux tells it")
def test_a_server_that_is_hardly_ever_well_gets_everything(tmp_path: Path) -> None:
    """20,000 signals: all arrive, none is dropped, the books add up at every look."""
    result = run(
        signals=20_000,
        seconds=3.0,
        mood=0.2,
        every=0.02,
        folder=str(tmp_path),
        batch_age=0.1,
    )
    assert result.faults == []
    assert len(result.observer.memory) >= 10
    assert list(tmp_path.glob("*/*")) == []
