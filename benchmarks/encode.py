"""Encoding of one large batch: our generated client beside the stock one, in one run.

The stock client is generated from the same spec by the same generator with its own templates.
Prints a Markdown table; exits with 1 when encoding is less than 8 times as fast.

Run as `python benchmarks/encode.py [--rounds 30]`.
"""

import argparse
import contextlib
import gc
import importlib
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "generated")]

from modelmetry_api import models as ours  # noqa: E402
from modelmetry_api.types import decode_json, encode_json  # noqa: E402
from openapi_python_client import Project  # noqa: E402
from openapi_python_client.config import Config, ConfigFile, MetaType  # noqa: E402
from openapi_python_client.parser import GeneratorData  # noqa: E402

from codegen.spec import read_spec  # noqa: E402

SPANS, FINDINGS, EVENTS = 1_000, 3_000, 1_000
LEAST_RATIO = 8.0
SPEC = ROOT / "openapi" / "spec.yaml"
START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


Parts: TypeAlias = dict[str, list[dict[str, Any]]]


class Contender(NamedTuple):
    """One client: how it builds a batch from `prepare`d values, writes it and reads it."""

    prepare: Callable[[], Parts]
    build: Callable[[Parts], Any]
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


def main(argv: Sequence[str]) -> int:
    """Measure, print, and compare with the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args(argv).rounds
    with tempfile.TemporaryDirectory() as folder:
        stock = stock_contender(generate_stock(Path(folder)))
        generated = our_contender()
        size = check_same(stock, generated)
        times = measure({"stock": stock, "generated": generated}, rounds)
    ratio = report(times, size, rounds)
    if ratio < LEAST_RATIO:
        print(f"encoding is {ratio:.1f} times as fast, less than {LEAST_RATIO}", file=sys.stderr)
        return 1
    return 0


def generate_stock(folder: Path) -> Any:
    """Generate with the generator's own templates and import the models."""
    target = folder / "stock_client"
    config = Config.from_sources(
        ConfigFile(post_hooks=[], package_name_override="stock_client"),
        MetaType.NONE,
        document_source=SPEC,
        file_encoding="utf-8",
        overwrite=True,
        output_path=target,
    )
    data = GeneratorData.from_dict(read_spec(SPEC).document, config=config)
    if not isinstance(data, GeneratorData):
        raise SystemExit(f"the spec cannot be generated from: {data}")
    with contextlib.redirect_stdout(io.StringIO()):
        Project(openapi=data, config=config).build()
    sys.path.insert(0, str(folder))
    return importlib.import_module("stock_client.models")


def signals() -> Parts:
    """What every member of the batch is made from, by the name of its class."""
    return {
        "CreateSpanParams": [
            {
                "name": "llm.generate",
                "xid": f"0193e0a4-7c10-7000-8000-{n:012d}",
                "trace_id": f"0193e0a4-7c10-7000-9000-{n // 10:012d}",
                "start": START + timedelta(milliseconds=n),
                "end": START + timedelta(milliseconds=n + 250),
                "parent_id": None,
                "family": "completion",
                "family_data": {"Options": {"Model": "gpt-4o"}, "Usage": {"Input": {"Amount": n}}},
                "metadata": {"release": "2026.11", "attempt": n % 3},
            }
            for n in range(SPANS)
        ],
        "CreateFindingParams": [
            {
                "name": "input_tokens",
                "value": n * 0.5,
                "xid": f"0193e0a4-7c10-7000-a000-{n:012d}",
                "trace_id": f"0193e0a4-7c10-7000-9000-{n // 30:012d}",
                "span_id": f"0193e0a4-7c10-7000-8000-{n // 3:012d}",
                "at": START + timedelta(milliseconds=n),
                "source": "sdk",
            }
            for n in range(FINDINGS)
        ],
        "CreateEventParams": [
            {
                "name": "llm.tool_chosen",
                "xid": f"0193e0a4-7c10-7000-b000-{n:012d}",
                "trace_id": f"0193e0a4-7c10-7000-9000-{n // 10:012d}",
                "span_id": f"0193e0a4-7c10-7000-8000-{n:012d}",
                "at": START + timedelta(milliseconds=n),
                "metadata": {"tool": "GetOrderInformation"},
            }
            for n in range(EVENTS)
        ],
    }


