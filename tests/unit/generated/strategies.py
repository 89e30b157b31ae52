"""Values for any generated model class, from the annotations that msgspec reads."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import strategies as st
from modelmetry_api import models
from modelmetry_api.variants import Variants

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
TIMES = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
INT64 = st.integers(-(2**63), 2**63 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | INT64 | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)

MODELS = [
    found for name in models.__all__ if hasattr(found := getattr(models, name), "__attrs_attrs__")
]


def instances(model: type[Any]) -> st.SearchStrategy[Any]:
    """Instances of a model, each optional member sometimes left out."""
    info = msgspec.inspect.type_info(model)
    assert isinstance(info, msgspec.inspect.DataclassType)
    values = {field.name: _values(field.type) for field in info.fields}
    fields = {field.name: field for field in info.fields}
    required = {name: values[name] for name, field in fields.items() if field.required}
    optional = {name: values[name] for name, field in fields.items() if not field.required}
    aliases = {field.name: field.alias for field in model.__attrs_attrs__}
    return st.fixed_dictionaries(required, optional=optional).map(
        lambda given: model(**{aliases[name]: value for name, value in given.items()})
    )


def _values(kind: msgspec.inspect.Type) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a table
    match kind:
        case msgspec.inspect.UnionType(types=types):
            return st.one_of([_values(t) for t in types])
        case msgspec.inspect.ListType(item_type=item):
            return st.lists(_values(item), max_size=2)
        case msgspec.inspect.DictType(value_type=value):
            return st.dictionaries(TEXT, _values(value), max_size=3)
        case msgspec.inspect.DataclassType(cls=cls):
            return st.deferred(lambda: instances(cls))
        case msgspec.inspect.CustomType(cls=cls) if isinstance(cls, Variants):
            return st.sampled_from(cls.members).flatmap(instances)
        case msgspec.inspect.LiteralType(values=values):
            return st.sampled_from(list(values))
        case _:
            return _PLAIN[type(kind)]


_PLAIN: dict[type[msgspec.inspect.Type], st.SearchStrategy[Any]] = {
    msgspec.inspect.AnyType: JSON,
    msgspec.inspect.BoolType: st.booleans(),
    msgspec.inspect.DateTimeType: TIMES,
    msgspec.inspect.DateType: st.dates(),
    msgspec.inspect.FloatType: NUMBERS,
    msgspec.inspect.IntType: INT64,
    msgspec.inspect.NoneType: st.none(),
    msgspec.inspect.StrType: TEXT,
}
