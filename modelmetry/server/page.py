"""The page: files that lie in the package, below `/ui`.

Assets have stable names, so that a build changes only what changed. Their path holds the version
of the whole build instead, `/ui/assets/VERSION/page.js`: what imports a neighbour stays in its
version, and a browser may keep all of it for ever. Nothing of a request becomes a path of a file.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from attrs import frozen
from starlette.datastructures import Headers

from modelmetry.server.calls import Answer
from modelmetry.server.packing import takes_gzip
from modelmetry.server.problems import Problem

ROOT = "/ui"
ASSETS = f"{ROOT}/assets/"
INDEX = "index.html"
METHODS = "GET, HEAD, OPTIONS"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
KEPT = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"
MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}


@frozen
class File:
    """A file as it is sent, plain and compressed."""

    content: bytes
    packed: bytes
    media_type: str
    etag: str

    @classmethod
    def of(cls, name: str, content: bytes) -> File:
        """A file that is compressed once, for all who ask."""
        return cls(
            content,
            gzip.compress(content, mtime=0),
            MEDIA_TYPES[name.rpartition(".")[2]],
            sha256(content).hexdigest()[:32],
        )

    def answer(self, headers: Headers, keeping: str) -> Answer:
        """The file, or that the browser has it already."""
        packed = takes_gzip(headers.get("accept-encoding", "")) and len(self.packed) < len(
            self.content
        )
        # Of one resource each representation has a strong tag of its own (RFC 9110, 8.8.3.3).
        etag = f'"{self.etag}-gzip"' if packed else f'"{self.etag}"'
        said = {**SECURITY, "Cache-Control": keeping, "ETag": etag, "Vary": "Accept-Encoding"}
        if _has(headers, etag):
            return Answer(status=304, headers=said)
        if packed:
            return Answer(
                self.packed, media_type=self.media_type, headers=said | {"Content-Encoding": "gzip"}
            )
        return Answer(self.content, media_type=self.media_type, headers=said)


@frozen
class Build:
    """All files of a build, and its version."""

    index: File
    assets: Mapping[str, File]
    version: str


class Page:
    """Answers what is asked below `/ui`, and sends `/` there."""

    def owns(self, path: str) -> bool:
        """Whether a path, still percent-encoded, belongs to the page."""
        return path in {"/", ROOT} or path.startswith(f"{ROOT}/")

    def answer(self, method: str, path: str, headers: Headers) -> Answer:
        """Answer a request for a path that it owns.

        Raises:
            Problem: 404 for an asset that this build does not have, 405 for another method.
        """
        if method == "OPTIONS":
            return Answer(status=204, headers={"Allow": METHODS})
        if method not in {"GET", "HEAD"}:
            raise Problem(
                405,
                "method-not-allowed",
                f"the page is only read; it knows {METHODS}",
                headers={"Allow": METHODS},
            )
        if path == "/":
            return Answer(status=307, headers={"Location": f"{ROOT}/"})
        if path.startswith(ASSETS):
            return _asset(path.removeprefix(ASSETS), headers)
        # Every other path is one that the page itself knows how to show.
        return build().index.answer(headers, ASKED_AGAIN)


def _asset(path: str, headers: Headers) -> Answer:
    found = build()
    version, _, name = path.rpartition("/")
    if name not in found.assets or version not in {"", found.version}:
        raise Problem(
            404,
            "no-such-asset",
            "this version of the page has no such file; load the page again",
        )
    return found.assets[name].answer(headers, KEPT if version else ASKED_AGAIN)


@cache
def build() -> Build:
    """The build that lies in this package; read when it is first asked for."""
    folder = files("modelmetry.server").joinpath("ui")
    assets = dict(_files(folder.joinpath("assets")))
    index = folder.joinpath(INDEX).read_bytes()
    digest = sha256(index)
    for name, content in sorted(assets.items()):
        digest.update(b"%s %d " % (name.encode(), len(content)) + content)
    version = digest.hexdigest()[:16]
    placed = index.replace(b'"./assets/', f'"{ASSETS}{version}/'.encode())
    return Build(
        File.of(INDEX, placed),
        {name: File.of(name, content) for name, content in assets.items()},
        version,
    )


def _files(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_file():
            yield entry.name, entry.read_bytes()


def _has(headers: Headers, etag: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in headers.get("if-none-match", "").split(",")]
    return etag in known or "*" in known
