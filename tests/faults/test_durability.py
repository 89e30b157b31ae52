"""Applications are killed and servers go away: what was recorded arrives, and is stored once."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.faults.application import Application, arrived_turns, stored, storing, turns, whole
from tests.unit.sinks.receiver import Answer, Received, fault, problem, receiving

NOWHERE = "http://127.0.0.1:9"


def test_each_turn_survives_a_kill(tmp_path: Path) -> None:
    """`each`: killed right after the last of 1,000 turns; the next process brings all home."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        killed = app.run("turns(1000); kill()", durability="each")
        assert killed.status == -signal.SIGKILL
        assert app.left
        after = app.bring_home()
        assert (after.status, after.errors) == (0, "")
        assert stored(url) == whole(1000)
    assert app.left == []


def test_recording_from_finalisers_and_handlers_is_kept_too(tmp_path: Path) -> None:
    """`each`: they run in the middle of writing, in the thread that writes."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            import gc
            class Finalised:
                def __init__(self): self.cycle = self
                def __del__(self):
                    turns(1)
                    client.stats()
            def handler(*_): turns(1)
            signal.signal(signal.SIGALRM, handler)
            signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
            gc.set_threshold(50)
            for number in range(200):
                Finalised()
                turns(1)
                client.stats()
            signal.setitimer(signal.ITIMER_REAL, 0)
            gc.collect()
            receipt = client.stats()
            print(receipt.pending, receipt.created >= 400 * 7)
            receipt = client.close(30)
            print(receipt.ok, receipt.created == receipt.delivered)
            """,
            durability="each",
        )
    assert (ended.status, ended.out, ended.errors) == (0, "0 True\nTrue True\n", "")


def test_all_that_is_on_disk_survives_a_kill(tmp_path: Path) -> None:
    """`batch`: killed as soon as nothing is in memory alone."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        killed = app.run("turns(1000); until(lambda: client.stats().pending == 0); kill()")
        assert killed.status == -signal.SIGKILL
        after = app.bring_home()
        assert (after.status, after.errors) == (0, "")
        assert stored(url) == whole(1000)


def test_a_kill_costs_only_what_was_not_yet_on_disk(tmp_path: Path) -> None:
    """`batch`: killed in the middle; no turn is stored in part, but for the last ones."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        killed = app.run("turns(300); until(lambda: client.stats().pending == 0); turns(3); kill()")
        assert killed.status == -signal.SIGKILL
        assert app.bring_home().status == 0
        assert 300 <= stored(url)["Traces"] <= 303


def test_what_memory_holds_is_lost_with_the_process(tmp_path: Path) -> None:
    """`memory`: nothing is written, nothing comes home."""
    app = Application(NOWHERE, tmp_path / "spool")
    killed = app.run("turns(10); kill()", durability="memory")
    assert killed.status == -signal.SIGKILL
    assert not (tmp_path / "spool").exists()


@pytest.mark.parametrize(
    "ending",
    ["", "raise ValueError('unhandled')", "sys.exit(3)", "os._exit(0)"],
    ids=["plain", "exception", "status", "os._exit"],
)
def test_every_end_leaves_the_rest_on_disk(tmp_path: Path, ending: str) -> None:
    """Nobody listens while the application runs; the next process finds a server."""
    spool = tmp_path / "spool"
    app = Application(NOWHERE, spool)
    app.run(f"turns(20); until(lambda: client.stats().pending == 0); {ending}", exit_timeout="0.2")
    assert app.left
    with storing(tmp_path / "store.db") as url:
        folder = next(spool.iterdir())
        later = Application(url, spool)
        later.run("client.trace('x').end(); client.flush_all()")  # makes the folder of this server
        [other] = [path for path in spool.iterdir() if path != folder]
        for path in app.left:
            path.rename(other / path.name)
        assert later.bring_home().status == 0
        assert stored(url)["Findings"] == whole(20)["Findings"]


def test_a_server_that_is_away_for_a_while_gets_all_of_it_once(tmp_path: Path) -> None:
    """503 across a restart of the application: nothing is given up."""
    with receiving(*[problem(503)] * 4) as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        first = app.run("turns(5); client.close(0.5)")
        assert app.left
        second = app.run("turns(5); client.close(30); until(lambda: not left())")
    assert (first.status, second.status) == (0, 0)
    assert len(arrived_turns(receiver)) == 10
    accepted = receiver.received[4:]
    arrived = [trace["XID"] for request in accepted for trace in request.document["Traces"]]
    assert len(arrived) == len(set(arrived)) == 10


