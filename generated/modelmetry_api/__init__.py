"""Client of the HTTP API, version 1.1.0 of its document. Written by codegen; do not edit.

`models` holds what is sent and read, `types` turns it into JSON and back, `client` holds the
connection, `api` one module for each operation, `errors` what they raise.
"""

from typing import Final

__all__ = ["SPEC_SHA256", "SPEC_VERSION"]

SPEC_VERSION: Final = "1.1.0"
# Digest of spec.json, which stands beside this file.
SPEC_SHA256: Final = "c28c69f086acf225b04270c6e0e18410dc44c902481cc1ca87e16dc601a3cbcd"
