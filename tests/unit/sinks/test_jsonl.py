"""Signals in a file of JSON lines."""

from __future__ import annotations

import json
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.sinks.jsonl import JsonlSink, read_jsonl
from modelmetry.wire.body import encode
from tests.unit.delivery.cast import event, span

PATH = os.pathsep.join(sys.path)


def test_each_batch_is_one_line_that_a_server_would_take(tmp_path: Path) -> None:
    """The body of an ingest request; folders are made."""
    path = tmp_path / "new" / "signals.jsonl"
    sink = JsonlSink(path)
    batches = [Batch.of([span(findings=1)]), Batch.of([event(text="two\nlines")])]
    for batch in batches:
        sink.write(batch)
    sink.close()
    assert path.read_bytes() == b"".join(encode(batch) + b"\n" for batch in batches)
    assert list(read_jsonl(path)) == [json.loads(encode(batch)) for batch in batches]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_existing_file_is_continued(tmp_path: Path) -> None:
    """A second process, or a second run, adds to it."""
    path = tmp_path / "signals.jsonl"
    first, second = JsonlSink(path), JsonlSink(str(path))
    first.write(Batch.of([event()]))
    second.write(Batch.of([event()]))
    first.write(Batch.of([event()]))
    first.close()
    second.close()
    assert len(list(read_jsonl(path))) == 3


def test_a_file_that_was_rotated_away_is_made_anew(tmp_path: Path) -> None:
    """What follows stands where the next reader looks for it."""
    path = tmp_path / "signals.jsonl"
    sink = JsonlSink(path)
    sink.write(Batch.of([event()]))
    path.rename(tmp_path / "signals.jsonl.1")
    sink.write(Batch.of([event()]))
    sink.close()
    assert len(list(read_jsonl(path))) == len(list(read_jsonl(tmp_path / "signals.jsonl.1"))) == 1


FORK_IN_THE_MIDDLE = """
import os, signal, sys, threading
from modelmetry.sinks.line_file import LineFile
file, opens, inside, go_on = LineFile(sys.argv[1]), os.open, threading.Event(), threading.Event()

def slow(*given):
    if threading.current_thread() is not threading.main_thread():
        inside.set()
        go_on.wait(60)
    return opens(*given)

os.open = slow
thread = threading.Thread(target=file.append, args=(object(), [b"parent\\n"]))
thread.start()
inside.wait(60)
child = os.fork()
if child == 0:
    signal.alarm(30)
    file.append(object(), [b"child\\n"])
    os._exit(0)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
go_on.set()
thread.join(60)
sys.exit(code != 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_forked_child_waits_for_no_thread_of_its_parent(tmp_path: Path) -> None:
    """Whoever uses the file need not tell it of the fork."""
    path = tmp_path / "lines"
    command = [sys.executable, "-W", "ignore", "-c", FORK_IN_THE_MIDDLE, str(path)]
    subprocess.run(command, check=True, timeout=120, env=os.environ | {"PYTHONPATH": PATH})
    assert path.read_text() == "child\nparent\n"


def test_a_torn_line_is_left_out(tmp_path: Path) -> None:
    """A process that was killed while it wrote does not spoil the rest."""
    path = tmp_path / "signals.jsonl"
    path.write_bytes(b'{"Traces": []}\n{"Traces": [{"XI\n[]\n{"Spans": []}\n{"Ev')
    assert list(read_jsonl(path)) == [{"Traces": []}, {"Spans": []}]


def test_a_file_that_cannot_be_written_may_be_tried_again(tmp_path: Path) -> None:
    """The folder may be mounted later."""
    (tmp_path / "file").write_text("not a folder")
    sink = JsonlSink(tmp_path / "file" / "signals.jsonl")
    with pytest.raises(SinkFailure) as caught:
        sink.write(Batch.of([event()]))
    assert caught.value.retry
    assert caught.value.reason in {"NotADirectoryError", "FileExistsError"}
    sink.close()


def test_a_full_disk_tears_no_other_line(tmp_path: Path) -> None:
    """What was written of a line is ended when there is room, and the whole line comes again."""
    path = tmp_path / "signals.jsonl"
    sink = JsonlSink(path)
    batch = Batch.of([event()])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        for _ in range(2):
            with pytest.raises(SinkFailure) as caught:
                sink.write(batch)
            assert caught.value.retry
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    sink.write(batch)
    sink.close()
    assert list(read_jsonl(path)) == [json.loads(encode(batch))]


def test_it_shows_its_path() -> None:
    """For a log."""
    assert repr(JsonlSink("signals.jsonl")) == "JsonlSink('signals.jsonl')"