def test_a_server_that_never_answers_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """The rest stays on disk, one line says so, and the next process sends it."""
    with receiving() as receiver:
        receiver.hang.clear()
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run("turns(7); print(time.monotonic())", exit_timeout="0.3")
        assert ended.status == 0
        assert ended.at - float(ended.out) < 5
        assert ended.errors.count("\n") == 1
        assert "49 signals could not be delivered and stay on disk" in ended.errors
        receiver.hang.set()
        assert app.bring_home().status == 0
    assert len(arrived_turns(receiver)) == 7


def test_a_block_says_what_it_leaves_on_disk(tmp_path: Path) -> None:
    """Nobody sees the receipt of a block, in sync code and in async code."""
    app = Application(NOWHERE, tmp_path / "spool")
    ended = app.run(
        """
        import asyncio
        async def main():
            async with modelmetry.Client() as other:
                other.trace("one").end()
        asyncio.run(main())
        with modelmetry.Client() as other:
            other.trace("two").end()
        """,
        exit_timeout="0.2",
    )
    said = "1 signals could not be delivered and stay on disk"
    assert (ended.status, ended.errors.count(said)) == (0, 2)


def test_signals_that_are_too_large_do_not_cost_the_others(tmp_path: Path) -> None:
    """413 above a megabyte: 99 spans arrive as they are, the one of 3 MB cut, in 2 more tries."""
    with receiving() as receiver:
        receiver.judge = lambda request: (
            problem(413) if len(str(request.document)) > 1_000_000 else Answer()
        )
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            with client.trace("turn") as trace:
                for number in range(100):
                    with trace.completion(f"span {number}") as span:
                        span.user("x" * 3_000_000 if number == 50 else "small")
            receipt = client.flush_all(30)
            assert receipt.delivered == receipt.created == 101, receipt
            """,
            max_text_length="5000000",
            batch_bytes="10000000",
        )
    assert (ended.status, ended.errors) == (0, "")
    assert len(receiver.received) == 3
    spans = [s for request in receiver.received[1:] for s in request.document["Spans"]]
    texts = {
        span["Name"]: span["FamilyData"]["Messages"][0]["Contents"][0]["Text"] for span in spans
    }
    assert len(texts) == 100
    assert texts.pop("span 50").startswith("xxx")
    assert set(texts.values()) == {"small"}


def test_a_poisoned_signal_is_put_aside(tmp_path: Path) -> None:
    """422 for one of 500 at a real server: 499 are stored, the one is in a file for people."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        ended = app.run(
            """
            from modelmetry.signals.records import FindingRecord
            trace = client.trace("turn")
            for number in range(498):
                trace.event("fine")
            trace.end()
            poison = FindingRecord("x", trace.xid, None, "poison", 1, 0, source="nobody")
            client._recorder.inbox.put(poison)
            print(client.flush_all(30))
            """
        )
        assert ended.status == 0
        assert "499 delivered, 1 dropped (http_422 1)" in ended.out
        assert stored(url)["Events"] == 498
    [refused] = (tmp_path / "spool").glob("*/refused.jsonl")
    assert refused.read_text().count("poison") == 1


