"""What the measurement of all requests to one application has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelmetry.delivery.log import Log
from modelmetry.metrics.http.asgi import Application, Scope
from modelmetry.metrics.http.exemplars import trace_of
from modelmetry.metrics.http.outcome import UNMATCHED
from modelmetry.metrics.http.recorded import Recorded, recorded
from modelmetry.metrics.http.routes import Begun, RouteNames
from modelmetry.metrics.registry import Registry

if TYPE_CHECKING:
    from modelmetry.client.current import Heard

_log = Log("modelmetry.metrics")


class Measuring:
    """Instruments and names of routes.

    Args:
        app: what is measured.
        registry: where it is shown.
    """

    def __init__(self, app: Application, registry: Registry) -> None:
        self.registry = registry
        self.recorded: Recorded = recorded(registry)
        self._routes = RouteNames(app)
        self._has_failed = False

    def route(self, scope: Scope, begun: Begun, status: str) -> str:
        """The template of the route that answered; see `RouteNames`."""
        try:
            return self._routes.template(scope, begun, status)
        except Exception as error:  # noqa: BLE001 - routes of others are asked, and may raise
            self.failed(error)
            return UNMATCHED

    def example(self, heard: Heard | None, scope: Scope) -> str | None:
        """XID of the trace of a request; see `trace_of`."""
        try:
            return trace_of(heard, self.registry, scope)
        except Exception as error:  # noqa: BLE001 - without an example it still counts
            self.failed(error)
            return None

    def failed(self, error: Exception) -> None:
        """Say once that requests could not be measured; the application goes on."""
        if not self._has_failed:
            self._has_failed = True
            _log.warning(
                "a request could not be measured, and more may follow without a word: %s",
                error,
                exc_info=error,
            )
