"""Client of the HTTP API, version 1.4.0 of its document. Written by codegen; do not edit.

`models` holds what is sent and read, `types` turns it into JSON and back, `client` holds the
connection, `api` one module for each operation, `errors` what they raise.
"""

from typing import Final

__all__ = ["SPEC_SHA256", "SPEC_VERSION"]

SPEC_VERSION: Final = "1.4.0"
# Digest of spec.json, which stands beside this file.
SPEC_SHA256: Final = "7a8883bcfcc06dddef81e6b4cf84de35217ca4752b04689dc4590b9ad183d7d1"
