"""What it takes to read files in the format FOCUS, and that their size does not matter.

Claim: a file of 1,000,000 lines, each with all 43 columns of FOCUS 1.0, takes 16 MB of memory as
CSV, compressed too, and as many as a tenth of its lines takes; as Parquet, of which pyarrow keeps
more, 64 MB. Beside it the floor: `csv.reader` over the same lines, which does nothing with them.
Each reading has a process of its own.

Run as `nox -s bench -- focus_files`; wants Linux.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from modelmetry.costs.focus import FocusFiles

LINES: Final = 1_000_000
COLUMNS: Final = (
    *(
        "AvailabilityZone",
        "BilledCost",
        "BillingAccountId",
        "BillingAccountName",
    ),
    *(
        "BillingCurrency",
        "BillingPeriodEnd",
        "BillingPeriodStart",
        "ChargeCategory",
    ),
    *(
        "ChargeClass",
        "ChargeDescription",
        "ChargeFrequency",
        "ChargePeriodEnd",
    ),
    *(
        "ChargePeriodStart",
        "CommitmentDiscountCategory",
        "CommitmentDiscountId",
        "CommitmentDiscountName",
    ),
    *(
        "CommitmentDiscountStatus",
        "CommitmentDiscountType",
        "ConsumedQuantity",
        "ConsumedUnit",
    ),
    *(
        "ContractedCost",
        "ContractedUnitPrice",
        "EffectiveCost",
        "InvoiceIssuerName",
    ),
    *(
        "ListCost",
        "ListUnitPrice",
        "PricingCategory",
        "PricingQuantity",
    ),
    *(
        "PricingUnit",
        "ProviderName",
        "PublisherName",
        "RegionId",
    ),
    *(
        "RegionName",
        "ResourceId",
        "ResourceName",
        "ResourceType",
    ),
    *(
        "ServiceCategory",
        "ServiceName",
        "SkuId",
        "SkuPriceId",
    ),
    *(
        "SubAccountId",
        "SubAccountName",
        "Tags",
    ),
)


def main() -> None:
    """Measure and print a table, or read one file as the process of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=LINES)
    options.add_argument("--read", type=Path, help="one file, as a process of its own")
    options.add_argument("--how", default="ours")
    given = options.parse_args()
    if given.read is not None:
        print(json.dumps(_floor(given.read) if given.how == "floor" else _ours(given.read)))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'':24} {'MB':>6} {'s of CPU':>9} {'µs a line':>10} {'MB of memory':>13}")
        for lines in (given.lines // 10, given.lines):
            text = _written(Path(folder), lines)
            packed, table = _compressed(text), _table(text)
            for how, path in (("floor", text), *(("ours", path) for path in (text, packed, table))):
                told = _apart(path, how)
                size = path.stat().st_size / 1e6
                each = told["cpu"] / lines * 1e6
                name = f"{how} {path.name}"
                print(
                    f"{name:24} {size:6.0f} {told['cpu']:9.2f} {each:10.2f} {told['memory']:13.0f}"
                )


def _written(folder: Path, lines: int) -> Path:
    chance = random.Random(1)
    path = folder / f"{lines}.csv"
    with path.open("w", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(COLUMNS)
        for _ in range(lines):
            line = _line(chance)
            writer.writerow([line.get(name, "some text") for name in COLUMNS])
    return path


def _line(chance: random.Random) -> dict[str, str]:
    """An hour of one resource: 30 days, 60 services, 5 accounts."""
    cost = f"{chance.random():.10f}"
    return {
        "BilledCost": cost,
        "EffectiveCost": cost,
        "ListCost": cost,
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ChargePeriodStart": f"2026-09-{chance.randint(1, 30):02}T{chance.randrange(24):02}:00:00Z",
        "ServiceName": f"Service {chance.randrange(60)}",
        "SubAccountId": f"{chance.randrange(5):012}",
        "ResourceId": f"arn:aws:ec2:eu-west-1:1234:instance/i-{chance.getrandbits(64):016x}",
        "Tags": json.dumps({"team": f"team-{chance.randrange(20)}", "environment": "production"}),
    }


def _compressed(path: Path) -> Path:
    packed = path.with_suffix(".csv.gz")
    with path.open("rb") as source, gzip.open(packed, "wb", compresslevel=1) as target:
        shutil.copyfileobj(source, target, 1 << 20)
    return packed


def _table(path: Path) -> Path:
    reader: Any = import_module("pyarrow.csv")  # which has no types
    parquet: Any = import_module("pyarrow.parquet")
    table = path.with_suffix(".parquet")
    with reader.open_csv(path) as batches, parquet.ParquetWriter(table, batches.schema) as target:
        for batch in batches:
            target.write_batch(batch)
    return table


def _apart(path: Path, how: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.focus_files", "--read", str(path), "--how", how]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _ours(path: Path) -> dict[str, float]:
    files = FocusFiles(path)
    if path.suffix == ".parquet":
        import_module("pyarrow.parquet")  # 165 MB on disk are not what a file takes
    before, began = _peak(), time.process_time()
    reading = files.read(date(2026, 9, 1), date(2026, 10, 1))
    told = {"cpu": time.process_time() - began, "memory": _peak() - before}
    assert reading.torn == 0
    return told


def _floor(path: Path) -> dict[str, float]:
    before, began = _peak(), time.process_time()
    with path.open(newline="", encoding="utf-8") as source:
        for _ in csv.reader(source):
            pass
    return {"cpu": time.process_time() - began, "memory": _peak() - before}


def _peak() -> float:
    """The most memory of this process so far, in MB; `getrusage` has that of its parent in it."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert told is not None
    return int(told[1]) / 1024


if __name__ == "__main__":
    main()
