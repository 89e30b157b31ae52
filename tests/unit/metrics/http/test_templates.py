"""Whatever routers are made of, a request has the template that its route was declared under."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, Router

from modelmetry.metrics import MetricsMiddleware, Registry
from modelmetry.metrics.attributes import bounded
from tests.unit.metrics.http.serving import call, durations, scope

# Parts with other letters for each kind: which of two routes is meant is not the question here.
PARTS = st.lists(
    st.sampled_from(["/a", "/b", "/{p}", "/c-{p}", "/{p:int}", "/é"]), min_size=1, max_size=3
)


class Declared:
    """Templates, each once, and for each of them an endpoint that says it."""

    def __init__(self) -> None:
        self.templates: list[str] = []
        self._parameters = 0

    def path(self, parts: list[str]) -> str:
        """A path like nobody else's, so that it can be told which route answers it."""
        self._parameters += 1
        own = f"/n{self._parameters}"
        return own + "".join(
            part.replace("{p", f"{{p{self._parameters}_{place}") for place, part in enumerate(parts)
        )

    def endpoint(self, template: str) -> Any:
        """A handler, known by its template."""
        self.templates.append(template)

        def answer(request: Request) -> PlainTextResponse:
            return PlainTextResponse(template)

        return answer


TREES = st.recursive(
    st.tuples(st.just("leaf"), PARTS),
    lambda below: st.tuples(
        st.sampled_from(["include", "mount", "sub", "starlette"]),
        PARTS,
        st.lists(below, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


def grow(declared: Declared, router: APIRouter | FastAPI, tree: Any, above: str) -> None:
    """Declare what a tree says in a router of FastAPI."""
    kind, parts, *below = tree
    path = declared.path(parts)
    template = above + path
    if kind == "leaf":
        declared.templates.append(template)
        router.add_api_route(path, lambda: template, methods=["GET"])
        return
    if kind == "include" or isinstance(router, APIRouter):  # which used to take no mounts
        inner = APIRouter(prefix="/own")
        for one in below[0]:
            grow(declared, inner, one, f"{template}/own")
        router.include_router(inner, prefix=path)
        return
    if kind == "sub":
        app = FastAPI()
        for one in below[0]:
            grow(declared, app, one, template)
        router.mount(path, app)
        return
    routes = [plain(declared, one, template) for one in below[0]]
    router.mount(path, Starlette(routes=routes) if kind == "starlette" else Router(routes))


def plain(declared: Declared, tree: Any, above: str) -> Route | Mount:
    """The same, in Starlette."""
    kind, parts, *below = tree
    path = declared.path(parts)
    template = above + path
    if kind == "leaf":
        return Route(path, declared.endpoint(template))
    if kind in ("sub", "include"):
        app = FastAPI()
        for one in below[0]:
            grow(declared, app, one, template)
        return Mount(path, app)
    routes = [plain(declared, one, template) for one in below[0]]
    return (
        Mount(path, Starlette(routes=routes)) if kind == "starlette" else Mount(path, routes=routes)
    )


def concrete(template: str, number: int) -> str:
    """A path that the template stands for."""
    parts = template.split("/")
    return "/".join(_value(part, number) for part in parts)


def _value(part: str, number: int) -> str:
    if "{" not in part:
        return part
    prefix = part.partition("{")[0]
    return f"{prefix}{number}" if part.endswith(":int}") else f"{prefix}x{number}"


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TREES, min_size=1, max_size=4), st.integers(0, 10**6))
def test_every_request_has_the_template_of_its_route(trees: Any, number: int) -> None:
    """Through prefixes, mounts and sub-applications of both frameworks, with any parameters."""
    registry, declared = Registry(), Declared()
    app = FastAPI(openapi_url=None)
    for tree in trees:
        grow(declared, app, tree, "")
    app.add_middleware(MetricsMiddleware, registry=registry)
    for template in declared.templates:
        for value in (number, number + 1):
            sent = call(app, scope(concrete(template, value)))
            assert sent[0]["status"] == 200, (template, concrete(template, value))
            assert template in sent[1]["body"].decode()

    assert durations(registry) == {
        ("GET", bounded(template), "200", "http", ""): 2 for template in declared.templates
    }
