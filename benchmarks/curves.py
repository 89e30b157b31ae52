"""Ten executions with a list of 50,000 values each, over each other in Chromium.

Claims: the curves are on the screen within 1.5 s of an empty cache, and frames come at 60 Hz (p95
of 17.5 ms) while the pointer reads them, while they are made smooth, and while one zooms in and
out. The floor is the same page with nothing happening on it.

    python -m benchmarks.curves [--values 50000]
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import httpx
from playwright.sync_api import Browser, Page

from benchmarks import _browser as browsing
from benchmarks.http_ingest import server

ROUNDS: Final = 3
EXECUTIONS: Final = 10
AT_ONCE: Final = 10_000  # values of one request
WATCHED: Final = 4_000  # ms
FRAME: Final = 17.5  # ms
DRAWN: Final = 1_500.0  # ms
GAPS: Final = """
(length) => {
  window.gaps = new Promise((done) => {
    const gaps = [];
    const end = performance.now() + length;
    let last = 0;
    requestAnimationFrame(function frame(now) {
      if (last) gaps.push(now - last);
      last = now;
      if (performance.now() < end) requestAnimationFrame(frame);
      else done(gaps);
    });
  });
}
"""
SMOOTHING: Final = """
async (length) => {
  const slider = document.querySelector("input[type=range]");
  const end = performance.now() + length;
  for (let at = 0; performance.now() < end; at += 1) {
    slider.value = (at % 99) / 100;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
  }
}
"""


def main(argv: Sequence[str]) -> None:
    """Fill a store, look at it, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=50_000)
    given = parser.parse_args(argv)
    with (
        TemporaryDirectory() as folder,
        browsing.chromium() as browser,
        server(Path(folder) / "curves.db") as (_, address, _),
    ):
        fill(f"http://{address}", given.values)
        measure(browser, f"http://{address}")


def fill(url: str, values: int) -> None:
    """Losses of ten trainings."""
    chance = random.Random(7)
    with httpx.Client(base_url=url, timeout=60) as http:
        for number in range(EXECUTIONS):
            decay = values * (0.05 + 0.02 * number)
            loss = [
                0.2 + 2.5 * math.exp(-at / decay) + chance.gauss(0, 0.05) for at in range(values)
            ]
            for start in range(0, values, AT_ONCE):
                body = {"Name": "loss", "Values": loss[start : start + AT_ONCE]}
                own = f"/executions/run-{number}/metrics/lists"
                http.post(own, json=body).raise_for_status()


def measure(browser: Browser, url: str) -> None:
    """Time until they are drawn, then frames of what people do with them."""
    chosen = "&".join(f"execution=run-{number}" for number in range(EXECUTIONS))
    path = f"/ui/compare-executions?{chosen}"
    drawn: list[float] = []
    for _ in range(ROUNDS):
        with browsing.window(browser, url) as context:
            drawn.append(browsing.until_painted(context.new_page(), path, "canvas"))
    row("drawn, nothing in the cache", median(drawn), DRAWN)
    with browsing.window(browser, url) as context:
        page = context.new_page()
        browsing.until_painted(page, path, "canvas")
        page.locator("canvas").scroll_into_view_if_needed()
        page.wait_for_function(browsing.SETTLED)
        acts: dict[str, Callable[[Page], None]] = {
            "nothing happens (the floor)": lambda page: page.wait_for_timeout(WATCHED),
            "the pointer reads": reading,
            "made smooth": lambda page: page.evaluate(SMOOTHING, WATCHED - 200),
            "zoomed in and out": zooming,
        }
        for name, act in acts.items():
            page.evaluate(GAPS, WATCHED)
            act(page)
            gaps: list[float] = sorted(page.evaluate("window.gaps"))
            row(f"a frame, p95: {name}", gaps[int(len(gaps) * 0.95)], FRAME)
            row("  the longest", gaps[-1], None)


def reading(page: Page) -> None:
    """From left to right over the chart."""
    box = page.locator(".u-over").bounding_box()
    assert box is not None
    end = time.monotonic() + WATCHED / 1000 - 0.2
    at = 0
    while time.monotonic() < end:
        page.mouse.move(box["x"] + at * 7 % box["width"], box["y"] + 100 + at % 40)
        at += 1


def zooming(page: Page) -> None:
    """Six times in, each with finer points of the server, and back."""
    for _ in range(6):
        page.get_by_role("button", name="Zoom in").click()
        page.wait_for_timeout(300)
    page.get_by_role("button", name="All steps").click()


def row(name: str, ms: float, limit: float | None) -> None:
    """One line: milliseconds, and whether the claim holds."""
    claim = "" if limit is None else f"{'within' if ms <= limit else 'NOT WITHIN'} {limit:g}"
    print(f"  {name:46}{ms:9.1f} ms  {claim}")


if __name__ == "__main__":
    main(sys.argv[1:])
