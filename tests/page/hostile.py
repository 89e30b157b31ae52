"""Text that means harm, in every field that a client can send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

Body = dict[str, list[dict[str, Any]]]

MARK: Final = "alert('ran')"
TEXTS: Final = {
    "script": f"<script>{MARK}</script>",
    "handler": f'"><img src=x onerror="{MARK}">',
    "svg": f"<svg/onload={MARK}><use href='data:image/svg+xml,<svg id=x onload={MARK}>#x'/>",
    "link": f"[press]( javascript:{MARK} ) <a href='java&#10;script:{MARK}'>press</a>",
    "frame": f'<iframe srcdoc="<script>parent.{MARK}</script>"></iframe><style>*{{display:none}}',
    "template": "{{constructor.constructor('alert(1)')()}} ${alert(1)} {@html x}",
    "bidi": "invoice\u202e\u2066fdp.exe\u2069 \u200f\u202d end",
    "prototype": "__proto__",
    "constructor": "constructor",
    "control": "a\x00b\x07\x1b[31m\r\n\tc\ufeff\ufffe",
    "combining": "Z" + "\u0300\u0316" * 400,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 50,
    "dots": "..",
    "slash": "../../traces?x=1#y/%2e%2e/%00",
    "long": "W" * 5_000,
}
MARKDOWN: Final = "\n\n".join(
    (
        f"<script>{MARK}</script>",
        f"<img src=x onerror={MARK}>",
        f"[press](javascript:{MARK})",
        f"[data](data:text/html,<script>{MARK}</script>)",
        "![picture](https://elsewhere.example.com/pixel.png)",
        f'<a href="https://example.com" onclick="{MARK}" style="position:fixed;inset:0">over</a>',
        "<form action=https://elsewhere.example.com><input name=key><button>go</button></form>",
        '<style>@import "https://elsewhere.example.com/x.css";</style>',
        '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)">',
        '<base href="https://elsewhere.example.com/"><meta http-equiv=refresh content="0;url=/">',
        "<details open ontoggle=alert(1)>open</details>",
    )
)
DEEP_MARKDOWN: Final = (
    "* " * 300 + "deep",
    "> " * 300 + "deep",
    "[" * 1_500 + "deep",
    "*" * 1_500 + "deep",
    "`" * 1_500 + "deep",
)
START: Final = datetime.now(UTC) - timedelta(minutes=10)


def hostile_body(word: str) -> Body:
    """A trace whose every text is the hostile one, identities included."""
    text = TEXTS[word]
    xid = f"{word} {text}"
    trace = {
        "XID": xid, "Name": text, "SessionID": text, "Start": at(0), "End": at(5),
        "Severity": "error", "Message": text,
        "Metadata": {text: text, "__proto__": {"polluted": text}, "nested": [{text: [text]}]},
    }  # fmt: skip
    spans = [
        _span(f"{xid} other", xid, text, "other", {text: [text, {"__proto__": text}]}),
        _span(f"{xid} completion", xid, text, "completion", completion(text)),
        _span(f"{xid} said", xid, text, "completion", said(text)),
        _span(f"{xid} retrieval", xid, text, "retrieval", retrieval(text)),
        _span(
            f"{xid} embeddings", xid, text, "embeddings",
            {"Inputs": [text], "Options": {"Model": text, "Provider": text}},
        ),
    ]  # fmt: skip
    places: list[dict[str, Any]] = [{"TraceID": xid}, {"TraceID": xid, "SpanID": spans[0]["XID"]}]
    events = [
        {"XID": f"{xid} event {n}", "Name": text, "At": at(1), "Metadata": {text: text}, **place}
        for n, place in enumerate(places)
    ]
    findings = [
        {
            "XID": f"{xid} finding {n} {value!r:.20}", "Name": text, "Value": value, "Unit": text,
            "At": at(2), "Source": "annotation", "Comment": text, "Description": text,
            "Metadata": {text: text}, **place,
        }
        for n, place in enumerate(places)
        for value in (text, 1e308, True)
    ]  # fmt: skip
    return {
        "Sessions": [{"XID": text, "Name": text, "Metadata": {text: text}}],
        "Traces": [trace],
        "Spans": spans,
        "Events": events,
        "Findings": findings,
    }


def said(text: str) -> dict[str, Any]:
    """A conversation in the shape that the contract wants, so that its parts are shown as such."""
    script = "PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIj48L3N2Zz4="
    parts = [{"MimeType": kind, "Data": script} for kind in ("image/svg+xml", "text/html", "x/y")]
    call = {"ID": "c1", "Type": "function", "Function": {"Name": text, "Arguments": {text: text}}}
    return {
        "Messages": [
            {"Role": "system", "Contents": [{"Text": text}], "Name": text},
            {"Role": "user", "Contents": [{"Text": text}, *parts], "Name": text},
            {"Role": "assistant", "Contents": [{"Text": text}], "ToolCalls": [call]},
            {"Role": "tool", "Contents": [{"Text": text}], "ToolCallID": "c1"},
            {"Role": "tool", "Contents": [{"Text": text}], "ToolCallID": text},
        ],
        "Options": {"Model": text, "Provider": text, "Tools": [
            {"Name": text, "Description": text, "Parameters": {text: text}}
        ]},
        "Usage": {"Total": {"Amount": 1e300, "Unit": "tokens"}},
        "Cost": {"Total": {"Amount": -1e300, "Currency": "XXX"}},
    }  # fmt: skip


def completion(text: str) -> dict[str, Any]:
    """Messages, tools and options of which every member is misused."""
    said = [{"Text": text}, {"MimeType": text, "Data": text, "Detail": text}]
    script = {"MimeType": "image/svg+xml", "Data": "PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIj48L3N2Zz4="}
    page = {"MimeType": "text/html", "Data": "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="}
    call = {"ID": text, "Type": "function", "Function": {"Name": text, "Arguments": text}}
    return {
        "Messages": [
            {"Role": "system", "Contents": said, "Name": text},
            {"Role": "user", "Contents": [*said, script, page], "Name": text},
            {"Role": "assistant", "Contents": [{"Text": text}], "ToolCalls": [call]},
            {"Role": "tool", "Contents": said, "ToolCallID": text},
        ],
        "Options": {
            "Model": text, "Provider": text, "BaseURL": f"javascript:{MARK}", "User": text,
            "Tools": [{"Name": text, "Description": text, "Parameters": {text: text}}],
            "LogitBias": {text: 1},
        },
        "Usage": {"Input": {"Amount": 1e300, "Unit": "tokens"}},
        "Cost": {"Total": {"Amount": -1e300, "Currency": "XXX"}},
        "Documents": [_document(text)],
    }  # fmt: skip


def retrieval(text: str) -> dict[str, Any]:
    """Queries and documents."""
    queries = [{"TextRepresentation": text, "Embeddings": [1e308, -1e308]}]
    return {"Queries": queries, "Documents": [_document(text)]}


def markdown_body() -> Body:
    """A model that answers with every trick of Markdown and HTML."""
    trace = {"XID": "markdown", "Name": "hostile.markdown", "Start": at(0), "End": at(5)}
    spans = [
        _span(f"markdown-{n}", "markdown", "llm.tricks", "completion", said(text))
        for n, text in enumerate((MARKDOWN, *DEEP_MARKDOWN))
    ]
    return {"Traces": [trace], "Spans": spans}


def large_body() -> Body:
    """A megabyte in a name, a message, a value, and JSON that is nested deeply."""
    mega, deep = "1 MB <b>" + "x" * 1_000_000, nested(110)
    trace = {
        "XID": "large", "Name": mega, "Start": at(0), "End": at(5), "Metadata": {"mega": mega},
        "Message": mega,
    }  # fmt: skip
    said = {
        "Messages": [
            {"Role": "user", "Contents": [{"MimeType": "image/png", "Data": "A" * 1_000_000}]},
            {"Role": "assistant", "Contents": [{"Text": mega}]},
            {"Role": "assistant", "Contents": [{"Text": "# one\n\n* two\n" * 50_000}]},
        ]
    }
    finding = {"XID": "large-f", "TraceID": "large", "Name": "mega", "Value": mega, "At": at(1)}
    return {
        "Traces": [trace],
        "Spans": [
            _span("large-1", "large", "mega", "completion", said),
            _span("large-2", "large", "deep", "other", deep),
            _span("large-3", "large", "wide", "other", {f"key {n}": n for n in range(20_000)}),
        ],
        "Findings": [finding],
    }


def nested(depth: int) -> dict[str, Any]:
    """Objects in lists in objects."""
    found: dict[str, Any] = {"bottom": True}
    for _ in range(depth):
        found = {"down": [found]}
    return found


def tangled_body() -> Body:
    """Spans that are their own parents, parents of each other, and children of nobody."""
    trace = {"XID": "tangled", "Name": "hostile.tangled", "Start": at(0), "End": at(5)}
    parents = {"self": "self", "one": "two", "two": "one", "orphan": "nobody", "fine": None}
    return {
        "Traces": [trace],
        "Spans": [
            _span(name, "tangled", f"span.{name}", "other", {}, ParentID=parent)
            for name, parent in parents.items()
        ],
    }


def at(seconds: float) -> str:
    """A time of the hostile traces."""
    return (START + timedelta(seconds=seconds)).isoformat()


def _span(xid: str, trace: str, name: str, family: str, data: Any, **more: Any) -> dict[str, Any]:
    return {
        "XID": xid, "TraceID": trace, "Name": name, "Family": family, "FamilyData": data,
        "Start": at(1), "End": at(3), "Severity": "error", "Message": name,
        "Metadata": {name: name}, **more,
    }  # fmt: skip


def _document(text: str) -> dict[str, Any]:
    return {
        "Identifier": text, "Title": text, "ContentType": "text/html", "Content": text,
        "Metadata": {"score": text, text: text},
    }  # fmt: skip


def hostile_execution(
    word: str,
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """An execution whose every text is the hostile one, with a value and a list of that name."""
    text = TEXTS[word]
    execution = {
        "XID": execution_xid(word), "PipelineName": text[:1000], "DeploymentName": text[:1000],
        "Status": "failed", "Message": text * 3, "Start": at(0), "End": at(5),
        "TraceID": f"{word} {text}",
        "Metadata": {text: text, "__proto__": {"polluted": text}, "nested": [{text: [text]}]},
    }  # fmt: skip
    values = [{"Name": text[:1000], "Value": value} for value in (1e308, -1e-308)]
    return execution, values, [{"Name": text[:1000], "Values": [1e308, -1e308, 0]}]


def execution_xid(word: str) -> str:
    """The XID of the hostile execution, as long as one may be."""
    return f"{word} {TEXTS[word]}"[:1000]


def hostile_telemetry(word: str) -> Body:
    """A run whose every text is the hostile one."""
    text, xid = TEXTS[word], execution_xid(word)
    told = {"RunID": xid, "Command": text[:1000], "At": at(1), "Status": text[:200]}
    numbers = {text[:1000]: 1e300, "__proto__": text, "nested": {text: [text]}}
    return {
        "Runs": [{
            "XID": xid, "Command": text[:1000], "Start": at(0), "ExecutionID": xid,
            "System": {text: text, "__proto__": {"polluted": text}, "list": [text, {text: text}]},
        }],
        "Records": [
            {"XID": f"{word} {n}", "Kind": kind, "Event": text[:1000], "Metrics": numbers,
             "Message": text * 2, **told}
            for n, kind in enumerate(("record", "event", "reading", "reading"))
        ],
    }  # fmt: skip