@pytest.mark.parametrize("named", [True, False], ids=["the server names it", "it does not"])
def test_one_poisoned_signal_does_not_cost_the_others(tmp_path: Path, *, named: bool) -> None:
    """Whether or not the refusal says which one it is."""

    def judge(request: Received) -> Answer:
        names = [event["Name"] for event in request.document.get("Events", [])]
        if "poison" not in names:
            return Answer()
        return fault(f"body.Events[{names.index('poison')}].Name" if named else "somewhere")

    with receiving() as receiver:
        receiver.judge = judge
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            trace = client.trace("turn")
            for number in range(100):
                trace.event("poison" if number == 33 else f"fine {number}")
            trace.end()
            receipt = client.flush_all(30)
            assert (receipt.delivered, receipt.dropped) == (100, {"http_422": 1}), receipt
            """
        )
    assert ended.status == 0, ended.errors
    sent = [one for one in receiver.received if one.path == "/signals/ingest/v1"]
    assert len(sent) == (2 if named else pytest.approx(14, abs=4))


def test_a_server_that_refuses_everything_is_not_asked_again_and_again(tmp_path: Path) -> None:
    """The whole and both halves, each perhaps without what older servers refuse, and no more."""
    with receiving() as receiver:
        receiver.judge = lambda _: problem(422)
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run("turns(10); print(client.flush_all(30))")
    assert "0 delivered, 70 dropped (http_422 70)" in ended.out
    sent = [one for one in receiver.received if one.path == "/signals/ingest/v1"]
    assert 3 <= len(sent) <= 6


def test_two_applications_in_one_folder_keep_apart(tmp_path: Path) -> None:
    """The files of one that lives are not touched by another."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            import subprocess
            other = modelmetry.Client()
            turns(3)
            other.trace("turn").end()
            code = "import modelmetry; c = modelmetry.Client(); c.trace('turn').end(); c.close()"
            assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
            assert other.flush_all(30).ok and client.flush_all(30).ok
            assert client.stats().recovered == other.stats().recovered == 0
            """,
            batch_age="3600",
        )
    assert (ended.status, ended.errors) == (0, "")
    assert len(arrived_turns(receiver)) == 5


def test_a_folder_that_is_removed_meanwhile_costs_nothing(tmp_path: Path) -> None:
    """What waited in it is written again."""
    with receiving(*[problem(503)] * 3) as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        killed = app.run(
            """
            import shutil
            turns(5)
            until(lambda: client.stats().spooled == 35)
            shutil.rmtree(os.environ["MODELMETRY_SPOOL"])
            turns(5)
            until(lambda: client.stats().pending == 0)
            kill()
            """,
            batch_age="3600",
        )
        assert killed.status == -signal.SIGKILL
        assert app.bring_home().status == 0
    assert len(arrived_turns(receiver)) == 10


def test_a_disk_that_takes_nothing_is_said_and_memory_does(tmp_path: Path) -> None:
    """The folder cannot be made: everything is delivered all the same."""
    (tmp_path / "file").write_text("")
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "file" / "spool")
        ended = app.run("turns(10); assert client.flush_all(30).delivered == 70")
    assert ended.status == 0
    assert ended.errors.count("signals stay in memory, the disk does not take them") == 1
    assert len(arrived_turns(receiver)) == 10


def test_parent_and_child_keep_their_own_files(tmp_path: Path) -> None:
    """A fork while signals wait: both deliver what is theirs, once."""
    forked, taken = tmp_path / "forked", list[Received]()

    def judge(request: Received) -> Answer:
        if not forked.exists():
            return problem(503)
        taken.append(request)
        return Answer()

    with receiving() as receiver:
        receiver.judge = judge
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            f"""
            turns(3)
            until(lambda: client.stats().spooled == 21)
            child = os.fork()
            if child == 0:
                assert client.stats().created == 0
                pathlib.Path({str(forked)!r}).touch()
                turns(2)
                assert client.flush_all(30).delivered == 14
                sys.exit(0)
            turns(1)
            assert os.waitpid(child, 0)[1] == 0
            assert client.flush_all(30).delivered == 28
            """
        )
        assert (ended.status, app.left) == (0, []), ended.errors
    assert sorted(turns(taken).values()) == [1] * 6


def test_a_wrong_key_costs_nothing(tmp_path: Path) -> None:
    """401 says nothing of the signals: they wait on disk, and nobody waits for them."""
    with receiving() as receiver:
        receiver.judge = lambda _: problem(401)
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            turns(3)
            began = time.monotonic()
            receipt = client.flush_all(30)
            assert time.monotonic() - began < 10
            assert (receipt.spooled, receipt.lost) == (21, 0), receipt
            """
        )
        assert ended.status == 0, ended.errors
        assert "failed (http_401" in ended.errors
        assert "21 signals could not be delivered and stay on disk" in ended.errors
        receiver.judge = lambda _: Answer()
        assert app.bring_home().status == 0
    assert len(arrived_turns(receiver)) == 3


@pytest.mark.parametrize("flush", ["", "client.flush_all(30)"], ids=["alone", "after a flush"])
def test_a_wrong_key_does_not_hold_up_the_end(tmp_path: Path, flush: str) -> None:
    """Another try would say the same: the end does not take the time that it is given."""
    with receiving() as receiver:
        receiver.judge = lambda _: problem(401)
        app = Application(receiver.url, tmp_path / "spool")
        program = f"""
            turns(3)
            {flush}
            print(time.monotonic())
            """
        ended = app.run(program, exit_timeout="20")
    assert ended.status == 0
    assert "21 signals could not be delivered and stay on disk" in ended.errors
    assert ended.at - float(ended.out) < 10


@pytest.mark.parametrize("durability", ["batch", "memory"])
def test_sigterm_can_end_a_program_like_any_other_end(tmp_path: Path, durability: str) -> None:
    """Killed in the middle of a block: the block fails, all is delivered, the status says so."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            turns(5)
            with client.trace("turn"):
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(60)
            """,
            end_on_sigterm="1",
            durability=durability,
        )
    assert (ended.status, ended.errors) == (128 + signal.SIGTERM, "")
    assert len(arrived_turns(receiver)) == 6


def test_a_handler_of_the_application_comes_first(tmp_path: Path) -> None:
    """SIGTERM is not taken from whoever has it."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            signal.signal(signal.SIGTERM, lambda *_: print("mine"))
            client = modelmetry.Client()
            os.kill(os.getpid(), signal.SIGTERM)
            turns(1)
            """,
            end_on_sigterm="1",
        )
    # The client of the prelude had set a handler of its own, which the application replaced.
    assert (ended.status, ended.out) == (0, "mine\n")
    assert len(arrived_turns(receiver)) == 1
