"""`modelmetry spool`."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Any

import pytest

from modelmetry.cli import screen
from modelmetry.cli.purging import delete, old_enough
from modelmetry.cli.replaying import Replay, alone
from modelmetry.cli.spooled import PassedOver, look_into, server_folder, waiting_signals
from modelmetry.client.destination import spool_name
from modelmetry.config import Config
from modelmetry.delivery.packed import Packed
from modelmetry.delivery.segment import Segment
from modelmetry.delivery.sink import Batch
from modelmetry.delivery.spool import Spool
from modelmetry.server.embedded import EmbeddedServer
from modelmetry.signals.records import Signal
from modelmetry.store.open import open_store
from modelmetry.wire.body import pack
from tests.unit.cli.cast import environment
from tests.unit.cli.conftest import Command
from tests.unit.delivery.cast import event, finding, session, span, trace
from tests.unit.sinks.receiver import Answer, Receiver, problem, receiving

HOUR, DAY = 3_600, 86_400
ELSEWHERE = "elsewhere.example-0123456789abcdef"

# Keeps a signal for each line that it reads, and its files for as long as it lives.
OWNER = """
import sys
from pathlib import Path
from modelmetry.delivery.packed import Packed
from modelmetry.delivery.spool import Spool

spool = Spool(Path(sys.argv[1]), max_bytes=1_000_000, max_age=3600.0)
for line in sys.stdin:
    signal = b'{"XID":"%s","Name":"alive"}' % line.strip().encode()
    spool.append(Packed((b"", signal, b"", b"", b""), 1))
    print("kept", flush=True)
"""

# A client that has nobody to send to, and is killed.
KILLED = """
import os, signal
import modelmetry

modelmetry.Client().trace("was.killed").end()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(name="root")
def _root(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all spools."""
    root = home / "modelmetry" / "spool"
    monkeypatch.delenv("MODELMETRY_SPOOL", raising=False)
    return root


@pytest.fixture(name="receiver")
def _receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """The server that is set; it takes everything unless a test says otherwise."""
    with receiving() as receiver:
        monkeypatch.setenv("MODELMETRY_BASE_URL", receiver.url)
        yield receiver


@pytest.fixture(name="own")
def _own(root: Path, receiver: Receiver) -> Path:
    """Its folder."""
    return root / spool_name(Config(base_url=receiver.url))


def packed(*signals: Signal) -> Packed:
    """Signals as they are kept."""
    return pack(Batch.of(signals))


def leave(folder: Path, *signals: Signal, age: int = 0) -> Path:
    """What a process that has ended left, each signal by itself."""
    segment = Segment.create(folder)
    for signal in signals:
        segment.append(packed(signal), int(time.time()) - age)
    segment.let_go()
    return segment.path


def leave_refused(folder: Path, *signals: Signal) -> Path:
    """What a server refused, each signal by itself."""
    spool = Spool(folder, max_bytes=1_000_000, max_age=HOUR)
    for signal in signals:
        spool.keep_refused(packed(signal), "http_422")
    return folder / "refused.jsonl"


@contextmanager
def living(folder: Path, *xids: str) -> Generator[subprocess.Popen[str], None, None]:
    """A process that keeps these traces in a folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)],
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for xid in xids:
            let_keep(process, xid)
        yield process
    finally:
        process.kill()
        process.communicate()


