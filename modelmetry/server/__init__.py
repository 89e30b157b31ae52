"""The HTTP server over a store.

`create_app` for any ASGI server, `EmbeddedServer` inside another process, `run.run` for a process
of its own, `ServerSettings` for all of them.
"""

from modelmetry.server.app import create_app
from modelmetry.server.embedded import EmbeddedServer
from modelmetry.server.settings import ServerSettings

__all__ = ["EmbeddedServer", "ServerSettings", "create_app"]
