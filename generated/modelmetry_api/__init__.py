"""Client of the HTTP API, version 1.3.0 of its document. Written by codegen; do not edit.

`models` holds what is sent and read, `types` turns it into JSON and back, `client` holds the
connection, `api` one module for each operation, `errors` what they raise.
"""

from typing import Final

__all__ = ["SPEC_SHA256", "SPEC_VERSION"]

SPEC_VERSION: Final = "1.3.0"
# Digest of spec.json, which stands beside this file.
SPEC_SHA256: Final = "dd3048df348246d46a6e71df1b4443c61452ea9be314fb34cefff9e1c7b69b75"
