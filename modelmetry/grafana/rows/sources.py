"""What the panels look at: series of the chosen jobs, over the time that is shown."""

from __future__ import annotations

from typing import Final

from modelmetry.grafana.queries import Source

_CHOSEN: Final = ('job=~"$job"', 'instance=~"$instance"')

RATE: Final = Source(_CHOSEN, "$__rate_interval")
"""Over a few scrapes, for what changes from point to point."""

RANGE: Final = Source(_CHOSEN, "$__range")
"""Over all of the time that is shown, for one number."""

SERVER: Final = Source(('job=~"$server"',), "$__rate_interval")
"""Of the modelmetry server, which also knows what the cloud costs."""

SERVER_RANGE: Final = SERVER.over("$__range")
"""Of the server, over all of the time that is shown."""
