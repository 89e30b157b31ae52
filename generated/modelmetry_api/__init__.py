"""Client of the HTTP API, version 1.2.0 of its document. Written by codegen; do not edit.

`models` holds what is sent and read, `types` turns it into JSON and back, `client` holds the
connection, `api` one module for each operation, `errors` what they raise.
"""

from typing import Final

__all__ = ["SPEC_SHA256", "SPEC_VERSION"]

SPEC_VERSION: Final = "1.2.0"
# Digest of spec.json, which stands beside this file.
SPEC_SHA256: Final = "03549726f73fb50ac96cbfd3d8304b156e17696fbb8260c66997b341604560e3"
