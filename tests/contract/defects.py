"""Run the suite against servers with a defect each: `python -m tests.contract.defects [NAME...]`.

Prints which test caught which defect, and fails when one was not caught.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from modelmetry.server import EmbeddedServer, create_app, start
from modelmetry.store.open import open_store
from tests.contract import defective as seeds
from tests.contract import target as targets
from tests.contract.spec_document import ROOT

# The generated cases are few here: a defect that needs many of them would hide from CI as well.
BRIEF = {"CONTRACT_EXAMPLES": "15", "CONTRACT_SCENARIOS": "10"}
SECONDS = 240


@dataclass(frozen=True)
class Defect:
    """What is spoilt, and a part of the suite that should notice it first."""

    name: str
    aim: str
    patch: Callable[[pytest.MonkeyPatch], None] | None = None
    app: Callable[[ASGIApp], ASGIApp] | None = None
    store: Callable[[Any], Any] | None = None


def spoilt(rewrite: seeds.Rewrite) -> Callable[[ASGIApp], ASGIApp]:
    """Short for the table below."""
    return seeds.rewriting(rewrite)


every, into = seeds.in_every_object, seeds.ingesting
DEFECTS = [
    Defect("ignores keys", "test_auth.py", patch=seeds.doorless),
    Defect("ignores scopes", "test_auth.py", patch=seeds.every_scope),
    Defect("repeats the key in a refusal", "test_auth.py", app=spoilt(seeds.telling_keys)),
    Defect("leaks another tenant's trace", "test_auth.py", store=seeds.leaky_traces),
    Defect("serves foreign hosts", "test_origin.py", patch=seeds.any_caller),
    Defect("accepts unknown members", "test_generated_cases.py", patch=seeds.loose_schemas),
    Defect("accepts times without offset", "test_dates.py", patch=seeds.naive_requests),
    Defect("checks no formats", "test_generated_cases.py", patch=seeds.no_formats),
    Defect("accepts any media type", "test_media_types.py", patch=seeds.any_media_type),
    Defect("ignores unknown parameters", "test_queries.py", app=seeds.unknown_parameters),
    Defect("inflates without bound", "test_encodings.py", patch=seeds.unbounded_inflation),
    Defect("takes any number of signals", "test_limits.py", patch=seeds.any_batch),
    Defect("stores half of a refused batch", "test_limits.py", patch=seeds.half_a_batch),
    Defect("fails on NUL", "test_bodies.py", store=seeds.broken_by_nul),
    Defect("drops a required member", "test_reads.py", app=every(seeds.without_models)),
    Defect("answers a wrong enum", "test_real_clients.py", app=every(seeds.loud_sources)),
    Defect("answers an unknown member", "test_reads.py", app=every(seeds.one_more_member)),
    Defect("answers naive times", "test_reads.py", app=every(seeds.naive_answers)),
    Defect("cuts times to milliseconds", "test_dates.py", app=every(seeds.milliseconds)),
    Defect("sends no Allow", "test_paths.py", app=spoilt(seeds.without_allow)),
    Defect("answers 201 to ingest", "test_real_clients.py", app=spoilt(seeds.created)),
    Defect("answers plain JSON errors", "test_bodies.py", app=spoilt(seeds.plain_errors)),
    Defect("does not locate faults", "test_limits.py", app=spoilt(seeds.nameless_errors)),
    Defect("swallows a span", "test_round_trip.py", store=into(seeds.lose_a_span)),
    Defect("loses types in metadata", "test_round_trip.py", store=into(seeds.metadata_as_text)),
    Defect("makes numbers of flags", "test_round_trip.py", store=into(seeds.flags_as_numbers)),
    Defect("duplicates what is repeated", "test_real_clients.py", store=into(seeds.new_findings)),
    Defect("repeats an item on the next page", "test_reads.py", store=seeds.repeating_pages),
    Defect("calls what is missing whole", "test_completeness.py", app=every(seeds.miscounting)),
    Defect("forgets a number", "test_completeness.py", store=into(seeds.forget_descendants)),
    Defect("keeps an older report", "test_completeness.py", store=seeds.last_report_wins),
    Defect("leaks another tenant's report", "test_completeness.py", store=seeds.leaky_reports),
    Defect("does not delete", "test_paths.py", store=seeds.idle_deletion),
]


@contextmanager
def defective_server(defect: Defect | None) -> Generator[dict[str, str]]:
    """A server with one defect (or none): the environment that a run against it needs."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        store: Any = open_store(f"sqlite:///{Path(folder) / 'defective.db'}")
        ingest_key, other_key = targets.make_keys(store)
        if defect is not None and defect.patch is not None:
            defect.patch(patch)
        if defect is not None and defect.app is not None:
            _wrap_app(patch, defect.app)
        served: Any = store if defect is None or defect.store is None else defect.store(store)
        try:
            with EmbeddedServer(served) as server:
                yield {
                    "BASE_URL": server.base_url,
                    targets.KEY_VARIABLE: targets.KEY,
                    targets.INGEST_KEY_VARIABLE: ingest_key,
                    targets.OTHER_KEY_VARIABLE: other_key,
                }
        finally:
            store.close()


