"""What comes of constructs that our own spec may not use: generated, imported and used."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.driver import generate
from codegen.refusal import RefusedError
from tests.unit.codegen.conftest import PROBLEM

Spec = dict[str, Any]
Generate = Callable[[Spec], Path]
REF = "#/components/schemas/"
# Ends strings, docstrings, f-strings and lines wherever the templates forget to be careful.
NASTY = 'a """ b \\ {c} \' \n d \\" {} %s "'


@pytest.fixture
def generated(write_spec: Callable[[object], Path], tmp_path: Path) -> Generate:
    """Generate from a spec; gives the folder that holds the package."""

    def run(document: Spec) -> Path:
        generate(write_spec(document), tmp_path / "package" / "modelmetry_api")
        return tmp_path / "package"

    return run


def use(folder: Path, program: str) -> Any:
    """What a program that has the generated package prints, as JSON."""
    lines = [
        "import json, sys, warnings",
        "warnings.simplefilter('error')",
        f"sys.path.insert(0, {str(folder)!r})",
        "from modelmetry_api.models import *",
        "from modelmetry_api.types import *",
        "import modelmetry_api.api.get_thing as get_thing",
        program,
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def add(spec: Spec, name: str, required: list[str] | None = None, **properties: Any) -> None:
    """Add a closed object to the components and to the members of Thing."""
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    spec["components"]["schemas"][name] = schema | ({"required": required} if required else {})
    member(spec, name, {"$ref": REF + name})


def member(spec: Spec, name: str, schema: Spec) -> None:
    """Add an optional member to Thing."""
    spec["components"]["schemas"]["Thing"]["properties"][name] = schema


def operation(spec: Spec) -> Spec:
    """The operation of the small spec."""
    found: Spec = spec["paths"]["/things/{id}"]["get"]
    return found


def body(spec: Spec, schema: str, *, required: bool = True) -> None:
    """Give the operation a JSON body."""
    content = {"application/json": {"schema": {"$ref": REF + schema}}}
    operation(spec)["requestBody"] = {"required": required, "content": content}


def test_texts_of_the_spec_stay_texts(spec: Spec, generated: Generate) -> None:
    """Quotes, braces and backslashes in any text neither break nor become code."""
    spec["info"] |= {"description": NASTY, "version": NASTY}
    spec["components"]["securitySchemes"]["key"]["name"] = "X-'Key\""
    operation(spec).update(summary=NASTY, description=NASTY)
    nasty = {"name": NASTY, "in": "query", "description": NASTY, "schema": {"type": "string"}}
    operation(spec)["parameters"].append(nasty)
    spec["components"]["schemas"]["Thing"]["description"] = NASTY
    member(spec, "Kind", {"type": "string", "enum": [NASTY, "b"], "description": NASTY})
    spec["paths"]['/odd"{x}\\path'] = {
        "get": operation(spec)
        | {
            "operationId": "get-odd",
            "parameters": [
                {"name": "x", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
        }
    }
    program = "import modelmetry_api.api.get_odd as m; print(json.dumps(m._call('1').path))"
    assert use(generated(spec), program) == '/odd"1\\path'


def test_every_plain_type_is_read(spec: Spec, generated: Generate) -> None:
    """Dates, UUIDs, constants, enums of numbers and maps are read as their Python types."""
    member(spec, "Day", {"type": "string", "format": "date"})
    member(spec, "Uid", {"type": "string", "format": "uuid"})
    member(spec, "Fixed", {"const": "thing"})
    member(spec, "Level", {"type": "integer", "enum": [1, 2, None]})
    member(spec, "Levels", {"type": "array", "items": {"type": "integer", "enum": [1, 2]}})
    member(spec, "Labels", {"type": "object", "additionalProperties": {"type": "string"}})
    member(spec, "Anything", {"type": "object", "additionalProperties": True})
    add(spec, "Part", N={"type": "number"})
    member(spec, "Parts", {"type": "object", "additionalProperties": {"$ref": REF + "Part"}})
    given = {
        "Name": "a",
        "Day": "2026-11-02",
        "Uid": "0193e0a4-7c10-7000-8000-000000000001",
        "Fixed": "thing",
        "Level": 3,
        "Levels": [1, 9],
        "Labels": {"a": "b"},
        "Anything": {"a": [None]},
        "Parts": {"x": {"N": 1}},
    }
    program = f"""
thing = decode_json({json.dumps(given)!r}, Thing)
types = [type(v).__name__ for v in (thing.day, thing.uid, thing.parts["x"])]
print(json.dumps([types, to_builtins(thing)]))
"""
    types, written = use(generated(spec), program)
    assert types == ["date", "UUID", "Part"]
    assert written == given


@pytest.mark.parametrize(
    "wrong",
    ["{'Labels': {'a': 5}}", "{'Fixed': 'other'}", "{'Day': 'today'}", "{'Parts': {'x': 1}}"],
)
def test_wrong_plain_values_are_refused(spec: Spec, generated: Generate, wrong: str) -> None:
    """Values of maps, constants and dates are checked too."""
    member(spec, "Day", {"type": "string", "format": "date"})
    member(spec, "Fixed", {"const": "thing"})
    member(spec, "Labels", {"type": "object", "additionalProperties": {"type": "string"}})
    add(spec, "Part")
    member(spec, "Parts", {"type": "object", "additionalProperties": {"$ref": REF + "Part"}})
    program = f"""
try:
    convert({{"Name": "a", **{wrong}}}, Thing)
except WireError as error:
    print(json.dumps(error.path))
"""
    assert use(generated(spec), program).startswith("$.")


def test_an_open_object_ignores_what_it_does_not_name(spec: Spec, generated: Generate) -> None:
    """An object with named members that allows others is a class, not a dict."""
    spec["components"]["schemas"]["Thing"]["additionalProperties"] = True
    program = "print(json.dumps(to_builtins(convert({'Name': 'a', 'More': 1}, Thing))))"
    assert use(generated(spec), program) == {"Name": "a"}


def test_an_object_may_hold_its_own_kind(spec: Spec, generated: Generate) -> None:
    """A tree is read to its leaves."""
    member(spec, "Children", {"type": "array", "items": {"$ref": REF + "Thing"}})
    tree: Spec = {"Name": "a", "Children": [{"Name": "b", "Children": []}]}
    program = f"print(json.dumps(to_builtins(convert({tree}, Thing))))"
    assert use(generated(spec), program) == tree


def test_names_that_differ_by_case_are_kept_apart(spec: Spec, generated: Generate) -> None:
    """Members whose Python names would be the same keep the names of the wire."""
    member(spec, "OneId", {"type": "string"})
    member(spec, "one_id", {"type": "string"})
    given = {"Name": "a", "OneId": "b", "one_id": "c"}
    program = f"""
thing = convert({given}, Thing)
print(json.dumps([thing.OneId, thing.one_id, to_builtins(thing)]))
"""
    assert use(generated(spec), program) == ["b", "c", given]


def test_what_a_server_writes_is_read_but_never_sent(spec: Spec, generated: Generate) -> None:
    """A read-only member is read in what only a server sends, and left out of what we send."""
    read_only = {"type": "string", "readOnly": True}
    add(spec, "Answer", ID=read_only)
    add(spec, "Question", ID=read_only, Text={"type": "string"})
    body(spec, "Question")
    program = """
print(json.dumps([
    to_builtins(convert({"ID": "1"}, Answer)),
    to_builtins(convert({"ID": "1", "Text": "a"}, Question)),
]))
"""
    assert use(generated(spec), program) == [{"ID": "1"}, {"Text": "a"}]


def test_unions_without_a_name_are_called_after_their_members(
    spec: Spec, generated: Generate
) -> None:
    """A choice of objects, nullable or in a list, is read by tag or by shape."""
    add(spec, "Cat", ["Kind"], Kind={"type": "string", "enum": ["cat"]})
    add(spec, "Dog", ["Kind"], Kind={"type": "string", "enum": ["dog"]})
    add(spec, "Box", ["W"], W={"type": "integer"})
    pets = {"oneOf": [{"$ref": REF + "Cat"}, {"$ref": REF + "Dog"}, {"type": "null"}]}
    member(spec, "Pet", pets)
    member(
        spec,
        "Any",
        {"type": "array", "items": {"anyOf": [{"$ref": REF + "Cat"}, {"$ref": REF + "Box"}]}},
    )
    program = """
thing = convert({"Name": "a", "Pet": {"Kind": "dog"}, "Any": [{"W": 1}, {"Kind": "cat"}]}, Thing)
assert isinstance(thing.pet, CatOrDog) and isinstance(thing.any_[0], BoxOrCat)
assert convert({"Name": "a", "Pet": None}, Thing).pet is None
print(json.dumps([type(thing.pet).__name__, *(type(item).__name__ for item in thing.any_)]))
"""
    assert use(generated(spec), program) == ["Dog", "Box", "Cat"]


def test_header_parameters_are_sent(spec: Spec, generated: Generate) -> None:
    """A parameter in a header is an argument like one in the query."""
    header = {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}
    needed = {"name": "tag", "in": "query", "required": True, "schema": {"type": "integer"}}
    operation(spec)["parameters"] += [header, needed]
    program = """
call = get_thing._call("1", tag=5, x_trace="t", headers={"X-More": "m"})
print(json.dumps([call.query, dict(call.headers), get_thing._call("1", tag=5).headers]))
"""
    assert use(generated(spec), program) == [
        [["tag", "5"]],
        {"X-Trace": "t", "X-More": "m"},
        {},
    ]


def circle(spec: Spec) -> None:
    add(spec, "Egg", Hen={"$ref": REF + "Hen"})
    add(spec, "Hen", Egg={"$ref": REF + "Egg"})


def mixed_union(spec: Spec) -> None:
    add(spec, "Cat")
    add(spec, "Dog")
    member(
        spec, "Pet", {"oneOf": [{"$ref": REF + "Cat"}, {"$ref": REF + "Dog"}, {"type": "string"}]}
    )


def optional_body(spec: Spec) -> None:
    body(spec, "Thing", required=False)


def form_body(spec: Spec) -> None:
    body(spec, "Thing")
    content = operation(spec)["requestBody"]["content"]
    content["application/x-www-form-urlencoded"] = content.pop("application/json")


def text_answer(spec: Spec) -> None:
    content = {"text/plain": {"schema": {"type": "string"}}}
    operation(spec)["responses"]["200"]["content"] = content


def range_of_successes(spec: Spec) -> None:
    operation(spec)["responses"]["2XX"] = operation(spec)["responses"].pop("200")


def file_member(spec: Spec) -> None:
    member(spec, "Data", {"type": "string", "format": "binary"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (circle, "schemas refer to each other in a circle"),
        (mixed_union, "a union mixes several objects with other types"),
        (optional_body, "only required bodies are generated"),
        (form_body, "only JSON bodies are generated"),
        (text_answer, "only JSON and empty answers are generated"),
        (range_of_successes, "a range of successful statuses"),
        (file_member, "no Python type for a property"),
    ],
)
def test_what_cannot_be_generated_is_refused(
    spec: Spec, generated: Generate, change: Callable[[Spec], None], message: str
) -> None:
    """Instead of leaving something out, the driver says what it cannot do."""
    change(spec)
    with pytest.raises(RefusedError) as caught:
        generated(spec)
    assert message in str(caught.value)


def test_an_operation_may_have_several_answers(spec: Spec, generated: Generate) -> None:
    """Each described success is read in its own way."""
    operation(spec)["responses"]["204"] = {"description": "Nothing."}
    operation(spec)["responses"]["5XX"] = PROBLEM
    program = "print(json.dumps(sorted(get_thing._call('1').successes)))"
    assert use(generated(spec), program) == [200, 204]
