"""Parsed properties as Python annotations that a type checker and msgspec read alike."""

from dataclasses import dataclass

from codegen.catalogue import Catalogue, object_members
from codegen.properties import (
    AnyProperty,
    BooleanProperty,
    ConstProperty,
    DateProperty,
    DateTimeProperty,
    FloatProperty,
    IntProperty,
    ListProperty,
    LiteralEnumProperty,
    ModelProperty,
    NoneProperty,
    PropertyProtocol,
    StringProperty,
    UnionProperty,
    UuidProperty,
)
from codegen.refusal import RefusedError


@dataclass(frozen=True)
class Annotation:
    """The text of an annotation and the import lines that it needs."""

    text: str
    imports: frozenset[str] = frozenset()

    def wrapped(self, pattern: str) -> "Annotation":
        """The annotation inside another, such as `list[{}]`."""
        return Annotation(pattern.format(self.text), self.imports)


# `int | float` keeps 42 an int, so that what is read is written again as it came.
_PLAIN: dict[type[object], Annotation] = {
    AnyProperty: Annotation("Any", frozenset({"from typing import Any"})),
    BooleanProperty: Annotation("bool"),
    DateProperty: Annotation("date", frozenset({"from datetime import date"})),
    DateTimeProperty: Annotation(
        "DateTime", frozenset({"from modelmetry_api.wire import DateTime"})
    ),
    FloatProperty: Annotation("int | float"),
    IntProperty: Annotation("int"),
    NoneProperty: Annotation("None"),
    StringProperty: Annotation("str"),
    UuidProperty: Annotation("UUID", frozenset({"from uuid import UUID"})),
}
_LITERAL = frozenset({"from typing import Literal"})


class Annotator:
    """Annotations of one package; `catalogue` knows what the names stand for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def of(self, prop: PropertyProtocol, owner: str | None = None) -> Annotation:
        """The annotation of a value that is present; `owner` is the model that it belongs to."""
        if isinstance(prop, ListProperty):
            return self.of(prop.inner_property, owner).wrapped("list[{}]")
        if isinstance(prop, UnionProperty):
            return self._union(prop, owner)
        if isinstance(prop, ModelProperty):
            return self._model(prop)
        if isinstance(prop, LiteralEnumProperty):
            return self._literal(prop, owner)
        if isinstance(prop, ConstProperty):
            return Annotation(f"Literal[{prop.value.python_code.as_unembedded_code()}]", _LITERAL)
        plain = _PLAIN.get(type(prop))
        if plain is None:
            where = f"{owner or ''} {prop.name.get_untrusted_value()}"
            raise RefusedError("no Python type for a property", [f"{where}: {type(prop).__name__}"])
        return plain

    def _model(self, prop: ModelProperty) -> Annotation:
        if self._catalogue.is_map(prop):
            return self.of(self._catalogue.values_of(prop)).wrapped("dict[str, {}]")
        name, module = prop.class_info.name, prop.class_info.module_name
        line = f"from modelmetry_api.models.{module} import {name}"
        return Annotation(str(name), frozenset({line}))

    def _literal(self, prop: LiteralEnumProperty, owner: str | None) -> Annotation:
        if owner is not None and self._catalogue.is_tag(owner, prop.name.get_untrusted_value()):
            (value,) = prop.values
            return Annotation(f"Literal[{value!r}]", _LITERAL)
        name = self._catalogue.literal(prop, owner).name
        line = f"from modelmetry_api.models.literals import {name}"
        return Annotation(name, frozenset({line}))

    def _union(self, prop: UnionProperty, owner: str | None) -> Annotation:
        objects = object_members(prop)
        parts: dict[str, None] = {}
        imports: set[str] = set()
        if len(objects) > 1:
            name = self._catalogue.union(objects).name
            parts[name] = None
            imports.add(f"from modelmetry_api.models.unions import {name}")
        for inner in prop.inner_properties:
            if len(objects) > 1 and isinstance(inner, ModelProperty):
                continue
            found = self.of(inner, owner)
            parts[found.text] = None
            imports |= found.imports
        ordered = sorted(parts, key=lambda text: text == "None")
        return Annotation(" | ".join(ordered), frozenset(imports))
