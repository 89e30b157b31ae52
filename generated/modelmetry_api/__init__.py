"""Client of the HTTP API, version 1.1.0 of its document. Written by codegen; do not edit.

`models` holds what is sent and read, `types` turns it into JSON and back, `client` holds the
connection, `api` one module for each operation, `errors` what they raise.
"""

from typing import Final

__all__ = ["SPEC_SHA256", "SPEC_VERSION"]

SPEC_VERSION: Final = "1.1.0"
# Digest of spec.json, which stands beside this file.
SPEC_SHA256: Final = "fa538957486ec3eae46f30ef86b9c14ad1eaf0d3e4b0ee75ecd1c8d170418c99"
