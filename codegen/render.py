"""Parsed spec and templates to files, formatted."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError

from codegen.catalogue import Catalogue, Literals
from codegen.lint import api_key_headers, operations, resolve, secured_operations
from codegen.refusal import RefusedError
from codegen.settings import Settings
from codegen.spec import Spec
from codegen.views import Model, Views

TEMPLATES = Path(__file__).parent / "templates"
_FIXED = ("wire", "variants", "types", "errors", "calls", "client")
_WRITTEN_BY = "Written by codegen; do not edit."
_ARGUMENT_NOTES = (
    "headers are added to this request; timeout is in seconds and replaces the client's."
)
_RAISED = "Raises `modelmetry_api.errors.ApiError`."


def render(spec: Spec, spec_path: Path, settings: Settings, output: Path) -> None:
    """Write the whole package into `output`, an empty folder."""
    config = settings.generator_config(spec_path, output)
    data = GeneratorData.from_dict(spec.document, config=config)
    if isinstance(data, GeneratorError):
        raise RefusedError("the generator cannot read the spec", [_described(data)])
    refuse_warnings(data)
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    for name, text in _files(project, spec, settings):
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    _format(settings, output)
    (output / "spec.json").write_bytes(spec.json_bytes)
    (output / "py.typed").write_bytes(b"")


def refuse_warnings(data: GeneratorData) -> None:
    """Raise `RefusedError` for anything that the generator would leave out."""
    errors: list[GeneratorError] = list(data.errors)
    for collection in data.endpoint_collections_by_tag.values():
        errors += collection.parse_errors
    if errors:
        raise RefusedError("the generator warns", [_described(error) for error in errors])


def _described(error: GeneratorError) -> str:
    place = getattr(error, "data", None)
    shown = place.model_dump_json(exclude_none=True, exclude_defaults=True) if place else ""
    return " ".join(part for part in (error.header, error.detail, shown) if part)


def _files(project: Project, spec: Spec, settings: Settings) -> Iterator[tuple[str, str]]:
    catalogue = Catalogue(project.openapi, settings.unions)
    views = Views(project.openapi, catalogue, secured_operations(spec.document))
    models, all_operations = views.models(), views.operations()
    refuse_cycles(models)
    project.env.filters.update(python_literal=repr, base_type=_base_type)
    project.env.globals.update(_common(spec, models, project.package_name))

    def page(template: str, **values: Any) -> str:
        return project.env.get_template(f"{template}.py.jinja").render(**values)

    yield "__init__.py", page("package_init")
    for name in _FIXED:
        yield f"{name}.py", page(name)
    yield "models/__init__.py", page("models_init", exports=_exports(models, catalogue))
    for model in models:
        yield f"models/{model.module}.py", page("model", model=model)
    literals = sorted(catalogue.literals.values(), key=lambda literal: literal.name)
    yield "models/literals.py", page("literals", literals=literals)
    yield "models/unions.py", page("unions", **_unions(models, catalogue))
    yield "api/__init__.py", page("api_init")
    for operation in all_operations:
        yield f"api/{operation.module}.py", page("operation", operation=operation)


def _common(spec: Spec, models: list[Model], package: str) -> dict[str, Any]:
    return {
        "written_by": _WRITTEN_BY,
        "argument_notes": _ARGUMENT_NOTES,
        "raised": _RAISED,
        "package": package,
        "spec_version": str(spec.document["info"]["version"]),
        "spec_sha256": spec.sha256,
        "key_header": api_key_headers(spec.document)[0],
        "problem": _problem_model(spec.document, models),
    }


def _problem_model(document: Mapping[str, Any], models: list[Model]) -> Model:
    for place in operations(document):
        for code, reference in place.data["responses"].items():
            if code == "default" or code[0] in "45":
                content = resolve(document, reference)["content"]
                name = content["application/problem+json"]["schema"]["$ref"].rpartition("/")[2]
                return next(model for model in models if model.name == name)
    raise RefusedError("no operation describes its errors", [])


def _exports(models: list[Model], catalogue: Catalogue) -> dict[str, str]:
    exports = {model.name: model.module for model in models}
    exports |= dict.fromkeys(catalogue.literals, "literals")
    exports |= dict.fromkeys(catalogue.unions, "unions")
    return dict(sorted(exports.items()))


def _unions(models: list[Model], catalogue: Catalogue) -> dict[str, Any]:
    modules = {model.name: model.module for model in models}
    unions = sorted(catalogue.unions.values(), key=lambda union: union.name)
    members = sorted({name for union in unions for name in union.members})
    return {"unions": unions, "members": {name: modules[name] for name in members}}


def _base_type(literal: Literals) -> str:
    return type(literal.values[0]).__name__


def refuse_cycles(models: list[Model]) -> None:
    """Raise `RefusedError` when modules of models would import each other in a circle."""
    needs = {model.module: {m.module for m in models if _imports(model, m)} for model in models}
    while free := {name for name, needed in needs.items() if not needed & needs.keys()}:
        for name in free:
            del needs[name]
    if needs:
        raise RefusedError("schemas refer to each other in a circle", sorted(needs))


def _imports(model: Model, other: Model) -> bool:
    return f"from modelmetry_api.models.{other.module} import {other.name}" in model.imports


def _format(settings: Settings, output: Path) -> None:
    for arguments in settings.format:
        command = [sys.executable, "-m", "ruff", *arguments, str(output)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RefusedError(
                "ruff cannot format what was generated", [done.stderr or done.stdout]
            )
