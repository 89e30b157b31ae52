"""For each panel and each recording rule: what is true after the load."""

from tests.dashboards.truths.all import truths

__all__ = ["truths"]
