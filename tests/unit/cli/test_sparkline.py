"""Curves of one line."""

from __future__ import annotations

from modelmetry.cli.sparkline import ASCII_BLOCKS, sparkline


def curve(*values: float) -> list[tuple[int, float]]:
    """Give values their places."""
    return list(enumerate(values))


def test_a_curve_goes_from_its_smallest_to_its_largest_value() -> None:
    """Whatever these are; one that does not move is in the middle."""
    assert sparkline(curve(0, 1, 2, 3, 4, 5, 6, 7)) == "▁▂▃▄▅▆▇█"
    assert sparkline(curve(-7e-9, 7e-9)) == "▁█"
    assert sparkline(curve(5, 5, 5)) == "▄▄▄"
    assert sparkline(curve(5)) == "▄"
    assert sparkline([]) == ""


def test_many_values_share_a_column() -> None:
    """Each column is the mean of its values, so a single extreme among many is small."""
    assert sparkline(curve(*([0] * 50 + [8] * 50)), width=4) == "▁▁██"
    assert len(sparkline(curve(*range(50_000)), width=24)) == 24


def test_a_curve_that_was_thinned_out_keeps_its_places() -> None:
    """Where nothing is left the last value goes on."""
    assert sparkline([(0, 0.0), (90, 0.0), (91, 7.0), (99, 7.0)], width=10) == "▁▁▁▁▁▁▁▁▁█"


def test_the_largest_floats_have_a_shape() -> None:
    """Their difference and their sum are more than a float holds."""
    assert sparkline(curve(-1.7e308, 1.7e308, 1.7e308), width=3) == "▁██"
    assert sparkline(curve(1.7e308, 1.7e308), width=1) == "▄"


def test_a_screen_without_blocks_gets_signs() -> None:
    """As many heights."""
    assert sparkline(curve(0, 1, 2, 3, 4, 5, 6, 7), blocks=ASCII_BLOCKS) == ASCII_BLOCKS
