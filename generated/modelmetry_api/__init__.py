"""Client of the HTTP API, version 1.4.0 of its document. Written by codegen; do not edit.

`models` holds what is sent and read, `types` turns it into JSON and back, `client` holds the
connection, `api` one module for each operation, `errors` what they raise.
"""

from typing import Final

__all__ = ["SPEC_SHA256", "SPEC_VERSION"]

SPEC_VERSION: Final = "1.4.0"
# Digest of spec.json, which stands beside this file.
SPEC_SHA256: Final = "d49352f8b74af5c5b2fe396f9c16edac2b413a86c554c3ec78840621a8b2f127"
