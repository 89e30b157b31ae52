"""Metrics of a web application's requests: an ASGI middleware, and what it has to find out."""

from modelmetry.metrics.http.middleware import MetricsMiddleware

__all__ = ["MetricsMiddleware"]
