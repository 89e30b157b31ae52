"""What reaches a sink, or the disk, has passed the mask."""

from __future__ import annotations

import base64
import gzip
import logging
import re
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import example, given
from msgspec.structs import replace

from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.edges import MARGIN
from modelmetry.delivery.masking import STAYING, Mask, Masking
from modelmetry.delivery.patterns import Patterns
from modelmetry.delivery.sink import Batch, Sink
from modelmetry.delivery.spool import Spool
from modelmetry.signals.families import (
    CompletionData,
    DataPart,
    Message,
    Options,
    TextPart,
    ToolCall,
    ToolDefinition,
)
from modelmetry.signals.records import ON_THEIR_OWN, UNSAID, Signal, TraceRecord
from modelmetry.signals.values import snapshot_mapping
from modelmetry.sinks.console import ConsoleSink
from modelmetry.sinks.fanout import FanoutSink
from modelmetry.sinks.http import HttpSink
from modelmetry.sinks.jsonl import JsonlSink
from modelmetry.sinks.local import LOCAL_TENANT, LocalSink
from modelmetry.sinks.memory import MemorySink
from modelmetry.store.open import open_store
from tests.builders import a_finding, a_span, a_trace, an_event
from tests.strategies import metadata as any_metadata
from tests.unit.delivery.cast import PATIENCE
from tests.unit.delivery.planted import EXEMPT, SECRET, planted
from tests.unit.sinks.receiver import receiving

LIMIT = 1_000


def hide(text: str) -> str:
    return re.sub(rf"{SECRET}\d*", "<hidden>", text)


def masking(function: Mask | None = hide, *names: str, limit: int = LIMIT) -> Masking:
    return Masking(function, Patterns(names) if names else None, limit)


def masked_text(text: str, function: Mask | None = hide, *names: str) -> str:
    """Give what becomes of the message of a span."""
    message = masking(function, *names).record(a_span(message=text)).message
    assert message is not None
    return message


def delivered(sink: Sink, *signals: Signal, **members: Any) -> int:
    delivery = Delivery(sink, masking=masking(), **members)
    for signal in signals:
        delivery.put(signal)
    return delivery.close(PATIENCE).delivered


# Every field of every type.


def test_the_planted_secrets_are_seen_where_nothing_masks() -> None:
    """Otherwise the tests below would prove nothing: each field that is not exempt has one."""
    batch = repr(list(planted()))
    for kind, fields in STAYING.items():
        assert {f"{kind.__name__}.{name}" for name in fields} <= EXEMPT
    assert batch.count(SECRET) > 80


def test_no_text_of_any_field_gets_past_the_mask() -> None:
    """Of every type of record and of what spans carry; a new text is masked, or this fails."""
    masked = masking()
    for record in planted():
        seen = repr(masked.record(record))
        assert SECRET not in seen, re.findall(rf"\w+=[^=]*{SECRET}", seen)
        assert base64.b64encode(f"a {SECRET}".encode())[:8].decode() not in seen


def test_a_memory_sink_gets_masked_records() -> None:
    """As does whoever is called back with a batch."""
    sink, heard = MemorySink(), list[Any]()
    delivery = Delivery(sink, masking=masking(), on_success=heard.append)
    for signal in planted():
        delivery.put(signal)
    assert delivery.close(PATIENCE).lost == 0
    assert sink.signals
    assert SECRET not in repr(sink.signals)
    assert SECRET not in repr(heard)


def test_no_secret_is_on_the_socket() -> None:
    """In the bodies, inflated."""
    with receiving() as server:
        assert delivered(HttpSink(server.url), *planted()) > 0
        bodies = [
            gzip.decompress(one.body) if "content-encoding" in one.headers else one.body
            for one in server.received
        ]
    assert b"<hidden>" in b"".join(bodies)
    assert SECRET.encode() not in b"".join(bodies)


