"""The template of the route that answered a request, from what its router left in the scope."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from modelmetry.metrics.http.asgi import Application, Scope
from modelmetry.metrics.http.declared import declared_template, routes_of
from modelmetry.metrics.http.outcome import UNMATCHED

_MOST_KNOWN: Final = 1_024  # mounts with parameters have a key for each of their values
_REDIRECTS: Final = frozenset({"307", "308"})


class _Known(NamedTuple):
    """A template, and what its key is made of: an identity is one's own only while it lives."""

    template: str
    alive: tuple[object, ...]


class Begun(NamedTuple):
    """What of a scope an application may change, as it was at the beginning."""

    path: str
    root_path: str
    app: object


class RouteNames:
    """Names routes by their templates.

    Args:
        app: what the middleware stands in front of.
    """

    def __init__(self, app: Application) -> None:
        self._app = app
        self._known: dict[tuple[int, int, str], _Known] = {}

    @property
    def known(self) -> int:
        """How many routes are known by now."""
        return len(self._known)

    def template(self, scope: Scope, begun: Begun, status: str) -> str:
        """The full template of the route that answered, or `unmatched`.

        Args:
            scope: as the application left it.
            begun: what of it the application may have changed.
            status: of the answer.
        """
        route = scope.get("route")
        notes: dict[str, Any] | None = scope.get("fastapi")
        context = notes.get("effective_route_context") if notes else None
        # Only mounts set it; what they have matched is in `root_path`.
        mounted: str = scope["root_path"] if "app_root_path" in scope else ""
        found = self._known.get((id(route), id(context), mounted))
        if found is not None:
            return found.template
        return self._find(scope, begun, status, route, context, mounted)

    def _find(
        self, scope: Scope, begun: Begun, status: str, route: Any, context: Any, mounted: str
    ) -> str:
        if route is not None and _is_last(route, scope):
            own = _own_path(route, context)
            template = (self._declared(scope, begun) if mounted else None) or own
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            key = id(route), id(context), mounted
            self._known[key] = _Known(template, (route, context))
            return template
        if route is None and "router" in scope and "endpoint" not in scope:
            return _front_end(scope) or self._redirected(scope, begun, status)
        return self._declared(scope, begun) or UNMATCHED

    def _redirected(self, scope: Scope, begun: Begun, status: str) -> str:
        """Routers send `/items` to `/items/` if that is declared, and the other way round."""
        if status not in _REDIRECTS:
            return UNMATCHED
        path = begun.path
        other = path.rstrip("/") if path.endswith("/") else f"{path}/"
        return self._declared(scope, begun._replace(path=other)) or UNMATCHED

    def _declared(self, scope: Scope, begun: Begun) -> str | None:
        routes = routes_of(scope.get("router") or begun.app or self._app)
        if routes is None:
            return None
        path, above = begun.path, begun.root_path
        root_path = scope.get("app_root_path", above)
        if above != root_path and not path.startswith(above):
            # In a mount, of which Starlette up to 0.32 takes the beginning off the path.
            path = above.removeprefix(root_path) + path
        before: dict[str, Any] = {**scope, "path": path, "root_path": root_path, "path_params": {}}
        return declared_template(routes, before)


def _is_last(route: Any, scope: Scope) -> bool:
    """Whether it is the route that answered, and no mount or host on the way to it."""
    if not isinstance(getattr(route, "path", None), str):
        return False
    if hasattr(route, "endpoint"):
        return bool(route.endpoint is scope.get("endpoint"))
    is_opaque = not getattr(route, "routes", None) and routes_of(route.app) is None
    return is_opaque and route.app is scope.get("endpoint")


def _own_path(route: Any, context: Any) -> str:
    """The template in its router: with prefixes, also where FastAPI keeps them apart."""
    if context is not None and context.original_route is route:
        return str(context.path)
    return str(route.path)


def _front_end(scope: Scope) -> str | None:
    """The path under which FastAPI serves the files of a page, if it was that."""
    notes: dict[str, Any] = scope.get("fastapi") or {}
    rest = notes.get("frontend_path")
    if not isinstance(rest, str):
        return None
    return str(scope["path"]).removesuffix(rest).rstrip("/") or "/"
