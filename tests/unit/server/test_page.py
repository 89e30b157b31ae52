"""The page's files over a socket."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import httpx
import pytest

from modelmetry.server import page
from modelmetry.server.page import POLICY, build
from tests.unit.server.serving import Serving, problem, serving

INDEX = "/ui/"
INSIDE = [
    "/ui",
    "/ui/",
    "/ui/traces",
    "/ui/traces/a%2Fb/spans/%00",
    "/ui/findings/p%3C0.05.js",
    "/ui/..%2F..%2Fetc%2Fpasswd",
]


def asset(name: str) -> str:
    """Where a file of this build is."""
    return f"/ui/assets/{build().version}/{name}"


def test_the_root_leads_to_the_page(server: Serving) -> None:
    """Who opens the address of the server sees something."""
    answer = server.http.get("/")

    assert (answer.status_code, answer.headers["location"]) == (307, INDEX)


@pytest.mark.parametrize("path", INSIDE)
def test_every_address_inside_the_page_can_be_opened(server: Serving, path: str) -> None:
    """A link to a trace works in a new tab: the page itself decides what it shows."""
    answer = server.http.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<div id="page">' in answer.text


def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline(server: Serving) -> None:
    """Also for the files; a page of another site cannot frame this one."""
    for path in (INDEX, asset("page.js")):
        said = server.http.get(path).headers
        assert said["content-security-policy"] == POLICY
        assert said["x-content-type-options"] == "nosniff"
        assert said["referrer-policy"] == "no-referrer"
        assert said["cross-origin-opener-policy"] == "same-origin"
        assert said["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


def test_the_index_holds_nothing_that_the_policy_refuses(server: Serving) -> None:
    """Its scripts and styles are files of this build, and each of them is there."""
    html = server.http.get(INDEX).text

    assert not re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", html)
    linked = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(linked) >= 3
    for path in linked:
        assert path.startswith(f"/ui/assets/{build().version}/")
        assert server.http.get(path).status_code == 200


def test_files_are_kept_for_ever_and_the_index_is_asked_for_again(server: Serving) -> None:
    """A new version has new paths, which only a fresh index names."""
    assert server.http.get(INDEX).headers["cache-control"] == "no-cache"
    assert server.http.get(asset("page.js")).headers["cache-control"] == (
        "public, max-age=31536000, immutable"
    )
    assert server.http.get("/ui/assets/page.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", [INDEX, "/ui/assets/page.js"])
def test_what_a_browser_has_is_not_sent_again(server: Serving, path: str, encoding: str) -> None:
    """By a strong tag, one for each encoding; an older tag gets the whole file."""
    coding = {"accept-encoding": encoding}
    tag = server.http.get(path, headers=coding).headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}(-gzip)?"', tag)

    for known in (tag, f"W/{tag}", f'"old", {tag}', "*"):
        answer = server.http.get(path, headers=coding | {"if-none-match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
        assert answer.headers["cache-control"] == "no-cache"
        assert "content-type" not in answer.headers
    again = server.http.get(path, headers=coding | {"if-none-match": '"old"'})
    assert again.status_code == 200


def test_each_encoding_has_its_own_tag(server: Serving) -> None:
    """A cache that mixed them up would give a browser what it cannot read."""
    tags = {
        server.http.get(INDEX, headers={"accept-encoding": encoding}).headers["etag"]
        for encoding in ("identity", "gzip")
    }
    assert len(tags) == 2


def test_files_are_sent_compressed_to_who_takes_that(server: Serving) -> None:
    """And plain to everybody else, with `Vary` for caches."""
    with server.http.stream("GET", asset("page.js"), headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())
    plain = server.http.get(asset("page.js"), headers={"accept-encoding": "gzip;q=0"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/", INDEX, "/ui/assets/page.js"])
def test_head_says_what_get_would(server: Serving, path: str) -> None:
    """With the length, without the file."""
    head, get = server.http.head(path), server.http.get(path)

    changing = {"date", "x-request-id"}
    said = [{k: v for k, v in one.headers.items() if k not in changing} for one in (head, get)]
    assert head.status_code == get.status_code
    assert head.content == b""
    assert said[0] == said[1]


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "",
        "../index.html",
        "..%2Findex.html",
        "%2e%2e/page.py",
        "..\\page.py",
        "page.js/",
        "page.js%00",
        "/etc/passwd",
        "0/page.js",
    ],
)
def test_nothing_but_the_files_of_the_build_can_be_had(server: Serving, name: str) -> None:
    """Whatever the path looks like: it is compared with names, never opened."""
    for folder in ("/ui/assets/", f"/ui/assets/{build().version}/"):
        sent = f"GET {folder}{name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        received = server.raw(sent.encode(), until_closed=True)
        assert received.startswith(b"HTTP/1.1 404"), received[:200]
        assert b"application/problem+json" in received


def test_a_file_of_another_version_is_a_problem_that_says_what_to_do(server: Serving) -> None:
    """A page that was open while the server was updated must not mix two builds."""
    told = problem(server.http.get("/ui/assets/0123456789abcdef/page.js"), 404)

    assert "load the page again" in told["detail"]


@pytest.mark.parametrize("path", ["/", INDEX, "/ui/assets/page.js"])
def test_the_page_is_only_read(server: Serving, path: str) -> None:
    """Every other method is refused, and OPTIONS says which there are."""
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        refused = server.http.request(method, path)
        problem(refused, 405)
        assert refused.headers["allow"] == "GET, HEAD, OPTIONS"
    assert server.http.options(path).headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/uix", "/UI/", "//ui/", "/index.html", "/assets/page.js"])
def test_what_only_looks_like_the_page_is_not_there(server: Serving, path: str) -> None:
    """The rest of the server is what the specification says."""
    assert server.http.get(f"{server.base_url}{path}").status_code == 404


def test_the_page_is_for_everybody_and_what_it_shows_is_not(tmp_path: Path) -> None:
    """On a server with keys the page opens, so that one can log in."""
    with (
        serving(tmp_path, key="mm_" + "k" * 43) as running,
        httpx.Client(base_url=running.base_url, trust_env=False) as stranger,
    ):
        assert stranger.get(INDEX).status_code == 200
        assert stranger.get("/traces").status_code == 401


def test_a_foreign_host_gets_no_page(server: Serving) -> None:
    """A name of an attacker that resolves to this machine must not reach it."""
    problem(server.http.get(INDEX, headers={"host": "evil.example"}), 403)


def test_the_first_page_is_small(server: Serving) -> None:
    """What the index links and the list of traces needs has 100 KB at most, compressed."""
    linked = set(re.findall(r"/([\w.]+)\"", server.http.get(INDEX).text))
    first = {name for name in build().assets if name in linked or name.startswith("Traces")}

    assert {"page.js", "theme.js", "Traces.js"} <= first
    assert sum(len(build().assets[name].packed) for name in first) <= 100_000


def test_every_kind_of_file_has_a_media_type() -> None:
    """`nosniff` makes a browser refuse a script without one."""
    endings = {name.rpartition(".")[2] for name in build().assets}
    assert endings <= page.MEDIA_TYPES.keys()
