"""Which columns of a FOCUS file are read, under whatever spelling a database gave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from modelmetry.errors import CostFileError

NEEDED: Final = (
    "ChargePeriodStart",
    "BillingCurrency",
    "ServiceName",
    "ChargeCategory",
    "BilledCost",
    "EffectiveCost",
)
OPTIONAL: Final = ("ListCost", "SubAccountId", "Tags")
_SHOWN: Final = 6


class Columns(Struct, frozen=True):
    """Where the columns stand.

    Attributes:
        width: how many columns the file has.
        places: of those that are read, by FOCUS's name.
    """

    width: int
    places: Mapping[str, int]


def columns_of(header: Sequence[str], path: str) -> Columns:
    """Find the columns; databases write `BILLED_COST` or `billedcost` for FOCUS's `BilledCost`.

    Args:
        header: the names that the file has.
        path: of the file, for the message.

    Raises:
        CostFileError: one that is needed is missing, or one that is read is there twice.
    """
    places: dict[str, int] = {}
    spellings = {_plain(name): name for name in (*NEEDED, *OPTIONAL)}
    for place, told in enumerate(header):
        name = spellings.get(_plain(told))
        if name in places:
            raise CostFileError(f"{path}: the column {name} is there twice; export it again")
        if name is not None:
            places[name] = place
    missing = [name for name in NEEDED if name not in places]
    if missing:
        shown = ", ".join(header[:_SHOWN]) + (", ..." if len(header) > _SHOWN else "")
        raise CostFileError(
            f"{path} is no file of FOCUS 1.0 to 1.3: it has no {', '.join(missing)}; "
            f"its columns are {shown[:200]!r}; export costs in the format FOCUS"
        )
    return Columns(len(header), places)


def _plain(name: str) -> str:
    return name.strip().replace("_", "").replace(" ", "").lower()
