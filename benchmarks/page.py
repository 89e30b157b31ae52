"""The page in Chromium, over stores of several sizes.

Claims: first rows within 1 s cold and 300 ms warm, a filter within 300 ms, 5,000 spans within
200 ms from data to paint, frames at 60 Hz while they are scrolled, no question over 50 ms at p95,
at most 100 KB for the first page, a bounded heap. The floor is a text file of the same server in
the same browser, painted. Each row is the median of a number of rounds.

    python -m benchmarks.page [--spans 1000 1000000] [--keep DIR] [--minutes 1] [--only PART ...]

`--keep` leaves the filled stores where the next run finds them; 1,000,000 spans take 5 minutes.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import sys
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import orjson
from playwright.sync_api import Browser, Page

from benchmarks import _browser as browsing
from benchmarks.http_ingest import PATH, server
from modelmetry.demo.traffic.month import large_trace, month
from modelmetry.store.queries import TraceQuery
from modelmetry.store.sqlite.store import SqliteStore

ROUNDS: Final = 5
TIMES: Final = 40
PARTS: Final = ("list", "trace", "questions", "live", "bytes")
FLOOR: Final = "/ui/assets/licenses.txt"
ROW: Final = "main tbody a[href^='/ui/traces/']"
SPAN: Final = "main [role=row][aria-level], main [role=treeitem]"
FIRST_PAGE_KB: Final = 100
LARGE: Final = "bench.large"
ACCEPTED: Final = "gzip, deflate, br, zstd"
"""What Chromium says to a server of its own machine, and to others over https."""


def main(argv: Sequence[str]) -> None:
    """Measure each store and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, nargs="+", default=[1_000, 1_000_000])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    given = parser.parse_args(argv)
    with TemporaryDirectory() as temporary, browsing.chromium() as browser:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for spans in given.spans:
            path, large = filled(folder / f"page-{spans}.db", spans)
            with server(path) as (_, address, _):
                print(f"\n{spans:,} spans")
                measure(browser, f"http://{address}", path, large, set(given.only), given.minutes)


def filled(path: Path, spans: int) -> tuple[Path, str]:
    """A store with so many spans and one trace of 5,000, and the XID of that one."""
    with SqliteStore(path) as store:
        found = store.list_traces("local", TraceQuery(names=(LARGE,), limit=1)).traces
        if found:
            return path, found[0].xid
        began, now = time.perf_counter(), time.time_ns() // 1000
        waiting: list[Future[int]] = []
        for body in month(spans, now):
            waiting.append(store.ingest_future("local", body))
            if len(waiting) > 8:
                waiting.pop(0).result()
        for one in waiting:
            one.result()
        xid, body = large_trace(now)
        body["Traces"][0]["Name"] = LARGE
        store.ingest("local", body)
        store.settle()
        print(f"{spans:,} spans filled in {time.perf_counter() - began:.0f} s")
    return path, xid


def measure(
    browser: Browser, url: str, path: Path, large: str, only: set[str], minutes: float
) -> None:
    """One store."""
    if only & {"list", "trace"}:
        floor = the_floor(browser, url)
        row("a text file of the server (the floor)", floor, floor)
        if "list" in only:
            the_list(browser, url, floor)
        if "trace" in only:
            the_trace(browser, url, large, floor)
    if "bytes" in only:
        the_bytes(browser, url)
    if "questions" in only:
        the_questions(browser, url, path, large)
    if "live" in only:
        live(browser, url, minutes)


def row(name: str, ms: float, floor: float, limit: float | None = None) -> None:
    """One line: milliseconds, times the floor, and whether the claim holds."""
    claim = "" if limit is None else f"{'within' if ms <= limit else 'NOT WITHIN'} {limit:g}"
    print(f"  {name:46}{ms:9.1f} ms{ms / floor:8.1f} x floor  {claim}")


def the_floor(browser: Browser, url: str) -> float:
    """Milliseconds until a text file is on the screen."""
    found: list[float] = []
    for _ in range(ROUNDS):
        with browsing.window(browser, url) as context:
            found.append(browsing.until_painted(context.new_page(), FLOOR, "pre"))
    return median(found)


def the_list(browser: Browser, url: str, floor: float) -> None:
    """The Traces page: first rows and filters."""
    cold: list[float] = []
    warm: list[float] = []
    failed: list[float] = []
    for _ in range(ROUNDS):
        with browsing.window(browser, url) as context:
            page = context.new_page()
            cold.append(browsing.until_painted(page, "/ui/traces", ROW))
            warm.append(browsing.until_painted(page, "/ui/traces", ROW))
            failed.append(filtered(page))
    row("first rows, nothing in the cache", median(cold), floor, 1000)
    row("first rows, the page in the cache", median(warm), floor, 300)
    row("a filter (failed ones) answers", median(failed), floor, 300)


def filtered(page: Page) -> float:
    """Milliseconds from an entry of the history with a filter until its rows are painted."""
    ms: float = page.evaluate(
        """async () => {
          const rows = () => [...document.querySelectorAll("main tbody tr[data-row]")];
          const began = performance.now();
          history.pushState({}, "", "?failed=true");
          dispatchEvent(new PopStateEvent("popstate", { state: {} }));
          const shown = () => !document.querySelector("[aria-busy=true]")
            && rows().length > 0 && rows().every((one) => one.querySelector(".failed"));
          if (shown()) throw new Error("every row failed before anybody asked for those that did");
          return await painted(shown) - began;
        }"""
    )
    return ms


