"""The prices that come with this package: a list of genai-prices, as it was on a day.

`nox -s prices` makes it. The data are MIT-licensed: snapshot-licence.txt.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from modelmetry.prices.catalogue import Catalogue, Provider


class Snapshot(Struct, frozen=True):
    """A list and where it comes from.

    Attributes:
        taken: the day on which it was taken.
        origin: what it was taken from, with its version.
        providers: the list.
    """

    taken: date
    origin: str
    providers: tuple[Provider, ...]

    def age(self, today: date) -> int:
        """Days since it was taken."""
        return (today - self.taken).days


@cache
def snapshot() -> Snapshot:
    """The list, read once."""
    content = files("modelmetry.prices").joinpath("snapshot.json").read_bytes()
    return msgspec.json.decode(content, type=Snapshot)


@cache
def shipped() -> Catalogue:
    """The list, ready to be asked."""
    found = snapshot()
    return Catalogue(found.providers, f"snapshot {found.taken.isoformat()}")