def let_keep(process: subprocess.Popen[str], xid: str) -> None:
    """Let the process keep one more trace."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{xid}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "kept\n"


def listed(run: Command, *arguments: str) -> list[dict[str, Any]]:
    """What `spool ls` knows."""
    answer = run("spool", "ls", "--json", *arguments)
    assert answer.exit_code == 0, answer.output
    found: list[dict[str, Any]] = json.loads(answer.stdout)
    return found


def shown(run: Command, *arguments: str) -> list[str]:
    """The XIDs that `spool show` knows."""
    answer = run("spool", "show", "--json", *arguments)
    assert answer.exit_code == 0, answer.output
    return [json.loads(line)["Signal"]["XID"] for line in answer.stdout.splitlines()]


def arrived(receiver: Receiver) -> list[list[str]]:
    """The XIDs of each request."""
    return [
        [signal["XID"] for signals in request.document.values() for signal in signals]
        for request in receiver.received
    ]


def files(folder: Path) -> list[Path]:
    """The files with signals."""
    return sorted(folder.glob("*.spool"))


# -- ls


def test_ls_says_what_waits_for_each_server(run: Command, root: Path) -> None:
    """Files, signals, bytes, since when, whether somebody owns them, and what was refused."""
    path = leave(root / ELSEWHERE, trace(), span(findings=2), age=HOUR)
    leave(root / ELSEWHERE, event())
    leave_refused(root / ELSEWHERE, event(), event())
    leave(root / "another-0", event())
    another, found = listed(run)
    assert another["Server"] == "another-0"
    assert path.exists()
    assert found == {
        "Server": ELSEWHERE,
        "Folder": str(root / ELSEWHERE),
        "Files": 2,
        "Signals": 5,
        "Bytes": sum(file.stat().st_size for file in files(root / ELSEWHERE)),
        "OldestAt": found["OldestAt"],
        "InUse": False,
        "Refused": 2,
        "Damaged": [],
        "Unreadable": [],
    }


def test_ls_fits_a_terminal(run: Command, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are whole, since they are copied; columns that matter less give way."""
    leave(root / ELSEWHERE, trace(), age=HOUR)
    monkeypatch.setenv("COLUMNS", "80")
    heading, line = run("spool", "ls").stdout.splitlines()
    assert max(len(heading), len(line)) <= 80
    assert line.split()[0] == ELSEWHERE
    assert "1 h" in line
    monkeypatch.setenv("COLUMNS", "120")
    heading = run("spool", "ls").stdout.splitlines()[0]
    assert re.split(r"\s{2,}", heading.strip()) == [
        *("Server", "Files", "Signals", "Bytes", "Oldest", "In use", "Refused"),
    ]


def test_ls_of_nothing(run: Command, root: Path, tmp_path: Path) -> None:
    """No folder is no fault; --folder and MODELMETRY_SPOOL name another one."""
    answer = run("spool", "ls")
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert str(root) in answer.stderr
    assert listed(run) == []
    leave(tmp_path / "other" / ELSEWHERE, trace())
    assert [one["Server"] for one in listed(run, "--folder", str(tmp_path / "other"))] == [
        ELSEWHERE
    ]


def test_ls_knows_whether_the_owner_lives(run: Command, root: Path) -> None:
    """As long as it does, and not a moment longer."""
    with living(root / ELSEWHERE, "a"):
        assert [one["InUse"] for one in listed(run)] == [True]
    assert [(one["InUse"], one["Signals"]) for one in listed(run)] == [(False, 1)]


def test_a_file_that_is_just_being_made_is_no_fault(run: Command, root: Path) -> None:
    """It has no head yet."""
    path = leave(root / ELSEWHERE, trace())
    os.truncate(path, 0)
    assert [(one["Files"], one["Signals"]) for one in listed(run)] == [(1, 0)]


# -- show


def test_show_tells_signal_by_signal(run: Command, root: Path) -> None:
    """Kind, name, XID, trace and when; as JSON the signal as it will be sent."""
    conversation, turn, fact = session(), trace(), finding("score", 0.5)
    leave(root / ELSEWHERE, conversation, turn, fact)
    answer = run("spool", "show", ELSEWHERE)
    assert answer.exit_code == 0, answer.output
    heading, *lines = (line.split() for line in answer.stdout.splitlines())
    assert heading == ["When", "Kind", "Name", "XID", "Trace"]
    assert [line[2:] for line in lines] == [
        ["session", "chat-42", conversation.xid],
        ["trace", "chatbot.turn", turn.xid, turn.xid],
        ["finding", "score", fact.xid, "trace-1"],
    ]
    documents = run("spool", "show", ELSEWHERE, "--json").stdout.splitlines()
    last = json.loads(documents[-1])
    assert (last["Kind"], last["Signal"]["Value"]) == ("finding", 0.5)
    assert "KeptAt" in last


