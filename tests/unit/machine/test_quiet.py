"""What is not done: no program is started, and nothing is loaded that nobody asked for."""

from __future__ import annotations

import os
import subprocess
import sys

STARTED = """
import sys

def watch(event, arguments):
    starts = ("subprocess.", "os.fork", "os.exec", "os.posix_spawn", "os.spawn", "os.system",
              "os.startfile", "pty.", "_posixsubprocess.")
    if event.startswith(starts):
        started.append(event)

started = []
sys.addaudithook(watch)
"""

USE_IT = """
import queue
from pathlib import Path
from modelmetry.machine.by_psutil import ByPsutil
from modelmetry.machine.facts import facts
from modelmetry.machine.reader import Reader
from modelmetry.machine.sampler import Sampler
facts(host=True, user=True).members()
facts(root=Path("/nowhere")).members()  # where no file answers
for reader in (Reader(), Reader(root=Path("/nowhere")), Reader(system=ByPsutil())):
    reader.read()
    reader.read()
    reader.close()
with Sampler(interval=0.001) as sampler:
    seen = queue.Queue()
    sampler.follow(seen.put)
    for _ in range(3):
        seen.get(timeout=30)
print(started)
"""

START_ONE = """
import os
os.system("true")
if hasattr(os, "posix_spawn"):
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
print(len(started) > 0)
"""

LOADED_BY_USERS = """
import sys
import modelmetry
modelmetry.Client(base_url="http://127.0.0.1:9").close(0)
print(sorted(name for name in sys.modules if name.partition(".")[0] in {"psutil", "pynvml"}
             or name.startswith("modelmetry.machine")))
"""

LOADED_BY_US = """
import sys, threading
before = set(sys.modules)  # what measures coverage has loaded some
import modelmetry.machine.facts, modelmetry.machine.reader, modelmetry.machine.sampler
heavy = {"psutil", "pynvml", "httpx", "sqlite3", "ssl", "modelmetry.client", "modelmetry_api"}
print(sorted(heavy & (set(sys.modules) - before)), threading.active_count())
"""


def printed(program: str) -> str:
    """What a program of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.stdout.strip()


def test_no_program_is_ever_started() -> None:
    """Neither facts nor readings nor the sampler run anything, on any way that Python has."""
    assert printed(STARTED + USE_IT) == "[]"


def test_a_program_would_be_noticed() -> None:
    """The watch sees one."""
    assert printed(STARTED + START_ONE) == "True"


def test_the_package_of_users_does_not_load_this_one() -> None:
    """Neither importing it nor a client does."""
    assert printed(LOADED_BY_USERS) == "[]"


def test_importing_loads_and_starts_nothing() -> None:
    """No extra, nothing heavy, and no thread."""
    assert printed(LOADED_BY_US) == "[] 1"
