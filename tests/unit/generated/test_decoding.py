"""What JSON becomes: typed, validated, and open for a newer server."""

import copy
import pickle
import subprocess
import sys
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from modelmetry_api.models import (
    CompletionFamilyData,
    ContentPart,
    CreateFindingParams,
    DataPart,
    ErrorModel,
    Finding,
    IngestSignalsV1RequestBody,
    Message,
    TextPart,
    UserMessage,
)
from modelmetry_api.types import (
    UNSET,
    UnknownVariant,
    WireError,
    convert,
    decode_json,
    encode_json,
    to_builtins,
)

from tests.unit.generated.strategies import MODELS, instances

# Nothing is timed: a loaded machine is no fault of a model.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

FINDING = b'{"XID":"f1","Name":"score","Value":%s}'


@calm
@given(st.sampled_from(MODELS).flatmap(instances))
def test_what_is_written_is_read_back(model: Any) -> None:
    """Every model, with any values, comes back equal from its JSON and from its builtins."""
    kind = model.__class__
    assert decode_json(encode_json(model), kind) == model
    assert convert(to_builtins(model), kind) == model


@calm
@given(st.sampled_from(MODELS).flatmap(instances))
def test_models_can_be_copied_and_pickled(model: Any) -> None:
    """Copies and pickles of any model are equal to it."""
    assert copy.deepcopy(model) == model
    assert pickle.loads(pickle.dumps(model)) == model


@pytest.mark.parametrize(
    "data, path, reason",
    [
        (b'{"Traces":[{"XID":"t","Start":5}]}', "$.Traces[0].Start", "datetime"),
        (
            b'{"Traces":[{"XID":"t","Start":"2026-11-02T09:30:00Z","Name":5}]}',
            "$.Traces[0].Name",
            "`int`",
        ),
        (b'{"Findings":[{"XID":"f","Name":"n","Value":[]}]}', "$.Findings[0].Value", "`array`"),
        (b'{"Sessions":{}}', "$.Sessions", "`array | null`"),
        (b"[]", "$", "`object`"),
    ],
)
def test_a_wrong_value_is_named(data: bytes, path: str, reason: str) -> None:
    """A value of a wrong type is an error that says where it is and what was expected."""
    with pytest.raises(WireError) as caught:
        decode_json(data, IngestSignalsV1RequestBody)
    assert isinstance(caught.value, msgspec.ValidationError)
    assert reason in str(caught.value)
    assert caught.value.path == path
    assert f"`{path}`" in str(caught.value)


def test_a_missing_member_is_named() -> None:
    """The path of a missing member ends with its name."""
    with pytest.raises(WireError) as caught:
        decode_json(b'{"Findings":[{"XID":"f","Value":1}]}', IngestSignalsV1RequestBody)
    assert caught.value.path == "$.Findings[0].Name"


@pytest.mark.parametrize("time", ["2026-11-02T09:30:00", "yesterday", ""])
def test_a_time_needs_an_offset(time: str) -> None:
    """A time without an offset, or no time at all, is refused."""
    with pytest.raises(WireError, match=r"\$\.At"):
        convert({"XID": "f", "Name": "n", "Value": 1, "At": time}, CreateFindingParams)


def test_times_are_read_with_any_offset_and_precision() -> None:
    """Offsets are kept and nanoseconds are cut to microseconds."""
    text = "2026-11-02T09:30:00.123456789+02:00"
    finding = convert({"XID": "f", "Name": "n", "Value": 1, "At": text}, CreateFindingParams)
    assert finding.at == datetime.fromisoformat("2026-11-02T09:30:00.123457+02:00")


@pytest.mark.parametrize(
    "text, value", [(b"42", 42), (b"0.5", 0.5), (b"true", True), (b'"yes"', "yes")]
)
def test_a_finding_value_keeps_its_type(text: bytes, value: object) -> None:
    """Number, boolean and string are read as what they are, and an integer stays one."""
    read = decode_json(FINDING % text, CreateFindingParams).value
    assert (read, type(read)) == (value, type(value))


def test_null_and_absent_are_told_apart() -> None:
    """A null member is None, an absent one UNSET."""
    finding = decode_json(b'{"XID":"f","Name":"n","Value":1,"Unit":null}', CreateFindingParams)
    assert finding.unit is None
    assert finding.comment is UNSET


def test_unknown_members_are_ignored() -> None:
    """A member that only a newer server knows does not hinder reading."""
    problem = decode_json(b'{"title":"Gone","status":410,"traceId":"x"}', ErrorModel)
    assert (problem.title, problem.status) == ("Gone", 410)


@calm
@given(instances(Finding))
def test_unknown_enum_values_are_read(finding: Finding) -> None:
    """An enum value that only a newer server knows is read as it is."""
    newer = {**to_builtins(finding), "Source": "oracle"}
    assert convert(newer, Finding).source == "oracle"
    assert decode_json(encode_json(newer), Finding).source == "oracle"


