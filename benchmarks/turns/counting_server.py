"""An HTTP server that takes everything, answers at once and counts.

Run as `python -m benchmarks.turns.counting_server`; it prints its port. `GET /counts` answers
`{"requests": N, "bytes": N}`: requests that had a body, and the bytes of those bodies as sent.
"""

from __future__ import annotations

import asyncio
import json
import sys

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


class Counts:
    """What has arrived."""

    def __init__(self) -> None:
        self.requests = 0
        self.bytes = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it ends."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = await self._body(head, reader, writer)
                if length:
                    self.requests += 1
                    self.bytes += length
                counts = {"requests": self.requests, "bytes": self.bytes}
                text = json.dumps(counts).encode() if head.startswith(b"GET /counts") else b"{}"
                writer.write(_ANSWER % (len(text), text))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @staticmethod
    async def _body(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        headers = dict(
            line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line
        )
        if b"100-continue" in headers.get(b"expect", b""):
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if b"chunked" not in headers.get(b"transfer-encoding", b""):
            length = int(headers.get(b"content-length", b"0"))
            await reader.readexactly(length)
            return length
        length = 0
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
            length += size
        await reader.readline()
        return length


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.start_server(Counts().serve, "127.0.0.1", 0, limit=2**24)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
