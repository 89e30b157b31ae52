"""One application of FastAPI behind each of the middlewares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from prometheus_fastapi_instrumentator import Instrumentator
from starlette_exporter import PrometheusMiddleware

from modelmetry import Client
from modelmetry.delivery.sink import Batch
from modelmetry.metrics import MetricsMiddleware, Registry

App = Callable[..., Any]
PATH = "/items/42"


class Nowhere:
    """A sink that takes everything."""

    def write(self, batch: Batch) -> None:
        """Take a batch."""

    def close(self) -> None:
        """End."""


def application() -> FastAPI:
    """The application: one route with a parameter, one answer of JSON."""
    app = FastAPI()

    async def item(item: int) -> dict[str, int]:
        return {"item": item}

    app.add_api_route("/items/{item}", item)
    return app


def modelmetry(**arguments: Any) -> FastAPI:
    """Ours."""
    app = application()
    app.add_middleware(MetricsMiddleware, registry=Registry(), **arguments)
    return app


def instrumentator() -> FastAPI:
    """prometheus-fastapi-instrumentator, as its documentation begins."""
    app = application()
    Instrumentator().instrument(app)
    return app


def exporter() -> FastAPI:
    """starlette_exporter, as its documentation begins."""
    app = application()
    app.add_middleware(PrometheusMiddleware)
    return app


def contenders() -> dict[str, App]:
    """All of them, by the names that the table has."""
    return {
        "bare": application(),
        "modelmetry": modelmetry(),
        "prometheus-fastapi-instrumentator": instrumentator(),
        "starlette_exporter": exporter(),
        "modelmetry, with a trace of each request": modelmetry(client=Client(sink=Nowhere())),
    }
