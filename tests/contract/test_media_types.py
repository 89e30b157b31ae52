"""The media type of a body: JSON in UTF-8 and nothing else."""

from __future__ import annotations

import json

import pytest

from tests.contract.api import INGEST, Api
from tests.contract.signals import trace
from tests.contract.target import Target


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "Application/JSON",
        "application/json ; charset=utf-8",
    ],
)
def test_json_in_utf8_is_taken(api: Api, target: Target, media_type: str) -> None:
    """Media types are compared without case, and their charset may be said."""
    xid = target.xid()
    answer = api.ingest({"Traces": [trace(target, XID=xid)]}, headers={"Content-Type": media_type})
    assert answer.status_code == 200
    assert api.has_trace(xid)


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "text/json",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "application/jsonx",
        "application/json-patch+json",
        "application/problem+json",
        "application/x-ndjson",
        "application",
        "*/*",
        "json",
        "",
    ],
)
def test_another_media_type_is_refused(api: Api, target: Target, media_type: str) -> None:
    """Valid JSON under another media type is a 415, and nothing is stored."""
    xid = target.xid()
    answer = api.ingest({"Traces": [trace(target, XID=xid)]}, headers={"Content-Type": media_type})
    assert answer.status_code == 415
    assert not api.has_trace(xid)


def test_a_body_without_media_type_is_refused(api: Api, target: Target) -> None:
    """No Content-Type is a 415: a page elsewhere could send such a body without asking."""
    xid = target.xid()
    body = json.dumps({"Traces": [trace(target, XID=xid)]}).encode()
    target.sent.add(xid)
    answer = api.raw("POST", INGEST, body=body, headers={"Content-Length": str(len(body))})
    assert answer.status_code == 415
    assert not api.has_trace(xid)


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "utf-7"])
def test_another_charset_is_refused(api: Api, target: Target, charset: str) -> None:
    """Text in another charset is not guessed at."""
    xid = target.xid()
    body = {"Traces": [trace(target, XID=xid, Name="Grüße")]}
    answer = api.ingest(
        body,
        headers={"Content-Type": f"application/json; charset={charset}"},
        content=json.dumps(body, ensure_ascii=False).encode(charset),
    )
    assert answer.status_code in {400, 415}
    assert not api.has_trace(xid)
