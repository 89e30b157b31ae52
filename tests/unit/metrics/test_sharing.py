"""Several workers of one server, each asked for the metrics of all; real processes."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import pytest

from modelmetry.metrics import Counter, Gauge, Registry, UpDownCounter
from modelmetry.metrics.families import Family
from modelmetry.metrics.sharing import UNREADABLE_SNAPSHOTS, Sharing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no flock here")

ROOT = Path(__file__).parents[3]
PATIENCE = 60

_PRELUDE = """
import json, os, signal, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of forks beside threads
from pathlib import Path
from modelmetry.metrics import Counter, Gauge, Histogram, UpDownCounter, REGISTRY
from modelmetry.metrics.sharing import Sharing

def told():
    return {one.name: {"/".join(point.attributes): point.value for point in one.points}
            for one in sharing.collect() if one.points}
"""


def run(program: str, folder: Path | None = None, **environ: str) -> Any:
    """What a program prints as JSON; it shares in `folder`, or finds its group by itself."""
    where = "None" if folder is None else f"Path({str(folder)!r})"
    prelude = f"{_PRELUDE}\nsharing = Sharing(REGISTRY, {where})\n"
    ended = subprocess.run(
        [sys.executable, "-c", prelude + textwrap.dedent(program)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}", **environ},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert ended.stderr == ""
    return json.loads(ended.stdout)


def told(sharing: Sharing) -> dict[str, dict[tuple[str, ...], float]]:
    """The values of all metrics."""
    return {
        one.name: {point.attributes: point.value for point in one.points}
        for one in sharing.collect()
    }


def worker(folder: Path) -> tuple[Registry, Sharing]:
    """Another worker, in this process."""
    registry = Registry()
    return registry, Sharing(registry, folder)


def test_each_worker_tells_what_all_counted(tmp_path: Path) -> None:
    """Whichever is asked, and the next one tells no less."""
    one, first = worker(tmp_path)
    other, second = worker(tmp_path)
    Counter("c", registry=one).add(3)
    assert told(first)["c"] == {(): 3}
    Counter("c", registry=other).add(4)
    assert told(second)["c"] == {(): 7}
    Counter("c", registry=one).add(1)
    assert [told(first)["c"], told(second)["c"]] == [{(): 8}] * 2


def test_what_an_ended_worker_counted_stays_and_what_it_held_goes(tmp_path: Path) -> None:
    """Sums and the last value of a gauge stay, once; requests in flight went with it."""
    gone = run(
        """
        Counter("c").add(5)
        Gauge("accuracy").set(0.5)
        UpDownCounter("flying").add(2)
        print(json.dumps(told()))
        """,
        tmp_path,
    )
    assert (gone["c"], gone["flying"]) == ({"": 5}, {"": 2})
    registry, sharing = worker(tmp_path)
    Counter("c", registry=registry).add(1)
    UpDownCounter("flying", registry=registry).add(1)
    Gauge("accuracy", registry=registry)
    for _ in range(2):
        found = told(sharing)
        assert (found["c"], found["accuracy"]) == ({(): 6}, {(): 0.5})
        assert found["flying"] == {(): 1}
    names = {path.name for path in tmp_path.iterdir()}
    assert len(names) == 4, names  # of the ended, of the living one, its lock, and the folder's


def test_workers_that_are_killed_are_counted_once(tmp_path: Path) -> None:
    """What they had laid down: five of them, killed in the middle of their work."""
    found = run(
        """
        def work():
            Counter("c").add(10)
            sharing.collect()
            os.kill(os.getpid(), signal.SIGKILL)

        for _ in range(5):
            if os.fork() == 0:
                work()
            os.wait()
        Counter("c").add(1)
        print(json.dumps([told()["c"], told()["c"]]))
        """,
        tmp_path,
    )
    assert found == [{"": 51}, {"": 51}]


def test_truths_are_laid_down_as_often_as_counts_are(tmp_path: Path) -> None:
    """Only what takes time to read, such as the machine, may be told as it was seconds ago."""
    found = run(
        """
        from modelmetry.metrics import record_evaluation

        if os.fork() == 0:
            record_evaluation("late", "late", "churn")
            sharing.lay_down()
            record_evaluation("late", "in time", "churn")
            sharing.lay_down()
            os.kill(os.getpid(), signal.SIGKILL)
        os.wait()
        print(json.dumps(told()["modelmetry.model.ground_truths"]))
        """,
        tmp_path,
    )
    assert found == {"churn//correct": 1, "churn//wrong": 1}


def test_the_temporary_folder_is_known_before_a_thread_needs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who asks first takes a lock; a child forked just then would find it taken for ever."""
    monkeypatch.setattr(tempfile, "tempdir", None)

    Sharing(Registry())

    assert tempfile.tempdir is not None


def test_forked_workers_find_each_other_and_begin_at_nothing() -> None:
    """What the master counted is not counted again in each of them; it sees theirs."""
    found = run(
        """
        counter, flying = Counter("c"), UpDownCounter("flying")
        counter.add(100)
        flying.add(1)
        for _ in range(3):
            if os.fork() == 0:
                counter.add(10)
                flying.add(1)
                sys.exit()
            os.wait()
        print(json.dumps(told()))
        """
    )
    assert (found["c"], found["flying"]) == ({"": 130}, {"": 1})


