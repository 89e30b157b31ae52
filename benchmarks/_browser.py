"""Chromium as a stopwatch: milliseconds until something is painted, frames, heap, requests."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    Request,
    sync_playwright,
)

# A frame is on the screen when a task runs that was queued in its animation callback.
STOPWATCH: Final = """
window.painted = (found) => new Promise((done) => {
  const afterPaint = () => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now());
    port2.postMessage(0);
  });
  const look = () => {
    if (!found()) return false;
    afterPaint();
    return true;
  };
  if (look()) return;
  const watch = new MutationObserver(() => { if (look()) watch.disconnect(); });
  watch.observe(document,
    { attributes: true, characterData: true, childList: true, subtree: true });
});
"""
SCROLL: Final = """
(selector) => new Promise((done) => {
  let box = document.querySelector(selector);
  const scrolls = (one) => one.scrollHeight > one.clientHeight + 1
    && /auto|scroll/.test(getComputedStyle(one).overflowY);
  while (box && !scrolls(box)) box = box.parentElement;
  box ??= document.scrollingElement;
  const gaps = [];
  let last = 0;
  requestAnimationFrame(function frame(now) {
    if (last) gaps.push(now - last);
    last = now;
    if (gaps.length === 180) { done(gaps); return; }
    box.scrollTop += 240;
    requestAnimationFrame(frame);
  });
})
"""
BYTES: Final = """
() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .filter((one) => one.name.includes("/ui/"))
  .map((one) => [new URL(one.name).pathname, one.encodedBodySize])
"""
SETTLED: Final = """
() => document.querySelector("h1") && !document.querySelector("[aria-busy=true]")
  && ![...document.querySelectorAll("[role=status]")]
    .some((one) => one.getAttribute("aria-label")?.startsWith("Loading"))
"""


@contextmanager
def chromium() -> Generator[Browser]:
    """Debian's Chromium, as a window of 1440 by 900 that nobody sees."""
    found = shutil.which("chromium")
    assert found is not None, "this benchmark wants Debian's Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


@contextmanager
def window(browser: Browser, base_url: str) -> Generator[BrowserContext]:
    """A context without anything in its cache."""
    context = browser.new_context(base_url=base_url, viewport={"width": 1440, "height": 900})
    context.add_init_script(STOPWATCH)
    yield context
    context.close()


def until_painted(page: Page, path: str, selector: str) -> float:
    """Milliseconds from the beginning of a navigation until an element is on the screen."""
    page.goto(path, wait_until="commit")
    ms: float = page.evaluate(
        "(selector) => painted(() => document.querySelector(selector))", selector
    )
    return ms


def data_to_paint(page: Page, path: str, selector: str, question: str) -> float:
    """Milliseconds from the last byte of a question's answer until an element is on the screen."""
    until = until_painted(page, path, selector)
    arrived: float = page.evaluate(
        """(part) => performance.getEntriesByType("resource")
          .find((one) => new URL(one.name).pathname.endsWith(part)).responseEnd""",
        question,
    )
    return until - arrived


def click_to_paint(page: Page, click: str, found: str) -> float:
    """Milliseconds from a click on an element until a function finds what it leads to."""
    ms: float = page.evaluate(
        f"""async (click) => {{
          const began = performance.now();
          document.querySelector(click).click();
          return await painted({found}) - began;
        }}""",
        click,
    )
    return ms


def frames(page: Page, selector: str) -> list[float]:
    """Milliseconds between frames while what holds an element is scrolled."""
    gaps: list[float] = page.evaluate(SCROLL, selector)
    return gaps


def loaded_bytes(page: Page) -> dict[str, int]:
    """What the page loaded of itself, compressed as it travelled, by path."""
    found: list[tuple[str, int]] = page.evaluate(BYTES)
    return dict(found)


def questions(page: Page, path: str) -> list[str]:
    """What a page asks the server until it stands still, with queries, its own files apart."""
    asked: list[str] = []

    def heard(request: Request) -> None:
        parts = urlsplit(request.url)
        if not parts.path.startswith("/ui") and request.method == "GET":
            asked.append(f"{parts.path}?{parts.query}")

    page.on("request", heard)
    page.goto(path)
    page.wait_for_function(SETTLED)
    page.wait_for_load_state("networkidle")
    page.remove_listener("request", heard)
    return asked


def heap_mib(session: CDPSession) -> float:
    """What the tab's heap holds after garbage was collected."""
    session.send("HeapProfiler.collectGarbage")  # pyright: ignore[reportUnknownMemberType]
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return float(used) / 2**20  # pyright: ignore[reportUnknownArgumentType]
