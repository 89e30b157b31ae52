"""Client of the HTTP API, version 1.4.0 of its document. Written by codegen; do not edit.

`models` holds what is sent and read, `types` turns it into JSON and back, `client` holds the
connection, `api` one module for each operation, `errors` what they raise.
"""

from typing import Final

__all__ = ["SPEC_SHA256", "SPEC_VERSION"]

SPEC_VERSION: Final = "1.4.0"
# Digest of spec.json, which stands beside this file.
SPEC_SHA256: Final = "de53793462f916ba2db4b064f65c91414a0fc10b371b631c3f830c5cd783f3b3"
