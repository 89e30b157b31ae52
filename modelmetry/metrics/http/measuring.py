"""What the measurement of all requests to one application has in common."""

from __future__ import annotations

from modelmetry.delivery.log import Log
from modelmetry.metrics.http.asgi import Application
from modelmetry.metrics.http.recorded import recorded
from modelmetry.metrics.http.routes import RouteNames
from modelmetry.metrics.registry import Registry

_log = Log("modelmetry.metrics")


class Measuring:
    """Instruments and names of routes.

    Args:
        app: what is measured.
        registry: where it is shown.
    """

    def __init__(self, app: Application, registry: Registry) -> None:
        self.registry = registry
        self.recorded = recorded(registry)
        self.routes = RouteNames(app)
        self._has_failed = False

    def failed(self, error: Exception) -> None:
        """Say once that requests could not be measured; the application goes on."""
        if not self._has_failed:
            self._has_failed = True
            _log.warning(
                "a request could not be measured, and more may follow without a word: %s",
                error,
                exc_info=error,
            )
