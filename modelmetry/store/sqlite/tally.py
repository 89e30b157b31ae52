"""Sums over the traces and spans of a stretch of time, which can be kept and merged."""

from __future__ import annotations

import sqlite3
from typing import Final

import msgspec

from modelmetry.store.sqlite.encode import Micros, decode_json, to_float
from modelmetry.store.sqlite.schema import USAGE
from modelmetry.store.sqlite.spread import Spread

_USAGE_COLUMNS: Final = ", ".join(USAGE)


class Sums(msgspec.Struct, array_like=True):
    """Counts, finished durations in microseconds, tokens and cost of traces or spans."""

    count: int = 0
    failed: int = 0
    durations: Spread = msgspec.field(default_factory=Spread)
    usage: list[float | None] = msgspec.field(default_factory=lambda: [None] * len(USAGE))
    costs: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    provider: str = ""

    def add(self, *, failed: bool, duration: Micros | None) -> None:
        """Add one trace or span; None for the duration of an open one."""
        self.count += 1
        self.failed += failed
        if duration is not None:
            self.durations.add(duration)

    def add_usage(self, amounts: list[float | None]) -> None:
        """Add tokens."""
        for index, amount in enumerate(amounts):
            if amount is not None:
                self.usage[index] = to_float((self.usage[index] or 0.0) + amount)

    def add_cost(self, currency: str, amount: float) -> None:
        """Add money."""
        self.costs[currency] = to_float(self.costs.get(currency, 0.0) + amount)

    def merge(self, other: Sums) -> None:
        """Add all that another has."""
        self.count += other.count
        self.failed += other.failed
        self.durations.merge(other.durations)
        self.add_usage(other.usage)
        for currency, amount in other.costs.items():
            self.add_cost(currency, amount)
        self.provider = other.provider or self.provider


class Tally(msgspec.Struct, array_like=True):
    """All that totals need of a stretch; names and models by their numbers."""

    traces: Sums = msgspec.field(default_factory=Sums)
    spans: Sums = msgspec.field(default_factory=Sums)
    events: int = 0
    findings: int = 0
    sessions: set[int] = msgspec.field(default_factory=set[int])
    names: dict[int, Sums] = msgspec.field(default_factory=dict[int, Sums])
    models: dict[int, Sums] = msgspec.field(default_factory=dict[int, Sums])

    def merge(self, other: Tally) -> None:
        """Add all that another has."""
        self.traces.merge(other.traces)
        self.spans.merge(other.spans)
        self.events += other.events
        self.findings += other.findings
        self.sessions |= other.sessions
        for mine, others in ((self.names, other.names), (self.models, other.models)):
            for key, sums in others.items():
                mine.setdefault(key, Sums()).merge(sums)

    def condense(self) -> None:
        """Keep buckets in place of durations."""
        for sums in (self.traces, self.spans, *self.names.values(), *self.models.values()):
            sums.durations.condense()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Tally)


def encode_tally(tally: Tally) -> bytes:
    """A tally as it is kept, with buckets in place of durations."""
    tally.condense()
    return _encoder.encode(tally)


def decode_tally(data: bytes) -> Tally:
    """A tally that was kept."""
    return _decoder.decode(data)


def tally_rows(connection: sqlite3.Connection, tenant: int, start: Micros, before: Micros) -> Tally:
    """The exact tally of what started in a stretch."""
    tally = Tally()
    _tally_traces(connection, tally, (tenant, start, before))
    _tally_spans(connection, tally, (tenant, start, before))
    return tally


def _tally_traces(
    connection: sqlite3.Connection, tally: Tally, stretch: tuple[int, Micros, Micros]
) -> None:
    for failed, open_, duration, events, findings, session, costs, *tokens in connection.execute(
        "SELECT failed, sent_end IS NULL, duration, events, findings, session, costs, "
        f"{_USAGE_COLUMNS} FROM trace INDEXED BY trace_start "
        "WHERE tenant = ? AND start >= ? AND start < ?",
        stretch,
    ):
        tally.traces.add(failed=bool(failed), duration=None if open_ else duration)
        tally.traces.add_usage(tokens)
        tally.events += events
        tally.findings += findings
        if session is not None:
            tally.sessions.add(session)
        if costs is not None:
            for currency, amount in decode_json(costs).items():
                tally.traces.add_cost(currency, amount)


def _tally_spans(
    connection: sqlite3.Connection, tally: Tally, stretch: tuple[int, Micros, Micros]
) -> None:
    for (
        name,
        failed,
        open_,
        duration,
        model,
        provider,
        cost,
        currency,
        *tokens,
    ) in connection.execute(
        "SELECT name, failed, open, duration, model, provider, cost, currency, "
        f"{_USAGE_COLUMNS} FROM span INDEXED BY span_start "
        "WHERE tenant = ? AND start >= ? AND start < ?",
        stretch,
    ):
        finished = None if open_ else duration
        tally.spans.count += 1
        tally.spans.failed += failed
        _sums(tally.names, name).add(failed=bool(failed), duration=finished)
        if model is not None:
            used = _sums(tally.models, model)
            used.add(failed=bool(failed), duration=finished)
            used.add_usage(tokens)
            used.provider = provider or used.provider
            if currency is not None:
                used.add_cost(currency, cost)


def _sums(groups: dict[int, Sums], key: int) -> Sums:
    found = groups.get(key)
    if found is None:
        found = groups[key] = Sums()
    return found
