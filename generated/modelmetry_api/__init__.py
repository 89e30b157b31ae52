"""Client of the HTTP API, version 1.2.0 of its document. Written by codegen; do not edit.

`models` holds what is sent and read, `types` turns it into JSON and back, `client` holds the
connection, `api` one module for each operation, `errors` what they raise.
"""

from typing import Final

__all__ = ["SPEC_SHA256", "SPEC_VERSION"]

SPEC_VERSION: Final = "1.2.0"
# Digest of spec.json, which stands beside this file.
SPEC_SHA256: Final = "fd8dc5899bc2982b0c5ee7021b8dff1c16f48d64106fa12725429df72067e655"
