"""A file of telemetry that answers what a store would, in the same models."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import click
import msgspec
from modelmetry_api.models import (
    CommandTotals,
    Distribution,
    TelemetryAggregate,
    TelemetryCount,
    TelemetryGroup,
    TelemetryRecord,
    TelemetryRecordList,
    TelemetrySummary,
)

from modelmetry.cli.failures import refuse
from modelmetry.cli.reach import Reach
from modelmetry.cli.recognition import STDIN, Content, recognised, seekable
from modelmetry.cli.shipment import Tally
from modelmetry.cli.sources import TelemetrySource
from modelmetry.cli.telemetry_filters import TelemetryFilter
from modelmetry.cli.telling import tell_reading, tell_skipped
from modelmetry.telemetry.documents import Document
from modelmetry.telemetry.sums import CommandSums, Count, Group, aggregate, summary


class FileSource:
    """Answers from a file.

    Args:
        path: the file, `-` for stdin.
        zone: that of times without an offset; by default that of this machine.

    Attributes:
        more: how many records fitted beyond those that were listed.
    """

    def __init__(self, path: Path, zone: tzinfo | None) -> None:
        self._path = path
        self._zone = zone
        self._name = "stdin" if path == STDIN else str(path)
        self.more: int = 0

    @classmethod
    def of(
        cls, path: Path | None, zone: tzinfo | None, reach: Reach, cursor: str | None = None
    ) -> FileSource | None:
        """The file that is meant; None when a store or a server is.

        Raises:
            UsageError: options do not go together.
        """
        if path is None:
            if zone is not None:
                raise click.UsageError("--timezone is for a FILE")
            return None
        if reach != Reach() or cursor is not None:
            raise click.UsageError(
                "FILE is read as it is: it goes with no --base-url, --api-key, --store, --tenant "
                "or --cursor"
            )
        return cls(path, zone)

    def summary(self, wanted: TelemetryFilter) -> TelemetrySummary:
        """The sums over its records."""
        with self._opened() as records:
            found = summary(one for one in records if wanted.fits(one))
        return TelemetrySummary(
            record_count=found.record_count,
            run_count=found.run_count,
            finished_count=found.finished_count,
            success_rate=found.success_rate,
            statuses=_counts(found.statuses),
            events=_counts(found.events),
            commands=[_totals(one) for one in found.commands],
            metrics=_counts(found.metrics),
        )

    def aggregate(
        self, metric: str, group_by: Group, wanted: TelemetryFilter
    ) -> TelemetryAggregate:
        """The distribution of one number."""
        with self._opened() as records:
            fitting = (one for one in records if wanted.fits(one))
            found = aggregate(fitting, metric, group_by)
        return TelemetryAggregate(
            metric=metric,
            groups=[
                TelemetryGroup(
                    group=one.group,
                    numbers=Distribution(
                        count=one.numbers.count,
                        min_=one.numbers.min,
                        max_=one.numbers.max,
                        mean=one.numbers.mean,
                        p50=one.numbers.p50,
                        p95=one.numbers.p95,
                        p99=one.numbers.p99,
                    ),
                )
                for one in found
            ],
        )

    def records(
        self, wanted: TelemetryFilter, given: Mapping[str, Any], sort: str, limit: int
    ) -> TelemetryRecordList:
        """The first records of an order that fit; `given` holds the filters of a list alone."""
        first = heapq.nlargest if sort == "-at" else heapq.nsmallest
        fitting = 0
        with self._opened() as records:

            def numbered() -> Iterator[tuple[str, int, Document]]:
                nonlocal fitting
                for record in records:
                    if wanted.fits(record) and _fits(record, given):
                        fitting += 1
                        yield record["timestamp"], fitting, record

            found = first(limit, numbered(), key=lambda one: one[:2])
        self.more = fitting - len(found)
        return TelemetryRecordList(
            records=[_record(record) for _, _, record in found], next_cursor=None
        )

    @contextmanager
    def _opened(self) -> Generator[Iterator[Document], None, None]:
        """The records; at the end it is said what could not be read.

        Raises:
            CommandFailed: nothing in the file is telemetry.
        """
        with seekable(self._path) as path:
            content = recognised(path, self._name)
            if not content.is_telemetry:
                refuse(
                    f"{self._name} holds {content.value}, not telemetry; take them into a store "
                    f"with: modelmetry import {self._path}"
                )
            source = TelemetrySource(path, self._zone)
            yield iter(source.file)
            self._tell(source, content)

    def _tell(self, source: TelemetrySource, content: Content) -> None:
        tally = Tally()
        source.note(tally)
        tell_reading(source.file, self._zone)
        tell_skipped(tally, content.unit)
        if not source.file.read and tally.skips:
            refuse(f"nothing of {self._name} could be read")


def _fits(record: Document, given: Mapping[str, Any]) -> bool:
    metric = given["metric"]
    value = record["metrics"].get(metric)
    return (
        record["kind"] in given["kind"]
        and (not given["status"] or record["status"] in given["status"])
        and (given["event"] is None or record.get("event", "") == given["event"])
        and (metric is None or (isinstance(value, int | float) and not isinstance(value, bool)))
    )


def _record(record: Document) -> TelemetryRecord:
    return TelemetryRecord(
        xid=record["id"],
        run_id=record["run_id"],
        command=record["command"],
        at=datetime.fromisoformat(record["timestamp"]),
        kind=record["kind"],
        status=record["status"],
        event=record.get("event", ""),
        metrics=record["metrics"],
        message=record["message"],
    )


def _counts(found: list[Count]) -> list[TelemetryCount]:
    return [TelemetryCount(name=one.name, count=one.count) for one in found]


def _totals(found: CommandSums) -> CommandTotals:
    return CommandTotals(**msgspec.structs.asdict(found))
