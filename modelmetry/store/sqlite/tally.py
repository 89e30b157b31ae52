"""Sums over the traces and spans of a stretch of time, which can be kept and merged."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

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


class NamedTraces(msgspec.Struct, array_like=True):
    """Traces of one name, and the spans of such traces."""

    traces: Sums = msgspec.field(default_factory=Sums)
    spans: int = 0
    failed_spans: int = 0

    def merge(self, other: NamedTraces) -> None:
        """Add all that another has."""
        self.traces.merge(other.traces)
        self.spans += other.spans
        self.failed_spans += other.failed_spans


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


class KeptTally(Tally, array_like=True):
    """A tally of an hour or a day, which also has what a series asks."""

    trace_names: dict[int, NamedTraces] = msgspec.field(default_factory=dict[int, NamedTraces])

    def add(self, other: KeptTally) -> None:
        """Add all that another has."""
        self.merge(other)
        for name, named in other.trace_names.items():
            self.trace_names.setdefault(name, NamedTraces()).merge(named)

    def condense(self) -> None:
        """Keep buckets in place of durations."""
        super().condense()
        for named in self.trace_names.values():
            named.traces.durations.condense()


class _Heads(msgspec.Struct, array_like=True):
    """The first of what a tally has, so that the rest is not built."""

    traces: Sums
    spans: Sums


class _ByTraceName(msgspec.Struct, array_like=True):
    """A tally of which only the traces' names are built, and of those only the wanted one."""

    traces: msgspec.Raw
    spans: msgspec.Raw
    events: int
    findings: int
    sessions: msgspec.Raw
    names: msgspec.Raw
    models: msgspec.Raw
    trace_names: dict[int, msgspec.Raw]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Tally)
_kept_decoder = msgspec.msgpack.Decoder(KeptTally)
_head_decoder = msgspec.msgpack.Decoder(_Heads)
_names_decoder = msgspec.msgpack.Decoder(_ByTraceName)
_named_decoder = msgspec.msgpack.Decoder(NamedTraces)


def encode_tally(tally: KeptTally) -> bytes:
    """A tally as it is kept, with buckets in place of durations."""
    tally.condense()
    return _encoder.encode(tally)


def decode_tally(data: bytes) -> Tally:
    """A tally that was kept, without the names of traces."""
    return _decoder.decode(data)


def decode_kept(data: bytes) -> KeptTally:
    """A tally as it was kept."""
    return _kept_decoder.decode(data)


def decode_traces(data: bytes, trace_name: int | None) -> NamedTraces | None:
    """Traces and spans of a tally that was kept, of all names or of one; None without any."""
    if trace_name is None:
        head = _head_decoder.decode(data)
        return NamedTraces(head.traces, head.spans.count, head.spans.failed)
    named = _names_decoder.decode(data).trace_names.get(trace_name)
    return None if named is None else _named_decoder.decode(named)


def tally_to_keep(
    connection: sqlite3.Connection, tenant: int, start: Micros, before: Micros
) -> KeptTally:
    """The exact tally of a stretch, with the names of the traces."""
    tally = KeptTally()
    tally.merge(tally_rows(connection, tenant, start, before))
    stretch = (tenant, start, before)
    for name, sums in _sums_by_name(connection, stretch).items():
        tally.trace_names[name] = NamedTraces(sums)
    for name, count, failed in connection.execute(_SPANS_BY_TRACE_NAME, stretch):
        named = tally.trace_names.setdefault(name, NamedTraces())
        named.spans, named.failed_spans = count, failed
    return tally


_SPANS_BY_TRACE_NAME: Final = """
    SELECT t.name, count(*), sum(s.failed)
    FROM span s INDEXED BY span_start CROSS JOIN trace t ON t.id = s.trace
    WHERE s.tenant = ? AND s.start >= ? AND s.start < ? AND t.name IS NOT NULL GROUP BY t.name
"""


def _sums_by_name(
    connection: sqlite3.Connection, stretch: tuple[int, Micros, Micros]
) -> dict[int, Sums]:
    found: dict[int, Sums] = {}
    for name, *row in connection.execute(
        f"SELECT name, {TRACE_SUMS} FROM trace INDEXED BY trace_start "
        "WHERE tenant = ? AND start >= ? AND start < ? AND name IS NOT NULL",
        stretch,
    ):
        add_trace(found.setdefault(name, Sums()), row)
    return found


TRACE_SUMS: Final = f"failed, sent_end IS NULL, duration, costs, {_USAGE_COLUMNS}"
"""Columns for `add_trace`."""


def add_trace(sums: Sums, row: Sequence[Any]) -> None:
    """Add one trace."""
    failed, open_, duration, costs, *tokens = row
    sums.count += 1
    sums.failed += failed
    if not open_:
        sums.durations.add(duration)
    sums.add_usage(tokens)
    if costs is not None:
        for currency, amount in decode_json(costs).items():
            sums.add_cost(currency, amount)


def tally_rows(connection: sqlite3.Connection, tenant: int, start: Micros, before: Micros) -> Tally:
    """The exact tally of what started in a stretch."""
    tally = Tally()
    _tally_traces(connection, tally, (tenant, start, before))
    _tally_spans(connection, tally, (tenant, start, before))
    return tally


def _tally_traces(
    connection: sqlite3.Connection, tally: Tally, stretch: tuple[int, Micros, Micros]
) -> None:
    sums, durations = tally.traces, list[int]()
    for failed, open_, duration, events, findings, session, costs, *tokens in connection.execute(
        "SELECT failed, sent_end IS NULL, duration, events, findings, session, costs, "
        f"{_USAGE_COLUMNS} FROM trace INDEXED BY trace_start "
        "WHERE tenant = ? AND start >= ? AND start < ?",
        stretch,
    ):
        sums.count += 1
        sums.failed += failed
        if not open_:
            durations.append(duration)
        sums.add_usage(tokens)
        tally.events += events
        tally.findings += findings
        if session is not None:
            tally.sessions.add(session)
        if costs is not None:
            for currency, amount in decode_json(costs).items():
                sums.add_cost(currency, amount)
    sums.durations.extend(durations)


def _tally_spans(
    connection: sqlite3.Connection, tally: Tally, stretch: tuple[int, Micros, Micros]
) -> None:
    for name, model, provider, currency, count, failed, cost, *tokens in connection.execute(
        "SELECT name, model, provider, currency, count(*), sum(failed), total(cost), "
        f"{', '.join(f'sum({column})' for column in USAGE)} FROM span INDEXED BY span_start "
        "WHERE tenant = ? AND start >= ? AND start < ? GROUP BY name, model, provider, currency",
        stretch,
    ):
        groups = [tally.spans, tally.names.setdefault(name, Sums())]
        if model is not None:
            used = tally.models.setdefault(model, Sums())
            used.add_usage(tokens)
            used.provider = provider or used.provider
            if currency is not None:
                used.add_cost(currency, cost)
            groups.append(used)
        for sums in groups:
            sums.count += count
            sums.failed += failed
    _tally_durations(connection, tally, stretch)


def _tally_durations(
    connection: sqlite3.Connection, tally: Tally, stretch: tuple[int, Micros, Micros]
) -> None:
    """Of the finished spans."""
    names, models = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for name, model, duration in connection.execute(
        "SELECT name, model, duration FROM span INDEXED BY span_start "
        "WHERE tenant = ? AND start >= ? AND start < ? AND open = 0",
        stretch,
    ):
        names[name].append(duration)
        if model is not None:
            models[model].append(duration)
    for sums, durations in ((tally.names, names), (tally.models, models)):
        for number, values in durations.items():
            sums[number].durations.extend(values)