@pytest.mark.parametrize("at_once", [False, True])
def test_no_secret_is_on_disk(tmp_path: Path, *, at_once: bool) -> None:
    """In the files in which signals wait for a server, and in none beside them."""
    spool = Spool(tmp_path, max_bytes=10_000_000, max_age=3600)
    with receiving() as server:
        server.hang.clear()
        delivery = Delivery(
            HttpSink(server.url), masking=masking(), spool=spool, at_once=at_once, exit_timeout=0
        )
        for signal in planted():
            delivery.put(signal)
        delivery.close(0)
        written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        server.hang.set()
    assert b"<hidden>" in written
    assert SECRET.encode() not in written


def test_no_secret_is_in_files_of_json_lines_or_on_the_console(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor in any other sink that several stand for."""
    path = tmp_path / "signals.jsonl"
    assert delivered(FanoutSink([JsonlSink(path), ConsoleSink()]), *planted()) > 0
    shown = capsys.readouterr()
    assert "<hidden>" in path.read_text()
    assert SECRET not in path.read_text() + shown.out + shown.err


def test_no_secret_is_in_the_local_store(tmp_path: Path) -> None:
    """In what it answers, nor in its files."""
    url = f"sqlite:///{tmp_path}/signals.db"
    root = a_trace(name=f"{SECRET}1")
    signals = [
        signal
        if isinstance(signal, (TraceRecord, *ON_THEIR_OWN))
        else replace(signal, trace_xid=root.xid)
        for signal in planted()
    ]
    delivered(LocalSink(url), root, *signals)
    store = open_store(url)
    found = store.get_trace(LOCAL_TENANT, root.xid)
    store.close()
    assert found is not None
    assert len(found.spans or []) == 3
    assert SECRET not in repr(found)
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert SECRET.encode() not in files


@given(any_metadata)
@example({" more characters]": None})
def test_any_metadata_keeps_its_shape(recorded: dict[str, Any]) -> None:
    """Numbers stay numbers, lists lists; texts become what the mask says."""
    metadata = snapshot_mapping(recorded, LIMIT)
    event = replace(an_event(), metadata=metadata)
    masked = masking(lambda text: f"{text}.").record(event)
    assert unmasked(masked.metadata) == metadata
    assert event.metadata == snapshot_mapping(recorded, LIMIT)
    assert masking(lambda text: text).record(event) is event


def unmasked(value: Any) -> Any:
    """Take away the dot at the end of each text."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {unmasked(name): unmasked(member) for name, member in members.items()}
    if isinstance(value, list):
        return [unmasked(item) for item in cast("list[object]", value)]
    if not isinstance(value, str):
        return value
    assert value.endswith(".")
    return value[:-1]


def test_what_the_application_holds_stays_as_it_was() -> None:
    """Records share objects with spans that are still open; what nothing changes is shared on."""
    options = Options(user=f"{SECRET}1", tools=[ToolDefinition(f"{SECRET}2", "", None)])
    untouched = Message("user", [TextPart("hello")])
    message = Message("user", [TextPart(f"{SECRET}3")])
    data = CompletionData([untouched, message], options)
    span = a_span(data=data, family="completion")
    masked = masking().record(span)
    assert isinstance(masked.data, CompletionData)
    assert SECRET not in repr(masked)
    assert masked.data.messages[0] is untouched
    assert (span.data, data.options) == (data, options)
    assert options.user == f"{SECRET}1"
    assert message.contents == [TextPart(f"{SECRET}3")]


def test_words_of_the_contract_stay() -> None:
    """A mask that hides every text leaves identities, severities and what is not text."""
    span = a_span(severity="error", metadata={"n": 1, "yes": True, "nothing": None})
    odd = masking(lambda _: "*").record(a_span(severity="very bad"))
    masked = masking(lambda _: "*").record(span)
    assert (masked.xid, masked.trace_xid, masked.severity) == (span.xid, span.trace_xid, "error")
    assert list(masked.metadata.values()) == [1, True, None]
    assert (masked.name, odd.severity) == ("*", "*")


def test_members_that_are_masked_to_the_same_name_are_all_kept() -> None:
    """The first has the name, the others a number."""
    event = replace(an_event(), metadata={"a": 1, "b": 2, "c": 3})
    record = masking(lambda _: "*").record(event)
    assert masking(lambda _: "*").record(an_event()).metadata is UNSAID
    assert record.name == "*"
    assert record.metadata == {"*": 1, "* 2": 2, "* 3": 3}


# The function.


@pytest.mark.parametrize("error", [ValueError("PLANTED1"), RecursionError(), SystemExit()])
def test_where_the_mask_raises_nothing_travels(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    """A marker does, the rest of the record with it; the log hears it once, without the text."""

    def broken(text: str) -> str:
        if SECRET in text:
            raise error
        return text

    sink = MemorySink()
    delivery = Delivery(sink, masking=masking(broken))
    delivery.put(a_finding("score", 0.5, comment=f"{SECRET}1"))
    delivery.put(a_finding(f"{SECRET}2", "fine"))
    assert delivery.close(PATIENCE).delivered == 2
    first, second = sink.findings
    marker = f"<withheld: the mask raised {type(error).__name__}>"
    assert (first.name, first.value, first.comment) == ("score", 0.5, marker)
    assert (second.name, second.value) == (marker, "fine")
    told = [record for record in caplog.records if "the mask raised" in record.getMessage()]
    assert [record.levelno for record in told] == [logging.WARNING]
    assert SECRET not in caplog.text


@pytest.mark.parametrize(("answer", "name"), [(None, "NoneType"), (b"x", "bytes"), (1, "int")])
def test_where_the_mask_gives_no_text_nothing_travels(answer: Any, name: str) -> None:
    """As where it raises."""
    assert masked_text("hello", lambda _: answer) == f"<withheld: the mask gave {name}>"


def test_a_mask_with_a_parameter_place_is_told_where_a_text_stands() -> None:
    """Others are given the text alone, whatever else they could take."""
    places: list[str] = []

    def note(text: str, place: str) -> str:
        places.append(place)
        return text

    call = ToolCall("1", "lookup", {"order": {"id": "2"}})
    data = CompletionData([Message("assistant", [TextPart("hi")], tool_calls=[call])])
    span = a_span(data=data, metadata={"city": "Ulm"}, findings=[a_finding("kind", "new")])
    masking(note).record(span)
    assert places == [
        "span.name",
        "span.metadata",
        "span.metadata.city",
        "message.text",
        "tool_call.id",
        "tool_call.name",
        "tool_call.arguments",
        "tool_call.arguments.order",
        "tool_call.arguments.order.id",
        "finding.name",
        "finding.value",
    ]

    def two(text: str, more: str = "!") -> str:
        return text + more

    assert masked_text("hi", two) == "hi!"


def test_a_batch_that_cannot_be_masked_at_all_is_lost_and_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An error in our own code lets nothing through, and stops nothing."""

    class Broken(Masking):
        def batch(self, batch: Batch) -> Batch:
            raise ZeroDivisionError

    sink = MemorySink()
    delivery = Delivery(sink, masking=Broken(hide, None, LIMIT))
    delivery.put(a_trace())
    receipt = delivery.close(PATIENCE)
    assert (receipt.dropped, sink.signals) == ({"internal": 1}, [])
    assert "could not be masked" in caplog.text


def test_values_that_no_record_should_hold_are_withheld() -> None:
    """Nobody knows what is inside of them, or where they end."""
    endless: list[Any] = []
    endless.append(endless)
    metadata = {"set": {SECRET}, "endless": endless, "bytes": SECRET.encode()}
    record = masking().record(replace(an_event(), metadata=metadata))
    assert record.metadata["set"] == "<withheld: the mask cannot look into set>"
    assert SECRET not in repr(record)
    assert "<withheld: it is too deep>" in repr(record)


# Parts of messages that are not text.


def data_part(mime_type: str, content: bytes) -> DataPart:
    part = DataPart(mime_type, base64.b64encode(content).decode())
    data = CompletionData([Message("user", [part])])
    masked = masking().record(a_span(data=data)).data
    assert isinstance(masked, CompletionData)
    found = masked.messages[0].contents[0]
    assert isinstance(found, DataPart)
    return found


@pytest.mark.parametrize(
    "kind",
    [
        "text/csv",
        "application/json; charset=utf-8",
        "image/svg+xml",
        "application/x-yaml",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
    ],
)
def test_a_text_in_a_data_part_is_masked(kind: str) -> None:
    """And is base64 again."""
    found = data_part(kind, f"x,{SECRET}1".encode())
    assert base64.b64decode(found.data) == b"x,<hidden>"


def test_other_data_parts_stay_and_broken_ones_are_texts() -> None:
    """Nobody looks into a picture; what claims to be a text and is none is withheld."""
    picture = b"\x89PNG " + SECRET.encode()
    assert base64.b64decode(data_part("image/png", picture).data) == picture
    archive = b"PK\x03\x04\xff\xfe"
    assert base64.b64decode(data_part("application/zip", archive).data) == archive
    assert base64.b64decode(data_part("text/plain", b"\xff\xfe").data).startswith(b"<withheld")
    data = CompletionData([Message("user", [DataPart("image/png", f"no base64: {SECRET}1")])])
    assert SECRET not in repr(masking().record(a_span(data=data)))


# Names of secrets.


def test_values_under_names_of_secrets_are_masked_whatever_they_are() -> None:
    """In metadata and arguments; a count of tokens is none, and a schema only names things."""
    secrets = {"password": 1234, "api_key": ["x"], "openaiApiKey": "y", "Authorization": {"a": 1}}
    others = {"input_token": 5, "tokens": "five", "password_set": True, "secret": None}
    keys = masking(None, "keys")
    event = replace(an_event(), metadata={**secrets, "deep": [dict(secrets)], **others})
    found = keys.record(event).metadata
    hidden = dict.fromkeys(secrets, "<masked key>")
    assert found == {**hidden, "deep": [hidden], **others}
    schema = {"properties": {"password": {"type": "string"}}}
    options = Options(tools=[ToolDefinition("login", "", schema)], response_format=schema)
    record = a_span(data=CompletionData([], options))
    assert keys.record(record) == record


def test_patterns_come_before_the_function() -> None:
    """The function sees what they left."""
    seen: list[str] = []

    def note(text: str) -> str:
        seen.append(text)
        return text.upper()

    assert masked_text("mail a@b.de", note, "emails") == "MAIL <MASKED EMAIL>"
    assert "mail <masked email>" in seen


# Cuts.


def cut(text: str, limit: int) -> str:
    """Cut like the guards at the door where something is masked."""
    most = limit + MARGIN
    if len(text) <= most:
        return text
    return f"{text[:most]}[... {len(text) - most} more characters]"


@pytest.mark.parametrize("shift", range(-30, 31, 3))
def test_a_secret_at_the_limit_is_masked_before_the_cut(shift: int) -> None:
    """Nothing of it stays, wherever the limit cuts it."""
    secret = "mario.rossi.42@example.com"
    text = "word " * (LIMIT // 5) + "." * 30
    begin = LIMIT + shift
    text = f"{text[:begin]} {secret} {'tail ' * 9_000}"
    found = masked_text(cut(text, LIMIT), None, "emails")
    assert len(found) < LIMIT + 50
    assert not re.search("mario|rossi|42@|example", found)
    more = re.search(r"\[\.\.\. (\d+) more characters\]\Z", found)
    assert more is not None


def test_a_text_that_shrinks_shows_nothing_of_what_the_first_cut_split() -> None:
    """So many addresses that the split one would come before the limit after masking."""
    address = "mario.rossi.42@example.com "
    text = address * 5_000
    found = masked_text(cut(text, LIMIT), lambda one: one.replace(address, ""), "cards")
    assert not re.search("mario|rossi|example", found)
    everything = masked_text(cut(text, LIMIT), lambda _: "***")
    assert everything.startswith("***[... ")


def test_a_mask_that_makes_texts_longer_is_cut_as_well() -> None:
    """The limit holds for what travels."""
    found = masked_text("a" * LIMIT, lambda text: text * 3)
    assert found == f"{'a' * LIMIT}[... {2 * LIMIT} more characters]"


def test_half_a_secret_before_a_cut_of_somebody_else_is_withheld() -> None:
    """The repr of an object is cut much earlier; its last word may be half a secret."""
    text = "<repr of Order: Order(card 4111 1111 11[... 812 more characters]>"
    found = masked_text(text, None, "cards")
    assert found == "<repr of Order: Order(card<withheld: cut here>[... 812 more characters]>"
