"""All files that are made, and how they get onto a disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import json

from modelmetry.errors import InvalidValueError
from modelmetry.grafana import prometheus
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.dashboard import UID, dashboard, to_import
from modelmetry.grafana.rule_tests import tests_files
from modelmetry.grafana.yaml import Plain, written

DASHBOARD: Final = "grafana/dashboards/modelmetry.json"
IMPORT: Final = "grafana/import/modelmetry.json"


def files(choices: Choices) -> dict[str, str]:
    """What is written, by its path below the folder that is chosen."""
    choices = choices.checked()
    return {
        DASHBOARD: _json(dashboard(choices)),
        IMPORT: _json(to_import(choices)),
        "grafana/provisioning/dashboards/modelmetry.yml": _provider(),
        "grafana/provisioning/datasources/modelmetry.yml": _datasource(choices),
        "prometheus/prometheus.yml": prometheus.configuration(choices),
        f"prometheus/rules/{prometheus.RULES}": prometheus.rules_file(choices),
        f"prometheus/rules/{prometheus.ALERTS}": prometheus.alerts_file(choices),
        **{f"prometheus/tests/{name}": text for name, text in tests_files(choices).items()},
    }


def export(folder: Path, choices: Choices, *, force: bool = False) -> list[tuple[Path, bool]]:
    """Write all files into `folder`.

    Args:
        folder: is made if it is not there.
        choices: what they are made for.
        force: whether files that differ are replaced.

    Returns:
        Each path, and whether it was written; one that is so already is left alone.

    Raises:
        InvalidValueError: a choice cannot be used, or files differ and are not to be replaced;
            then nothing is written.
        OSError: the disk does not take them.
    """
    made = {folder / name: text for name, text in files(choices).items()}
    folders = [str(path) for path in made if path.is_dir()]
    if folders:
        raise InvalidValueError(
            f"these are folders, where files have to be: {', '.join(folders)}; remove them, or "
            "give another folder"
        )
    differing = [path for path, text in made.items() if path.exists() and not _is(path, text)]
    if differing and not force:
        told = ", ".join(str(path) for path in differing)
        raise InvalidValueError(
            f"these files are there and differ: {told}; give --force to replace them, "
            "or another folder"
        )
    return [(path, _write(path, text)) for path, text in made.items()]


def _write(path: Path, text: str) -> bool:
    if path.exists() and _is(path, text):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return True


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _json(document: Mapping[str, Any]) -> str:
    return json.format(json.encode(document), indent=2).decode() + "\n"


def _provider() -> str:
    provider: dict[str, Plain] = {
        "name": UID,
        "type": "file",
        "folder": "Modelmetry",
        "updateIntervalSeconds": 30,
        "allowUiUpdates": False,
        "options": {"path": "/var/lib/grafana/dashboards/modelmetry"},
    }
    head = (
        "Goes to /etc/grafana/provisioning/dashboards; the dashboard itself goes to the folder\n"
        "below path."
    )
    return written({"apiVersion": 1, "providers": [provider]}, head)


def _datasource(choices: Choices) -> str:
    datasource: dict[str, Plain] = {
        "name": "Prometheus",
        "type": "prometheus",
        "access": "proxy",
        "url": "http://localhost:9090",
        "jsonData": {
            "timeInterval": choices.scrape_interval,
            "httpMethod": "POST",
            "exemplarTraceIdDestinations": [
                {
                    "name": "trace_id",
                    "url": "http://localhost:8420/ui/traces/$${__value.raw}",
                    "urlDisplayLabel": "Open the trace",
                }
            ],
        },
    }
    head = (
        "Goes to /etc/grafana/provisioning/datasources; put the addresses of your Prometheus and\n"
        "of your modelmetry server in. timeInterval has to be its scrape interval."
    )
    return written({"apiVersion": 1, "datasources": [datasource]}, head)
