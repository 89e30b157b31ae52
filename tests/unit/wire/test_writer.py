"""Writing at once what others make records of first."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from modelmetry_api.models import IngestSignalsV1RequestBody
from modelmetry_api.types import decode_json

from modelmetry import Client, Config, ToolCall, ToolDefinition, binary
from modelmetry.delivery.packed import KINDS, TRACED, Packed
from modelmetry.delivery.sink import Batch
from modelmetry.signals.families import CompletionData, Options
from modelmetry.sinks.memory import MemorySink
from modelmetry.testing import CountingIds, FixedClock
from modelmetry.wire.body import encode, pack
from modelmetry.wire.writer import JsonWriter, _names, json_of, quoted  # pyright: ignore[reportPrivateUsage]

CALLER = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}


class PackingMemory:
    """Keeps what a server would get."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def load(self) -> None:
        """Nothing to load."""

    def writer(self) -> JsonWriter:
        return JsonWriter()

    def pack(self, batch: Batch) -> Packed:
        return pack(batch)

    def write(self, batch: Batch) -> None:
        self.send(pack(batch))

    def send(self, packed: Packed) -> None:
        decode_json(packed.body(), IngestSignalsV1RequestBody)
        self.bodies.append(json.loads(packed.body()))

    def close(self) -> None:
        """Nothing to let go of."""

    def after_fork(self) -> None:
        """Nothing to forget."""


def record_everything(client: Client, text: str) -> None:
    """Every word that there is, with `text` wherever one can stand."""
    session = client.session("s-1", name=text, metadata={"place": text})
    trace = session.trace(text, metadata={"text": text, "number": 1, "half": 0.5, "no": None})
    generate = trace.completion(text, model=text, provider="openai")
    generate.system(text).user([text, binary(b"png", "image/png")]).assistant(text)
    generate.tool_call(text, {"order": text}, id=text).tool(text, tool_call_id=text)
    generate.assistant(text, name=text, tool_calls=[ToolCall("c", text, {"a": [text]})])
    generate.options(temperature=0.5, tools=[ToolDefinition(text, text, {})], stop={"at": text})
    generate.usage(input=3, output=4).cost(total=0.25, currency="EUR")
    generate.document("d-1", title=text, content={"text": text})
    generate.finding("tokens", 42).finding("half", 0.5).finding("safe", True).finding(text, text)
    generate.finding(
        "described", -1, unit="ms", comment=text, description=text, metadata={"by": text}
    )
    generate.event(text, {"thought": text, "deep": {"list": [text, 1, None]}}).event("plain")
    generate.fail(ValueError(text))
    generate.end()
    trace.retrieval(text).query(text, embeddings=[0.5]).document("d", title=text, content=text)
    trace.embeddings(text, model=text).inputs([text]).usage(input=3)
    trace.span(text).fail(text, severity="warning").span(text).end()
    trace.finding("score", 1.5).end()
    trace.finding("late", 1).event("late")
    trace.events[-1].set_metadata("changed", text)
    with client.extract(CALLER):
        client.span("elsewhere").finding("n", 1).end()


def written_and_recorded(text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The bodies of the same calls: written at once, and made of records."""
    packing, memory = PackingMemory(), MemorySink()
    for sink in (packing, memory):
        client = Client(config=Config(), sink=sink, clock=FixedClock(), new_id=CountingIds())
        record_everything(client, text)
        client.close()
    return packing.bodies, [json.loads(encode(batch)) for batch in memory.batches]


def together(bodies: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {kind: [item for body in bodies for item in body.get(kind, [])] for kind in KINDS}


@pytest.mark.parametrize(
    "text", ["plain", 'a "quoted" \\ one\n\t\x00\x7f', "語 é 🙂", "\ud800 alone"]
)
def test_what_is_written_at_once_is_what_records_say(text: str) -> None:
    """Whatever the text; the model of the contract, which knows every member, reads each body."""
    written, recorded = written_and_recorded(text)
    assert together(written) == together(recorded)
    assert all(together(written)[kind] for kind in TRACED)


@given(st.text(st.characters(codec=None)))
def test_every_text_is_quoted_as_json_wants_it(text: str) -> None:
    """Half of a surrogate pair is replaced, and nothing else is lost."""
    clean = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert json.loads(quoted(text)) == clean


@given(st.sets(st.sampled_from(["model", "provider", "user", "n", "stream"])))
def test_options_say_what_was_given_and_no_more(given_names: set[str]) -> None:
    """Model and provider alone take a shorter way than the rest."""
    values = {"model": 'gpt "4"', "provider": "é", "user": "u", "n": 2, "stream": True}
    options = Options(**{name: values[name] for name in given_names})  # type: ignore[arg-type]
    writer = JsonWriter()
    data = CompletionData(options=options)
    writer.span("x", "t", None, "s", "completion", 0, None, None, None, {}, None, data, ())
    sent = json.loads(writer.take().texts[2])["FamilyData"]["Options"]
    assert sent == {name.title(): values[name] for name in given_names}


def test_a_writer_gives_each_signal_once() -> None:
    """Counted and weighed, with their JSON joined by kind."""
    writer = JsonWriter()
    assert (writer.take().signal_count, writer.take().approximate_bytes) == (0, 0)
    writer.facts_of("t", None, "p-")
    writer.event("e", "seen", 0, {})
    writer.finding("f", "tokens", 42, 0)
    writer.facts_of("t", "s", "p-")
    writer.finding(0xABC, "tokens", 43, 0)
    written = writer.take()
    assert (written.signal_count, writer.take().signal_count) == (3, 0)
    assert written.approximate_bytes == len("".join(written.texts))
    findings = json.loads(f"[{written.texts[4]}]")
    assert [one["XID"] for one in findings] == ["f", "p-abc"]
    assert [(one["TraceID"], one.get("SpanID")) for one in findings] == [("t", None), ("t", "s")]


def test_a_span_that_is_told_after_its_facts_has_its_own_identity() -> None:
    """What was written of one place is not taken for another, whatever characters it has."""
    writer = JsonWriter()
    for trace, span in (('t"', "s"), ("t", "s"), ("t", 's"'), ('t"', 's"')):
        writer.facts_of(trace, span, 'p"')
        writer.event(1, "seen", 0, {})
        writer.span(span, trace, None, "s", "other", 0, None, None, None, {}, None, None, ())
        _, _, spans, events, *_ = writer.take().texts
        told, seen = json.loads(spans), json.loads(events)
        assert (told["TraceID"], told["XID"]) == (seen["TraceID"], seen["SpanID"]) == (trace, span)
        assert seen["XID"] == 'p"1'


def test_a_number_that_json_lacks_is_written_as_a_text() -> None:
    """No door lets it in; if one did, the rest of the body would be unreadable."""
    writer = JsonWriter()
    writer.facts_of("t", None, "")
    writer.finding("f", "ratio", float("nan"), 0)
    assert msgspec.json.decode(writer.take().texts[4])["Value"] == "nan"
    assert json_of({"a": 1}) == '{"a":1}'


def test_names_that_are_made_up_are_not_kept() -> None:
    """Texts as long as they may be would stay for the life of the process."""
    writer = JsonWriter()
    writer.facts_of("t", None, "")
    long = "n" * 1_000
    writer.event(1, long, 0, {})
    assert msgspec.json.decode(writer.take().texts[3])["Name"] == long
    assert long not in _names
