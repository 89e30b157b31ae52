"""Every job of this repository: `python3 noxfile.py [-s SESSION] [-- ARGUMENTS]`, or plain `nox`.

Run as a script this file needs Python 3.11+ with pip and nothing else: the first run puts nox and
uv, locked by hash, into `.nox/.bootstrap`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent
LOCKS = Path("requirements")
PAGE = ROOT / "ui"
REPORTS = ROOT / ".nox" / ".reports"
BOOTSTRAP = ROOT / ".nox" / ".bootstrap"


def prepare_environment() -> None:
    """Let uv and nox find what pip and pyenv already know, and download no interpreter."""
    os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
    told = settings_of_pip()
    for option, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        if option in told:
            os.environ.setdefault(variable, told[option])
    # pyenv's shims stand on PATH but refuse to run a version that is not selected.
    path = [Path(entry) for entry in os.environ["PATH"].split(os.pathsep)]
    roots = [Path.home() / ".pyenv", *(entry.parent for entry in path if entry.name == "shims")]
    real = {str(found.parent) for root in roots for found in root.glob("versions/*/bin/python3.1?")}
    os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *sorted(real)])


def settings_of_pip() -> dict[str, str]:
    """Read what pip was told in files and variables: uv looks at neither."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    pairs = (line.partition("=") for line in sorted(listed.splitlines(), reverse=True))
    # ":env:.cert" sorts before "global.cert", so that reversed the variable is read last and wins
    return {name.rpartition(".")[2]: value.strip("'") for name, _, value in pairs}