def test_workers_of_multiprocessing_find_each_other() -> None:
    """Those that are spawned know nothing but who began them; their ends are ends, too."""
    found = run(
        """
        import multiprocessing
        context = multiprocessing.get_context("fork")

        def work(number):
            Counter("c").add(number)

        processes = [context.Process(target=work, args=(number,)) for number in (1, 2, 3)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        print(json.dumps(told()["c"]))
        """
    )
    assert found == {"": 6}


# The last one is a text that is torn in the middle of a character.
@pytest.mark.parametrize(
    "damage", [b"", b"\x00" * 50, b"\x93\x02\x90\x90", b"not ours", b"\x93\x01\x90\x91\xa1\xc3"]
)
def test_a_torn_or_foreign_file_costs_nobody_else(tmp_path: Path, damage: bytes) -> None:
    """It is left out and counted, of the living, of those that ended, and of all of these."""
    registry, sharing = worker(tmp_path)
    Counter("c", registry=registry).add(2)
    for name in ("1-a.metrics", "1-a.lock", "ended.metrics"):
        (tmp_path / name).write_bytes(damage)

    found = told(sharing)
    assert found["c"] == {(): 2}
    assert found[UNREADABLE_SNAPSHOTS] == {(): 2}


def test_a_worker_that_is_interrupted_while_it_adds_up_counts_nobody_twice(tmp_path: Path) -> None:
    """The sum says whose it has, so files that still lie there are only removed."""
    run("Counter('c').add(5); sharing.collect(); print(1)", tmp_path)
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    _, sharing = worker(tmp_path)
    assert told(sharing)["c"] == {(): 5}
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content)
    assert told(sharing)["c"] == {(): 5}


def test_after_its_end_a_worker_is_counted_once(tmp_path: Path) -> None:
    """What it is asked then is what it measured itself."""
    registry, sharing = worker(tmp_path)
    Counter("c", registry=registry).add(2)
    sharing.finish()
    assert not sharing.lay_down()
    assert told(sharing)["c"] == {(): 2}
    _, other = worker(tmp_path)
    assert told(other)["c"] == {(): 2}


def test_a_worker_whose_files_were_removed_lays_them_down_again(tmp_path: Path) -> None:
    """Who cleans temporary files does not know them."""
    folder = tmp_path / "shared"
    folder.mkdir()
    registry, sharing = worker(folder)
    Counter("c", registry=registry).add(2)
    sharing.collect()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    _, other = worker(folder)

    assert told(sharing)["c"] == {(): 2}
    assert told(other)["c"] == {(): 2}


def test_a_folder_that_cannot_be_used_leaves_a_worker_its_own(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says why, and the scrape is answered."""
    (tmp_path / "file").write_text("")
    registry, sharing = worker(tmp_path / "file" / "folder")
    Counter("c", registry=registry).add(2)

    assert told(sharing)["c"] == {(): 2}
    assert caplog.text.count("each worker shows its own metrics") == 1


def test_what_servers_left_that_are_gone_is_removed(tmp_path: Path) -> None:
    """By the next one; not what is in use, though its master has no number here."""
    program = """
        import subprocess, time
        if os.fork() == 0:
            Counter("c").add()
            told()
            sys.exit()
        os.wait()
        print(json.dumps([str(path) for path in Path(os.environ["TMPDIR"]).glob("*/*")]))
        """
    (first,) = run(program, TMPDIR=str(tmp_path))
    Path(first).with_name("999999999-1").mkdir()
    with (Path(first).with_name("999999998-1")).open("w"):
        pass
    used = Path(first).with_name("999999997-1")
    used.mkdir()
    lock = os.open(used / "7-x.lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    left = run(program, TMPDIR=str(tmp_path))
    os.close(lock)

    assert first not in left
    assert {Path(path).name for path in left} >= {"999999998-1", "999999997-1"}
    assert len(left) == 3


def test_a_scrape_during_forks_is_answered(tmp_path: Path) -> None:
    """While one thread forks, another one asks; no child waits for a lock of its parent."""
    found = run(
        """
        import threading
        counter, seen = Counter("c"), []
        done = threading.Event()

        def scrape():
            while not done.is_set():
                counter.add()
                seen.append(told()["c"][""])

        thread = threading.Thread(target=scrape)
        thread.start()
        for _ in range(40):
            if os.fork() == 0:
                counter.add(1000)
                told()
                os._exit(0)
            assert os.wait()[1] == 0
        done.set()
        thread.join()
        print(json.dumps([seen == sorted(seen), told()["c"][""] - counter_own()]))
        """.replace(
            "counter_own()", "next(o for o in REGISTRY.collect() if o.name == 'c').points[0].value"
        ),
        tmp_path,
    )
    assert found == [True, 40_000]


def test_families_survive_the_way(tmp_path: Path) -> None:
    """Another worker reads exactly what one wrote."""
    registry, sharing = worker(tmp_path)
    Gauge("g", attributes=["k"], unit="1", registry=registry).set(0.5, k="ü")
    own: list[Family] = registry.collect()
    sharing.collect()
    _, other = worker(tmp_path)
    found = {one.name: one for one in other.collect()}
    assert found["g"] == next(one for one in own if one.name == "g")
