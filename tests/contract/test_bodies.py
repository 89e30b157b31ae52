"""JSON at its edges."""

from __future__ import annotations

import json

import pytest

from tests.contract.api import Api
from tests.contract.signals import END, START, finding, span, trace
from tests.contract.target import Target

ODD_TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "line\nend\r\n\ttab",
    '"quoted" \\ back',
    "Grüße, 你好, שלום",
    "👩‍👩‍👧 e\u0301 \u202e \ufeff \uffff",
    "' OR 1=1; --",
    "%_*",
    "x" * 20_000,
    "null",
    "$ref",
]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"{",
        b'{"Traces": [}',
        b"{'Traces': []}",
        b'{"Traces": [],}',
        b"{} {}",
        b"{}x",
        b"// nothing\n{}",
        b'{"Traces": NaN}',
        b'{"Findings": [{"XID": "x", "Name": "n", "Value": NaN}]}',
        b'{"Findings": [{"XID": "x", "Name": "n", "Value": Infinity}]}',
        b'{"Findings": [{"XID": "x", "Name": "n", "Value": -Infinity}]}',
        b'{"Findings": [{"XID": "x", "Name": "n", "Value": 0x10}]}',
        b'{"Findings": [{"XID": "x", "Name": "n", "Value": 01}]}',
        b'{"Sessions": [{"XID": "\xff\xfe"}]}',
        b'{"Sessions": [{"XID": "\xed\xa0\x80"}]}',
        b'{"Sessions": [{"XID": "a\nb"}]}',
        b'{"Sessions": [{"XID": "\\x41"}]}',
        b"\xff\xfe{\x00}\x00",
        b"<xml/>",
    ],
    ids=repr,
)
def test_what_is_not_json_is_refused(api: Api, content: bytes) -> None:
    """A body that is not JSON in UTF-8 is a 400."""
    assert api.ingest(None, content=content).status_code == 400


@pytest.mark.parametrize("content", [b"null", b"[]", b"1", b'"text"', b"true", b"[{}]"])
def test_json_of_another_shape_is_refused(api: Api, content: bytes) -> None:
    """JSON that is not an object is a 422 at `body`."""
    answer = api.ingest(None, content=content)
    assert answer.status_code == 422
    assert [error["location"] for error in answer.json()["errors"]] == ["body"]


@pytest.mark.parametrize("content", [b"{}", b" \r\n\t{ } \n", b'{"Traces": null}', b'{"Spans":[]}'])
def test_an_empty_batch_is_taken(api: Api, content: bytes) -> None:
    """Nothing to store is no mistake."""
    answer = api.ingest(None, content=content)
    assert answer.status_code == 200
    assert answer.json()["Accepted"] == 0


def test_the_address_of_a_schema_is_ignored(api: Api, target: Target) -> None:
    """`$schema` is read-only, and clients of the first document may send it back all the same."""
    xid = target.xid()
    body = {"$schema": "https://example.com/schema.json", "Traces": [trace(target, XID=xid)]}
    assert api.ingest(body).status_code == 200
    assert api.has_trace(xid)


@pytest.mark.parametrize(
    "number",
    ["0", "-0.0", "1E5", "1e-400", "123456789012345678901234567890", "-9223372036854775809",
     "18446744073709551616", "1.7976931348623157e308", "0.1", "9007199254740993", "1e22"],
)  # fmt: skip
def test_a_number_is_kept(api: Api, target: Target, number: str) -> None:
    """Every finite number is taken and read back as close as a double is."""
    xid = target.xid()
    target.sent.add(xid)
    text = (
        f'{{"Findings":[{{"XID":"{target.xid()}","TraceID":"{xid}","Name":"n","Value":{number}}}]}}'
    )
    assert api.ingest(None, content=text.encode()).status_code == 200
    value = api.trace(xid)["Findings"][0]["Value"]
    assert type(value) in {int, float}
    assert float(value) == float(number)


