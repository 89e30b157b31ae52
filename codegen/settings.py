"""codegen/settings.yaml as typed values."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from openapi_python_client.config import Config, ConfigFile, MetaType

from codegen.refusal import RefusedError

SETTINGS = Path(__file__).parent / "settings.yaml"


@dataclass(frozen=True)
class Settings:
    """What settings.yaml says, by its top-level keys."""

    generator: dict[str, Any]
    versions: dict[str, str]
    unions: dict[str, list[str]]
    format: list[list[str]]

    def generator_config(self, spec: Path, output: Path) -> Config:
        """The generator's own configuration; it writes no files for us, so paths matter little."""
        return Config.from_sources(
            ConfigFile(**self.generator, post_hooks=[]),
            MetaType.NONE,
            document_source=spec,
            file_encoding="utf-8",
            overwrite=True,
            output_path=output,
        )


def read_settings(path: Path = SETTINGS) -> Settings:
    """Read the settings; raises `RefusedError` when a pinned tool has another version."""
    settings = Settings(**yaml.safe_load(path.read_text(encoding="utf-8")))
    installed = {name: version(name) for name in settings.versions}
    if wrong := [n for n, pinned in settings.versions.items() if installed[n] != pinned]:
        raise RefusedError(
            "the output depends on exact versions of these tools",
            [
                f"{name}=={settings.versions[name]} wanted, {installed[name]} found"
                for name in wrong
            ],
        )
    return settings
