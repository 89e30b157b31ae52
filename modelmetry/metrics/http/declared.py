"""Which template a path was declared under, by asking routes as their router does.

For what an application's router does not leave in the scope. Nothing of Starlette is imported:
routes say themselves whether they match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from modelmetry.metrics.http.asgi import Scope

Routes = Sequence[Any]

_FULL: Final = 2  # Starlette's `Match`: the path; and 1 is the path, but another method
_DEEPEST: Final = 50  # routers may be made to hold themselves
_FASTAPI: Final = "fastapi"


def routes_of(app: object) -> Routes | None:
    """The routes of an application, or of the first one below it that has any."""
    for _ in range(_DEEPEST):
        routes: Routes | None = getattr(app, "routes", None)
        if routes is not None:
            return routes
        app = getattr(app, "app", None)
        if app is None:
            break
    return None


def declared_template(routes: Routes, scope: Scope) -> str | None:
    """The template of the route that answers, or would with another method; `None` for none.

    Args:
        routes: of the outermost router.
        scope: as that router got it.
    """
    return _matched(routes, scope, _DEEPEST)


def _matched(routes: Iterable[Any], scope: Scope, depth: int) -> str | None:
    partial: str | None = None
    if depth == 0:
        return None
    for route in _effective(routes):
        # A copy without FastAPI's notes: routes write there while they are asked.
        asked = {name: value for name, value in scope.items() if name != _FASTAPI}
        match, child = route.matches(asked)
        if match.value == _FULL:
            return _below(route, {**scope, **child}, depth)
        if match.value and partial is None:
            partial = _path(route)
    return partial


def _below(route: Any, scope: Scope, depth: int) -> str | None:
    """The template under a route that matches: its own, or with that of a route in it."""
    own = _path(route)
    is_leaf = hasattr(route, "methods") or not hasattr(route, "routes")
    routes = None if is_leaf else (route.routes or routes_of(route.app))
    if not routes:
        return own
    inner = _matched(routes, scope, depth - 1)
    return None if inner is None else f"{own or ''}{inner}"


def _path(route: Any) -> str | None:
    path = getattr(route, "path", None)
    return path if isinstance(path, str) else None


def _effective(routes: Iterable[Any]) -> Iterator[Any]:
    """The routes, with those of routers that newer FastAPIs include without a copy."""
    for route in routes:
        contexts: Callable[[], Iterable[Any]] | None = getattr(
            route, "effective_route_contexts", None
        )
        if contexts is None:
            yield route
            continue
        for context in contexts():
            yield getattr(context, "starlette_route", None) or context
