"""What a receipt says."""

from __future__ import annotations

from modelmetry.delivery.receipt import Receipt


def receipt(delivered: int = 0, pending: int = 0, spooled: int = 0, **dropped: int) -> Receipt:
    created = delivered + pending + spooled + sum(dropped.values())
    return Receipt(
        created=created, delivered=delivered, pending=pending, spooled=spooled, dropped=dropped
    )


def test_all_is_well_when_nothing_waits_and_nothing_is_lost() -> None:
    """Delivered and spooled signals are safe; nothing created is fine too."""
    assert receipt().ok
    assert receipt(delivered=3, spooled=2).ok


def test_waiting_or_lost_signals_are_not_well() -> None:
    """What waits in memory dies with the process, what is dropped is gone."""
    assert not receipt(delivered=3, pending=1).ok
    assert not receipt(delivered=3, http_422=1).ok


def test_losses_are_summed_over_their_reasons() -> None:
    """One number for a check, the reasons for a look."""
    assert receipt(buffer_full=2, closed=3).lost == 5


def test_a_receipt_reads_as_a_sentence() -> None:
    """The text holds every part that is not zero."""
    assert str(receipt(delivered=2)) == "2 created: 2 delivered"
    assert str(receipt(delivered=4, pending=1, spooled=2, closed=1, buffer_full=2)) == (
        "10 created: 4 delivered, 1 pending, 2 spooled, 3 dropped (buffer_full 2, closed 1)"
    )
