"""Lists of metrics whose process is killed, or whose server goes away: in order, and once."""

from __future__ import annotations

import signal
import textwrap
from pathlib import Path

import httpx
import pytest

from tests.faults.application import Application, storing
from tests.unit.sinks.receiver import problem, receiving

RUN = """
run = client.execution("train", id="job-7")
def steps(first, count):
    for step in range(first, first + count):
        run.list_metric("loss", step).list_metric("rate", [step, step])
        run.metric("step", step)
"""


def after_run(program: str) -> str:
    """`program`, with an execution that it can record into."""
    return RUN + textwrap.dedent(program)


def loss(url: str, name: str = "loss") -> list[float]:
    """The values of a list of the execution."""
    query = {"name": name, "execution": "job-7", "include_values": "true"}
    found = httpx.get(f"{url}/metrics/lists", params=query).raise_for_status().json()["Lists"]
    values: list[float] = found[0]["Values"]
    return values


def test_values_on_disk_survive_a_kill(tmp_path: Path) -> None:
    """Killed as soon as nothing is in memory alone; the next process brings them home."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        killed = app.run(
            after_run("steps(0, 5000); until(lambda: client.stats().pending == 0); kill()")
        )
        assert killed.status == -signal.SIGKILL
        assert app.bring_home().status == 0
        assert loss(url) == list(range(5000))
        assert loss(url, "rate") == [step for step in range(5000) for _ in range(2)]


def test_each_value_survives_a_kill(tmp_path: Path) -> None:
    """`each`: killed right after the last call."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        killed = app.run(after_run("steps(0, 200); kill()"), durability="each")
        assert killed.status == -signal.SIGKILL
        assert app.bring_home().status == 0
        assert loss(url) == list(range(200))


def test_a_second_process_goes_on_with_the_list(tmp_path: Path) -> None:
    """Its values come behind those of the first, whichever arrive first."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        first = app.run(after_run("steps(0, 100); run.end(); client.close()"))
        second = app.run(after_run("steps(100, 100); run.end(); client.close()"))
        assert (first.errors, second.errors) == ("", "")
        assert loss(url) == list(range(200))


def test_values_that_were_sent_twice_are_stored_once(tmp_path: Path) -> None:
    """The first answer is lost on its way."""
    with receiving(problem(503)) as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(after_run("steps(0, 50); client.close(30)"))
        bodies = [request.document for request in receiver.received]
    assert ended.status == 0
    sent = [part["XID"] for body in bodies for part in body.get("MetricLists", [])]
    assert len(sent) > len(set(sent))
    with storing(tmp_path / "store.db") as url:
        for body in bodies:
            httpx.post(f"{url}/signals/ingest/v1", json=body).raise_for_status()
        assert loss(url) == list(range(50))


def test_a_full_list_costs_no_other_signal(tmp_path: Path) -> None:
    """Values beyond 50,000 that another process appended meanwhile are put aside and counted."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        filled = app.run(after_run("run.list_metric('loss', range(49_999)); client.close()"))
        assert filled.errors == ""
        second = app.run(
            after_run("""
            run.list_metric("loss", [1, 2]).list_metric("other", [1, 2]).metric("accuracy", 1)
            receipt = client.close()
            print(dict(receipt.dropped), receipt.pending)
            """)
        )
        assert second.out == "{'http_422': 1} 0\n"
        assert len(loss(url)) == 49_999
        assert loss(url, "other") == [1, 2]


@pytest.mark.parametrize("durability", ["batch", "each"])
def test_a_fork_sends_nothing_twice(tmp_path: Path, durability: str) -> None:
    """Parent and child go on with the same list."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        ended = app.run(
            after_run("""
            steps(0, 100)
            child = os.fork()
            if not child:
                steps(1000, 100)
                client.flush_all(30)
                os._exit(0)
            os.waitpid(child, 0)
            steps(100, 100)
            client.close(30)
            """),
            durability=durability,
        )
        assert (ended.status, ended.errors) == (0, "")
        app.bring_home()
        found = loss(url)
    assert sorted(found) == [*range(200), *range(1000, 1100)]
    assert [one for one in found if one < 1000] == list(range(200))
