"""Executions and their metrics as tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from modelmetry_api.models import Execution, MetricList, MetricValue
from rich.table import Table
from rich.text import Text

from modelmetry.cli import wording
from modelmetry.cli.measured import ComparedMetric, Comparison
from modelmetry.cli.screen import GAP, WIDE, Column, table
from modelmetry.cli.tables import FULL, RIGHT, SHORT

STYLES = {"running": "yellow", "completed": "green", "failed": "bold red", "cancelled": "magenta"}
SHORT_XID = 20
FEWEST_CHARACTERS = 8  # of an XID that is cut: as people know it of commits
LONGEST_NAME = 40
PAIR = 2
LARGEST_SHARE = 100  # beyond 10,000 % a share says nothing any more
ABSENT = "-"

Shapes = Mapping[tuple[str, str], str]


def executions_table(executions: Sequence[Execution], *, width: int = WIDE) -> Table:
    """Executions, one on a line."""
    columns: list[Column] = [
        ("Started", FULL),
        ("Pipeline", SHORT),
        ("Deployment", SHORT),
        ("Status", FULL),
        ("Took", RIGHT),
        ("Values", RIGHT),
        ("Lists", RIGHT),
        ("Runs", RIGHT),
        ("XID", FULL),
    ]
    rows = (
        (
            wording.local_time(one.start),
            wording.one_line(one.pipeline_name) or "(no name)",
            wording.one_line(one.deployment_name),
            status(one.status),
            took(one),
            f"{one.value_count:,}",
            f"{one.list_count:,}",
            f"{one.run_count:,}",
            wording.plain(one.xid),
        )
        for one in executions
    )
    return table(
        columns, rows, spare=("Runs", "Deployment", "Lists", "Values", "Took"), width=width
    )


def status(word: str) -> Text:
    """A status in its colour."""
    return Text(wording.one_line(word, 20), STYLES.get(word, ""))


def took(execution: Execution) -> str:
    """How long it took; nothing while it runs."""
    return "" if execution.duration_ms is None else wording.duration(execution.duration_ms)


def execution_lines(execution: Execution) -> list[Text]:
    """What is said of the execution itself."""
    head = Text().append(wording.one_line(execution.pipeline_name) or "(no name)", "bold")
    head.append("  ").append_text(status(execution.status))
    end = "" if execution.end is None else f" to {wording.local_time(execution.end)}"
    deployed = wording.one_line(execution.deployment_name)
    parts = [
        f"deployment {deployed}" if deployed else "",
        took(execution),
        f"{wording.local_time(execution.start)}{end}",
    ]
    for part in filter(None, parts):
        head.append(f"  {part}", "dim")
    lines = [head, Text(f"xid {wording.plain(execution.xid)}", "dim")]
    if execution.message:
        lines.append(Text(wording.plain(execution.message), STYLES.get(execution.status, "")))
    if execution.metadata:
        lines.append(Text(wording.metadata(execution.metadata), "dim"))
    lines += [Text(f"trace {wording.plain(xid)}", "dim") for xid in execution.traces]
    return lines


def values_table(values: Sequence[MetricValue], shapes: Shapes, *, width: int = WIDE) -> Table:
    """Metrics that have a single value."""
    columns: list[Column] = [
        ("Metric", SHORT),
        ("Value", RIGHT),
        ("Recorded", FULL),
        ("Times", RIGHT),
        ("History", FULL),
    ]
    rows = (
        (
            wording.one_line(one.name),
            figure(one.value),
            wording.local_time(one.updated_at),
            f"{one.history_count:,}",
            shapes.get(("value", one.name), ""),
        )
        for one in values
    )
    return table(columns, rows, spare=("Times", "Recorded", "History"), width=width)


def lists_table(lists: Sequence[MetricList], shapes: Shapes, *, width: int = WIDE) -> Table:
    """Metrics that are lists."""
    columns: list[Column] = [
        ("List", SHORT),
        *((name, RIGHT) for name in ("Count", "Min", "Max", "Last")),
        ("Shape", FULL),
    ]
    rows = (
        (
            wording.one_line(one.name),
            f"{one.count:,}",
            *(figure(each) for each in (one.min_, one.max_, one.last)),
            shapes.get(("list", one.name), ""),
        )
        for one in lists
    )
    return table(columns, rows, spare=("Shape",), width=width)


def comparison_tables(found: Comparison, *, width: int = WIDE) -> Iterator[Table]:
    """Metrics side by side, a column for each execution; several tables where one is too wide."""
    titles = short_xids([one.xid for one in found.executions])
    names = ["Pipeline", "Deployment", "Status", "Started", "Took", *map(title, found.metrics)]
    columns = [
        [*facts(one), *(value_texts(metric)[place] for metric in found.metrics)]
        for place, one in enumerate(found.executions)
    ]
    changes = [*[Text()] * 5, *(change(metric) for metric in found.metrics)]
    heading = "Change" if len(titles) == PAIR else "Apart"
    for shown in fitting(names, titles, columns, [heading, *changes], width):
        yield table(
            [("Metric", FULL), *((titles[one], RIGHT) for one in shown), (heading, RIGHT)],
            (
                (name, *(columns[one][row] for one in shown), changes[row])
                for row, name in enumerate(names)
            ),
        )


def fitting(
    names: Sequence[str],
    titles: Sequence[str],
    columns: Sequence[Sequence[Text]],
    changes: Sequence[Text | str],
    width: int,
) -> Iterator[list[int]]:
    """Places of the columns that fit beside each other, for one table after the other."""
    fixed = max(map(len, names)) + max(map(len, changes)) + GAP
    room = width - fixed
    shown: list[int] = []
    for place, cells in enumerate(columns):
        needed = GAP + max(len(titles[place]), *map(len, cells))
        if shown and needed > room:
            yield shown
            shown, room = [], width - fixed
        shown.append(place)
        room -= needed
    yield shown


def facts(execution: Execution) -> list[Text]:
    """What stands above the metrics of an execution."""
    return [
        Text(wording.one_line(execution.pipeline_name, 20)),
        Text(wording.one_line(execution.deployment_name, 20)),
        status(execution.status),
        Text(wording.local_time(execution.start, seconds=False)),
        Text(took(execution)),
    ]


def title(metric: ComparedMetric) -> str:
    """What a line is called: of a list the last value is shown."""
    name = wording.one_line(metric.name, LONGEST_NAME)
    return f"{name} (last)" if metric.kind == "list" else name


def value_texts(metric: ComparedMetric) -> list[Text]:
    """The values of one line; those that differ look different, however little it is."""
    write: Callable[[float], str] = figure
    present = {one for one in metric.values if one is not None}
    if len({figure(one) for one in present}) < len(present):
        write = repr
    style = "bold" if metric.is_different else "dim"
    return [
        Text(ABSENT, "dim") if one is None else Text(write(one), style) for one in metric.values
    ]


def change(metric: ComparedMetric) -> Text:
    """How the second of two differs from the first, or how far apart more of them are."""
    values = [one for one in metric.values if one is not None]
    if not metric.is_different:
        return Text("=", "dim")
    if len(values) < len(metric.values):
        return Text(f"in {len(values)} of {len(metric.values)}", "yellow")
    if len(values) > PAIR:
        return Text(figure(max(values) - min(values)), "yellow")
    before, after = values
    share = (after - before) / abs(before) if before else math.inf
    told = f" ({share:+.1%})" if abs(share) < LARGEST_SHARE else ""
    sign = "+" if after > before else ""
    return Text(f"{sign}{figure(after - before)}{told}", "yellow")


def figure(value: float) -> str:
    """A measured number with six figures."""
    if float(value).is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - floats are exact so far
        return f"{int(value):,}"
    return f"{value:.6g}"


def short_xids(xids: Sequence[str]) -> list[str]:
    """Beginnings of XIDs that tell them apart; short ones whole."""
    longest = max(map(len, xids))
    if longest <= SHORT_XID:
        return [wording.plain(xid) for xid in xids]
    for length in range(FEWEST_CHARACTERS, longest):
        if len({xid[:length] for xid in xids}) == len(xids):
            return [wording.plain(xid[:length]) for xid in xids]
    return [wording.plain(xid) for xid in xids]
