"""What an alert is: an expression that answers when something is wrong, and what to do then."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from modelmetry.grafana.queries import Source

Severity = Literal["page", "ticket"]
"""Whether somebody is called now, or looks at it within the next working days."""


class Alert(Struct, frozen=True, kw_only=True):
    """What Prometheus tells when something is wrong.

    Attributes:
        name: of the alert.
        expr: answers the series for which it is wrong, and by how much.
        wait: for how long it has to be so, such as `10m`; empty for at once.
        severity: how soon somebody looks.
        labels: further ones.
        summary: one line, with what Prometheus puts in.
        description: the next step.
    """

    name: str
    expr: str
    wait: str = ""
    severity: Severity
    labels: tuple[tuple[str, str], ...] = ()
    summary: str
    description: str

    @property
    def section(self) -> str:
        """Where docs/dashboards.md says what to do, as addresses have it behind `#`."""
        return self.name.lower()


class AlertGroup(Struct, frozen=True):
    """Alerts about one subject.

    Attributes:
        name: of the group.
        alerts: in their order.
    """

    name: str
    alerts: tuple[Alert, ...]


def matching(found: Source) -> str:
    """What stands after the name of a recording rule, to have the chosen jobs alone."""
    return f"{{{','.join(found.matchers)}}}" if found.matchers else ""
