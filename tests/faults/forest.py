"""Trees whose names say where everything belongs, and whether a store has them like that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from modelmetry.store.open import open_store
from modelmetry.store.queries import TraceQuery

# A span is called like its parent, with a slash and a number, and so is what is said of it.
GROW = """
def grow(above, name, depth=1):
    with above.span(name) as span:
        span.finding(name, depth).event(name)
        for number in range(2 if depth else 0):
            grow(client, f"{name}/{number}", depth - 1)
"""


def traces_of(path: Path) -> Iterator[dict[str, Any]]:
    """The traces that the store at `path` has, as they are read."""
    with open_store(f"sqlite:///{path}") as store:
        for trace in store.export("local", TraceQuery()):
            yield msgspec.json.decode(msgspec.json.encode(trace))


def misplaced(path: Path) -> list[str]:
    """What of the store at `path` hangs elsewhere than its name says, or has not ended."""
    found: list[str] = []
    for trace in traces_of(path):
        names = {None: trace["Name"]} | {span["XID"]: span["Name"] for span in trace["Spans"]}
        spans = [(span["Name"], names[span["ParentID"]]) for span in trace["Spans"]]
        found += [name for name, above in spans if name.rpartition("/")[0] != above]
        for node in (trace, *trace["Spans"]):
            facts = {fact["Name"] for fact in (*node["Findings"], *node["Events"])}
            found += facts - {node["Name"], "exception"}
            if node["Open"]:
                found.append(node["Name"])
    return found


def spans_of(path: Path) -> Counter[str]:
    """How many spans of each name the store at `path` has."""
    return Counter(span["Name"] for trace in traces_of(path) for span in trace["Spans"])


def findings_of(path: Path) -> Counter[str]:
    """How many findings of each name the store at `path` has on its spans."""
    spans = [span for trace in traces_of(path) for span in trace["Spans"]]
    return Counter(finding["Name"] for span in spans for finding in span["Findings"])
