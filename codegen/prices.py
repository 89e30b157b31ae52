"""Writes the list of prices that comes with the package, from the genai-prices of the locks.

`python codegen/prices.py` writes it with the day of today; `--check` compares all but the day.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib.metadata import files, version
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from genai_prices.data_snapshot import get_snapshot  # noqa: E402

from modelmetry.prices.library import providers_of  # noqa: E402
from modelmetry.prices.snapshot import Snapshot  # noqa: E402

FOLDER = ROOT / "modelmetry" / "prices"
LIST, LICENCE = FOLDER / "snapshot.json", FOLDER / "snapshot-licence.txt"
LARGEST = 300_000  # bytes that everybody carries who installs us
SOURCE = "genai-prices"
# of a provider, and of a model with what it costs
BEGIN = re.compile(rb'\{"id":|\["(?:[^"\\]|\\.)*",\[[\]{]')


def main(argv: Sequence[str]) -> int:
    """Write both files, or say that they are not what would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args(argv).check:
        kept = msgspec.json.decode(LIST.read_bytes(), type=Snapshot)
        same = (LIST.read_bytes(), LICENCE.read_bytes()) == written(kept.taken)
        if not same:
            print("the prices are not those of the locks; run nox -s prices", file=sys.stderr)
        return 0 if same else 1
    prices, licence = written(datetime.now(UTC).date())
    LIST.write_bytes(prices)
    LICENCE.write_bytes(licence)
    print(f"{LIST.relative_to(ROOT)}: {len(prices):,} bytes from {SOURCE} {version(SOURCE)}")
    return 0


def written(taken: date) -> tuple[bytes, bytes]:
    """The list, one model a line so that changes can be read, and its licence."""
    found = Snapshot(taken, f"{SOURCE} {version(SOURCE)}", tuple(providers_of(get_snapshot())))
    plain = msgspec.json.encode(found).replace(b"],null]", b"]]")  # models without a rule
    text = BEGIN.sub(rb"\n\g<0>", plain) + b"\n"
    if len(text) > LARGEST:
        raise SystemExit(f"the list has {len(text):,} bytes, more than {LARGEST:,}")
    return text, licence()


def licence() -> bytes:
    """The licence under which the list is given to us, and by us."""
    for path in files(SOURCE) or ():
        if path.name == "LICENSE":
            about = f"snapshot.json is made from the data of {SOURCE} {version(SOURCE)}:\n\n"
            return about.encode() + Path(path.locate()).read_bytes()
    raise SystemExit(f"{SOURCE} {version(SOURCE)} brings no licence")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