def the_trace(browser: Browser, url: str, large: str, floor: float) -> None:
    """A trace of 5,000 spans."""
    opened: list[float] = []
    drawn: list[float] = []
    gaps: list[float] = []
    path = f"/ui/traces/{large}"
    for _ in range(ROUNDS):
        with browsing.window(browser, url) as context:
            page = context.new_page()
            page.goto("/ui/nowhere")  # what everybody has in the cache who came from a list
            opened.append(browsing.until_painted(page, path, SPAN))
            drawn.append(browsing.data_to_paint(page, path, SPAN, "/outline"))
            gaps += browsing.frames(page, SPAN)
    row("5,000 spans from the address to paint", median(opened), floor)
    row("5,000 spans from data to paint", median(drawn), floor, 200)
    row("a frame while they are scrolled, p95", percentile(gaps, 0.95), floor, 17.5)


def the_bytes(browser: Browser, url: str) -> None:
    """What a first visit loads."""
    for path in ("/ui/traces", "/ui/overview"):
        with browsing.window(browser, url) as context:
            page = context.new_page()
            page.goto(path)
            page.wait_for_load_state("networkidle")
            total = sum(browsing.loaded_bytes(page).values()) / 1000
        claim = "within" if total <= FIRST_PAGE_KB else "NOT WITHIN"
        print(f"  {path + ' loads of itself':46}{total:9.1f} KB gzip, {claim} {FIRST_PAGE_KB}")


def the_questions(browser: Browser, url: str, path: Path, large: str) -> None:
    """Each question that the page asks, over one connection that stays.

    And of a server that was started a moment ago and was asked nothing of the store before.
    """
    places = (
        "/ui/overview?last=30d",
        "/ui/traces",
        "/ui/traces?failed=true&sort=-duration",
        "/ui/traces?q=parcel+courier",
        "/ui/traces?finding=toxicity%3E0.5",
        "/ui/traces?metadata=channel%3Dweb&sort=-duration",
        "/ui/traces?span_name=tools.call&failed=true",
        "/ui/traces?span_name=kb.search&span_failed=true&sort=-duration",
        "/ui/traces?sort=-tokens",
        "/ui/traces?sort=-cost",
        f"/ui/traces/{large}",
        "/ui/sessions",
        "/ui/sessions?prefix=chat&failed=true",
        "/ui/findings",
        "/ui/findings/response_safe_score?last=30d",
        "/ui/findings/top_score?last=30d&span_name=kb.search",
        "/ui/findings/grounded?last=30d",
        "/ui/findings/response_safe_score?last=30d&split=release",
    )
    asked: dict[str, None] = {}
    for place in places:
        with browsing.window(browser, url) as context:
            asked |= dict.fromkeys(browsing.questions(context.new_page(), place))
    print(f"  {'question of the page':86}{'first':>8}{'p50':>8}{'p95':>8} ms")
    for question in asked:
        with server(path) as (_, address, _):
            (first,) = answers(f"http://{address}", question, times=1)
        found = answers(url, question)[1:]
        p50, p95 = median(found), percentile(found, 0.95)
        claim = "" if p95 <= 50 else "  NOT WITHIN 50"
        print(f"  {question[:84]:86}{first:8.1f}{p50:8.1f}{p95:8.1f}{claim}")


def answers(url: str, question: str, times: int = TIMES + 1) -> list[float]:
    """Milliseconds of each answer until it is read whole, on a connection that is open."""
    found: list[float] = []
    with closing(http.client.HTTPConnection(url.removeprefix("http://"))) as connection:
        connection.request("GET", "/login")
        connection.getresponse().read()
        until = time.perf_counter() + 5
        while len(found) < times and (len(found) < 2 or time.perf_counter() < until):
            began = time.perf_counter()
            connection.request("GET", question, headers={"Accept-Encoding": ACCEPTED})
            answer = connection.getresponse()
            answer.read()
            found.append((time.perf_counter() - began) * 1000)
            assert answer.status == http.client.OK, (question, answer.status)
    return found


def live(browser: Browser, url: str, minutes: float) -> None:
    """The heap of a tab into which a trace arrives twice a second."""
    with browsing.window(browser, url) as context, arriving(url):
        page = context.new_page()
        page.goto("/ui/traces")
        page.wait_for_selector(ROW)
        session = context.new_cdp_session(page)
        found: list[float] = []
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            page.wait_for_timeout(minutes * 60_000 / 8)
            found.append(browsing.heap_mib(session))
        rows = page.locator("main tbody tr").count()
    print(
        f"  heap while live for {minutes:g} min: {found[0]:.1f} MiB at first, "
        f"{max(found):.1f} at most, {found[-1]:.1f} in the end; {rows} rows in the document"
    )


@contextmanager
def arriving(url: str) -> Generator[None]:
    """A new trace twice a second while the block runs; none is left of them."""
    stop = threading.Event()
    sent: list[str] = []

    def send() -> None:
        seed = 0
        with closing(http.client.HTTPConnection(url.removeprefix("http://"))) as connection:
            while not stop.wait(0.5):
                seed += 1
                xid, body = large_trace(time.time_ns() // 1000 + 7_195_000_000, 20, seed=seed)
                headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
                connection.request("POST", PATH, gzip.compress(orjson.dumps(body)), headers)
                connection.getresponse().read()
                sent.append(xid)
            for xid in sent:
                connection.request("DELETE", f"/traces/{xid}")
                connection.getresponse().read()

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def percentile(found: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies."""
    return sorted(found)[min(int(len(found) * share), len(found) - 1)]


if __name__ == "__main__":
    main(sys.argv[1:])
