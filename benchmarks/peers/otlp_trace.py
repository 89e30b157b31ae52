"""Send one trace of many spans as OTLP over HTTP, and print its id in hexadecimal.

Runs in the environment of the peer, which has `opentelemetry-proto`:

    python otlp_trace.py URL SPANS [HEADER=VALUE ...]
"""

from __future__ import annotations

import random
import sys
import time
import urllib.request

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

BATCH = 500
BRANCHES = 8  # children of a span
MS = 1_000_000


def main(url: str, spans: int, *headers: str) -> None:
    """Send it in batches."""
    draw = random.Random(7)
    trace, ids = draw.randbytes(16), [draw.randbytes(8) for _ in range(spans)]
    start = time.time_ns() - 60_000 * MS
    made = [span(trace, ids, number, start) for number in range(spans)]
    for first in range(0, spans, BATCH):
        request = ExportTraceServiceRequest()
        request.resource_spans.add().scope_spans.add().spans.extend(made[first : first + BATCH])
        media_type = {"Content-Type": "application/x-protobuf"}
        asked = urllib.request.Request(  # noqa: S310 - an address of this machine
            url,
            request.SerializeToString(),
            media_type | dict(header.split("=", 1) for header in headers),
        )
        urllib.request.urlopen(asked, timeout=300).read()  # noqa: S310
    print(trace.hex())


def span(trace: bytes, ids: list[bytes], number: int, start: int) -> Span:
    """Span `number` of a tree in which each has a few children."""
    begin, length = start + number * MS, len(ids) * MS if number == 0 else MS
    made = Span(
        trace_id=trace,
        span_id=ids[number],
        parent_span_id=ids[(number - 1) // BRANCHES] if number else b"",
        name=f"step.{number % 17}",
        start_time_unix_nano=begin,
        end_time_unix_nano=begin + length,
    )
    texts = {
        "openinference.span.kind": "CHAIN" if number % 3 else "LLM",
        "input.value": f"Where is parcel {number}?",
        "output.value": "It arrives in two days. " * 8,
    }
    for key, text in texts.items():
        made.attributes.add(key=key).value.string_value = text
    for key, count in {"llm.token_count.prompt": 120, "llm.token_count.completion": 40}.items():
        made.attributes.add(key=key).value.int_value = count
    return made


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
