"""What became of a client's signals, as the body of one request."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from modelmetry_api.types import encode_json

from modelmetry.delivery.sink import ClientReport
from modelmetry.wire.times import moment

_NAME = "modelmetry"


def report_document(report: ClientReport) -> dict[str, Any]:
    """`report` as dicts and scalars under the contract's names."""
    receipt = report.receipt
    return {
        "XID": report.xid,
        "At": moment(report.at_ns),
        "Name": _NAME,
        "Version": _version(),
        "Created": receipt.created,
        "Delivered": receipt.delivered,
        "Pending": receipt.pending,
        "Spooled": receipt.spooled,
        "Recovered": receipt.recovered,
        "Dropped": dict(receipt.dropped),
    }


def encode_report(report: ClientReport) -> bytes:
    """The JSON of `report`."""
    return encode_json(report_document(report))


@cache
def _version() -> str:
    try:
        return version(_NAME)
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+source"
