"""Paths that are not measured."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.signals.values import brief_repr, is_a

_PARAMETER: Final = re.compile(r"\{[A-Za-z_]\w*(:[A-Za-z_]\w*)?\}")


class Exclusion:
    """Paths and templates of routes.

    Args:
        patterns: each a path such as `/healthz`, or a template such as `/internal/{name}`, whose
            parameters stand for one part of a path, and those like `{rest:path}` for several.

    Raises:
        InvalidTypeError: it is no collection of texts.
        InvalidValueError: one does not begin with a slash.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        if is_a(patterns, str) or not is_a(patterns, Iterable):
            raise InvalidTypeError(
                f"exclude must be a list of paths, not {brief_repr(patterns)}; "
                'write exclude=("/metrics",)'
            )
        self._paths: set[str] = set()
        templates: list[str] = []
        for pattern in patterns:
            if not is_a(pattern, str) or not pattern.startswith("/"):
                raise InvalidValueError(
                    f"exclude must have paths that begin with a slash, not {brief_repr(pattern)}"
                )
            if _PARAMETER.search(pattern):
                templates.append(_expression(pattern))
            else:
                self._paths.add(pattern)
        self._templates = re.compile("|".join(templates)) if templates else None
        self.is_empty: bool = not self._paths and self._templates is None

    def covers(self, path: str, root_path: str) -> bool:
        """Whether a request to `path` is not measured.

        Args:
            path: with or without `root_path`.
            root_path: below which the application is, by its server or proxy.
        """
        if self._has(path):
            return True
        return bool(root_path) and self._has(path.removeprefix(root_path))

    def _has(self, path: str) -> bool:
        templates = self._templates
        return path in self._paths or (
            templates is not None and templates.fullmatch(path) is not None
        )


def _expression(template: str) -> str:
    parts: list[str] = []
    end = 0
    for found in _PARAMETER.finditer(template):
        parts.append(re.escape(template[end : found.start()]))
        parts.append(".*" if found[1] == ":path" else "[^/]+")
        end = found.end()
    return f"(?:{''.join(parts)}{re.escape(template[end:])})"
