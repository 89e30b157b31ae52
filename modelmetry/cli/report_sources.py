"""Where a report comes from: the store or a server, Prometheus, or both."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import frozen
from modelmetry_api.api import get_production_summary
from modelmetry_api.client import AsyncClient
from modelmetry_api.models import ProductionSummary, ProductionWindow

from modelmetry.cli.failures import refuse
from modelmetry.cli.place import store_url
from modelmetry.cli.prometheus import Prometheus
from modelmetry.cli.prometheus_charts import charts_from
from modelmetry.cli.prometheus_report import summary_from
from modelmetry.cli.reach import Reach, ask_for
from modelmetry.cli.report_charts import charts_of
from modelmetry.cli.report_windows import Windows
from modelmetry.reports.both import of_both
from modelmetry.reports.report import Chart, Report
from modelmetry.store.open import store_path

Known = tuple[ProductionSummary, tuple[Chart, ...]]


@frozen
class Sources:
    """Where to look.

    Attributes:
        reach: the store or the server.
        prometheus: address of such a server; None when none is asked.
        token_file: holds what it is told as a bearer token.
        only_prometheus: whether no store is looked into.
    """

    reach: Reach
    prometheus: str | None = None
    token_file: Path | None = None
    only_prometheus: bool = False

    @property
    def has_store(self) -> bool:
        """Whether a store is looked into; one that nobody named need not be there."""
        if self.only_prometheus:
            return False
        found = self.reach.settled()
        if self.prometheus is None or found.base_url or found.store:
            return True
        return store_path(store_url(None)).exists()


def report_of(
    sources: Sources, asked: Windows, service: str | None, *, charts: bool, version: str
) -> Report:
    """The report.

    Args:
        sources: where to look.
        asked: of which time.
        service: only of this one.
        charts: whether something is drawn.
        version: of this program.

    Raises:
        CommandFailed: the store, the server or Prometheus refused or cannot be reached.
    """
    stored = from_store(sources.reach, asked, service, charts) if sources.has_store else None
    found = stored
    if sources.prometheus is not None:
        with Prometheus(sources.prometheus, token_of(sources.token_file)) as server:
            found = _with_prometheus(server, stored, asked, service, charts)
    if found is None:
        refuse("there is neither a store nor a Prometheus to ask; name one with --store")
    summary, drawn = found
    return Report(summary=summary, charts=drawn, made_at=datetime.now(UTC), version=version)


def from_store(reach: Reach, asked: Windows, service: str | None, charts: bool) -> Known:
    """What the store or the server knows."""
    given: dict[str, Any] = {"at_after": asked.start, "at_before": asked.end}
    if asked.baseline is not None:
        given["baseline_after"], given["baseline_before"] = asked.baseline
    if service is not None:
        given["service"] = service

    async def read(client: AsyncClient) -> Known:
        summary = await get_production_summary.asyncio(client=client, **given)
        return summary, await charts_of(client, summary, service) if charts else ()

    return ask_for("production metrics", reach, read)


def _with_prometheus(
    server: Prometheus, stored: Known | None, asked: Windows, service: str | None, charts: bool
) -> Known:
    if stored is None:
        window = ProductionWindow(start=asked.start, end=asked.end)
        before = asked.baseline and ProductionWindow(start=asked.baseline[0], end=asked.baseline[1])
        known: tuple[Chart, ...] = ()
    else:
        window, before, known = stored[0].window, stored[0].baseline, stored[1]
    told = summary_from(server, window, before, service)
    drawn = charts_from(server, window, service) if charts else ()
    names = {chart.name for chart in known}
    both = (*known, *(chart for chart in drawn if chart.name not in names))
    return (told if stored is None else of_both(stored[0], told)), both


def token_of(file: Path | None) -> str | None:
    """What a file says as a token, without the line that ends it.

    Raises:
        CommandFailed: there is no token in it.
    """
    if file is None:
        return None
    try:
        text = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"the token file {file} cannot be read: {error}")
    if not text or not text.isascii() or not text.isprintable():
        refuse(f"{file} holds no token; put it there on one line")
    return text
