"""What calls of language models cost, as far as that is known.

`Prices` answers from the user's own prices, from genai-prices where it is installed, and from a
snapshot that comes with this package. Nothing is loaded or read before the first question.
"""

from modelmetry.prices.answers import Price, PriceBook, Unpriced, Usage
from modelmetry.prices.book import Prices
from modelmetry.prices.overrides import Overrides, overrides_of, read_overrides
from modelmetry.prices.terms import Listing, Terms, Tiered

__all__ = [
    "Listing",
    "Overrides",
    "Price",
    "PriceBook",
    "Prices",
    "Terms",
    "Tiered",
    "Unpriced",
    "Usage",
    "overrides_of",
    "read_overrides",
]
