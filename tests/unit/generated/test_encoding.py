"""What models become on the wire."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft202012Validator
from modelmetry_api.models import (
    AssistantMessage,
    CompletionFamilyData,
    CreateFindingParams,
    CreateSpanParams,
    Function,
    IngestSignalsV1RequestBody,
    TextPart,
    ToolCall,
    UserMessage,
)
from modelmetry_api.types import UNSET, encode_json, evolve, to_builtins

SPEC: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[3] / "openapi" / "spec.yaml").read_text(encoding="utf-8")
)
START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def validator(schema: str) -> Draft202012Validator:
    """What the contract says about a component schema."""
    reference = {"$ref": f"#/components/schemas/{schema}", "components": SPEC["components"]}
    return Draft202012Validator(reference, validate_formats=True)


def span(**values: Any) -> CreateSpanParams:
    """A span with the members that it must have."""
    return CreateSpanParams(
        name="llm.generate", xid="s1", trace_id="t1", start=START, end=None, **values
    )


def test_members_bear_their_wire_names() -> None:
    """A model is written under the names of the contract, with None as null."""
    assert json.loads(encode_json(span(parent_id=None, family_data={"a": [1]}))) == {
        "Name": "llm.generate",
        "XID": "s1",
        "TraceID": "t1",
        "Start": "2026-11-02T09:30:00Z",
        "End": None,
        "ParentID": None,
        "FamilyData": {"a": [1]},
    }


def test_unset_members_are_left_out() -> None:
    """A member that is UNSET, by default or explicitly, does not occur in the JSON."""
    assert encode_json(span()) == encode_json(span(severity=UNSET, metadata=UNSET))
    assert b"Severity" not in encode_json(span())


def test_a_whole_batch_fits_the_contract() -> None:
    """Every kind of signal in one body is what the contract's schema describes."""
    data = CompletionFamilyData(
        messages=[
            UserMessage(role="user", contents=[TextPart(text="Where is my order?")]),
            AssistantMessage(
                role="assistant",
                contents=[],
                tool_calls=[
                    ToolCall(id="c1", type_="function", function=Function(name="f", arguments={}))
                ],
            ),
        ]
    )
    finding = CreateFindingParams(xid="f1", name="tokens", value=42, span_id="s1", source="sdk")
    body = IngestSignalsV1RequestBody(
        spans=[span(family="completion", family_data=to_builtins(data))], findings=[finding]
    )
    validator("IngestSignalsV1RequestBody").validate(json.loads(encode_json(body)))


def test_the_read_only_member_can_not_be_sent() -> None:
    """`$schema`, which only a server writes, is neither an argument nor a member."""
    wrong: dict[str, Any] = {"schema": "https://example.com/schema"}
    with pytest.raises(TypeError):
        IngestSignalsV1RequestBody(**wrong)
    body = IngestSignalsV1RequestBody()
    with pytest.raises(AttributeError):
        object.__setattr__(body, "$schema", "https://example.com/schema")
    assert encode_json(body) == b"{}"


def test_a_number_stays_the_number_that_it_was() -> None:
    """An integer finding is written without a fraction, a bool as a bool."""
    values: list[int | float | bool | str] = [42, 0.5, True, "yes"]
    findings = [CreateFindingParams(xid="f", name="n", value=value) for value in values]
    assert [json.loads(encode_json(f))["Value"] for f in findings] == values
    assert b'"Value":42,' in encode_json(findings[0])


def test_models_are_values() -> None:
    """Models compare by value, show their Python names and set members only, and can be evolved."""
    assert span() == span()
    assert span() != span(severity="error")
    assert "trace_id='t1'" in repr(span())
    assert "severity" not in repr(span())
    assert evolve(span(), name="other").name == "other"


def test_a_lone_surrogate_is_an_error() -> None:
    """Text that UTF-8 cannot hold is refused instead of being sent broken."""
    with pytest.raises(UnicodeEncodeError):
        encode_json(TextPart(text="\ud800"))
