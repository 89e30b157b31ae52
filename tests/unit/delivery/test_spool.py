"""Signals on disk: kept by who lives, brought home from who has ended."""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modelmetry.delivery.packed import KINDS, Packed
from modelmetry.delivery.segment import SpoolError
from modelmetry.delivery.spool import Place, Spool

EVENTS = KINDS.index("Events")
PLENTY, AN_HOUR = 100_000_000, 3_600.0


class Opener(Protocol):
    def __call__(self, *, max_bytes: int = ..., max_age: float = ...) -> Spool: ...


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool" / "receiver"


@pytest.fixture
def opened(folder: Path) -> Iterator[Opener]:
    """Makes spools for the folder; they are closed when the test is over."""
    spools: list[Spool] = []

    def make(*, max_bytes: int = PLENTY, max_age: float = AN_HOUR) -> Spool:
        spools.append(Spool(folder, max_bytes=max_bytes, max_age=max_age))
        return spools[-1]

    yield make
    for spool in spools:
        spool.close()


def of(*texts: str) -> Packed:
    return Packed.of((EVENTS, msgspec.json.encode({"Text": text})) for text in texts)


def texts_at(spool: Spool, places: Iterable[Place]) -> list[str]:
    bodies = [json.loads(spool.read(place).body()) for place in places]
    return [event["Text"] for body in bodies for event in body["Events"]]


def adopted(folder: Path) -> list[str]:
    """What the next process finds; it leaves everything as it was."""
    spool = Spool(folder, max_bytes=PLENTY, max_age=AN_HOUR)
    texts = texts_at(spool, spool.adopt())
    spool.close()
    return texts


def left(folder: Path, *texts: str) -> Path:
    """A file of a process that ended with these signals, a frame each."""
    before = set(files(folder))
    spool = Spool(folder, max_bytes=PLENTY, max_age=AN_HOUR)
    for text in texts:
        spool.append(of(text))
    spool.close()
    (path,) = set(files(folder)) - before
    return path


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.spool"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


PROCESS = """
import json, os, resource, sys
from pathlib import Path
from modelmetry.delivery.packed import Packed
from modelmetry.delivery.segment import SpoolError
from modelmetry.delivery.spool import Spool
folder = Path(sys.argv[1])
spool = Spool(folder, max_bytes=100_000_000, max_age=3600.0)
def of(text):
    return Packed.of([(3, json.dumps({"Text": text}).encode())])
def told(*words):
    print(*words, flush=True)
    sys.stdin.readline()
"""