def test_an_unknown_kind_of_message_is_kept() -> None:
    """A message or part of an unknown kind comes back as it was, from bytes that a server sent."""
    newer: dict[str, Any] = {
        "Messages": [
            {"Role": "developer", "Contents": []},
            {"Role": "user", "Contents": [{"Text": "hello"}, {"Audio": "..."}]},
        ]
    }
    data = decode_json(encode_json(newer), CompletionFamilyData)
    assert data.messages is not UNSET
    assert isinstance(data.messages[0], UnknownVariant)
    assert isinstance(data.messages[1], UserMessage)
    assert isinstance(data.messages[1].contents[1], UnknownVariant)
    assert to_builtins(data) == newer


@pytest.mark.parametrize(
    "message, path",
    [
        ({"Role": "developer", "Contents": []}, "$.Messages[0].Role"),
        ({"Contents": []}, "$.Messages[0].Role"),
        ({"Role": 5, "Contents": []}, "$.Messages[0].Role"),
        ({"Role": "user"}, "$.Messages[0].Contents"),
        ({"Role": "user", "Contents": [{"Txet": ""}]}, "$.Messages[0].Contents[0]"),
        ({"Role": "user", "Contents": [{"Text": 5}]}, "$.Messages[0].Contents[0].Text"),
        ({"Role": "user", "Contents": ["hello"]}, "$.Messages[0].Contents[0]"),
        ("hello", "$.Messages[0]"),
    ],
)
def test_what_does_not_fit_a_family_is_named(message: object, path: str) -> None:
    """`convert` refuses what is no known message or part, with its whole path."""
    with pytest.raises(WireError) as caught:
        convert({"Messages": [message]}, CompletionFamilyData)
    assert caught.value.path == path


def test_parts_are_told_apart_by_their_members() -> None:
    """A part is of the class whose required members it has, the closer one if several do."""
    message = {"Role": "user", "Contents": [{"Text": "a"}, {"Data": "b", "MimeType": "c"}]}
    contents = convert(message, UserMessage).contents
    assert contents == [TextPart(text="a"), DataPart(data="b", mime_type="c")]
    both = {"Role": "user", "Contents": [{"Text": "a", "Data": "b", "MimeType": "c"}]}
    assert isinstance(convert(both, UserMessage).contents[0], DataPart)


def test_unions_hold_at_run_time() -> None:
    """`isinstance` with the name of a union agrees with the type checker."""
    message = UserMessage(role="user", contents=[])
    assert isinstance(message, Message)
    assert not isinstance(message, ContentPart)
    assert isinstance(UnknownVariant(), ContentPart)


@pytest.mark.parametrize("data", [b"", b"{", b"<html>", b'{"Text":1}x'])
def test_what_is_not_json_is_an_error(data: bytes) -> None:
    """Broken JSON is a decoding error."""
    with pytest.raises(msgspec.DecodeError):
        decode_json(data, TextPart)


def test_collections_of_models_are_read() -> None:
    """Lists and dicts of models are types too, and so are builtins."""
    assert decode_json(b'[{"Text":"a"}]', list[TextPart]) == [TextPart(text="a")]
    assert convert({"x": {"Text": "a"}}, dict[str, TextPart]) == {"x": TextPart(text="a")}
    with pytest.raises(WireError, match="int"):
        convert("5", int)


READING_AT_ONCE = """
import sys, threading
from modelmetry_api import models
from modelmetry_api.types import WireError, convert

found = [getattr(models, name) for name in models.__all__]
types = [one for one in found if hasattr(one, "__attrs_attrs__")]
together = threading.Barrier(8)
sys.setswitchinterval(1e-6)

def read(first):
    together.wait()
    for n in range(len(types)):
        try:
            convert({}, types[(n + first) % len(types)])
        except WireError:
            pass

threads = [threading.Thread(target=read, args=[3 * n]) for n in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("all read", len(types))
"""


def test_threads_may_read_their_first_answers_at_once() -> None:
    """A server that has just started gets several requests; without care msgspec crashes then."""
    program = [sys.executable, "-c", READING_AT_ONCE]
    ended = subprocess.run(
        program, env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout[:9]) == (0, b"all read "), ended.stderr


CHOOSING_AT_ONCE = """
import sys, threading
from msgspec import _utils
from modelmetry_api.models import CompletionFamilyData
from modelmetry_api.types import convert

annotations, busy, beside, found = _utils.get_class_annotations, threading.Lock(), [], []

def described(one):
    if not busy.acquire(blocking=False):
        beside.append(one)
        return annotations(one)
    try:
        for _ in range(10_000):  # others have their turn
            pass
        return annotations(one)
    finally:
        busy.release()

_utils.get_class_annotations = described
contents = [{"Text": "hi"}]
said = [{"Role": role, "Contents": contents} for role in ("user", "system", "assistant")]
together = threading.Barrier(8)
sys.setswitchinterval(1e-6)

def read():
    together.wait()
    for one in said:
        found.append(convert({"Messages": [one]}, CompletionFamilyData))

threads = [threading.Thread(target=read) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(found), beside)
"""


def test_what_a_choice_leads_to_is_described_by_one_thread_at_a_time() -> None:
    """It is met later than its owner: of processes that read it first in threads some crashed."""
    program = [sys.executable, "-c", CHOOSING_AT_ONCE]
    ended = subprocess.run(
        program, env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, b"24 []\n"), ended.stderr