def bootstrap() -> NoReturn:
    """Install the locked nox once, then start this file again with it."""
    lock, installed = ROOT / LOCKS / "nox.txt", BOOTSTRAP / "installed.txt"
    python = str(BOOTSTRAP / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    if not installed.is_file() or installed.read_bytes() != lock.read_bytes():
        print(f"Installing nox into {BOOTSTRAP.relative_to(ROOT)} (first run only)", flush=True)
        # Debian's Python has pip or ensurepip or both: take the pip that is there.
        has_pip = find_spec("pip") is not None
        venv.create(BOOTSTRAP, with_pip=not has_pip, clear=True)
        pip = (
            [sys.executable, "-m", "pip", "--python", python] if has_pip else [python, "-m", "pip"]
        )
        quiet = ["--disable-pip-version-check", "--quiet"]
        subprocess.run([*pip, "install", *quiet, "--require-hashes", "-r", lock], check=True)
        installed.write_bytes(lock.read_bytes())
    raise SystemExit(run_through([python, str(Path(__file__).resolve()), *sys.argv[1:]]))


def run_through(command: list[str]) -> int:
    """Run a command to its end and give its exit code; Ctrl-C is for it alone."""
    with subprocess.Popen(command, cwd=ROOT) as child:
        return ended(child)


def ended(child: subprocess.Popen[bytes]) -> int:
    """Wait for a child, which has heard of Ctrl-C as well and ends in its own way."""
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


try:
    import nox
    import nox.registry

    import_module("uv")  # nox alone is not enough: uv makes the environments of the sessions
except ModuleNotFoundError:
    if __name__ != "__main__":
        raise
    prepare_environment()  # here and not below: this Python has pip, the new one does not
    bootstrap()

# The interpreter that runs nox is always among them, so a machine with any one Python tests on it.
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHONS = sorted({"3.11", "3.12", "3.13", HERE})
# On the two cores of a machine that tests us: what computes, and what waits most of its time.
TWO_WORKERS, THREE_WORKERS, FOUR_WORKERS = (f"--numprocesses={number}" for number in (2, 3, 4))
# What keeps one core busy, or none; a whole run does it beside the rest.
BESIDE = {
    "codegen_check",
    "ui_check",
    "lint",
    "layers",
    "types",
    "published",
    "dashboards",
    "faults",
    "docs",
    "build",
}
NO_GENERATOR = "--ignore=tests/unit/codegen"
# Of the unit tests: what runs inside of other people's programs, on whatever Python those have.
INSIDE = (
    "client",
    "costs",
    "delivery",
    "machine",
    "metrics",
    "prices",
    "signals",
    "sinks",
    "telemetry",
    "wire",
)

# ... and what one Python is enough for: it starts programs, or writes and renders texts.
ONCE = tuple(f"--ignore=tests/unit/{name}" for name in ("cli", "demo", "grafana", "reports"))

nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False  # also under CI=true: a missing one is skipped

# ---------------------------------------------------------------------------- the contract


@nox.session(default=False)
def codegen(session: nox.Session) -> None:
    """Refresh generated/modelmetry_api from openapi/spec.yaml."""
    install(session, "codegen", project=False)
    session.run("python", "codegen/generate.py", *session.posargs)


@nox.session
def codegen_check(session: nox.Session) -> None:
    """Generate again elsewhere and compare byte for byte; test the generator."""
    install(session, "test")
    session.run("python", "codegen/generate.py", "--check")
    pytest(session, "tests/unit/codegen", runner=("pytest", TWO_WORKERS))


# ---------------------------------------------------------------------------- prices of models


@nox.session(default=False)
def prices(session: nox.Session) -> None:
    """Take the list of prices again from the locked genai-prices; `-- --check` compares.

    A newer one comes by `nox -s lock -- --upgrade-package genai-prices`.
    """
    install(session, "test", project=False)
    session.run("python", "codegen/prices.py", *session.posargs)


# ---------------------------------------------------------------------------- the page


@nox.session(default=False)
def ui(session: nox.Session) -> None:
    """Build the page into modelmetry/server/ui; `-- --check` compares instead."""
    if "--check" in session.posargs:
        check_page(session)
        return
    prepare_npm(session)
    npm(session, "run", "types")
    npm(session, "run", "build")


@nox.session
def ui_check(session: nox.Session) -> None:
    """Check types and logic of the page, build it elsewhere and compare byte for byte."""
    check_page(session)


def check_page(session: nox.Session) -> None:
    """Everything about the page that needs no browser."""
    prepare_npm(session)
    npm(session, "run", "types", "--", "--check")
    npm(session, "run", "check")
    npm(session, "run", "test")
    elsewhere = Path(session.create_tmp()).resolve() / "ui"
    npm(session, "run", "build", "--", "--outDir", str(elsewhere))
    changed = different(elsewhere, ROOT / "modelmetry/server/ui")
    if changed:
        session.error(f"not what ui/ builds: {', '.join(changed)}; run nox -s ui and commit it")


def prepare_npm(session: nox.Session) -> None:
    """Install Node and npm, and with them what the lock of the page names."""
    install(session, "ui", project=False)
    lock, installed = PAGE / "package-lock.json", PAGE / "node_modules/.installed.json"
    if not installed.is_file() or installed.read_bytes() != lock.read_bytes():
        npm(session, "ci")
        installed.write_bytes(lock.read_bytes())


def npm(session: nox.Session, *words: str) -> None:
    """Run npm in the page's folder."""
    session.run("npm", "--prefix", str(PAGE), *words)


def different(one: Path, other: Path) -> list[str]:
    """Names of files that are not the same in two folders, or only in one of them."""

    def content(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    ours, theirs = content(one), content(other)
    names = ours.keys() | theirs.keys()
    return sorted(name for name in names if ours.get(name) != theirs.get(name))


# ---------------------------------------------------------------------------- reading the code


@nox.session
def lint(session: nox.Session) -> None:
    """Style, formatting, a docstring on every test, changelog fragments that parse."""
    install(session, "lint", project=False)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("interrogate", "tests")
    session.run("towncrier", "build", "--draft", "--version", "next", silent=True)


@nox.session
def layers(session: nox.Session) -> None:
    """Who may import whom."""
    install(session, "lint", project=False)
    session.run("lint-imports", env={"PYTHONPATH": "generated"})


@nox.session
def types(session: nox.Session) -> None:
    """Mypy and pyright, both strict, over all Python here; what users must not write is refused.

    Every name that can be imported says its type: 100 % by `pyright --verifytypes`.
    """
    install(session, "dev")
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "modelmetry", "--ignoreexternal", silent=True)
    pytest(session, "tests/typing")


# ---------------------------------------------------------------------------- running the code


@nox.session(python=PYTHONS)
def unit(session: nox.Session) -> None:
    """Unit tests on every Python found; branch coverage on the one that runs nox.

    The others, and all in CI, take fewer random examples; the oldest and the newest leave out
    what one Python is enough for, and those between them take only what runs inside of programs.
    The generator is tested by `codegen_check`.
    """
    install(session, "test")
    if session.posargs:
        pytest(session, "tests/unit", runner=("pytest", FOUR_WORKERS))
        return
    is_brief = session.python != HERE or "CI" in os.environ
    options = [FOUR_WORKERS, NO_GENERATOR, *(["--hypothesis-profile=fewer"] if is_brief else [])]
    if session.python != HERE:
        between = session.python not in (PYTHONS[0], PYTHONS[-1])
        folders = [f"tests/unit/{name}" for name in INSIDE] if between else ["tests/unit"]
        pytest(session, *folders, runner=("pytest", *options, *ONCE))
        return
    session.run("coverage", "erase")
    runner = ("coverage", "run", "-m", "pytest", *options)
    pytest(session, "tests/unit", runner=runner)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report", "--fail-under=95")


@nox.session
def contract(session: nox.Session) -> None:
    """Server and SDK against the spec; `-- --base-url URL` does it on a server that runs."""
    install(session, "contract")
    # A server elsewhere has one tenant for all tests; one of the tests takes as long as a hundred.
    workers = () if session.posargs else (THREE_WORKERS, "--dist=worksteal")
    pytest(session, "tests/contract", runner=("pytest", *workers))


@nox.session
def published(session: nox.Session) -> None:
    """Clients that others published, unchanged, against a server of ours.

    In a home of its own: one of them writes a log there as soon as it is used.
    """
    install(session, "published")
    home = str(Path(session.create_tmp()).resolve())
    env = {"HOME": home, "USERPROFILE": home}
    # The tests are skipped where a client is missing; here it must not be.
    session.run("python", "-c", "import craft_ai_sdk, cloudmesh.ai.common.telemetry", env=env)
    pytest(session, "tests/published", env=env)
    with_older(session, "fastapi", "tests/unit/metrics/http")


@nox.session
def page(session: nox.Session) -> None:
    """The page in Debian's Chromium; screenshots stay in .nox/.reports/page."""
    install(session, "page")
    chromium(session)
    runner = ("pytest", THREE_WORKERS, "--dist=worksteal")  # neighbours share servers
    pytest(session, "tests/page", runner=runner)


@nox.session
def dashboards(session: nox.Session) -> None:
    """Every expression of the dashboard and the rules, on Debian's Prometheus after a known load.

    What each answered, and what is true, stays in .nox/.reports/dashboards.md.
    """
    install(session, "test")
    programs = prometheus(session)
    env = {"PATH": os.pathsep.join([str(programs), session.bin, os.environ["PATH"]])}
    runner = ("pytest", "--numprocesses=3", "--dist=loadgroup")  # two of them mostly wait
    pytest(session, "tests/dashboards", runner=runner, env=env)


@nox.session
def faults(session: nox.Session) -> None:
    """Processes that exit, are killed or fork."""
    install(session, "test")
    pytest(session, "tests/faults", runner=("pytest", TWO_WORKERS))


@nox.session
def docs(session: nox.Session) -> None:
    """Every fence of README.md, ARCHITECTURE.md and docs/ runs."""
    install(session, "test")
    pytest(session, "tests/docs")


@nox.session
def build(session: nox.Session) -> None:
    """Build wheel and sdist once into dist/ and test that wheel in empty environments."""
    install(session, "build", project=False)
    for old in Path("dist").glob("modelmetry-*"):
        old.unlink()
    session.run("python", "-m", "build", "--no-isolation", "--outdir", "dist", silent=True)
    wheel = next(Path("dist").glob("*.whl"), "none")  # none was built under --install-only
    pytest(session, "tests/build", env={"WHEEL_UNDER_TEST": str(wheel)})


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """One benchmark: `-- NAME`, a file of benchmarks/."""
    install(session, "dev")
    name, *arguments = session.posargs or ["--help"]
    if name == "--help":
        found = sorted(path.stem for path in Path("benchmarks").glob("[!_]*.py"))
        session.error(f"name one of: {', '.join(found)}")
    session.run("python", "-m", f"benchmarks.{name}", *arguments)


@nox.session(default=False)
def demo(session: nox.Session) -> None:
    """A recorded conversation becomes a stored trace and is read back."""
    install(session, "server")
    session.log(f"`modelmetry` is {Path(session.bin).relative_to(ROOT)}/modelmetry here")
    session.run("modelmetry", "demo", *session.posargs)


# ---------------------------------------------------------------------------- dependencies


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Resolve requirements again; `-- --upgrade` moves pins, `-- --check` may change none."""
    check = "--check" in session.posargs
    before = {path.name: path.read_bytes() for path in LOCKS.glob("*.txt")}
    everything = ("nox", "codegen", "lint", "types", "test", "contract", "page", "ui", "build")
    kinds = ("server", "telemetry", "gpu", "prometheus", "prices", "aws", "parquet")
    extras = tuple(f"--extra={kind}" for kind in kinds)
    resolve(session, "dev", *everything, *extras, *set(session.posargs) - {"--check"})
    resolve(session, "core")
    resolve(session, "server", "--extra=server")
    peers = ("bench-otel", "bench-langfuse", "bench-telemetry", "bench-http", "older-fastapi")
    for group in ("nox", "codegen", "lint", "ui", "build", *peers):
        resolve(session, group, group, project=False)
    resolve(session, "test", "test", *extras)
    for group in ("contract", "page", "published"):
        resolve(session, group, group, "--extra=server")
    if check and before != {path.name: path.read_bytes() for path in LOCKS.glob("*.txt")}:
        session.error("the locks did not match pyproject.toml; they do now: commit requirements/")


def resolve(session: nox.Session, name: str, *wanted: str, project: bool = True) -> None:
    """Write one lock: hashes, no index address, every platform; all but peers' agree with dev."""
    options = [word for word in wanted if word.startswith("-")]
    groups = [f"--group={word}" for word in wanted if not word.startswith("-")]
    source = ["pyproject.toml"] if project else []
    apart = name == "dev" or name.startswith(("bench-", "older-"))
    agree = [] if apart else ["--constraint", str(LOCKS / "dev.txt")]
    session.run_install(
        *("uv", "pip", "compile", *source, *groups, *options, *agree, "--quiet"),
        *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"),
        *("--no-annotate", "--custom-compile-command", "nox -s lock"),
        *("--output-file", str(LOCKS / f"{name}.txt")),
        silent=True,
    )


# ---------------------------------------------------------------------------- how sessions work


def install(session: nox.Session, name: str, *, project: bool = True) -> None:
    """Install one lock and, editable and without looking further, the project."""
    session.install("--require-hashes", "-r", str(LOCKS / f"{name}.txt"))
    if project:
        session.install("--no-deps", "--build-constraints", str(LOCKS / "build.txt"), "-e", ".")


def with_older(session: nox.Session, name: str, folder: str) -> None:
    """Run unit tests with an older library before the one of this environment."""
    older = str(Path(session.create_tmp()).resolve() / name)
    lock = str(LOCKS / f"older-{name}.txt")
    session.run_install(
        *("uv", "pip", "install", "--quiet", "--require-hashes", "-r", lock),
        *("--python", session.virtualenv.bin + "/python", "--target", older),
        silent=True,
    )
    # It warns of what came after it; that is its own.
    session.run("pytest", "-W", "default", folder, env={"PYTHONPATH": older})


def chromium(session: nox.Session) -> None:
    """Have Debian's Chromium, as root by installing it; skip where it cannot be, but not in CI.

    Best without the windows of a browser, which take half of the time.
    """
    install = ["apt-get", "install", "--yes", "--no-install-recommends"]
    if shutil.which("chromium-headless-shell") is not None:
        return
    if getattr(os, "geteuid", lambda: -1)() == 0 and shutil.which("apt-get") is not None:
        # Older Debians have no such shell, and without a network there is what there is.
        for words in (
            ["apt-get", "update", "--quiet"],
            [*install, "chromium-headless-shell"],
            [*install, "chromium"],
        ):
            apt_get(session, *words)
            if shutil.which(words[-1]) is not None:
                return
    if shutil.which("chromium") is not None:
        return
    reason = f"there is no `chromium` on PATH; as root: {' '.join(install)} chromium"
    if os.environ.get("CI"):
        session.error(reason)
    session.skip(reason)


def apt_get(session: nox.Session, *words: str) -> None:
    """Run it; it may fail. One at a time: it gives up where another one holds its lists."""
    import fcntl  # noqa: PLC0415 - Windows has neither of them

    with (ROOT / ".nox" / "apt-get.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        session.run_install(*words, external=True, silent=True, success_codes=(0, 100))


def prometheus(session: nox.Session) -> Path:
    """Have Debian's Prometheus, unpacked below .nox; skip where it cannot be, but not in CI."""
    folder = ROOT / ".nox" / "prometheus"
    programs = folder / "usr/bin"
    if (programs / "promtool").is_file():
        return programs
    if shutil.which("promtool") is not None and shutil.which("prometheus") is not None:
        return Path(shutil.which("promtool") or "").parent
    if shutil.which("apt-get") is not None:
        folder.mkdir(parents=True, exist_ok=True)
        if getattr(os, "geteuid", lambda: -1)() == 0:
            apt_get(session, "apt-get", "update", "--quiet")
        with session.chdir(folder):
            apt_get(session, "apt-get", "download", "prometheus")
            for package in folder.glob("prometheus_*.deb"):
                session.run_install("dpkg", "-x", package.name, ".", external=True)
                package.unlink()
    if (programs / "promtool").is_file():
        return programs
    reason = "there is no `promtool` on PATH, and apt-get gave none; as root: apt-get update"
    if os.environ.get("CI"):
        session.error(reason)
    return session.skip(reason)


def pytest(
    session: nox.Session,
    *folders: str,
    runner: tuple[str, ...] = ("pytest",),
    env: dict[str, str] | None = None,
) -> None:
    """Run folders of tests; their counts go to the tally."""
    report = REPORTS / f"{session.name}.xml"
    targets = [word for word in session.posargs if Path(word.partition("::")[0]).exists()]
    named = () if targets else folders
    session.run(*runner, *named, f"--junitxml={report}", *session.posargs, env=env)


def tally(sessions: list[dict[str, Any]]) -> str:
    """Count the tests of sessions that ran pytest, and each other session as one."""
    total = sum((counts(session) for session in sessions), Counter[str]())
    return ", ".join(f"{total[outcome]} {outcome}" for outcome in ("passed", "failed", "skipped"))


def counts(session: dict[str, Any]) -> Counter[str]:
    """Give what one session adds to the tally."""
    outcome = {"success": "passed", "skipped": "skipped"}.get(session["result"], "failed")
    report = REPORTS / f"{session['signatures'][0]}.xml"
    suite = ET.parse(report).find("testsuite") if report.is_file() else None  # noqa: S314  # ours
    if suite is None:
        return Counter([outcome])
    tests, skipped, failures, errors = (
        int(suite.attrib[key]) for key in ("tests", "skipped", "failures", "errors")
    )
    failed = failures + errors
    # a session may fail although its tests passed, by coverage for instance
    unseen = int(outcome == "failed" and not failed)
    return Counter(passed=tests - skipped - failed, failed=failed + unseen, skipped=skipped)


def main() -> int:
    """Run nox, then say in one line how many tests and checks passed."""
    prepare_environment()
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    summaries = REPORTS / "sessions.json", REPORTS / "beside.json"
    if sys.argv[1:]:
        code = run_through(nox_command(summaries[0], *sys.argv[1:]))
    else:
        code = run_whole(*summaries)
    sessions: list[dict[str, Any]] = []
    for summary in summaries:
        if summary.is_file():
            sessions += json.loads(summary.read_text())["sessions"]
    if len(sessions) > 1:
        print(tally(sessions))
    return code


def run_whole(summary: Path, summary_beside: Path) -> int:
    """Run all sessions; what those of `BESIDE` say comes when the others are through."""
    names = [name for name, session in nox.registry.get().items() if session.default]
    beside = [name for name in names if name in BESIDE]
    rest = [name for name in names if name not in BESIDE]
    log = REPORTS / "beside.txt"
    print(f"Beside the rest, and shown behind it: {', '.join(beside)}", flush=True)
    with (
        log.open("wb") as said,
        subprocess.Popen(
            nox_command(summary_beside, "--sessions", *beside),
            cwd=ROOT,
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as child,
    ):
        codes = run_through(nox_command(summary, "--sessions", *rest)), ended(child)
    print(log.read_text("utf-8", errors="replace"), flush=True)
    return max(codes, key=abs)


def nox_command(summary: Path, *words: str) -> list[str]:
    """How nox is run on this file."""
    return [sys.executable, "-m", "nox", "-f", __file__, "--report", str(summary), *words]


if __name__ == "__main__":
    raise SystemExit(main())
