"""The steps of `codegen/generate.py`: check the spec, generate aside, then write or compare."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from codegen import lint
from codegen.refusal import RefusedError
from codegen.render import render
from codegen.settings import read_settings
from codegen.spec import read_spec

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "openapi" / "spec.yaml"
OUTPUT = ROOT / "generated" / "modelmetry_api"


def main(argv: Sequence[str]) -> int:
    """Exit code 0 when all is well, 1 when the output differs or the spec is refused."""
    options = _parser().parse_args(argv)
    try:
        with tempfile.TemporaryDirectory(prefix="modelmetry-codegen-") as folder:
            fresh = Path(folder) / "modelmetry_api"
            generate(options.spec, fresh)
            found = compare(fresh, options.output)
            if not options.check:
                write(fresh, options.output, found)
    except RefusedError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return _report(found, options)


def generate(spec_path: Path, folder: Path) -> None:
    """Generate the package into a new folder; raises `RefusedError`."""
    settings = read_settings()
    spec = read_spec(spec_path)
    lint.check(spec)
    folder.mkdir(parents=True)
    render(spec, spec_path, settings, folder)


def compare(fresh: Path, existing: Path) -> dict[str, str]:
    """Every file that is not the same in both folders, with what is wrong with the existing one."""
    wanted, found = _contents(fresh), _contents(existing)
    differing = dict.fromkeys(wanted.keys() & found.keys(), "differs")
    differing = {name: text for name, text in differing.items() if wanted[name] != found[name]}
    differing |= dict.fromkeys(wanted.keys() - found.keys(), "is missing")
    differing |= dict.fromkeys(found.keys() - wanted.keys(), "should not be there")
    return dict(sorted(differing.items()))


def write(fresh: Path, existing: Path, differing: dict[str, str]) -> None:
    """Make the existing folder the same as the fresh one, touching only what differs."""
    for name in differing:
        source, target = fresh / name, existing / name
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
        else:
            target.unlink()


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _report(found: dict[str, str], options: argparse.Namespace) -> int:
    if not options.check:
        print(f"{options.output}: {len(found)} files changed")
        return 0
    for name, what in found.items():
        print(f"{options.output / name} {what}", file=sys.stderr)
    if found:
        print("run `python codegen/generate.py` and commit what it writes", file=sys.stderr)
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="codegen/generate.py", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only, change nothing")
    parser.add_argument("--spec", type=Path, default=SPEC, help="the document (%(default)s)")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the package (%(default)s)")
    return parser