def test_show_fits_a_terminal(run: Command, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The XID is whole; a name gives way."""
    fact = finding("a.rather.long.name.of.something")
    fact.xid = "01a1fd80-db6d-77da-b4bb-38e4df27d4bd"
    leave(root / ELSEWHERE, fact)
    monkeypatch.setenv("COLUMNS", "80")
    line = run("spool", "show", ELSEWHERE).stdout.splitlines()[-1]
    assert len(line) <= 80
    assert fact.xid in line


def test_show_is_bounded(run: Command, root: Path) -> None:
    """A table has an end; JSON has all."""
    leave(root / ELSEWHERE, event(), event(), event())
    answer = run("spool", "show", ELSEWHERE, "--limit", "2")
    assert len(answer.stdout.splitlines()) == 3
    assert "--limit 4" in answer.stderr
    assert len(shown(run, ELSEWHERE, "--limit", "2")) == 3


def test_show_does_not_disturb_the_owner(run: Command, root: Path) -> None:
    """Who keeps signals goes on while others look, and what it keeps then is seen as well."""
    with living(root / ELSEWHERE, "a") as process:
        before = [file.read_bytes() for file in files(root / ELSEWHERE)]
        assert shown(run, ELSEWHERE) == ["a"]
        assert [file.read_bytes() for file in files(root / ELSEWHERE)] == before
        let_keep(process, "b")
        assert shown(run, ELSEWHERE) == ["a", "b"]


def test_what_arrives_while_somebody_looks_is_left_out(root: Path) -> None:
    """A file that is gone is no fault."""
    first = event()
    leave(root / ELSEWHERE, first)
    gone = leave(root / ELSEWHERE, event())
    signals = waiting_signals(root / ELSEWHERE, PassedOver())
    assert json.loads(next(signals).json)["XID"] == first.xid
    gone.unlink()
    assert list(signals) == []
    assert look_into(gone) is None


@pytest.mark.parametrize("torn", [1, 50, 120])
def test_show_leaves_a_torn_tail_out(run: Command, root: Path, torn: int) -> None:
    """What was not written whole is no signal; what stands before it is."""
    whole, cut = event(), event()
    path = leave(root / ELSEWHERE, whole, cut)
    os.truncate(path, path.stat().st_size - torn)
    answer = run("spool", "show", ELSEWHERE)
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert shown(run, ELSEWHERE) == [whole.xid]


def test_show_tells_what_was_refused(run: Command, root: Path) -> None:
    """With the reason; a line that was torn is passed over."""
    fact = finding()
    with leave_refused(root / ELSEWHERE, fact).open("ab") as file:
        file.write(b'{"Reason":"http_4')
    answer = run("spool", "show", ELSEWHERE, "--refused")
    assert "http_422" in answer.stdout
    assert fact.xid in answer.stdout
    assert shown(run, ELSEWHERE, "--refused") == [fact.xid]
    assert run("spool", "show", ELSEWHERE).stderr == "Nothing waits here\n"


def test_show_takes_what_is_no_signal(run: Command, root: Path) -> None:
    """A file that somebody edited is shown as far as it goes."""
    path = leave_refused(root / ELSEWHERE, event())
    path.write_bytes(b'{"Reason":"x","At":1,"Body":{"Spans":[{"XID":7,"Name":"\\u001b[31m"}]}}\n')
    answer = run("spool", "show", ELSEWHERE, "--refused")
    assert answer.exit_code == 0, answer.output
    assert "(not a signal)" in answer.stdout


def test_the_beginning_of_a_name_is_enough(run: Command, root: Path) -> None:
    """As long as it is the only one."""
    leave(root / "one.example-0", event())
    leave(root / "one.example-00", event())
    leave(root / "two.example-0", event())
    assert len(shown(run, "two")) == 1
    assert len(shown(run, "one.example-0")) == 1
    several = run("spool", "show", "one")
    assert several.exit_code == 1
    assert "one.example-0 or one.example-00" in several.stderr
    for name in ("three", "../spool"):
        unknown = run("spool", "show", name)
        assert unknown.exit_code == 1
        assert "modelmetry spool ls" in unknown.stderr


# -- replay


def test_replay_sends_what_was_left(run: Command, receiver: Receiver, own: Path) -> None:
    """Everything for the server that is set arrives, together where it fits; the files go."""
    first, second, third = event(), event(), event()
    leave(own, first, second)
    leave(own, third)
    answer = run("spool", "replay")
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert answer.stderr == "3 signals arrived, 0 were refused, 0 stay\n"
    assert arrived(receiver) == [[first.xid, second.xid, third.xid]]
    assert files(own) == []
    assert "Nothing is left" in run("spool", "replay").stderr


def test_replay_sends_what_is_too_old_for_clients(
    run: Command, receiver: Receiver, own: Path
) -> None:
    """Somebody asked for it."""
    leave(own, event(), age=30 * DAY)
    assert "1 signal arrived" in run("spool", "replay").stderr


def test_replay_sends_no_more_at_once_than_clients_do(
    run: Command, receiver: Receiver, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches have the size that is set."""
    monkeypatch.setenv("MODELMETRY_BATCH_SIGNALS", "2")
    leave(own, *(event() for _ in range(5)))
    assert run("spool", "replay").exit_code == 0
    assert list(map(len, arrived(receiver))) == [2, 2, 1]


def test_replay_needs_a_server(run: Command, root: Path) -> None:
    """Which one is not guessed from the name of a folder."""
    leave(root / ELSEWHERE, event())
    answer = run("spool", "replay", ELSEWHERE)
    assert answer.exit_code == 1
    assert "MODELMETRY_BASE_URL" in answer.stderr
    wrong = run("spool", "replay", "--base-url", "elsewhere.example")
    assert wrong.exit_code == 1
    assert "http://" in wrong.stderr


def test_replay_shows_no_password(run: Command, root: Path) -> None:
    """Neither on a terminal nor in a log."""
    answer = run("spool", "replay", "--base-url", "http://me:secret@127.0.0.1:1")
    assert answer.stderr == "Nothing is left for http://me:********@127.0.0.1:1\n"


def test_replay_takes_the_server_from_options(
    run: Command, root: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Address and key together say which folder is theirs."""
    monkeypatch.delenv("MODELMETRY_BASE_URL")
    config = Config(base_url=receiver.url, api_key="mm_key")
    leave(root / spool_name(config), event())
    said = run("spool", "replay", "--base-url", receiver.url).stderr
    assert said.startswith("Nothing is left")
    assert f"recorded with another key or address, are in {spool_name(config)}" in " ".join(
        said.split()
    )
    answer = run("spool", "replay", "--base-url", receiver.url, "--api-key", "mm_key")
    assert answer.exit_code == 0, answer.output
    assert receiver.received[0].headers["x-api-key"] == "mm_key"


def test_what_was_meant_for_elsewhere_is_sent_only_when_agreed(
    run: Command, root: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has to be named, and somebody has to say yes."""
    leave(root / ELSEWHERE, event())
    assert run("spool", "replay").stderr.startswith("Nothing is left")
    assert run("spool", "replay", ELSEWHERE).exit_code == 2
    monkeypatch.setattr(screen, "interactive", lambda: True)
    declined = run("spool", "replay", "elsewhere", given="n\n")
    assert declined.exit_code == 1
    assert f"Send 1 signal of {ELSEWHERE} to {receiver.url}" in declined.stderr
    assert receiver.received == []
    assert run("spool", "replay", "elsewhere", "--yes").exit_code == 0
    assert len(receiver.received) == 1
    assert f"Nothing is left for {ELSEWHERE}" in run("spool", "replay", "elsewhere").stderr


def test_replay_leaves_the_living_alone(run: Command, receiver: Receiver, own: Path) -> None:
    """What a process owns it sends itself."""
    with living(own, "a", "b"):
        answer = run("spool", "replay")
        assert answer.exit_code == 0
        assert "2 signals of living processes are left to them" in answer.stderr
        left = event()
        leave(own, left)
        assert "1 signal arrived" in run("spool", "replay").stderr
        assert shown(run, own.name) == ["a", "b"]
    assert arrived(receiver) == [[left.xid]]


def test_without_a_server_everything_stays(
    run: Command, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command fails, says why, and can be repeated."""
    with receiving() as receiver:
        monkeypatch.setenv("MODELMETRY_BASE_URL", receiver.url)
        own = root / spool_name(Config(base_url=receiver.url))
    leave(own, event(), event())
    before = [file.read_bytes() for file in files(own)]
    answer = run("spool", "replay")
    assert answer.exit_code == 1
    assert "0 signals arrived, 0 were refused, 2 stay" in answer.stderr
    assert f"({receiver.url}); is a server running there?" in answer.stderr
    assert [file.read_bytes() for file in files(own)] == before


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_what_is_not_the_signals_fault_refuses_none(
    run: Command, receiver: Receiver, own: Path, status: int
) -> None:
    """A wrong key or a server in trouble says nothing about them: all stay."""
    receiver.script = iter([problem(status)])
    leave(own, event())
    answer = run("spool", "replay")
    assert answer.exit_code == 1
    assert "1 stay" in answer.stderr
    assert not (own / "refused.jsonl").exists()
    assert run("spool", "replay").exit_code == 0


def test_what_arrived_before_the_trouble_is_not_sent_again(
    run: Command, receiver: Receiver, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the rest stays."""
    monkeypatch.setenv("MODELMETRY_BATCH_SIGNALS", "1")
    receiver.script = iter([Answer(), problem(503)])
    first, second = event(), event()
    leave(own, first, second)
    assert "1 signal arrived, 0 were refused, 1 stay" in run("spool", "replay").stderr
    assert shown(run, own.name) == [second.xid]


def test_a_busy_server_is_asked_again_when_it_says(
    run: Command, receiver: Receiver, own: Path
) -> None:
    """Once, twice; who asks for an hour is not waited for."""
    again = problem(429, **{"Retry-After": "0"})
    receiver.script = iter([again, again, Answer(), problem(429, **{"Retry-After": "3600"})])
    leave(own, event())
    assert run("spool", "replay").exit_code == 0
    assert len(receiver.received) == 3
    leave(own, event())
    answer = run("spool", "replay")
    assert answer.exit_code == 1
    assert "try again later" in answer.stderr


def refusing(receiver: Receiver, xid: str) -> None:
    """Let the server refuse every body with this signal."""
    receiver.judge = lambda request: problem(422) if xid in str(request.document) else Answer()


def test_a_signal_that_is_refused_costs_no_other(
    run: Command, receiver: Receiver, own: Path
) -> None:
    """It is put aside, where `show --refused` finds it."""
    good, bad, better = event(), event(), event()
    refusing(receiver, f"'{bad.xid}'")
    leave(own, good, bad, better)
    answer = run("spool", "replay")
    assert answer.exit_code == 0, answer.output
    assert "2 signals arrived, 1 was refused, 0 stay" in answer.stderr
    assert f"modelmetry spool show {own.name} --refused" in answer.stderr
    assert shown(run, own.name, "--refused") == [bad.xid]
    assert files(own) == []


def test_what_cannot_be_put_aside_stays(run: Command, receiver: Receiver, own: Path) -> None:
    """A disk that does not take what was refused costs nothing."""
    receiver.judge = lambda _: problem(422)
    leave(own, event())
    (own / "refused.jsonl").mkdir()
    answer = run("spool", "replay")
    assert answer.exit_code == 1
    assert "make room" in answer.stderr
    assert [one["Signals"] for one in listed(run)] == [1]


def test_signals_that_cannot_be_read_are_left_where_they_are(
    run: Command, receiver: Receiver, own: Path
) -> None:
    """They cost no other."""
    segment = Segment.create(own)
    too_many = b"\n".join([b"a line"] * 20)
    segment.append(Packed((too_many, b"", b"", b"", b""), 1), int(time.time()))
    segment.let_go()
    good = event()
    leave(own, good)
    assert shown(run, own.name) == [good.xid]
    answer = run("spool", "replay")
    assert answer.exit_code == 0, answer.output
    assert "1 signal arrived, 0 were refused, 1 stay" in answer.stderr
    assert "Passed over 1 batch that cannot be read" in answer.stderr
    assert files(own) == [segment.path]


def test_refused_signals_can_be_sent_again(run: Command, receiver: Receiver, own: Path) -> None:
    """What the server takes now is gone from there, what it refuses once more stays."""
    good, bad = event(), event()
    refusing(receiver, f"'{bad.xid}'")
    path = leave_refused(own, bad, good)
    answer = run("spool", "replay", "--refused")
    assert answer.exit_code == 0, answer.output
    assert "1 signal arrived, 1 was refused, 0 stay" in answer.stderr
    assert shown(run, own.name, "--refused") == [bad.xid]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    receiver.judge = lambda _: Answer()
    assert "1 signal arrived" in run("spool", "replay", "--refused").stderr
    assert "Nothing was refused" in run("spool", "replay", "--refused").stderr
    assert list(own.iterdir()) == []


def test_refused_signals_stay_when_the_server_is_in_trouble(
    run: Command, receiver: Receiver, own: Path
) -> None:
    """Those that it did not get to stay as they were, and so does a line that is torn."""
    first, second, third = event(), event(), event()
    receiver.script = iter([Answer(), problem(503)])
    path = leave_refused(own, first)
    with path.open("ab") as file:
        file.write(b'{"Reason":"http_4\n')
    leave_refused(own, second, third)
    answer = run("spool", "replay", "--refused")
    assert answer.exit_code == 1
    assert "1 signal arrived, 0 were refused, 2 stay" in answer.stderr
    assert "Passed over 1 batch that cannot be read" in answer.stderr
    assert shown(run, own.name, "--refused") == [second.xid, third.xid]
    assert [one["Refused"] for one in listed(run)] == [3]


def test_ctrl_c_loses_no_refused_signals(receiver: Receiver, own: Path, run: Command) -> None:
    """What was under way is sent once more another time, which changes nothing."""
    facts = [event(), event(), event()]
    leave_refused(own, *facts)

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Replay(own, Config(base_url=receiver.url), interrupt).refused()
    assert arrived(receiver) == [[facts[0].xid]]
    assert shown(run, own.name, "--refused") == [fact.xid for fact in facts]
    assert not (own / "refused.jsonl.sending").exists()


def test_a_replay_that_was_killed_loses_nothing(
    run: Command, receiver: Receiver, own: Path
) -> None:
    """What it had put aside for itself is found by everybody else."""
    before, after = event(), event()
    path = leave_refused(own, before)
    path.rename(own / "refused.jsonl.sending")
    leave_refused(own, after)
    assert shown(run, own.name, "--refused") == [before.xid, after.xid]
    assert "2 signals arrived" in run("spool", "replay", "--refused").stderr
    assert list(own.iterdir()) == []


def test_one_command_at_a_time(run: Command, receiver: Receiver, own: Path) -> None:
    """Another one waits for nobody, and says so."""
    leave(own, event())
    with alone(own):
        for words in (["replay"], ["purge", "--yes"]):
            answer = run("spool", *words)
            assert answer.exit_code == 1
            assert "another command is at work" in answer.stderr
    assert run("spool", "replay").exit_code == 0


def test_a_killed_client_is_replayed_into_a_server(
    run: Command, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the client that was killed to the trace that is listed."""
    with receiving() as receiver:
        receiver.hang.clear()
        subprocess.run(
            [sys.executable, "-c", KILLED],
            env=environment(root.parents[1], MODELMETRY_DURABILITY="each")
            | {"MODELMETRY_BASE_URL": receiver.url},
            check=False,
        )
    (found,) = listed(run)
    assert (found["Signals"], found["InUse"]) == (1, False)
    store = open_store(str(tmp_path / "server.db"))
    with EmbeddedServer(store) as server:
        monkeypatch.setenv("MODELMETRY_BASE_URL", server.base_url)
        assert run("spool", "replay", found["Server"], "--yes").exit_code == 0
        (kept,) = json.loads(run("traces", "ls", "--json").stdout)["Traces"]
    store.close()
    assert kept["Name"] == "was.killed"


# -- purge


def test_purge_deletes_what_nobody_owns(run: Command, root: Path) -> None:
    """Signals and refused ones of all servers; what a living process owns stays."""
    leave(root / ELSEWHERE, event(), event())
    leave_refused(root / ELSEWHERE, event())
    with living(root / "alive-0", "a"):
        leave(root / "alive-0", event())
        answer = run("spool", "purge", "--yes")
        assert answer.exit_code == 0, answer.output
        assert answer.stderr.splitlines() == [
            "Deleted 3 signals in 2 files and 1 refused batch",
            "Removed 1 empty folder",
        ]
        assert [one["Signals"] for one in listed(run)] == [1]
        assert shown(run, "alive") == ["a"]
    assert not (root / ELSEWHERE).exists()


def test_purge_of_one_server(run: Command, root: Path) -> None:
    """The others keep what they have."""
    leave(root / "one-0", event())
    leave(root / "two-0", event())
    assert run("spool", "purge", "one", "--yes").exit_code == 0
    assert [one["Signals"] for one in listed(run)] == [0, 1]


def test_purge_can_spare_what_is_young(run: Command, root: Path) -> None:
    """A file goes when all that is in it is old enough."""
    old = leave(root / ELSEWHERE, event(), age=31 * DAY)
    both = leave(root / ELSEWHERE, event(), age=31 * DAY)
    segment = Segment.adopt(both)
    assert segment is not None
    segment.append(packed(event()), int(time.time()))
    segment.let_go()
    refused = leave_refused(root / ELSEWHERE, event())
    assert run("spool", "purge", "--older-than", "30d", "--yes").exit_code == 0
    assert (old.exists(), both.exists(), refused.exists()) == (False, True, True)
    os.utime(refused, (0, 0))
    answer = run("spool", "purge", "--older-than", "30d", "--yes")
    assert answer.stderr == "Deleted 1 refused batch\n"
    assert not refused.exists()
    assert "nothing to delete" in run("spool", "purge", "--older-than", "30d").stderr


def test_purge_asks(run: Command, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is for good; where nobody can answer, only --yes is an answer."""
    path = leave(root / ELSEWHERE, event())
    assert run("spool", "purge").exit_code == 2
    monkeypatch.setattr(screen, "interactive", lambda: True)
    declined = run("spool", "purge", given="n\n")
    assert declined.exit_code == 1
    assert "Delete 1 signal in 1 file, for good?" in declined.stderr
    assert path.exists()
    assert run("spool", "purge", given="y\n").exit_code == 0
    assert not path.exists()


def test_purge_spares_what_is_adopted_meanwhile(root: Path) -> None:
    """Between the question and the answer a client may have begun to send it."""
    path = leave(root / ELSEWHERE, event())
    doomed = old_enough(server_folder(root / ELSEWHERE), inf)
    assert [file.path for file in doomed.files] == [path]
    adopted = Segment.adopt(path)
    assert adopted is not None
    assert delete(doomed, inf, PassedOver()).files == []
    assert path.exists()
    adopted.let_go()


# -- what the disk does not give


class Forbidden:
    """Forbids what is done with some paths, as the system does for people without rights."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def opening(self, *paths: Path, only_to_write: bool = False) -> None:
        """Files may not be opened, or not to write to them."""
        real = os.open

        def open_(path: Path, flags: int, mode: int = 0o777) -> int:
            if path in paths and (not only_to_write or flags & (os.O_RDWR | os.O_WRONLY)):
                raise forbidden(path)
            return real(path, flags, mode)

        self._patch.setattr(os, "open", open_)

    def method(self, name: str, *paths: Path) -> None:
        """A method of `Path` fails for these."""
        real = getattr(Path, name)

        def fails(path: Path, *arguments: Any, **named: Any) -> Any:
            if path in paths:
                raise forbidden(path)
            return real(path, *arguments, **named)

        self._patch.setattr(Path, name, fails)


def forbidden(path: Path) -> PermissionError:
    """What the system says."""
    return PermissionError(errno.EACCES, "Permission denied", str(path))


@pytest.fixture(name="forbid")
def _forbid(monkeypatch: pytest.MonkeyPatch) -> Forbidden:
    """Takes rights away for the time of a test."""
    return Forbidden(monkeypatch)


def test_purge_counts_only_what_is_gone(run: Command, root: Path, forbid: Forbidden) -> None:
    """What the folder does not let go of is told with the reason, and the exit code says it."""
    stays, goes = leave(root / ELSEWHERE, event()), leave(root / ELSEWHERE, event())
    refused = leave_refused(root / ELSEWHERE, event())
    forbid.method("unlink", stays, refused)
    answer = run("spool", "purge", "--yes")
    assert answer.exit_code == 1
    assert "Deleted 1 signal in 1 file\n" in answer.stderr
    assert f"not deleted: {stays} (Permission denied); {refused} (Perm" in answer.stderr
    assert (stays.exists(), goes.exists(), refused.exists()) == (True, False, True)


def test_purge_says_which_folder_it_may_not_enter(
    run: Command, root: Path, forbid: Forbidden
) -> None:
    """The others are purged."""
    leave(root / "one-0", event())
    leave(root / "two-0", event())
    forbid.opening(root / "one-0")
    answer = run("spool", "purge", "--yes")
    assert answer.exit_code == 1
    assert f"not deleted: {root / 'one-0'} (Permission denied)" in answer.stderr
    assert (len(files(root / "one-0")), len(files(root / "two-0"))) == (1, 0)


def test_replay_says_what_it_may_not_take(
    run: Command, receiver: Receiver, own: Path, forbid: Forbidden
) -> None:
    """Everything else arrives; the exit code is that of a failure."""
    closed, good = leave(own, event()), event()
    leave(own, good)
    forbid.opening(closed, only_to_write=True)
    answer = run("spool", "replay")
    assert answer.exit_code == 1
    assert arrived(receiver) == [[good.xid]]
    assert "1 signal arrived" in answer.stderr
    assert f"not sent: {closed} (Permission denied)" in answer.stderr


def test_replay_of_what_cannot_be_read_is_not_nothing(
    run: Command, receiver: Receiver, own: Path, forbid: Forbidden
) -> None:
    """It is no success."""
    closed = leave(own, event())
    forbid.opening(closed)
    answer = run("spool", "replay")
    assert answer.exit_code == 1
    assert f"not sent: {closed} (Permission denied)" in answer.stderr


def test_what_cannot_be_read_costs_no_other(run: Command, root: Path, forbid: Forbidden) -> None:
    """A file, a folder, refused signals: each is told with the reason, and the rest is shown."""
    closed, seen = leave(root / "a-0", event()), event()
    leave(root / "a-0", seen)
    leave(root / "b-0", event())
    refused = leave_refused(root / "c-0", event())
    leave(root / "c-0", event())
    forbid.opening(closed)
    forbid.method("iterdir", root / "b-0")
    forbid.method("open", refused)
    found = listed(run)
    assert [one["Signals"] for one in found] == [1, 0, 1]
    assert [one["Unreadable"] for one in found] == [
        [{"Path": str(path), "Reason": "Permission denied"}]
        for path in (closed, root / "b-0", refused)
    ]
    told = run("spool", "ls")
    assert told.exit_code == 0
    for path in (closed, root / "b-0", refused):
        assert f"{path} is passed over: Permission denied" in told.stderr
    assert "owner of these files" in told.stderr
    show = run("spool", "show", "a-0", "--json")
    assert (show.exit_code, json.loads(show.stdout)["Signal"]["XID"]) == (1, seen.xid)
    assert f"not read: {closed} (Permission denied)" in show.stderr
    assert f"not read: {root / 'b-0'} (" in run("spool", "show", "b-0").stderr
    assert f"not read: {refused} (" in run("spool", "show", "c-0", "--refused").stderr


def test_a_folder_of_spools_that_cannot_be_read_is_told(
    run: Command, root: Path, forbid: Forbidden
) -> None:
    """It does not look empty."""
    leave(root / ELSEWHERE, event())
    forbid.method("iterdir", root)
    answer = run("spool", "ls")
    assert answer.exit_code == 1
    assert f"{root} cannot be read (Permission denied)" in answer.stderr
    assert "--folder" in answer.stderr


def test_bytes_that_have_changed_are_told_and_kept(
    run: Command, receiver: Receiver, own: Path
) -> None:
    """The other signals arrive, and the file stays under another name until it is purged."""
    facts = [event(), event(), event()]
    path = leave(own, *facts)
    path.write_bytes(path.read_bytes().replace(facts[1].xid.encode(), b"?" * len(facts[1].xid)))
    assert shown(run, own.name) == [facts[0].xid, facts[2].xid]
    answer = run("spool", "replay")
    assert arrived(receiver) == [[facts[0].xid, facts[2].xid]]
    assert "Passed over 1 batch that cannot be read" in answer.stderr
    aside = path.with_name(f"{path.name}.damaged")
    assert [one["Damaged"] for one in listed(run)] == [[str(aside)]]
    assert str(aside) in run("spool", "ls").stderr
    purged = run("spool", "purge", "--yes")
    assert purged.stderr.splitlines() == ["Deleted 1 damaged file", "Removed 1 empty folder"]
    assert not own.exists()


def test_what_was_refused_since_the_question_stays(root: Path) -> None:
    """Nobody was asked about it: it is too young, or there is more of it."""
    refused = leave_refused(root / ELSEWHERE, event())
    doomed = old_enough(server_folder(root / ELSEWHERE), inf)
    assert delete(doomed, refused.stat().st_mtime - 1, PassedOver()).refused == 0
    leave_refused(root / ELSEWHERE, event())
    assert delete(doomed, inf, PassedOver()).refused == 0
    assert refused.exists()


def test_a_file_of_another_program_is_not_purged(run: Command, root: Path) -> None:
    """It only has the name of ours, in a folder that is none of ours."""
    theirs = root / "orders" / "refused.jsonl"
    theirs.parent.mkdir(parents=True)
    theirs.write_text('{"order": 42}\n')
    (root / "empty").mkdir()
    assert run("spool", "purge", "--yes").stderr == "There is nothing to delete\n"
    assert theirs.exists()
    assert (root / "empty").exists()


def test_folders_without_signals_are_counted_and_removed(run: Command, root: Path) -> None:
    """Each server that was ever spoken to left one; what is in use stays."""
    for number in range(3):
        (root / f"127.0.0.1_{number}-0123456789abcdef").mkdir(parents=True)
    nothing = run("spool", "ls")
    assert nothing.stdout == ""
    assert "Nothing is in 3 folders" in nothing.stderr
    with living(root / ELSEWHERE, "a"):
        listing = run("spool", "ls")
        assert len(listing.stdout.splitlines()) == 2
        assert "Nothing is in 3 folders" in listing.stderr
        assert "Removed 3 empty folders" in run("spool", "purge", "--yes").stderr
    assert [path.name for path in root.iterdir()] == [ELSEWHERE]


@pytest.mark.parametrize("at", [99999999999999, -(10**30), 253402300799, -62135596800])
def test_moments_beyond_the_calendar_are_no_fault(run: Command, root: Path, at: int) -> None:
    """A file that somebody edited is shown as far as it goes."""
    path = leave_refused(root / ELSEWHERE, event())
    path.write_bytes(re.sub(rb'"At":\d+', b'"At":%d' % at, path.read_bytes()))
    for words in ([], ["--json"]):
        answer = run("spool", "show", ELSEWHERE, "--refused", *words)
        assert (answer.exit_code, answer.stderr) == (0, "")
        assert answer.exception is None


def test_a_limit_has_a_range(run: Command, root: Path) -> None:
    """A number that no machine counts to is a wrong command line."""
    leave(root / ELSEWHERE, event())
    answer = run("spool", "show", ELSEWHERE, "--limit", "99999999999999999999")
    assert answer.exit_code == 2
    assert "1<=x<=1000000" in answer.stderr
