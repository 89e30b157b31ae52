"""The watch itself: a test with a fault in its page would fail."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.page.watch import Watch, until


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("console.error('broken')", "console error: broken"),
        ("setTimeout(() => { throw new Error('loud') })", "loud"),
        ("void Promise.reject(new Error('quiet'))", "quiet"),
        ("setTimeout(() => alert('ran'))", "a script ran: alert ran"),
        ("void fetch('http://127.0.0.2:9/').catch(() => 0)", "policy: connect-src"),
        ("new Image().src = 'http://127.0.0.2:9/x.png'", "policy: img-src"),
        ("document.body.insertAdjacentHTML('beforeend', '<p style=\"top:0\">')", "policy: style-"),
        ("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))",
         "policy: script-src"),
    ],
)  # fmt: skip
def test_what_goes_wrong_in_a_page_is_seen(
    page: Page, watch: Watch, script: str, fault: str
) -> None:
    """Errors, rejections, dialogs, other hosts and violations of the policy."""
    page.goto("/ui/")
    watch.expect(r".")  # in every other test these are failures
    page.evaluate(f"() => {{ {script} }}")
    until(page, lambda: any(fault in found for found in watch.faults), lambda: watch.faults)