def _wrap_app(patch: pytest.MonkeyPatch, wrap: Callable[[ASGIApp], ASGIApp]) -> None:
    def create(*arguments: Any, **keywords: Any) -> Any:
        return wrap(create_app(*arguments, **keywords))

    patch.setattr(start, "create_app", create)


@dataclass(frozen=True)
class Outcome:
    """The tests that failed against a defect, and how long that took."""

    failed: list[str]
    seconds: float
    tail: str


def run_suite(defect: Defect | None, *, part: str = "", stop_after: int = 1) -> Outcome:
    """Run the suite, or a part of it, against a server with a defect."""
    begun = time.monotonic()
    folder = f"tests/contract/{part}"
    with defective_server(defect) as environment:
        address = environment.pop("BASE_URL")
        command = [
            *(sys.executable, "-m", "pytest", folder, "--base-url", address),
            *(f"--maxfail={stop_after}", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider"),
            *("--deselect", "tests/contract/test_defects.py"),
        ]
        try:
            told = subprocess.run(
                command,
                check=False,
                capture_output=True,
                text=True,
                cwd=ROOT,
                timeout=SECONDS,
                env={**os.environ, **BRIEF, **environment},
            ).stdout
        except subprocess.TimeoutExpired:
            told = f"FAILED the whole suite: no end after {SECONDS} s"
    failed = re.findall(
        r"^(?:FAILED|ERROR) (?:tests/contract/)?(.*?)(?: - .*)?$", told, re.MULTILINE
    )
    return Outcome(failed, time.monotonic() - begun, told[-2_000:])


def say(line: str) -> None:
    """Print a line at once: a run takes minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Seed the defects that were named, or all of them, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="defects to seed; all of them by default")
    parser.add_argument("--whole", action="store_true", help="the whole suite, not the aimed part")
    chosen = parser.parse_args()
    logging.disable()  # a defect is expected to fill the log
    none = Outcome([], 0, "") if chosen.names else run_suite(None, stop_after=5)
    if none.failed:
        say(f"the suite fails without any defect, which proves nothing: {none.failed}")
        return 1
    missed = 0
    for defect in DEFECTS:
        if chosen.names and defect.name not in chosen.names:
            continue
        part = "" if chosen.whole else defect.aim
        outcome = run_suite(defect, part=part, stop_after=3)
        missed += not outcome.failed
        caught = "; ".join(outcome.failed) or f"NOT CAUGHT {outcome.tail.splitlines()[-1:]}"
        say(f"{defect.name:34} {outcome.seconds:5.1f} s  {caught[:200]}")
    say(f"{missed} not caught")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
