"""The package as a whole: what it exports, carries and imports."""

import hashlib
import json
import subprocess
import sys
from importlib import import_module, resources
from pkgutil import iter_modules

import modelmetry_api
import modelmetry_api.api
import msgspec
import pytest
from modelmetry_api import models
from modelmetry_api.variants import keep_unknown, refuse_unknown

from tests.unit.generated.strategies import MODELS


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has after a statement."""
    program = f"{statement}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)))"
    paths = f"import sys\nsys.path[:0] = {sys.path!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", paths + program], capture_output=True, check=True, text=True
    )
    return set(json.loads(done.stdout))


def test_a_model_loads_only_what_it_refers_to() -> None:
    """Importing one model loads neither httpx nor the other models."""
    loaded = loaded_by("from modelmetry_api.models import CreateSpanParams")
    assert "modelmetry_api.models.create_span_params" in loaded
    assert "modelmetry_api.models.trace" not in loaded
    assert not loaded & {"httpx", "modelmetry_api.client"}


def test_errors_do_not_load_httpx() -> None:
    """Errors can be named in an except clause without loading httpx."""
    assert "httpx" not in loaded_by("import modelmetry_api.errors, modelmetry_api.types")


def test_the_spec_is_carried_and_its_digest_known() -> None:
    """The wheel holds the contract as JSON; the constants say which one."""
    data = resources.files(modelmetry_api).joinpath("spec.json").read_bytes()
    assert hashlib.sha256(data).hexdigest() == modelmetry_api.SPEC_SHA256
    assert json.loads(data)["info"]["version"] == modelmetry_api.SPEC_VERSION
    assert resources.files(modelmetry_api).joinpath("py.typed").is_file()


def test_every_export_exists() -> None:
    """Every name of `models.__all__` can be imported, `dir` lists them, others are errors."""
    for name in models.__all__:
        assert getattr(models, name) is getattr(models, name)
    assert dir(models) == sorted(models.__all__)
    with pytest.raises(AttributeError, match="Nothing"):
        getattr(models, "Nothing")  # noqa: B009 - a type checker knows that it does not exist


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_can_be_read(model: type) -> None:
    """Msgspec understands the annotations of every model."""
    msgspec.json.Decoder(model, dec_hook=keep_unknown)


@pytest.mark.parametrize("hook", [keep_unknown, refuse_unknown])
def test_other_types_are_not_read(hook: object) -> None:
    """A class that is neither a model nor a union of models cannot be read."""
    assert callable(hook)
    with pytest.raises(NotImplementedError):
        hook(complex, {})


def test_every_operation_has_its_four_functions() -> None:
    """Each operation of the spec is a module with the blocking and the asyncio functions."""
    spec = json.loads(resources.files(modelmetry_api).joinpath("spec.json").read_bytes())
    operations = {
        operation["operationId"].replace("-", "_")
        for item in spec["paths"].values()
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    }
    found = {module.name for module in iter_modules(modelmetry_api.api.__path__)}
    assert found == operations
    for name in found:
        module = import_module(f"modelmetry_api.api.{name}")
        assert {"sync", "sync_detailed", "asyncio", "asyncio_detailed"} <= set(dir(module))
