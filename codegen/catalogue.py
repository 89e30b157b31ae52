"""What the generator parsed, as the questions that templates ask: maps, literals, unions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from openapi_python_client.parser import GeneratorData

from codegen.properties import (
    ListProperty,
    LiteralEnumProperty,
    ModelProperty,
    NoneProperty,
    PropertyProtocol,
    UnionProperty,
)
from codegen.refusal import RefusedError

# The generator numbers the members of a union (SourceType1, SourceType2Type1); they are one enum.
_NUMBERED = re.compile(r"(Type\d+)+(?=(Item)?$)")


@dataclass(frozen=True)
class Literals:
    """A set of allowed values with a name; open when a newer server may send others."""

    name: str
    values: tuple[str | int, ...]
    open: bool


@dataclass(frozen=True)
class ObjectUnion:
    """A choice between objects, told apart by a tag or, without one, by their required members."""

    name: str
    members: tuple[str, ...]
    tag: str | None
    tags: dict[str, str] = field(hash=False)
    open: bool


class Catalogue:
    """Models by class name and everything that follows from looking at all of them."""

    def __init__(self, data: GeneratorData, union_names: dict[str, list[str]]) -> None:
        self._all = {str(model.class_info.name): model for model in data.models}
        self._read = self._reachable(_response_properties(data))
        self._sent = self._reachable(_request_properties(data))
        self._union_names = {frozenset(members): name for name, members in union_names.items()}
        self.models = {name: m for name, m in self._all.items() if not self.is_map(m)}
        self.unions: dict[str, ObjectUnion] = {}
        self._find_unions()
        self._tags = {(m, u.tag) for u in self.unions.values() for m in u.members}
        self.literals: dict[str, Literals] = {}

    def is_map(self, model: ModelProperty) -> bool:
        """Whether the schema is a pure map: no named member, any other allowed."""
        whole = self._all[model.class_info.name]
        return bool(whole.additional_properties) and not fields_of(whole)

    def values_of(self, model: ModelProperty) -> PropertyProtocol:
        """What a pure map holds."""
        values: PropertyProtocol | None = self._all[model.class_info.name].additional_properties
        if values is None:
            raise LookupError(model.class_info.name)
        return values

    def is_sent(self, name: str) -> bool:
        """Whether the model of this class name occurs in a request."""
        return name in self._sent

    def is_closed(self, owner: str) -> bool:
        """Whether only this client writes the model, so that nobody newer can widen it."""
        return owner in self._sent and owner not in self._read

    def is_tag(self, owner: str, wire_name: str) -> bool:
        """Whether the member tells the owner apart from the other members of a union."""
        return (owner, wire_name) in self._tags

    def literal(self, prop: LiteralEnumProperty, owner: str | None) -> Literals:
        """The named set of values of an enum; `owner` is the model it is used in, if any."""
        is_open = owner is not None and not self.is_closed(owner)
        name = _NUMBERED.sub("", str(prop.class_info.name))
        known = self.literals.get(name)
        values = tuple(sorted(prop.values, key=str))
        if known is not None and known.values != values:
            raise RefusedError(
                f"two enums would be called {name}", [f"{known.values}", f"{values}"]
            )
        found = Literals(name, values, is_open or (known is not None and known.open))
        self.literals[name] = found
        return found

    def union(self, members: Sequence[ModelProperty]) -> ObjectUnion:
        """The named union of these objects."""
        wanted = frozenset(str(member.class_info.name) for member in members)
        return next(union for union in self.unions.values() if frozenset(union.members) == wanted)

    def _find_unions(self) -> None:
        for model in self._all.values():
            for prop in [p for member in fields_of(model) for p in walk(member)]:
                members = object_members(prop)
                if len(members) > 1:
                    self._add_union(members, str(model.class_info.name))

    def _add_union(self, members: Sequence[ModelProperty], owner: str) -> None:
        names = tuple(str(member.class_info.name) for member in members)
        name = self._union_names.get(frozenset(names), "Or".join(sorted(names)))
        known = self.unions.get(name)
        tag, tags = self._tag([self._all[n] for n in names])
        is_open = not self.is_closed(owner) or (known is not None and known.open)
        order = known.members if known else names
        self.unions[name] = ObjectUnion(name=name, members=order, tag=tag, tags=tags, open=is_open)

    def _tag(self, members: Sequence[ModelProperty]) -> tuple[str | None, dict[str, str]]:
        candidates = [_single_values(member) for member in members]
        for wire_name in candidates[0]:
            values = [candidate.get(wire_name) for candidate in candidates]
            if None not in values and len(set(values)) == len(values):
                names = [str(member.class_info.name) for member in members]
                return wire_name, dict(zip([str(value) for value in values], names, strict=True))
        return None, {}

    def _reachable(self, roots: Iterator[PropertyProtocol]) -> set[str]:
        seen: set[str] = set()
        pending = [prop for root in roots for prop in walk(root)]
        while pending:
            prop = pending.pop()
            if not isinstance(prop, ModelProperty) or prop.class_info.name in seen:
                continue
            seen.add(str(prop.class_info.name))
            model = self._all[prop.class_info.name]
            pending += [inner for member in fields_of(model) for inner in walk(member)]
            if model.additional_properties:
                pending += list(walk(model.additional_properties))
        return seen


def fields_of(model: ModelProperty) -> list[PropertyProtocol]:
    """Every member of a model, required ones first."""
    return [*(model.required_properties or []), *(model.optional_properties or [])]


def walk(prop: PropertyProtocol) -> Iterator[PropertyProtocol]:
    """A property and what it is made of."""
    yield prop
    if isinstance(prop, ListProperty):
        yield from walk(prop.inner_property)
    elif isinstance(prop, UnionProperty):
        for inner in prop.inner_properties:
            yield from walk(inner)


def object_members(prop: PropertyProtocol) -> list[ModelProperty]:
    """The objects that a union chooses between."""
    if not isinstance(prop, UnionProperty):
        return []
    others = [p for p in prop.inner_properties if not isinstance(p, ModelProperty | NoneProperty)]
    members = [p for p in prop.inner_properties if isinstance(p, ModelProperty)]
    if len(members) > 1 and others:
        where = prop.name.get_untrusted_value()
        raise RefusedError("a union mixes several objects with other types", [where])
    return members


def _single_values(model: ModelProperty) -> dict[str, str]:
    return {
        prop.name.get_untrusted_value(): str(next(iter(prop.values)))
        for prop in model.required_properties or []
        if isinstance(prop, LiteralEnumProperty) and len(prop.values) == 1
    }


def _response_properties(data: GeneratorData) -> Iterator[PropertyProtocol]:
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            yield from (response.prop for response in endpoint.responses)


def _request_properties(data: GeneratorData) -> Iterator[PropertyProtocol]:
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            yield from endpoint.list_all_parameters()