def batch(models: Any, parts: Parts) -> Any:
    """The same batch from the classes of either client."""
    spans, findings, events = (
        [getattr(models, name)(**values) for values in given] for name, given in parts.items()
    )
    return models.IngestSignalsV1RequestBody(spans=spans, findings=findings, events=events)


def our_contender() -> Contender:
    """The generated client."""

    def build(parts: Parts) -> Any:
        return batch(ours, parts)

    def decode(data: bytes) -> Any:
        return decode_json(data, ours.IngestSignalsV1RequestBody)

    return Contender(signals, build, encode_json, decode)


def stock_contender(models: Any) -> Contender:
    """The stock client, written as httpx writes what it is given as `json`."""

    def prepare() -> Parts:
        parts = signals()
        for name, given in parts.items():
            for values in given:
                if "metadata" in values:
                    wrapper = getattr(models, f"{name}Metadata")
                    values["metadata"] = wrapper.from_dict(values["metadata"])
        return parts

    def build(parts: Parts) -> Any:
        return batch(models, parts)

    def encode(body: Any) -> bytes:
        document = body.to_dict()
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode()

    def decode(data: bytes) -> Any:
        return models.IngestSignalsV1RequestBody.from_dict(json.loads(data))

    return Contender(prepare, build, encode, decode)


def check_same(stock: Contender, generated: Contender) -> int:
    """Both must write the same document; the number of bytes of ours."""
    theirs, own = (c.encode(c.build(c.prepare())) for c in (stock, generated))
    if _plain_times(theirs) != _plain_times(own):
        raise SystemExit("the two clients do not write the same document")
    return len(own)


def _plain_times(data: bytes) -> Any:
    document = json.loads(data)
    for signal in [*document["Spans"], *document["Events"], *document["Findings"]]:
        for key in signal.keys() & {"At", "Start", "End"}:
            signal[key] = datetime.fromisoformat(signal[key])
    return document


def measure(contenders: dict[str, Contender], rounds: int) -> dict[tuple[str, str], list[float]]:
    """Seconds of each step, the contenders taking turns in every round."""
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for name, contender in contenders.items():
            # Fresh values in every round, as in an application: encoding reads each once.
            body, build = timed(contender.build, contender.prepare())
            data, encode = timed(contender.encode, body)
            _, decode = timed(contender.decode, data)
            steps = {"build": build, "encode": encode, "build+encode": build + encode}
            for step, seconds in {**steps, "decode": decode}.items():
                times.setdefault((name, step), []).append(seconds)
    return times


def timed(action: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """What an action gives, and its seconds without the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        result = action(*arguments)
        return result, time.perf_counter() - start
    finally:
        gc.enable()


def report(times: dict[tuple[str, str], list[float]], size: int, rounds: int) -> float:
    """Print the table; the ratio of the medians of encoding."""
    print(f"{SPANS:,} spans + {FINDINGS:,} findings + {EVENTS:,} events, {size:,} bytes of JSON;")
    print(f"milliseconds, median (least) of {rounds} interleaved rounds\n")
    print("| step | stock | generated | times as fast |")
    print("|---|---|---|---|")
    for step in ("encode", "build", "build+encode", "decode"):
        stock, generated = times["stock", step], times["generated", step]
        print(f"| {step} | {_ms(stock)} | {_ms(generated)} | {_ratio(stock, generated):.1f} |")
    return _ratio(times["stock", "encode"], times["generated", "encode"])


def _ratio(slow: list[float], fast: list[float]) -> float:
    return statistics.median(slow) / statistics.median(fast)


def _ms(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1e3:.2f} ({min(seconds) * 1e3:.2f})"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
