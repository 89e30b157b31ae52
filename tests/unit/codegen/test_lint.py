"""Each rule that a spec has to keep, and what the driver says when it is broken."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen import lint
from codegen.refusal import RefusedError
from codegen.spec import read_spec

Spec = dict[str, Any]
Write = Callable[[object], Path]


def operation(spec: Spec) -> Spec:
    """The operation of the small spec."""
    found: Spec = spec["paths"]["/things/{id}"]["get"]
    return found


def thing(spec: Spec) -> Spec:
    """The schema of the small spec."""
    found: Spec = spec["components"]["schemas"]["Thing"]
    return found


def parameter(spec: Spec, **values: Any) -> None:
    """Add a parameter to the operation."""
    given = {"name": "q", "in": "query", "schema": {"type": "string"}, **values}
    operation(spec)["parameters"].append(given)


def test_a_spec_that_keeps_every_rule_passes(spec: Spec, write_spec: Write) -> None:
    """The small spec and our own have no fault."""
    lint.check(read_spec(write_spec(spec)))
    lint.check(read_spec(Path(__file__).parents[3] / "openapi" / "spec.yaml"))


def undefined_scheme(spec: Spec) -> None:
    operation(spec)["security"] = [{"key": []}, {"bearerAuth": []}]


def undefined_scheme_for_all(spec: Spec) -> None:
    spec["security"] = [{"nowhere": []}]


def no_key_header(spec: Spec) -> None:
    spec["components"]["securitySchemes"]["key"] = {"type": "http", "scheme": "bearer"}


def odd_operation_id(spec: Spec) -> None:
    operation(spec)["operationId"] = "getThing"


def no_operation_id(spec: Spec) -> None:
    del operation(spec)["operationId"]


def no_explicit_error(spec: Spec) -> None:
    del operation(spec)["responses"]["404"]


def plain_error(spec: Spec) -> None:
    operation(spec)["responses"]["404"] = {"description": "No."}


def several_error_models(spec: Spec) -> None:
    other = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Fault"}}}
    operation(spec)["responses"]["404"] = {"description": "No.", "content": other}


def undecided_object(spec: Spec) -> None:
    del thing(spec)["additionalProperties"]


def undecided_inner_object(spec: Spec) -> None:
    inner = {"type": ["object", "null"], "properties": {"A": {"type": "string"}}}
    thing(spec)["properties"]["List"] = {"type": "array", "items": {"oneOf": [inner]}}


def name_that_is_no_slot(spec: Spec) -> None:
    thing(spec)["properties"]["gen_ai.system"] = {"type": "string"}


def name_that_is_a_keyword(spec: Spec) -> None:
    thing(spec)["properties"]["class"] = {"type": "string"}


def cookie(spec: Spec) -> None:
    parameter(spec, **{"in": "cookie"})


def reserved_parameter(spec: Spec) -> None:
    parameter(spec, name="Timeout")


def joined_array(spec: Spec) -> None:
    parameter(spec, explode=False, schema={"type": "array", "items": {"type": "string"}})


def object_parameter(spec: Spec) -> None:
    parameter(spec, schema={"type": "object", "additionalProperties": True})


def deep_object(spec: Spec) -> None:
    parameter(spec, style="deepObject")


def example_that_does_not_fit(spec: Spec) -> None:
    answer = operation(spec)["responses"]["200"]["content"]["application/json"]
    answer["examples"] = {"good": {"value": {"Name": "a"}}, "bad": {"value": {"Name": 5}}}


def parameter_example_that_does_not_fit(spec: Spec) -> None:
    parameter(spec, example=5)


@pytest.mark.parametrize(
    ("break_rule", "message"),
    [
        (undefined_scheme, "GET /things/{id}: security scheme 'bearerAuth' is not in"),
        (undefined_scheme_for_all, "the document: security scheme 'nowhere' is not in"),
        (no_key_header, "no apiKey in a header"),
        (odd_operation_id, "operationId 'getThing' is not kebab-case"),
        (no_operation_id, "operationId None is not kebab-case"),
        (no_explicit_error, "GET /things/{id}: no explicit 4xx response"),
        (plain_error, "response 404 is no application/problem+json"),
        (several_error_models, "error responses use several models"),
        (undecided_object, "schema Thing: additionalProperties is not decided"),
        (undecided_inner_object, "schema Thing/properties/List/items/oneOf/0: additional"),
        (name_that_is_no_slot, "'gen_ai.system' cannot be the name of a slot"),
        (name_that_is_a_keyword, "'class' cannot be the name of a slot"),
        (cookie, "parameter 'q' is a cookie"),
        (reserved_parameter, "parameter 'Timeout' has the name of an argument"),
        (joined_array, "parameter 'q' is an array that does not explode"),
        (object_parameter, "parameter 'q' is an object"),
        (deep_object, "parameter 'q' has style 'deepObject'"),
        (example_that_does_not_fit, "examples/bad: the example does not fit at Name: 5"),
        (parameter_example_that_does_not_fit, "the example does not fit at its root: 5"),
    ],
)
def test_a_broken_rule_is_named(
    spec: Spec, write_spec: Write, break_rule: Callable[[Spec], None], message: str
) -> None:
    """The refusal names the place and what is wrong there."""
    break_rule(spec)
    with pytest.raises(RefusedError) as caught:
        lint.check(read_spec(write_spec(spec)))
    assert message in str(caught.value)


def test_an_operation_id_is_used_once(spec: Spec, write_spec: Write) -> None:
    """Two operations of one name are refused, by the validator or by our rule."""
    spec["paths"]["/other/{id}"] = spec["paths"]["/things/{id}"]
    with pytest.raises(RefusedError, match="get-thing"):
        lint.check(read_spec(write_spec(spec)))


def test_every_fault_is_told_at_once(spec: Spec, write_spec: Write) -> None:
    """One run names all that has to be mended."""
    undecided_object(spec)
    odd_operation_id(spec)
    with pytest.raises(RefusedError) as caught:
        lint.check(read_spec(write_spec(spec)))
    assert len(caught.value.faults) == 2


def test_an_invalid_document_is_refused(spec: Spec, write_spec: Write) -> None:
    """A default that its own enum forbids makes the document invalid, as in the published one."""
    outcome = {"type": "string", "enum": ["pass", "fail"], "default": "na"}
    thing(spec)["properties"]["Outcome"] = outcome
    with pytest.raises(RefusedError, match="not valid OpenAPI") as caught:
        lint.check(read_spec(write_spec(spec)))
    assert "na" in str(caught.value)


def test_an_operation_may_need_no_key(spec: Spec) -> None:
    """Security is inherited from the document unless the operation says otherwise."""
    assert lint.secured_operations(spec) == {("get", "/things/{id}")}
    operation(spec)["security"] = []
    assert lint.secured_operations(spec) == set()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 2026-11-02T09:30:00Z", "datetime; put it in quotes"),
        ("a: [{200: x}]", "#/a/0: key 200 is not a string"),
        ("- a", "its top level is no mapping"),
        ("a: [", "cannot read"),
    ],
)
def test_yaml_must_say_what_json_can(write_spec: Write, text: str, message: str) -> None:
    """What YAML reads as a date or as a number for a key is refused with its place."""
    with pytest.raises(RefusedError) as caught:
        read_spec(write_spec(text))
    assert message in str(caught.value)


def test_a_missing_spec_is_refused(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(RefusedError, match="nowhere"):
        read_spec(tmp_path / "nowhere.yaml")


def test_the_digest_does_not_depend_on_the_order_of_members(tmp_path: Path) -> None:
    """The same document in another order has the same canonical JSON."""
    (tmp_path / "one").write_text("{a: 1, b: [2]}")
    (tmp_path / "two").write_text("b:\n- 2\n# a remark\na: 1\n")
    first, second = read_spec(tmp_path / "one"), read_spec(tmp_path / "two")
    assert first.json_bytes == second.json_bytes == b'{"a":1,"b":[2]}\n'
    assert first.sha256 == second.sha256
