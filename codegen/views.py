"""What the templates are given: plain values, every text from the spec already made harmless."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.responses import Response
from openapi_python_client.schema import Schema
from openapi_python_client.strings import (
    in_double_quote_literal,
    in_f_string_literal,
    safe_for_docstring,
)

from codegen.annotations import Annotation, Annotator
from codegen.catalogue import Catalogue, fields_of
from codegen.properties import ModelProperty, PropertyProtocol
from codegen.refusal import RefusedError

_UNSET = frozenset({"from modelmetry_api.wire import UNSET, Unset"})
# Statuses from here on are errors.
_FIRST_ERROR = 400
_PATH_PARAMETER = re.compile(r"{([^}]*)}")


@dataclass(frozen=True)
class Field:
    """A member of a model, or a parameter of an operation."""

    name: str
    wire_name: str
    annotation: Annotation
    required: bool
    doc: str


@dataclass(frozen=True)
class Model:
    """A class to write."""

    name: str
    module: str
    doc: str
    fields: tuple[Field, ...]
    imports: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """A module with the functions of one operation."""

    module: str
    method: str
    path: str
    path_template: str
    doc: str
    returns: str
    successes: tuple[tuple[int, str], ...]
    secured: bool
    body: str | None
    path_parameters: tuple[Field, ...]
    query_parameters: tuple[Field, ...]
    header_parameters: tuple[Field, ...]
    imports: tuple[str, ...]

    @property
    def keyword_parameters(self) -> tuple[Field, ...]:
        """Parameters that are given by name."""
        return self.query_parameters + self.header_parameters


class Views:
    """Builds the views of one document."""

    def __init__(
        self, data: GeneratorData, catalogue: Catalogue, secured: set[tuple[str, str]]
    ) -> None:
        self._data = data
        self._secured = secured
        self._catalogue = catalogue
        self._annotator = Annotator(catalogue)

    def models(self) -> list[Model]:
        """Every class, by name."""
        return [
            self._model(self._catalogue.models[name]) for name in sorted(self._catalogue.models)
        ]

    def operations(self) -> list[Operation]:
        """Every operation, by name."""
        collections = self._data.endpoint_collections_by_tag.values()
        endpoints = [endpoint for collection in collections for endpoint in collection.endpoints]
        return sorted((self._operation(e) for e in endpoints), key=lambda found: found.module)

    def _model(self, model: ModelProperty) -> Model:
        name = str(model.class_info.name)
        properties = [prop for prop in fields_of(model) if not self._is_left_out(model, prop)]
        fields = tuple(self._field(prop, name) for prop in properties)
        own = f"from modelmetry_api.models.{model.class_info.module_name} import {name}"
        return Model(
            name=name,
            module=str(model.class_info.module_name),
            doc=_doc(model.description) or f"{name}.",
            fields=fields,
            imports=_imports(fields, without=own),
        )

    def _is_left_out(self, model: ModelProperty, prop: PropertyProtocol) -> bool:
        # What only a server may write has no slot in what is sent, so it cannot be sent by mistake;
        # `$schema` can be no slot at all.
        wire_name = prop.name.get_untrusted_value()
        schema = (model.data.properties or {}).get(prop.name)
        read_only = isinstance(schema, Schema) and bool(schema.readOnly)
        sent = self._catalogue.is_sent(str(model.class_info.name))
        return read_only and (sent or not wire_name.isidentifier())

    def _field(self, prop: PropertyProtocol, owner: str) -> Field:
        annotation = self._annotator.of(prop, owner)
        if not prop.required:
            annotation = Annotation(f"{annotation.text} | Unset", annotation.imports | _UNSET)
        return _field(prop, annotation)

    def _parameter(self, prop: PropertyProtocol) -> Field:
        annotation = self._annotator.of(prop)
        if not prop.required:
            text = (
                annotation.text if annotation.text.endswith("None") else f"{annotation.text} | None"
            )
            annotation = Annotation(f"{text} | Unset", annotation.imports | _UNSET)
        return _field(prop, annotation)

    def _operation(self, endpoint: Endpoint) -> Operation:
        path = tuple(self._parameter(prop) for prop in endpoint.path_parameters)
        query = tuple(self._parameter(prop) for prop in endpoint.query_parameters)
        header = tuple(self._parameter(prop) for prop in endpoint.header_parameters)
        body = self._body(endpoint)
        successes = self._successes(endpoint)
        results = list(dict.fromkeys(annotation.text for _, annotation in successes))
        annotations = [annotation for _, annotation in successes] + ([body] if body else [])
        imports = {line for annotation in annotations for line in annotation.imports}
        return Operation(
            module=str(endpoint.name),
            method=endpoint.method.upper(),
            path=_path(endpoint, path),
            path_template=in_double_quote_literal(endpoint.path),
            doc=_operation_doc(endpoint, path + query + header),
            returns=" | ".join(results),
            successes=tuple((status, _reader(found)) for status, found in successes),
            secured=(endpoint.method, endpoint.path.get_untrusted_value()) in self._secured,
            body=body.text if body else None,
            path_parameters=path,
            query_parameters=query,
            header_parameters=header,
            imports=tuple(sorted(imports | set(_imports(path + query + header)))),
        )

    def _body(self, endpoint: Endpoint) -> Annotation | None:
        if not endpoint.bodies:
            return None
        if len(endpoint.bodies) > 1 or endpoint.bodies[0].body_type != "json":
            raise RefusedError("only JSON bodies are generated", [str(endpoint.name)])
        if not endpoint.bodies[0].prop.required:
            raise RefusedError("only required bodies are generated", [str(endpoint.name)])
        return self._annotator.of(endpoint.bodies[0].prop)

    def _successes(self, endpoint: Endpoint) -> list[tuple[int, Annotation]]:
        return [
            (_status(response), self._result(response, endpoint))
            for response in endpoint.responses.patterns
            if _status(response) < _FIRST_ERROR
        ]

    def _result(self, response: Response, endpoint: Endpoint) -> Annotation:
        if response.source["return_type"] == "None":
            return Annotation("None")
        if response.source["return_type"] != "Any":
            raise RefusedError("only JSON and empty answers are generated", [str(endpoint.name)])
        return self._annotator.of(response.prop)


def _field(prop: PropertyProtocol, annotation: Annotation) -> Field:
    return Field(
        name=str(prop.python_name),
        wire_name=in_double_quote_literal(prop.name),
        annotation=annotation,
        required=prop.required,
        doc=_doc(prop.description),
    )


def _imports(fields: tuple[Field, ...], without: str = "") -> tuple[str, ...]:
    lines = {line for field in fields for line in field.annotation.imports}
    return tuple(sorted(lines - {without}))


def _doc(text: object) -> str:
    return " ".join(safe_for_docstring(text).split()) if text else ""


def _operation_doc(endpoint: Endpoint, parameters: tuple[Field, ...]) -> str:
    paragraphs = [_doc(endpoint.summary).rstrip(".") + "."]
    paragraphs += [_doc(part) for part in [endpoint.description] if part]
    described = [f"{field.name}: {field.doc}" for field in parameters if field.doc]
    return "\n\n".join(paragraphs + described)


def _path(endpoint: Endpoint, parameters: tuple[Field, ...]) -> str:
    """The body of an f-string."""
    names = {field.wire_name: field.name for field in parameters}
    return "".join(_path_pieces(endpoint.path.get_untrusted_value(), names))


def _path_pieces(path: str, names: dict[str, str]) -> Iterator[str]:
    for index, piece in enumerate(_PATH_PARAMETER.split(path)):
        yield f"{{segment({names[piece]})}}" if index % 2 else in_f_string_literal(piece)


def _status(response: Response) -> int:
    bounds = response.status_code.range
    if bounds is None or (bounds[0] != bounds[1] and bounds[0] < _FIRST_ERROR):
        raise RefusedError(
            "a range of successful statuses cannot be read", [response.status_code.pattern]
        )
    return bounds[0]


def _reader(annotation: Annotation) -> str:
    return "read_nothing" if annotation.text == "None" else f"json_reader({annotation.text})"
