"""Terms of a trace that lists can be filtered by: metadata pairs, models, severities.

A term is 64 bits of a hash. Two different terms of a store with a million of them share one with
a chance of one in 37 million.
"""

from __future__ import annotations

import struct
from collections.abc import Collection
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from modelmetry.store.sqlite.encode import decode_json, encode_json


def metadata_term(tenant: int, key: str, text: str) -> int:
    """The term of a metadata pair; `text` is the value's text."""
    return _term(tenant, "metadata", key, text)


def model_term(tenant: int, model: str) -> int:
    """The term of a model that a span used."""
    return _term(tenant, "model", model)


def severity_term(tenant: int, severity: str) -> int:
    """The term of a severity, of the trace or of a span."""
    return _term(tenant, "severity", severity)


def trace_terms(
    tenant: int, metadata: bytes | None, models: Collection[str], severities: Collection[str]
) -> frozenset[int]:
    """All terms of a trace."""
    terms = {model_term(tenant, model) for model in models}
    terms.update(severity_term(tenant, severity) for severity in severities)
    if metadata is not None:
        pairs = decode_json(metadata).items()
        terms.update(metadata_term(tenant, key, text_of(value)) for key, value in pairs)
    return frozenset(terms)


def text_of(value: Any) -> str:
    """The text that a metadata value is compared by: a string itself, the JSON of the rest."""
    return value if isinstance(value, str) else encode_json(value).decode()


def encode_terms(terms: frozenset[int]) -> bytes:
    """Terms as they are kept with their trace."""
    return struct.pack(f"<{len(terms)}q", *sorted(terms))


def decode_terms(data: bytes) -> frozenset[int]:
    """Terms that were kept with a trace."""
    return frozenset(struct.unpack(f"<{len(data) // 8}q", data))


@lru_cache(maxsize=4_096)
def _term(tenant: int, *words: str) -> int:
    # The lengths keep ("a", "bc") and ("ab", "c") apart.
    text = "".join(f"{len(word)}:{word}" for word in (str(tenant), *words))
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
