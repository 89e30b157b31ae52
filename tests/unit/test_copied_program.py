"""The program that the page's "Copy as Python" writes records the trace that it was made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import modelmetry
from modelmetry.client.client import Client
from modelmetry.signals.families import CompletionData, EmbeddingsData, RetrievalData
from modelmetry.testing import MemorySink

FIXTURES = Path(__file__).parents[2] / "ui" / "src" / "lib" / "fixtures"


@pytest.fixture(name="sink")
def recorded(monkeypatch: pytest.MonkeyPatch) -> MemorySink:
    """What the program of the fixture records; the page's own tests compare its text."""
    sink = MemorySink()
    monkeypatch.setattr(modelmetry, "Client", lambda: Client(sink=sink))
    program = (FIXTURES / "rebuilt.py.txt").read_text(encoding="utf-8")
    exec(compile(program, "rebuilt.py", "exec"), {"__name__": "rebuilt"})
    return sink


@pytest.fixture(name="original")
def read() -> dict[str, Any]:
    """The trace of which the program was made."""
    original: dict[str, Any] = json.loads((FIXTURES / "trace.json").read_text(encoding="utf-8"))
    return original


def test_the_program_records_the_same_tree(sink: MemorySink, original: dict[str, Any]) -> None:
    """Every span is there once, by name and family; one without its parent stands at the top."""
    names = {span.xid: span.name for span in sink.spans}
    assert {(span.name, span.family, names.get(span.parent_xid or "")) for span in sink.spans} == {
        ("llm.generate", "completion", None),
        ("kb.search", "retrieval", "llm.generate"),
        ("embed", "embeddings", None),
        ("audit", "other", None),
    }
    (trace,) = {trace.xid: trace for trace in sink.traces}.values()
    assert (trace.name, trace.metadata) == (original["Name"], original["Metadata"])
    assert trace.session_xid == original["SessionID"]


def test_the_program_names_the_session(sink: MemorySink, original: dict[str, Any]) -> None:
    """As people call it, with what is known about it."""
    (session,) = sink.sessions
    assert (session.xid, session.name) == (original["SessionID"], 'Mugs, "blue"')
    assert session.metadata == {"channel": "web"}


def test_the_program_records_the_same_messages(sink: MemorySink, original: dict[str, Any]) -> None:
    """Texts with quotes, signs that hide, images, tool calls and options arrive as they were."""
    (data,) = [span.data for span in sink.spans if isinstance(span.data, CompletionData)]
    system, user, asked, tool, answer = data.messages
    told = original["Spans"][0]["Completion"]["Messages"]
    assert [part.text for part in system.contents] == [told[0]["Contents"][0]["Text"]]  # type: ignore[union-attr]
    assert user.contents[1].text == told[1]["Contents"][1]["Text"]  # type: ignore[union-attr]
    assert user.contents[0].data == told[1]["Contents"][0]["Data"]  # type: ignore[union-attr]
    assert asked.tool_calls[0].arguments == {"order": "10443"}
    assert (tool.tool_call_id, answer.role) == ("call-1", "assistant")
    assert data.options is not None
    assert (data.options.temperature, data.options.max_tokens) == (1.5, 500)


def test_the_program_records_the_same_amounts_documents_and_findings(sink: MemorySink) -> None:
    """Usage, cost, scores, vectors, findings with comments, and failures arrive as they were."""
    data = {span.name: span.data for span in sink.spans}
    completion, search, embed = data["llm.generate"], data["kb.search"], data["embed"]
    assert isinstance(completion, CompletionData)
    assert completion.usage is not None
    assert completion.usage.input is not None
    assert completion.usage.input.amount == 42
    assert completion.cost is not None
    assert completion.cost.total is not None
    assert completion.cost.total.amount == 0.0059
    assert isinstance(search, RetrievalData)
    assert search.documents[0].metadata == {"score": 0.83, "page": 2}
    assert search.queries[0].embeddings == [0.5, -0.25]
    assert isinstance(embed, EmbeddingsData)
    assert embed.inputs == ["one", "two"]
    (helpful,) = [one for one in sink.findings if one.name == "helpful"]
    assert (helpful.value, helpful.comment, helpful.source) == (
        True,
        'He said "thanks".',
        "annotation",
    )
    (failed,) = [span for span in sink.spans if span.name == "kb.search"]
    assert (failed.severity, failed.message) == ("error", 'no index; drop table "x" # \'')
