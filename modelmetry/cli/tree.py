"""A trace as a tree of lines, as wide as the terminal.

::

    chatbot.turn   ok   1.72 s   ...
    |- llm.generate       [####------]  742 ms   completion gpt-4o   412 -> 24 tokens
    |     input_tokens 412 tokens
    `- llm.response_check ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from modelmetry_api.models import Event, Finding, FullTrace, Span, Usage
from modelmetry_api.types import UNSET, Unset
from rich.text import Text

from modelmetry.cli import wording
from modelmetry.cli.messages import message_lines

BAR_WIDTH = 16
NARROW = 72  # below it there is no room for bars
FAILING = ("error", "critical")


@dataclass(frozen=True)
class Guides:
    """The lines that hold a tree together."""

    fork: str
    last: str
    through: str
    blank: str
    bar: str
    rest: str
    mark: str


UNICODE = Guides("├─ ", "└─ ", "│  ", "   ", "█", "·", "•")
ASCII = Guides("|- ", "`- ", "|  ", "   ", "#", ".", "*")


@dataclass(frozen=True)
class Branch:
    """A span with what is drawn before its first line and before its further ones."""

    span: Span
    lead: str
    hang: str
    has_children: bool


def trace_lines(
    trace: FullTrace, width: int, *, messages: bool = False, guides: Guides = UNICODE
) -> Iterator[Text]:
    """The lines of a trace, each at most `width` cells wide.

    Args:
        trace: what to draw.
        width: cells.
        messages: whether the messages of completions are shown, with documents and queries.
        guides: how lines of the tree look.
    """
    branches = list(arranged(trace.spans or [], guides))
    below = guides.through if branches else guides.blank
    yield from fitted(headline(trace), width)
    for fact in trace_facts(trace, guides):
        yield from fitted(Text().append(below, "dim").append_text(fact), width)
    names = [len(branch.lead) + len(wording.one_line(branch.span.name)) for branch in branches]
    column = min(max(names, default=0), max(16, width // 2))
    for branch in branches:
        yield from fitted(span_line(branch, trace, column, width, guides), width)
        below = branch.hang + (guides.through if branch.has_children else guides.blank)
        for fact in span_facts(branch.span, guides):
            yield from fitted(Text().append(below, "dim").append_text(fact), width)
        if messages:
            for line in message_lines(branch.span, width - len(below)):
                yield from fitted(Text().append(below, "dim").append_text(line), width)


def fitted(line: Text, width: int) -> Iterator[Text]:
    """The line, cut with a mark where it is too long."""
    line.no_wrap = True
    line.truncate(width, overflow="ellipsis")
    yield line


def arranged(spans: Sequence[Span], guides: Guides) -> Iterator[Branch]:
    """Spans in the order in which a tree is drawn, without recursion.

    A span whose parent is missing, or that is its own ancestor, is drawn at the top: nothing that
    was stored is left out.
    """
    known = {span.xid for span in spans}
    children: dict[str | None, list[Span]] = {}
    for span in spans:
        parent = span.parent_id if span.parent_id in known else None
        children.setdefault(parent, []).append(span)
    tops = children.pop(None, [])
    tops = tops + heads_of_circles(spans, tops, children)
    drawn: set[str] = set()
    waiting = [*placed(tops, "", guides)]
    while waiting:
        span, lead, hang = waiting.pop()
        if span.xid in drawn:
            continue
        drawn.add(span.xid)
        below = [child for child in children.get(span.xid, []) if child.xid not in drawn]
        yield Branch(span, lead, hang, bool(below))
        waiting.extend(placed(below, hang, guides))


def placed(spans: Sequence[Span], hang: str, guides: Guides) -> list[tuple[Span, str, str]]:
    """Siblings with their guides, last one first as a stack wants them."""
    rows = [(span, hang + guides.fork, hang + guides.through) for span in spans[:-1]]
    rows += [(span, hang + guides.last, hang + guides.blank) for span in spans[-1:]]
    return rows[::-1]


def heads_of_circles(
    spans: Sequence[Span], tops: Sequence[Span], children: Mapping[str | None, Sequence[Span]]
) -> list[Span]:
    """Spans to begin with, beside `tops`, so that every span is reached."""
    reached: set[str] = set()
    heads: list[Span] = []
    for span in (*tops, *spans):
        if span.xid not in reached:
            heads.append(span)
            waiting = [span]
            while waiting:
                one = waiting.pop()
                if one.xid not in reached:
                    reached.add(one.xid)
                    waiting.extend(children.get(one.xid, ()))
    return heads[len(tops) :]


def headline(trace: FullTrace) -> Text:
    """Name, state, duration, tokens and cost of the whole."""
    # Text().append: the style of Text itself would hold for all that is appended to it
    line = Text().append(wording.one_line(trace.name) or "(no name)", "bold")
    line.append("  ").append_text(state(trace.severity, trace.open_, failed=trace.failed))
    line.append(f"  {wording.duration(trace.duration_ms)}")
    parts = [wording.local_time(trace.start), tokens(trace.usage)]
    parts += [wording.money(cost.amount, cost.currency) for cost in trace.costs]
    for part in filter(None, parts):
        line.append(f"  {part}", "dim")
    return line


def trace_facts(trace: FullTrace, guides: Guides) -> Iterator[Text]:
    """Lines under the headline."""
    yield Text(f"xid {wording.plain(trace.xid)}", "dim")
    if trace.session_id:
        name = wording.one_line(trace.session_name or "")
        yield Text(f"session {wording.plain(trace.session_id)}" + (name and f"  {name}"), "dim")
    if not isinstance(trace.weight, Unset) and trace.weight != 1:
        yield Text(f"stands for {wording.number(trace.weight)} traces", "dim")
    yield from said(trace.metadata and wording.metadata(trace.metadata), "dim")
    yield from said(wording.one_line(trace.message), "red")
    yield from said(lacking(trace), "yellow")
    yield from recorded(trace.findings or [], trace.events or [], guides)


def lacking(trace: FullTrace) -> str:
    """What has not arrived of a trace; nothing when it is whole, or nobody can say."""
    found = trace.completeness
    if found is UNSET:
        return ""
    expected = 0 if found.expected is UNSET else found.expected
    parts: list[str] = []
    if found.stored < expected:
        missing = wording.number(expected - found.stored)
        verb = "is" if expected - found.stored == 1 else "are"
        parts.append(f"{missing} of {wording.counted(expected, 'span')} {verb} missing")
    if found.missing_parents:
        named = wording.one_line(", ".join(found.missing_parents), 120)
        parts.append(f"not here, but with children: {named}")
    if found.open_:
        parts.append(f"{wording.counted(found.open_, 'span')} still open")
    return "; ".join(parts)


def span_line(branch: Branch, trace: FullTrace, column: int, width: int, guides: Guides) -> Text:
    """The first line of a span."""
    span = branch.span
    failed = span.severity in FAILING
    line = (
        Text()
        .append(branch.lead, "dim")
        .append(wording.one_line(span.name), "red" if failed else "")
    )
    line.pad_right(max(0, column - line.cell_len))
    if width >= NARROW:
        line.append("  ").append_text(bar(span, trace, guides, failed=failed))
    line.append(f"  {wording.duration(span.duration_ms):>8}")
    if failed or span.open_ or span.severity not in {"unset", ""}:
        line.append("  ").append_text(state(span.severity, span.open_, failed=failed))
    line.append("" if span.family == "other" else f"  {wording.one_line(span.family)}", "dim")
    line.append(f" {model}" if (model := model_of(span)) else "", "cyan")
    line.append(f"  {used}" if (used := tokens(usage_of(span))) else "", "dim")
    return line


def bar(span: Span, trace: FullTrace, guides: Guides, *, failed: bool) -> Text:
    """Where in the trace the span lay."""
    whole = max(trace.duration_ms, 0.001)
    begin = (span.start - trace.start).total_seconds() * 1000 / whole
    first = min(max(int(begin * BAR_WIDTH), 0), BAR_WIDTH - 1)
    cells = min(max(round(span.duration_ms / whole * BAR_WIDTH), 1), BAR_WIDTH - first)
    drawn = (
        Text()
        .append(guides.rest * first, "dim")
        .append(guides.bar * cells, "red" if failed else "green")
    )
    return drawn.append(guides.rest * (BAR_WIDTH - first - cells), "dim")


def span_facts(span: Span, guides: Guides) -> Iterator[Text]:
    """Lines under the first one of a span."""
    yield from said(wording.one_line(span.message), "red")
    yield from said(span.metadata and wording.metadata(span.metadata), "dim")
    yield from recorded(span.findings or [], span.events or [], guides)


def said(text: object, style: str) -> Iterator[Text]:
    """A line, when there is something to say."""
    if text:
        yield Text(str(text), style)


def recorded(
    findings: Sequence[Finding], events: Sequence[Event], guides: Guides
) -> Iterator[Text]:
    """Findings on one line, then each event on its own."""
    if findings:
        line = Text()
        for finding in findings:
            line.append("  " if line else "").append(wording.one_line(finding.name, 60), "cyan")
            line.append(f" {wording.value(finding.value, finding.unit)}")
        yield line
    for event in events:
        line = Text().append(f"{guides.mark} ", "yellow").append(wording.one_line(event.name, 60))
        hidden = {"exception.stacktrace"}  # many lines; --json has them
        pairs = {key: value for key, value in event.metadata.items() if key not in hidden}
        yield line.append(f"  {wording.metadata(pairs)}" if pairs else "", "dim")


def state(severity: str, open_: bool, *, failed: bool) -> Text:
    """How something stands, in one word."""
    if failed:
        return Text(wording.plain(severity) if severity in FAILING else "failed", "bold red")
    if open_:
        return Text("open", "yellow")
    return Text("ok" if severity in {"unset", ""} else wording.one_line(severity, 20), "green")


def tokens(usage: Usage | None) -> str:
    """`412 → 24 tokens`, or nothing."""
    if usage is None:
        return ""
    sides = (usage.input_, usage.output)
    amounts = [wording.number(side.amount) if side is not UNSET else "?" for side in sides]
    if amounts in (["?", "?"], ["0", "0"]):
        return ""
    return " → ".join(amounts) + " tokens"


def model_of(span: Span) -> str:
    """The model that a span used; empty when there is none."""
    for data in (span.completion, span.embeddings):
        if data is not UNSET and data.options is not UNSET and data.options.model is not UNSET:
            return wording.one_line(data.options.model, 60)
    return ""


def usage_of(span: Span) -> Usage | None:
    """What a span used, when it says so."""
    for data in (span.completion, span.embeddings):
        if data is not UNSET and data.usage is not UNSET:
            return data.usage
    return None
