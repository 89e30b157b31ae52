"""Names under which secrets are kept."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_LONGEST: Final = 64
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LAST: Final = frozenset(
    {
        *("password", "passwd", "pwd", "passphrase", "passcode", "secret", "secrets"),
        *("credential", "credentials", "authorization", "apikey", "cookie"),
    }
)
_LAST_TWO: Final = frozenset(
    (first, "key")
    for first in ("api", "access", "secret", "private", "auth", "encryption", "signing")
)
_COUNTED: Final = "token"
_NUMBER: Final = re.compile(r"[0-9.]{1,24}")


def is_secret(name: str, value: object) -> bool:
    """Whether `value` is a secret, by its name: `password`, `openai_api_key`, `Authorization`.

    A number under a name such as `input_token` is a count; nothing and a bool say nothing.
    """
    if value is None or isinstance(value, bool) or len(name) > _LONGEST:
        return False
    kind = _kind(name)
    return kind == _SECRET or (kind == _TOKEN and not _is_number(value))


_PLAIN, _TOKEN, _SECRET = range(3)


@lru_cache(maxsize=1024)
def _kind(name: str) -> int:
    words = [word.lower() for word in _WORDS.findall(name)]
    if words[-1:] == [_COUNTED]:
        return _TOKEN
    named = words and (words[-1] in _LAST or tuple(words[-2:]) in _LAST_TWO)
    return _SECRET if named else _PLAIN


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return _NUMBER.fullmatch(value) is not None
    return isinstance(value, (int, float))
