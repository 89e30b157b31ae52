"""Figures together with whose they are: of the machine, or of the container alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct

Scope = Literal["host", "container"]

HOST: Final[Scope] = "host"
CONTAINER: Final[Scope] = "container"


class Scoped(Struct, frozen=True):
    """Figures by their names.

    Attributes:
        scope: whose they are.
        figures: seconds or bytes.
    """

    scope: Scope
    figures: Mapping[str, float]


class States(Struct, frozen=True):
    """Memory by what is done with it.

    Attributes:
        scope: whose it is.
        figures: bytes by OpenTelemetry's states.
        limit: bytes: all there are.
    """

    scope: Scope
    figures: Mapping[str, float]
    limit: int
