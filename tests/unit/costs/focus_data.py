"""Files in the format FOCUS, made by hand."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

LINE: Mapping[str, str] = {
    "BilledCost": "1.25",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-09-01T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargePeriodEnd": "2026-09-02T00:00:00Z",
    "ChargePeriodStart": "2026-09-01T00:00:00Z",
    "EffectiveCost": "1",
    "ListCost": "2",
    "ServiceName": "Storage",
    "SubAccountId": "1234",
    "Tags": '{"team": "search"}',
}


def text(lines: Iterable[Mapping[str, str]], columns: Sequence[str] = tuple(LINE)) -> str:
    """The text of a file; each line is the usual one with changes."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(dict(LINE) | dict(line) for line in lines)
    return target.getvalue()


def written(path: Path, *lines: Mapping[str, str], columns: Sequence[str] = tuple(LINE)) -> Path:
    """Write a file, compressed if it is called so."""
    content = text(lines, columns).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path
