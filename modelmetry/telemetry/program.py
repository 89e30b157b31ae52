"""What the environment says of a run: its name, and whether it reports."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

_TRUE: Final = frozenset({"1", "true", "yes"})
# Of the older telemetry tool, whose users have it set already.
_OLDER_SWITCH: Final = "CLOUDMESH_AI_TELEMETRY_DISABLED"


def program_name() -> str:
    """The name of the script or module that runs; `python` where there is none."""
    main: Any = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name:  # python -m package, or -m package.module
        return str(spec.name).removesuffix(".__main__")
    script = sys.argv[0] if sys.argv else ""
    return "python" if script in {"", "-", "-c"} else PurePath(script).stem


def is_switched_off(environ: Mapping[str, str]) -> bool:
    """Whether the switch of the older telemetry tool says so."""
    return environ.get(_OLDER_SWITCH, "").strip().lower() in _TRUE
