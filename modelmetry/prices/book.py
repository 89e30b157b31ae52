"""A price book that asks the user's own prices first, then genai-prices, then the snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from modelmetry.prices.answers import Price, Unpriced, Usage
from modelmetry.prices.catalogue import Catalogue
from modelmetry.prices.charging import charge, fault
from modelmetry.prices.library import Library
from modelmetry.prices.overrides import Overrides
from modelmetry.prices.snapshot import shipped
from modelmetry.prices.terms import Listing, utc

_NEVER_HEARD_OF = frozenset({"unknown_model", "unknown_provider"})
# Names are remembered, and some applications let their users write them.
_LONGEST: Final = 512
_SHOWN: Final = 40


class Prices:
    """What calls of models cost; a `PriceBook`.

    The first source that knows the model answers: `overrides`, then genai-prices where it is
    installed (`pip install "modelmetry[prices]"`), then the snapshot that comes with this package.
    Asking takes microseconds after the first time, which loads the lists: some milliseconds, with
    genai-prices some hundred.

    Args:
        overrides: the user's own prices.
        library: whether genai-prices is asked.
    """

    def __init__(self, overrides: Overrides | None = None, *, library: bool = True) -> None:
        self._overrides = overrides
        self._library = Library() if library else None

    def price(
        self,
        model: str | None,
        *,
        provider: str | None = None,
        usage: Usage,
        at: datetime | None = None,
    ) -> Price | Unpriced:
        """Say what a call cost; never raises.

        Args:
            model: as the call or its answer named it, also with a provider before it; `None` when
                it named none.
            provider: who was called, as OpenTelemetry or the price list names it.
            usage: what the provider reported.
            at: when; now by default. Without an offset it is UTC.
        """
        wrong = fault(usage)
        if wrong is not None:
            return Unpriced("impossible_usage", wrong)
        found = self.listing(model, provider=provider, at=at)
        return found if isinstance(found, Unpriced) else charge(found, usage)

    def listing(
        self, model: str | None, *, provider: str | None = None, at: datetime | None = None
    ) -> Listing | Unpriced:
        """Say what is charged for tokens of a model; the arguments are those of `price`."""
        if not model or len(model) + len(provider or "") > _LONGEST:
            return Unpriced("unknown_model", f"{(model or '')[:_SHOWN]!r} is no name of a model")
        moment = utc(at)
        if self._overrides is not None:
            own = self._overrides.listing(model, provider, moment)
            if own is not None:
                return own
        answer = Unpriced("unknown_model", f"model {model!r} is in no list of prices")
        for catalogue in self._catalogues():
            found = catalogue.listing(model, provider, moment)
            if isinstance(found, Listing) or found.reason not in _NEVER_HEARD_OF:
                return found
            answer = found
        return answer

    def alike(self, model: str, provider: str | None = None) -> list[str]:
        """Names of models in the lists that look like one, nearest first, three at most."""
        own = self._overrides.alike(model) if self._overrides is not None else []
        listed = next(self._catalogues()).alike(model, provider)
        return list(dict.fromkeys([*own, *listed]))[:3]

    def _catalogues(self) -> Iterator[Catalogue]:
        """Those that are there, the one that is kept up first."""
        kept_up = self._library.catalogue() if self._library is not None else None
        if kept_up is not None:
            yield kept_up
        yield shipped()
