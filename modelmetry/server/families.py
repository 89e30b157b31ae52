"""Family data as it was sent, put where the API's document wants it.

A span's `FamilyData` that has the shape of its family is answered as `Completion`, `Retrieval`,
`Embeddings` or `Other`. Where only some members are at fault, what is left without them is
answered so, beside `FamilyData` exactly as it was sent; otherwise `FamilyData` alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import attrs
import jsonschema_rs
import orjson
from attrs import frozen
from jsonschema_rs import ValidationError
from modelmetry_api.models import (
    CompletionFamilyData,
    EmbeddingsFamilyData,
    FullTrace,
    OtherFamilyData,
    RetrievalFamilyData,
    Span,
)
from modelmetry_api.types import UNSET, WireError, convert

from modelmetry.server.faults import compile_schema
from modelmetry.server.operations import Spec

Data = CompletionFamilyData | RetrievalFamilyData | EmbeddingsFamilyData | OtherFamilyData

MODELS: dict[str, type[Data]] = {
    "completion": CompletionFamilyData,
    "retrieval": RetrievalFamilyData,
    "embeddings": EmbeddingsFamilyData,
    "other": OtherFamilyData,
}
# The models are attrs classes, which type checkers are not told: they see what codegen declares.
evolve: Any = attrs.evolve
ROUNDS = 3  # without a faulty member another one may show, seldom a third
# Bytes of JSON. The library collects all faults at once, and a megabyte can hold 100,000 of them.
LARGEST_MENDED = 256 * 1024


@frozen
class Family:
    """The model of a family and the validator of its schema."""

    model: type[Data]
    schema: jsonschema_rs.Validator


class Families:
    """Shapes family data, by the schemas of the document."""

    def __init__(self, spec: Spec) -> None:
        schema = "#/components/schemas/{}"
        self._families = {
            name: Family(model, compile_schema({"$ref": schema.format(model.__name__)}, spec))
            for name, model in MODELS.items()
        }

    def trace(self, trace: FullTrace) -> FullTrace:
        """The same trace with its spans shaped."""
        if not trace.spans:
            return trace
        spans = [self.span(span) for span in trace.spans]
        return cast("FullTrace", evolve(trace, spans=spans))

    def span(self, span: Span) -> Span:
        """The span with the data of its family; the family's own name decides which."""
        if span.family not in self._families:
            return span
        name = span.family
        sent = span.family_data
        if sent is UNSET or sent is None:
            # A family that requires nothing is answered empty, as the published clients expect.
            data, whole = self._fitting(name, {}), True
        else:
            data, whole = self._shaped(name, sent)
        if data is None:
            return cast("Span", evolve(span, family_data=UNSET)) if sent is None else span
        shaped = {name: data, "family_data": UNSET if whole else sent}
        return cast("Span", evolve(span, **shaped))

    def _shaped(self, name: str, sent: Any) -> tuple[Data | None, bool]:
        data = self._fitting(name, sent)
        if data is not None:
            return data, True
        return self._fitting(name, self._without_faults(name, sent)), False

    def _fitting(self, name: str, sent: Any) -> Data | None:
        family = self._families[name]
        if not isinstance(sent, dict) or not family.schema.is_valid(sent):
            return None
        try:
            return convert(cast("object", sent), family.model)
        except WireError:  # fits the schema but not Python, such as an integer of 100 digits
            return None

    def _without_faults(self, name: str, sent: Any) -> Any:
        rest = sent
        if len(orjson.dumps(sent)) > LARGEST_MENDED:
            return rest
        for _ in range(ROUNDS):
            errors = list(self._families[name].schema.iter_errors(rest))
            for path in [path for error in errors for path in faulty(error)]:
                rest = without(rest, path)
        return rest


def faulty(error: ValidationError) -> list[list[str | int]]:
    """The paths of the members that an error is about, as deep as they can be told."""
    kinds = jsonschema_rs.ValidationErrorKind
    match error.kind:
        case kinds.AdditionalProperties(unexpected=names):
            return [[*error.instance_path, name] for name in names]
        case kinds.OneOfNotValid(context=branches):
            meant = [branch for branch in branches if _is_meant(branch)]
            if len(meant) == 1:
                return [path for below in meant[0] for path in faulty(below)]
        case _:
            pass
    return [error.instance_path]


def _is_meant(branch: Sequence[ValidationError]) -> bool:
    """Whether a value was meant as one of several shapes: nothing is missing, its tag is right."""
    kinds = jsonschema_rs.ValidationErrorKind
    return not any(isinstance(error.kind, kinds.Required | kinds.Enum) for error in branch)


def without(value: Any, path: Sequence[str | int]) -> Any:
    """A copy without the member at a path; the same value when there is none.

    An item of a list is not taken out, its neighbours would change their places: so the nearest
    member above it goes. An empty path is the value itself, which stays.
    """
    if path and isinstance(value, list):
        return _list_without(cast("Sequence[Any]", value), path[0], path[1:])
    if path and isinstance(value, dict):
        return _object_without(cast("Mapping[Any, Any]", value), path[0], path[1:])
    return cast("object", value)


def _list_without(items: Sequence[Any], step: str | int, below: Sequence[str | int]) -> Any:
    if not isinstance(step, int) or step >= len(items):
        return items
    return [*items[:step], without(items[step], below), *items[step + 1 :]]


def _object_without(members: Mapping[Any, Any], step: str | int, below: Sequence[str | int]) -> Any:
    if step not in members:
        return members
    if not below or (isinstance(members[step], list) and len(below) == 1):
        return {name: member for name, member in members.items() if name != step}
    return {**members, step: without(members[step], below)}
