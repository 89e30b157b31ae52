"""Identities."""

from __future__ import annotations

import os
import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from modelmetry.signals.ids import new_xid


def test_an_xid_is_a_uuid_of_version_7() -> None:
    """The text of an XID is the canonical form of a UUIDv7 of the RFC's variant."""
    xid = new_xid()

    parsed = uuid.UUID(xid)
    assert (str(parsed), parsed.version, parsed.variant) == (xid, 7, uuid.RFC_4122)


def test_an_xid_says_when_it_was_made() -> None:
    """The first 48 bits are the milliseconds since the epoch."""
    before = time.time_ns() // 1_000_000
    made = int(new_xid().replace("-", "")[:12], 16)
    after = time.time_ns() // 1_000_000

    assert before <= made <= after


def test_xids_sort_in_the_order_in_which_they_were_made() -> None:
    """Ids of one process are unique and grow, also within a millisecond."""
    xids = [new_xid() for _ in range(20_000)]

    assert xids == sorted(set(xids))


def test_seeding_the_random_module_repeats_no_xid() -> None:
    """An application that fixes its own randomness does not fix ours."""
    random.seed(1)
    first = new_xid()
    random.seed(1)

    assert new_xid() != first


def test_threads_never_get_the_same_xid() -> None:
    """Ids drawn in many threads at once are all different."""

    def draw(number: int) -> list[str]:
        return [new_xid() for _ in range(number)]

    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(draw, [2_000] * 8))

    assert len({xid for xids in drawn for xid in xids}) == 16_000


# Python 3.12 and newer warn of forks beside threads, which is what applications do all the same.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_goes_its_own_way() -> None:
    """Parent and child draw different ids after a fork."""
    new_xid()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, new_xid().encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    theirs = os.read(reader, 100).decode()
    os.close(reader)

    assert theirs[19:] != new_xid()[19:]
    assert uuid.UUID(theirs).version == 7