@pytest.mark.parametrize("number", ["9007199254740993", "-9223372036854775808", "0", "1"])
def test_an_integer_of_64_bits_is_exact(api: Api, target: Target, number: str) -> None:
    """Integers that a 64 bit integer holds are not rounded, in findings and in metadata."""
    xid = target.xid()
    value = int(number)
    body = {
        "Traces": [trace(target, XID=xid, Metadata={"n": value})],
        "Findings": [finding(target, xid, Value=value)],
    }
    api.store(body)
    read = api.trace(xid)
    assert read["Findings"][0]["Value"] == value
    assert read["Metadata"]["n"] == value


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 400])
def test_a_number_beyond_a_double_does_no_harm(api: Api, target: Target, number: str) -> None:
    """A number that no double holds is refused, or kept finite; never infinite."""
    xid = target.xid()
    target.sent.add(xid)
    text = (
        f'{{"Findings":[{{"XID":"{target.xid()}","TraceID":"{xid}","Name":"n","Value":{number}}}]}}'
    )
    answer = api.ingest(None, content=text.encode())
    assert answer.status_code in {200, 400, 422}
    if answer.status_code == 200:
        api.trace(xid)


@pytest.mark.parametrize("text", ODD_TEXTS, ids=lambda text: repr(text)[:20])
def test_odd_text_is_kept(api: Api, target: Target, text: str) -> None:
    """NUL, quotes, emoji, nothing at all: text is text wherever it stands."""
    xid, span_xid = target.xid(), target.xid()
    body = {
        "Traces": [trace(target, XID=xid, Name=text, Message=text, Metadata={text: text})],
        "Spans": [
            span(target, xid, XID=span_xid, Name=text, Message=text, FamilyData={text: [text]})
        ],
        "Findings": [finding(target, xid, SpanID=span_xid, Name=text, Value=text, Comment=text)],
    }
    api.store(body)
    read = api.trace(xid)
    assert (read["Name"], read["Message"], read["Metadata"]) == (text, text, {text: text})
    found = read["Spans"][0]
    assert (found["Name"], found["Message"], found["FamilyData"]) == (text, text, {text: [text]})
    assert found["Findings"][0]["Value"] == text
    assert found["Findings"][0]["Comment"] == text
    if text:  # an empty name is none
        names = api.read("/names/traces", prefix=text, limit=500)["Names"]
        assert text in {named["Name"] for named in names}
    api.read("/traces", q=text, limit=1)


def test_an_escaped_surrogate_pair_is_one_character(api: Api, target: Target) -> None:
    r"""`\ud83d\ude00` is what JSON writers make of an emoji."""
    xid = target.xid()
    api.store({"Traces": [trace(target, XID=xid, Name="\U0001f600")]})
    assert api.trace(xid)["Name"] == "\U0001f600"


@pytest.mark.parametrize("member", ["XID", "Name", "Metadata"])
def test_a_lone_surrogate_does_no_harm(api: Api, target: Target, member: str) -> None:
    """Half a character is refused or replaced; it never breaks an answer."""
    xid = target.xid()
    value = '{"\\ud800":"\\udfff"}' if member == "Metadata" else '"\\ud800"'
    members = {"XID": f'"{xid}"', "Start": f'"{START}"', "End": f'"{END}"', member: value}
    target.sent.add(xid)
    text = ",".join(f'"{name}":{written}' for name, written in members.items())
    answer = api.ingest(None, content=f'{{"Traces":[{{{text}}}]}}'.encode())
    assert answer.status_code in {200, 400, 422}
    api.read("/traces", limit=5)
    if answer.status_code == 200 and member != "XID":
        api.trace(xid)


@pytest.mark.parametrize("twice", ['"XID":"{0}","XID":"{0}"', '"Name":"a","Name":"b","XID":"{0}"'])
def test_a_member_given_twice_does_no_harm(api: Api, target: Target, twice: str) -> None:
    """Parsers differ about a repeated member; here it is refused, or the last one counts."""
    xid = target.xid()
    target.sent.add(xid)
    text = f'{{"Traces":[{{{twice.format(xid)},"Start":"{START}"}}]}}'
    answer = api.ingest(None, content=text.encode())
    assert answer.status_code in {200, 400, 422}
    if answer.status_code == 200:
        assert api.trace(xid)["Name"] in {"", "b"}


def test_many_members_are_taken(api: Api, target: Target) -> None:
    """Metadata of a thousand members comes back whole."""
    xid = target.xid()
    metadata = {f"key {n}": [n, str(n), {"n": None, "t": True, "f": 0.5}] for n in range(1_000)}
    api.store({"Traces": [trace(target, XID=xid, Metadata=metadata)]})
    assert api.trace(xid)["Metadata"] == metadata
    assert json.dumps(api.trace(xid)["Metadata"]) == json.dumps(metadata)