@contextmanager
def process(folder: Path, code: str) -> Generator[subprocess.Popen[str]]:
    """Another process with a spool for `folder`; it is killed when it is still there."""
    with subprocess.Popen(
        [sys.executable, "-c", PROCESS + code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def heard(of_process: subprocess.Popen[str]) -> str:
    assert of_process.stdout is not None
    return of_process.stdout.readline().strip()


def go_on(of_process: subprocess.Popen[str]) -> None:
    assert of_process.stdin is not None
    of_process.stdin.write("\n")
    of_process.stdin.flush()


# What is written

contents = st.lists(
    st.lists(
        st.tuples(
            st.integers(0, len(KINDS) - 1),
            st.dictionaries(st.text(max_size=5), st.text(max_size=30), max_size=3),
        ),
        min_size=1,
        max_size=6,
    ),
    min_size=1,
    max_size=5,
)


@given(contents)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, frames: list[list[tuple[int, dict[str, str]]]]
) -> None:
    """Byte for byte, by its owner and by who comes after it."""
    folder = tmp_path_factory.mktemp("spool")
    expected = [
        Packed.of((kind, msgspec.json.encode(item)) for kind, item in frame) for frame in frames
    ]
    owner = Spool(folder, max_bytes=PLENTY, max_age=AN_HOUR)
    places = [owner.append(packed) for packed in expected]
    assert [owner.read(place) for place in places] == expected
    owner.close()
    heir = Spool(folder, max_bytes=PLENTY, max_age=AN_HOUR)
    assert [heir.read(place) for place in heir.adopt()] == expected
    heir.close()


def test_nobody_else_may_read_what_is_written(opened: Opener, folder: Path) -> None:
    """Prompts are private: the folder and all in it belong to its user alone."""
    before = os.umask(0)
    try:
        opened().append(of("a"))
        opened().keep_refused(of("b"), "http_422")
    finally:
        os.umask(before)
    assert mode(folder) == 0o700
    assert [mode(path) for path in folder.iterdir()] == [0o600, 0o600]


def test_nothing_is_made_before_something_is_written(opened: Opener, folder: Path) -> None:
    """A client that records nothing leaves no traces."""
    spool = opened()
    assert not spool.has_files()
    assert spool.adopt() == []
    spool.close()
    assert not folder.exists()


def test_a_spool_knows_what_it_holds(opened: Opener, folder: Path) -> None:
    """Files and bytes, as they are on disk."""
    spool = opened()
    spool.append(of("a"))
    spool.append(of("b"))
    assert spool.has_files()
    assert spool.size == sum(path.stat().st_size for path in files(folder))


def test_a_long_file_is_followed_by_another(opened: Opener, folder: Path) -> None:
    """It is deleted as soon as its own signals have arrived."""
    spool = opened()
    long, short = spool.append(of("x" * 9_000_000)), spool.append(of("short"))
    first, second = files(folder)
    spool.done(long)
    assert files(folder) == [second]
    assert not first.exists()
    assert texts_at(spool, [short]) == ["short"]


# What has arrived


def test_what_has_arrived_is_not_found_again(opened: Opener, folder: Path) -> None:
    """The next owner sees the rest alone."""
    spool = opened()
    places = [spool.append(of(text)) for text in "abcd"]
    spool.done(places[0])
    spool.done(places[1])
    spool.close()
    assert adopted(folder) == ["c", "d"]


def test_what_arrives_out_of_turn_is_found_again(opened: Opener, folder: Path) -> None:
    """Only what arrived before all that waits is known to have; twice is as good as once."""
    spool = opened()
    a, b, _ = [spool.append(of(text)) for text in "abc"]
    spool.done(b)
    spool.close()
    assert adopted(folder) == ["a", "b", "c"]
    heir = opened()
    a, b, _ = heir.adopt()
    heir.done(b)
    heir.done(a)
    heir.close()
    assert adopted(folder) == ["c"]


def test_a_drained_file_takes_no_room(opened: Opener, folder: Path) -> None:
    """One line is left of it, and it is used again."""
    spool = opened()
    for place in [spool.append(of("x" * 1_000)) for _ in range(3)]:
        spool.done(place)
    (path,) = files(folder)
    assert path.read_bytes().count(b"\n") == 1
    assert spool.size == path.stat().st_size < 100
    spool.append(of("next"))
    assert files(folder) == [path]
    spool.close()
    assert adopted(folder) == ["next"]


def test_what_is_done_twice_costs_nothing_else(opened: Opener, folder: Path) -> None:
    """In a drained file other signals have taken the place."""
    spool = opened()
    first = spool.append(of("first"))
    spool.done(first)
    second = spool.append(of("second"))
    spool.done(first)
    assert texts_at(spool, [second]) == ["second"]
    spool.close()
    assert adopted(folder) == ["second"]


def test_an_adopted_file_is_deleted_when_its_signals_have_arrived(
    opened: Opener, folder: Path
) -> None:
    """Nobody writes to it any more."""
    left(folder, "a", "b")
    spool = opened()
    first, second = spool.adopt()
    spool.done(first)
    assert len(files(folder)) == 1
    spool.done(second)
    spool.done(second)
    assert files(folder) == []
    assert spool.size == 0


def test_a_file_that_cannot_be_deleted_does_no_harm(opened: Opener, folder: Path) -> None:
    """Whatever stands in its place: the signals have arrived."""
    path = left(folder, "a")
    spool = opened()
    (place,) = spool.adopt()
    path.unlink()
    path.mkdir()
    spool.done(place)
    assert spool.size == 0
    assert opened().adopt() == []


# What was not written whole


def test_a_tail_that_was_not_written_whole_is_left_out(folder: Path) -> None:
    """Wherever the process was killed: all that was written before is found."""
    path = left(folder, "a", "b")
    two = path.stat().st_size
    path.unlink()
    path = left(folder, "a", "b", "ccc")
    whole = path.read_bytes()
    for size in range(two, len(whole)):
        path.write_bytes(whole[:size])
        assert adopted(folder) == ["a", "b"]
    path.write_bytes(whole)
    assert adopted(folder) == ["a", "b", "ccc"]


@pytest.mark.parametrize("change", [0x01, 0x08, 0x20, 0xFF])
def test_a_byte_that_has_changed_is_noticed(folder: Path, change: int) -> None:
    """In the signals and in what is said about them; what stands before is found."""
    path = left(folder, "a", "b")
    two = path.stat().st_size
    path.unlink()
    path = left(folder, "a", "b", "ccc")
    whole = path.read_bytes()
    for place in range(two, len(whole)):
        changed = bytearray(whole)
        changed[place] ^= change
        path.write_bytes(changed)
        assert adopted(folder) == ["a", "b"]


def brought_home(opened: Opener) -> list[str]:
    """What a process finds and sends."""
    spool = opened()
    places = spool.adopt()
    texts = texts_at(spool, places)
    for place in places:
        spool.done(place)
    return texts


def test_what_cannot_be_read_is_set_aside_and_told(
    opened: Opener, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line with the file, when the rest has arrived; nobody takes it up again."""
    path = left(folder, "a")
    path.write_bytes(path.read_bytes() + b"0000000123 torn")
    caplog.set_level(logging.WARNING)
    assert brought_home(opened) == ["a"]
    (aside,) = folder.iterdir()
    assert aside == path.with_name(f"{path.name}.damaged")
    assert aside.read_bytes().endswith(b"torn")
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"{aside} holds signals that cannot be read")
    assert "15 bytes at its end" in line
    assert brought_home(opened) == []
    assert not opened().has_files()


@pytest.mark.parametrize("spoilt", ["a", "b", "c"])
def test_a_byte_that_has_changed_costs_its_frame_alone(
    opened: Opener, folder: Path, spoilt: str
) -> None:
    """The others arrive, and the file is set aside with all that was in it."""
    path = left(folder, "a", "b", "c")
    changed = path.read_bytes().replace(b'"%s"' % spoilt.encode(), b'"?"')
    path.write_bytes(changed)
    spool = opened()
    assert len(spool.adopt()) == 2
    assert spool.damaged == 1
    spool.close()
    assert brought_home(opened) == [one for one in "abc" if one != spoilt]
    (aside,) = folder.iterdir()
    assert aside.suffix == ".damaged"
    assert aside.read_bytes()[100:] == changed[100:]


def test_what_cannot_be_read_is_not_forgotten_when_only_some_has_arrived(
    opened: Opener, folder: Path
) -> None:
    """The next owner sees it as well; what it sends again changes nothing."""
    path = left(folder, "a", "b", "c")
    path.write_bytes(path.read_bytes().replace(b'"a"', b'"?"'))
    first = opened()
    first.done(first.adopt()[0])
    first.close()
    assert brought_home(opened) == ["b", "c"]
    assert [one.suffix for one in folder.iterdir()] == [".damaged"]


def test_a_file_that_holds_nothing_that_can_be_read_is_set_aside(
    opened: Opener, folder: Path
) -> None:
    """It is not deleted for that."""
    path = left(folder, "a")
    path.write_bytes(path.read_bytes()[:-2])
    assert opened().adopt() == []
    assert [one.suffix for one in folder.iterdir()] == [".damaged"]


def test_what_cannot_be_adopted_is_noted(
    opened: Opener, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that may not be opened is none whose owner lives; the others are taken."""
    closed, _ = left(folder, "closed"), left(folder, "open")
    open_file = os.open

    def refused(path: Path, flags: int, mode: int = 0o777) -> int:
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return open_file(path, flags, mode)

    monkeypatch.setattr(os, "open", refused)
    spool = opened()
    assert texts_at(spool, spool.adopt()) == ["open"]
    assert spool.unadopted == {closed: "Permission denied"}
    monkeypatch.undo()
    assert texts_at(spool, spool.adopt()) == ["closed"]
    assert spool.unadopted == {}


def test_a_folder_that_cannot_be_listed_is_noted(
    opened: Opener, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may hold signals: it does not look empty."""
    left(folder, "a")

    def refused(path: Path) -> Iterator[Path]:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refused)
    spool = opened()
    assert spool.adopt() == []
    assert spool.unadopted == {folder: "Permission denied"}


def test_a_file_that_was_only_begun_is_deleted(folder: Path) -> None:
    """Its process was killed before it had written anything."""
    path = left(folder, "a")
    head = path.read_bytes().split(b"\n")[0]
    for size in range(len(head) + 1):
        path.write_bytes(head[:size])
        assert adopted(folder) == []
        assert files(folder) == []


@pytest.mark.parametrize("missing", [1, 30])
def test_a_file_that_was_shortened_by_others_is_an_error(
    opened: Opener, folder: Path, missing: int
) -> None:
    """What is read is what was written, or nothing."""
    spool = opened()
    place = spool.append(Packed.of([(KINDS.index("Findings"), b'"a finding of some length"')]))
    (path,) = files(folder)
    os.truncate(path, path.stat().st_size - missing)
    with pytest.raises(SpoolError, match="does not hold what was written to it"):
        spool.read(place)


# Who owns what


def test_the_files_of_a_living_process_are_its_own(opened: Opener, folder: Path) -> None:
    """They are brought home when it was killed, and only then."""
    with process(folder, "spool.append(of('a')); told('written')") as owner:
        assert heard(owner) == "written"
        spool = opened()
        assert spool.has_files()
        assert spool.adopt() == []
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        assert texts_at(spool, spool.adopt()) == ["a"]


def test_two_spools_of_one_process_keep_apart(opened: Opener, folder: Path) -> None:
    """Two clients of one receiver do not take each other's signals."""
    one, two = opened(), opened()
    mine, theirs = one.append(of("one")), two.append(of("two"))
    assert one.adopt() == two.adopt() == []
    assert len(files(folder)) == 2
    assert texts_at(one, [mine]) == ["one"]
    assert texts_at(two, [theirs]) == ["two"]


def test_what_was_adopted_is_not_adopted_again(opened: Opener, folder: Path) -> None:
    """Neither by who has it nor by anybody else."""
    left(folder, "a")
    spool = opened()
    assert len(spool.adopt()) == 1
    assert spool.adopt() == []
    assert opened().adopt() == []


def test_the_oldest_signals_come_first(opened: Opener, folder: Path) -> None:
    """A span before the late finding about it."""
    for texts in ("ab", "c", "de"):
        left(folder, *texts)
    spool = opened()
    assert texts_at(spool, spool.adopt()) == list("abcde")


def test_each_signal_is_brought_home_by_one(folder: Path) -> None:
    """Two processes look at the same time: together they find all of them, and none twice."""
    for number in range(60):
        left(folder, f"{number}-a", f"{number}-b")
    adopt = """
told("ready")
places = spool.adopt()
print(json.dumps([event["Text"] for place in places
                  for event in json.loads(spool.read(place).body())["Events"]]), flush=True)
for place in places:
    spool.done(place)
"""
    with process(folder, adopt) as one, process(folder, adopt) as two:
        assert heard(one) == heard(two) == "ready"
        go_on(one)
        go_on(two)
        found = Counter([*json.loads(heard(one)), *json.loads(heard(two))])
        assert (one.wait(), two.wait()) == (0, 0)
    assert found == Counter(f"{number}-{letter}" for number in range(60) for letter in "ab")
    assert files(folder) == []


def test_a_file_is_not_lost_between_its_making_and_its_lock(
    opened: Opener, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks around in that moment takes it for one that was left, and deletes it."""
    lock = fcntl.flock

    def lock_late(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        assert opened().adopt() == []
        assert files(folder) == []
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    spool = opened()
    spool.append(of("a"))
    assert len(files(folder)) == 1
    assert opened().adopt() == []
    spool.close()
    assert adopted(folder) == ["a"]


def test_a_file_that_was_brought_home_meanwhile_is_left_alone(
    opened: Opener, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who had opened it, and comes to its lock after all of it has arrived, finds nothing."""
    left(folder, "a")
    lock = fcntl.flock

    def lock_late(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        faster = opened()
        (place,) = faster.adopt()
        faster.done(place)
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    assert opened().adopt() == []


# Python 3.12 and newer warn of forks beside threads, which is what applications do all the same.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_leaves_the_files_to_its_parent(opened: Opener, folder: Path) -> None:
    """The parent's lock holds whatever the child does, and as long as the parent wants it."""
    spool = opened()
    place = spool.append(of("parent"))
    to_parent, from_child = os.pipe()
    to_child, from_parent = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(from_parent)
            spool.after_fork()
            others = len(Spool(folder, max_bytes=PLENTY, max_age=AN_HOUR).adopt())
            spool.append(of("child"))
            os.write(from_child, f"{others} {len(files(folder))} {spool.size < 200}".encode())
            os.read(to_child, 1)  # or the end of the parent
        finally:
            os._exit(0)
    os.close(from_child)
    assert os.read(to_parent, 100) == b"0 2 True"
    assert opened().adopt() == []
    assert texts_at(spool, [place]) == ["parent"]
    spool.close()
    heir = opened()
    assert texts_at(heir, heir.adopt()) == ["parent"]
    os.write(from_parent, b"x")
    assert os.waitpid(child, 0)[1] == 0
    assert texts_at(heir, heir.adopt()) == ["child"]
    for descriptor in (to_parent, to_child, from_parent):
        os.close(descriptor)


# When the disk does not take it


def test_no_more_is_kept_than_was_allowed(opened: Opener) -> None:
    """What does not fit is refused before it is written; there is room when something arrived."""
    spool = opened(max_bytes=3_000)
    place = spool.append(of("x" * 2_000))
    size = spool.size
    with pytest.raises(SpoolError, match=f"holds {size} bytes, the most that it may"):
        spool.append(of("x" * 2_000))
    assert spool.size == size
    spool.done(place)
    spool.append(of("x" * 2_000))


def test_what_was_adopted_takes_room(opened: Opener, folder: Path) -> None:
    """All files together have a bound, whoever wrote them."""
    left(folder, "x" * 2_000)
    spool = opened(max_bytes=3_000)
    (place,) = spool.adopt()
    with pytest.raises(SpoolError, match="the most that it may"):
        spool.append(of("x" * 2_000))
    spool.done(place)
    spool.append(of("x" * 2_000))


def test_a_folder_that_cannot_be_made_is_an_error(opened: Opener, folder: Path) -> None:
    """The message says where and why; the signals stay with the caller, who may try again."""
    folder.parent.write_text("not a folder")
    spool = opened()
    with pytest.raises(SpoolError, match=rf"{folder}: (Not a directory|File exists)"):
        spool.append(of("a"))
    with pytest.raises(SpoolError, match=rf"{folder}/refused.jsonl: (Not a dir|File exists)"):
        spool.keep_refused(of("a"), "http_422")
    assert spool.adopt() == []
    folder.parent.unlink()
    spool.append(of("a"))
    spool.close()
    assert adopted(folder) == ["a"]


def test_a_folder_that_is_removed_while_it_is_empty_is_made_again(
    opened: Opener, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`spool purge` may come between the making of the folder and that of the first file."""
    open_file = os.open

    def purged_first(path: Path, flags: int, mode: int = 0o777) -> int:
        monkeypatch.setattr(os, "open", open_file)
        folder.rmdir()
        return open_file(path, flags, mode)

    monkeypatch.setattr(os, "open", purged_first)
    spool = opened()
    spool.append(of("a"))
    spool.close()
    assert adopted(folder) == ["a"]


def test_a_full_disk_costs_only_what_does_not_fit(folder: Path) -> None:
    """What was written before is whole, and what comes when there is room again is kept too."""
    code = """
limit = lambda most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
spool.append(of("before"))
limit(2_000)
large = of("x" * 5_000)
for keep in (spool.append, lambda large: spool.keep_refused(large, "http_422")):
    try:
        keep(large)
    except SpoolError as error:
        print(error, flush=True)
spool.append(of("small"))
limit(resource.RLIM_INFINITY)
spool.append(of("after"))
print(spool.size == sum(path.stat().st_size for path in folder.glob("*.spool")), flush=True)
"""
    with process(folder, code) as full:
        assert heard(full) == f"{folder}: File too large"
        assert heard(full) == f"{folder}/refused.jsonl: File too large"
        assert heard(full) == "True"
        assert full.wait() == 0
    assert adopted(folder) == ["before", "small", "after"]


def test_a_file_that_cannot_be_begun_is_not_left(folder: Path) -> None:
    """The disk is full before the first byte."""
    code = """
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
for _ in range(3):
    try:
        spool.append(of("a"))
    except SpoolError as error:
        print(error, len(list(folder.iterdir())), flush=True)
"""
    with process(folder, code) as full:
        assert {heard(full) for _ in range(3)} == {f"{folder}: File too large 0"}


# When others delete it


def test_what_was_deleted_is_written_again(
    opened: Opener, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A program that cleans up took the folder: what waits outlives the process all the same."""
    left(folder, "adopted")
    spool = opened()
    (theirs,) = spool.adopt()
    arrived, waits = spool.append(of("arrived")), spool.append(of("waits"))
    spool.done(arrived)
    shutil.rmtree(folder)
    new = spool.append(of("new"))
    assert texts_at(spool, [theirs, waits, new]) == ["adopted", "waits", "new"]
    assert mode(folder) == 0o700
    assert {mode(path) for path in files(folder)} == {0o600}
    assert opened().adopt() == []
    assert len([r for r in caplog.records if "were written again" in r.getMessage()]) == 2
    spool.close()
    assert sorted(adopted(folder)) == ["adopted", "new", "waits"]


def test_what_was_written_again_arrives_as_usual(opened: Opener, folder: Path) -> None:
    """It is known to have arrived, and its file goes like any other."""
    left(folder, "adopted")
    spool = opened()
    (theirs,) = spool.adopt()
    own = spool.append(of("own"))
    shutil.rmtree(folder)
    new = spool.append(of("new"))
    spool.done(theirs)
    spool.done(own)
    assert len(files(folder)) == 1
    spool.close()
    assert adopted(folder) == ["new"]
    heir = opened()
    (new,) = heir.adopt()
    heir.done(new)
    assert files(folder) == []


def test_what_cannot_be_written_again_yet_is_written_later(opened: Opener, folder: Path) -> None:
    """It waits in the deleted file meanwhile, as long as the process lives."""
    spool = opened()
    spool.append(of("waits"))
    shutil.rmtree(folder)
    folder.write_text("in the way")
    with pytest.raises(SpoolError, match="File exists"):
        spool.append(of("new"))
    folder.unlink()
    spool.append(of("newer"))
    assert len(files(folder)) == 1
    spool.close()
    assert adopted(folder) == ["waits", "newer"]


def test_what_does_not_fit_a_second_time_leaves_no_half(folder: Path) -> None:
    """The disk is full while it is written again; when there is room, all of it is."""
    code = """
import shutil
limit = lambda most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
spool.append(of("x" * 5_000))
shutil.rmtree(folder)
limit(2_000)
for _ in range(2):
    try:
        spool.append(of("new"))
    except SpoolError as error:
        print(error, len(list(folder.iterdir())), flush=True)
limit(resource.RLIM_INFINITY)
spool.append(of("newer"))
"""
    with process(folder, code) as full:
        assert heard(full) == heard(full) == f"{folder}: File too large 0"
        assert full.wait() == 0
    assert adopted(folder) == ["x" * 5_000, "newer"]


# What nobody wants, and what nobody takes


def test_signals_grow_too_old(opened: Opener, folder: Path) -> None:
    """Their age is counted from when they were written, whoever holds them."""
    left(folder, "a")
    spool = opened(max_age=AN_HOUR)
    (place,) = spool.adopt()
    older = replace(place.frame, written=place.frame.written - 3_601)
    assert not spool.is_too_old(place)
    assert spool.is_too_old(Place(place.segment, older))


def test_refused_signals_are_kept_for_people(opened: Opener, folder: Path) -> None:
    """A line of JSON for each refusal: why, when, and what."""
    spool = opened()
    spool.keep_refused(of("a", "b"), "http_422")
    spool.keep_refused(of("c"), 'a "reason" \ud800')
    lines = [json.loads(line) for line in (folder / "refused.jsonl").read_bytes().splitlines()]
    assert [(line["Reason"], line["Body"]) for line in lines] == [
        ("http_422", {"Events": [{"Text": "a"}, {"Text": "b"}]}),
        ('a "reason" ?', {"Events": [{"Text": "c"}]}),
    ]
    assert all(isinstance(line["At"], int) for line in lines)


def test_refused_signals_are_never_sent_again(opened: Opener, folder: Path) -> None:
    """They are no files of the spool, and nobody deletes them but people."""
    spool = opened()
    spool.keep_refused(of("a"), "http_422")
    assert not spool.has_files()
    assert spool.adopt() == []
    spool.close()
    assert [path.name for path in folder.iterdir()] == ["refused.jsonl"]


def test_refused_signals_are_bounded_too(opened: Opener, folder: Path) -> None:
    """A receiver that refuses everything does not fill the disk, and that is said."""
    spool = opened(max_bytes=3_000)
    for _ in range(3):
        spool.keep_refused(of("x" * 1_000), "http_422")
    for _ in range(7):
        with pytest.raises(SpoolError, match="the most that it may"):
            spool.keep_refused(of("x" * 1_000), "http_422")
    assert (folder / "refused.jsonl").read_bytes().count(b"\n") == 3


# The end


def test_closing_leaves_what_waits_and_nothing_else(opened: Opener, folder: Path) -> None:
    """A file without signals is deleted, one with signals waits for whoever comes."""
    drained, full = opened(), opened()
    drained.done(drained.append(of("a")))
    full.append(of("b"))
    assert len(files(folder)) == 2
    for _ in range(2):
        drained.close()
        full.close()
        assert len(files(folder)) == 1
    assert adopted(folder) == ["b"]


def test_a_closed_spool_can_be_used_again(opened: Opener, folder: Path) -> None:
    """With a new file; what it has left is anybody's, its own too."""
    spool = opened()
    spool.append(of("before"))
    spool.close()
    spool.append(of("after"))
    assert texts_at(spool, spool.adopt()) == ["before"]
    assert len(files(folder)) == 2


def test_a_file_of_another_version_is_left_alone(tmp_path: Path) -> None:
    """Whoever wrote it knows what is in it."""
    path = tmp_path / "00000000000000000001-1.spool"
    path.write_bytes(b"modelmetry spool 2 something else\n" + b"x" * 100)
    before = path.read_bytes()
    assert Spool(tmp_path, max_bytes=10**6, max_age=1e9).adopt() == []
    assert path.read_bytes() == before
