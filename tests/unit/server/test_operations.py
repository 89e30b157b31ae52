"""The table of operations."""

from __future__ import annotations

import json

from modelmetry.server.operations import load_spec, operations


def test_every_operation_of_the_document_is_in_the_table() -> None:
    """Each method of each path becomes one row, under its own id."""
    _, spec = load_spec()
    expected = {
        described["operationId"]
        for item in spec["paths"].values()
        for method, described in item.items()
        if method != "parameters"
    }

    found = operations(spec)

    assert {one.id for one in found} == expected
    assert len(found) == len(expected)


def test_the_document_is_served_as_it_is_packaged() -> None:
    """The bytes that are served are the document that the table was made from."""
    raw, spec = load_spec()

    assert json.loads(raw) == spec


def test_an_operation_knows_its_scope_body_and_parameters() -> None:
    """References are followed, lists are told apart from single values, defaults are kept."""
    _, spec = load_spec()
    table = {one.id: one for one in operations(spec)}

    ingest, traces, trace = table["ingest-signals-v1"], table["list-traces"], table["get-trace"]

    assert (ingest.method, ingest.scope) == ("POST", "ingest")
    assert ingest.body == "#/components/schemas/IngestSignalsV1RequestBody"
    limit = next(one for one in traces.parameters if one.name == "limit")
    assert (limit.kind, limit.repeated, limit.default) == ("integer", False, 50)
    name = next(one for one in traces.parameters if one.name == "name")
    assert (name.kind, name.repeated, name.required) == ("string", True, False)
    assert [one.name for one in trace.parameters_in("path")] == ["xid"]
    assert trace.parameters_in("query") == ()


def test_an_operation_without_security_needs_no_scope() -> None:
    """Health and information are for everybody; deleting needs more than reading."""
    _, spec = load_spec()
    scopes = {one.id: one.scope for one in operations(spec)}

    assert scopes["get-health-live"] is None
    assert scopes["get-info"] is None
    assert scopes["get-trace"] == "read"
    assert scopes["delete-trace"] == "admin"
