"""Keys that access tokens are signed with: made when one is due, shared, and gone in the end."""

from __future__ import annotations

from typing import Final, Protocol

from attrs import field, frozen

SIGNS_SECONDS: Final = 86_400.0
"""How long a key signs before a new one does, in seconds."""


@frozen(kw_only=True)
class SigningKey:
    """A key of 256 bits for HMAC-SHA256, and its time."""

    kid: str
    """What a token names its key by."""
    secret: bytes = field(repr=False)
    ends_at: float
    """Until when it verifies, in seconds since 1970."""


class SigningKeys(Protocol):
    """Where signing keys rest. All methods may be called from any thread.

    Every process on the same store finds the same keys, also after a restart. Unlike the key of a
    client a signing key cannot be kept as a hash: whoever can check a signature of HMAC can make
    one. So a copy of the store alone must not be enough to find it.
    """

    def signing_key(self, now: float, until: float) -> SigningKey:
        """The key to sign with, for a token that is to be good until some time.

        Args:
            now: seconds since 1970; a key that claims to be made later is not used.
            until: when the token ends, in seconds since 1970. When no key lasts so long a new one
                is made, which lasts `SIGNS_SECONDS` longer.

        Raises:
            StoreUnavailableError: none is there, and none can be kept.
        """
        ...

    def verifying_key(self, kid: str, now: float) -> SigningKey | None:
        """The key with this name; None when there is none, or it has ended.

        Args:
            kid: as it stands in a token: anything at all.
            now: seconds since 1970.

        Raises:
            StoreUnavailableError: the store cannot be read.
        """
        ...
