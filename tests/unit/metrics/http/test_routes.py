"""Each request has the template of its route, whatever application it is declared in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route, Router
from starlette.staticfiles import StaticFiles

from modelmetry.metrics import MetricsMiddleware, Registry
from tests.unit.metrics.http.serving import answered, body, call, scope, serving, start


async def hello(request: Request) -> PlainTextResponse:
    """Answer anything."""
    return PlainTextResponse("hello")


def fastapi(registry: Registry) -> FastAPI:
    """An application with routers in routers, sub-applications and mounts."""
    sub = FastAPI()
    innermost, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/api")
    for router, path in ((innermost, "/it/{i}"), (outer, "/users/{user}"), (sub, "/deep/{x}")):
        router.add_api_route(path, lambda: "hello", methods=["GET"])
    outer.include_router(innermost, prefix="/deeper")
    sub.include_router(outer, prefix="/v2")
    app = FastAPI()
    app.add_api_route("/files/{rest:path}", lambda: "hello")
    app.include_router(outer, prefix="/v1")
    app.include_router(outer, prefix="/v0/{tenant}")
    app.mount("/sub", sub)
    app.mount("/tenants/{tenant}", sub)
    app.add_middleware(MetricsMiddleware, registry=registry)
    return app


FASTAPI = {
    "/files/a/b/c": "/files/{rest:path}",
    "/v1/api/users/7": "/v1/api/users/{user}",
    "/v1/api/deeper/inner/it/7": "/v1/api/deeper/inner/it/{i}",
    "/v0/acme/api/users/7": "/v0/{tenant}/api/users/{user}",
    "/sub/deep/7": "/sub/deep/{x}",
    "/sub/v2/api/users/7": "/sub/v2/api/users/{user}",
    "/tenants/acme/v2/api/deeper/inner/it/1": "/tenants/{tenant}/v2/api/deeper/inner/it/{i}",
    "/tenants/other/deep/1": "/tenants/{tenant}/deep/{x}",
    "/openapi.json": "/openapi.json",
    "/sub/docs": "/sub/docs",
}


def test_fastapi_routes_have_all_prefixes(registry: Registry) -> None:
    """Of routers, of sub-applications, and of mounts with parameters, over a real server."""
    with serving(fastapi(registry)) as http:
        for path in FASTAPI:
            assert http.get(path).status_code == 200, path
        for path in FASTAPI:  # what was found out once is known now
            http.get(path)

    assert answered(registry) == {("GET", template, "200") for template in FASTAPI.values()}


def test_what_is_not_fastapi_s_own_in_a_router_has_its_prefix(registry: Registry) -> None:
    """Plain routes and mounts in routers that are included, where FastAPI takes them."""
    router = APIRouter()
    router.add_route("/plain/{x}", hello)
    router.mount("/mounted/{y}", Starlette(routes=[Route("/leaf", hello)]))
    router.mount("/sub", fastapi(Registry()))
    app = FastAPI()
    app.include_router(router, prefix="/v1/{tenant}")
    app.add_middleware(MetricsMiddleware, registry=registry)
    paths = ("plain/1", "mounted/1/leaf", "sub/v1/api/users/1", "sub/none")
    with serving(app) as http:
        found = [http.get(f"/v1/acme/{path}").status_code for path in paths]

    if found == [200, 404, 404, 404]:
        pytest.skip("an older FastAPI leaves mounts out")
    assert answered(registry) == {
        ("GET", "/v1/{tenant}/plain/{x}", "200"),
        ("GET", "/v1/{tenant}/mounted/{y}/leaf", "200"),
        ("GET", "/v1/{tenant}/sub/v1/api/users/{user}", "200"),
        ("GET", "unmatched", "404"),
    }


def test_pages_that_fastapi_serves_have_their_path(registry: Registry, tmp_path: Path) -> None:
    """With `app.frontend`, which leaves no route behind."""
    (tmp_path / "index.html").write_text("page")
    app = FastAPI()
    if not hasattr(app, "frontend"):
        pytest.skip("an older FastAPI serves no pages")
    app.frontend("/app", directory=str(tmp_path))
    app.add_middleware(MetricsMiddleware, registry=registry)
    with serving(app) as http:
        for path in ("/app/", "/app/some/where", "/app"):
            http.get(path, headers={"accept": "text/html"}, follow_redirects=False)
        http.get("/none")

    assert {(route) for _, route, _ in answered(registry)} == {"/app", "unmatched"}


def test_fastapi_routes_that_are_not_there(registry: Registry) -> None:
    """Are one, also in a sub-application; another method keeps the route, and so does a slash."""
    with serving(fastapi(registry)) as http:
        for path in ("/nope", "/sub/nope", "/tenants/acme/nope", "/v1/api/users/"):
            http.get(path)
        http.post("/v1/api/users/7")
        http.post("/tenants/acme/deep/7")
        http.get("/v1/api/users/7/", follow_redirects=False)

    assert answered(registry) == {
        ("GET", "unmatched", "404"),
        ("POST", "/v1/api/users/{user}", "405"),
        ("POST", "/tenants/{tenant}/deep/{x}", "405"),
        ("GET", "/v1/api/users/{user}", "307"),
    }


def starlette(folder: Path) -> Starlette:
    """An application with mounts in mounts, static files and hosts."""
    (folder / "page.css").write_text("")
    inner = Starlette(routes=[Route("/leaf/{x:int}", hello), Route("/", hello)])
    answering_all = PlainTextResponse("opaque")
    return Starlette(
        routes=[
            Host("api.example.org", Router([Route("/hosted/{x}", hello)])),
            Route("/one/{x}", hello),
            Route("/two/{x}", hello),  # with the same endpoint
            Mount("/static", StaticFiles(directory=folder)),
            Mount("/a", routes=[Mount("/{b}", inner), Route("/never", hello)]),
            Mount("/opaque/{x}", answering_all),
        ]
    )


STARLETTE = {
    "/one/1": "/one/{x}",
    "/two/1": "/two/{x}",
    "/static/page.css": "/static",
    "/a/x/leaf/1": "/a/{b}/leaf/{x:int}",
    "/a/y/leaf/2": "/a/{b}/leaf/{x:int}",
    "/a/z/": "/a/{b}/",
    "/opaque/1/anything": "/opaque/{x}",
}


def test_starlette_routes_have_all_mounts(registry: Registry, tmp_path: Path) -> None:
    """Also those whose application says nothing of its routes, such as static files."""
    app = starlette(tmp_path)
    app.add_middleware(MetricsMiddleware, registry=registry)
    with serving(app) as http:
        for path in (*STARLETTE, *STARLETTE):
            assert http.get(path).status_code == 200, path
        assert http.head("/one/1").status_code == 200
        assert http.get("/hosted/1", headers={"host": "api.example.org"}).status_code == 200
        assert http.get("/static/none.css").status_code == 404
        assert http.get("/a/x/leaf/word").status_code == 404
        assert http.put("/one/1").status_code == 405

    assert answered(registry) == {
        *(("GET", template, "200") for template in STARLETTE.values()),
        ("HEAD", "/one/{x}", "200"),
        ("GET", "/hosted/{x}", "200"),
        ("GET", "/static", "404"),
        ("GET", "unmatched", "404"),
        ("PUT", "/one/{x}", "405"),
    }


def test_around_an_application_it_measures_as_well(registry: Registry, tmp_path: Path) -> None:
    """Also what the application answers to an exception, which then is the status."""

    def fail(request: Request) -> PlainTextResponse:
        raise LookupError

    app = starlette(tmp_path)
    app.add_route("/boom/{x}", fail)
    with serving(MetricsMiddleware(app, registry=registry)) as http:
        http.get("/a/x/leaf/1")
        http.get("/boom/1")

    assert answered(registry) == {
        ("GET", "/a/{b}/leaf/{x:int}", "200"),
        ("GET", "/boom/{x}", "500"),
    }


@pytest.mark.filterwarnings("ignore:The .root_path. parameter is deprecated")
def test_below_a_root_path_routes_are_the_application_s_own(registry: Registry) -> None:
    """What a proxy or a server puts in front of all of them says nothing."""
    app = FastAPI(root_path="/behind/proxy")
    app.add_api_route("/items/{i}", lambda: "hello")
    app.mount("/sub", Starlette(routes=[Route("/leaf/{x}", hello)]))
    app.add_middleware(MetricsMiddleware, registry=registry)
    with serving(app) as http:
        http.get("/items/1")
        http.get("/sub/leaf/1")  # Starlette up to 0.32 finds this one,
        http.get("/behind/proxy/sub/leaf/1")  # and the newer ones this

    assert answered(registry) == {
        ("GET", "/items/{i}", "200"),
        ("GET", "/sub/leaf/{x}", "200"),
        ("GET", "unmatched", "404"),
    }


def test_who_answers_before_the_router_does_not_hide_the_route(registry: Registry) -> None:
    """Such as preflight requests of browsers, or a middleware that lets nobody in."""

    async def refuse(request: Request, call_next: Any) -> Any:
        if "let-me-in" in request.headers:
            return await call_next(request)
        return PlainTextResponse("no", status_code=401)

    app = Starlette(
        routes=[Route("/one/{x}", hello)],
        middleware=[
            Middleware(MetricsMiddleware, registry=registry),
            Middleware(CORSMiddleware, allow_origins=["*"]),
            Middleware(BaseHTTPMiddleware, dispatch=refuse),
        ],
    )
    preflight = {"origin": "https://example.org", "access-control-request-method": "GET"}
    with serving(app) as http:
        http.options("/one/1", headers=preflight)
        http.get("/one/2")
        http.get("/one/3", headers={"let-me-in": "please"})
        http.get("/none")

    assert answered(registry) == {
        ("OPTIONS", "/one/{x}", "200"),
        ("GET", "/one/{x}", "401"),
        ("GET", "/one/{x}", "200"),
        ("GET", "unmatched", "401"),
    }


def test_who_hands_on_a_copy_of_the_scope_does_not_hide_the_route(registry: Registry) -> None:
    """What the router leaves in a copy is not seen here, so routes are asked."""

    class Copying:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await self.app(dict(scope), receive, send)

    app = fastapi(registry)
    app.user_middleware.append(Middleware(Copying))
    with serving(app) as http:
        for path in FASTAPI:
            http.get(path)

    assert answered(registry) == {("GET", template, "200") for template in FASTAPI.values()}


def test_in_a_mounted_application_it_names_the_whole_route(registry: Registry) -> None:
    """With what the application is mounted under, where Starlette says it."""
    inner = Starlette(routes=[Route("/leaf/{x}", hello)])
    inner.add_middleware(MetricsMiddleware, registry=registry)
    call(Starlette(routes=[Mount("/a/{b}", inner)]), scope("/a/x/leaf/1"))

    assert answered(registry) <= {
        ("GET", "/a/{b}/leaf/{x}", "200"),
        ("GET", "/leaf/{x}", "200"),  # up to Starlette 0.32, which shortens the path
    }


def test_applications_without_routes_are_unmatched(registry: Registry) -> None:
    """Their paths could be anything."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"hello"))

    measured = MetricsMiddleware(app, registry=registry)
    for number in range(3):
        call(measured, scope(f"/{number}"))

    assert answered(registry) == {("GET", "unmatched", "200")}
