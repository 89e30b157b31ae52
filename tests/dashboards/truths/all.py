"""All truths, by where they belong."""

from __future__ import annotations

from attrs import evolve

from tests.dashboards.judging import Truth
from tests.dashboards.load import Driven
from tests.dashboards.processes import Live
from tests.dashboards.truths.calls import calls
from tests.dashboards.truths.cloud import cloud
from tests.dashboards.truths.models import models
from tests.dashboards.truths.own import own, server
from tests.dashboards.truths.raw import Raw
from tests.dashboards.truths.requests import http
from tests.dashboards.truths.resources import resources
from tests.dashboards.truths.rules import rules


def truths(live: Live, driven: Driven) -> dict[str, Truth]:
    """By the place of the panel, and by the name of the rule."""
    raw = Raw(live, driven)
    its_own = evolve(raw, job="modelmetry")
    return {
        **{f"HTTP / {name}": one for name, one in http(driven)},
        **{f"Models / {name}": one for name, one in models(driven)},
        **{f"Language models / {name}": one for name, one in calls(driven)},
        **{f"Cloud cost / {name}": one for name, one in cloud(driven)},
        **{f"Resources / {name}": one for name, one in resources(raw)},
        **{f"What modelmetry left out / {name}": one for name, one in own(live, raw)},
        **{f"The modelmetry server / {name}": one for name, one in server(its_own)},
        **dict(rules(driven)),
    }
