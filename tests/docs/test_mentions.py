"""Everything public is written down: settings with their variables, and the names of the menu."""

from __future__ import annotations

import re

import pytest

import modelmetry
from modelmetry.config import Config
from modelmetry.machine.reader import Reader
from modelmetry.metrics import Registry, model_metrics
from modelmetry.metrics.models import verdicts
from modelmetry.metrics.resources.table import TABLE
from modelmetry.server.settings import ServerSettings
from modelmetry.settings import Setting
from tests.docs.fences import ROOT, documents

SETTINGS = ROOT / "docs" / "settings.md"


def row(setting: Setting) -> str:
    """Give the line of docs/settings.md for one setting."""
    default = f"`{setting.value}`" if setting.value else "none"
    return f"| `{setting.name}` | `{setting.variable}` | {default} | {setting.help} |"


def test_settings_page_is_the_configuration_class() -> None:
    """docs/settings.md has one line per field, in order, with its default and help."""
    found = [line for line in SETTINGS.read_text().splitlines() if line.startswith("| `")]
    assert found == [
        row(setting) for setting in (*Config().describe({}), *ServerSettings().describe({}))
    ]


@pytest.mark.parametrize("name", sorted(modelmetry.__all__))
def test_public_name_is_mentioned(name: str) -> None:
    """Every name of the root package stands in some document."""
    texts = [path.read_text() for path in documents() if path.is_file()]
    assert any(re.search(rf"\b{re.escape(name)}\b", text) for text in texts)


def test_every_figure_of_a_reading_is_described() -> None:
    """docs/machine.md has a line for each, also for those that this machine does not give."""
    text = (ROOT / "docs" / "machine.md").read_text()
    promised = set(re.findall(r"`((?:system|process|container|hw)\.[\w.]+)`", Reader.__doc__ or ""))
    reader = Reader()
    reader.read()
    assert len(promised) > 12
    assert {name for name in {*promised, *reader.read()} if f"`{name}`" not in text} == set()


def test_every_resource_is_described() -> None:
    """docs/resources.md has each metric, and each of its attributes."""
    text = (ROOT / "docs" / "resources.md").read_text()
    names = {*TABLE, *(name for one in TABLE.values() for name in one.attributes)}
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_everything_that_is_told_of_models_is_described() -> None:
    """docs/model-metrics.md has each metric and attribute, and what truths come to."""
    text = (ROOT / "docs" / "model-metrics.md").read_text()
    registry = Registry()
    model_metrics("churn", registry=registry)
    families = [one for one in registry.collect() if one.name.startswith("modelmetry.model.")]
    assert len(families) == 9
    names = {one.name for one in families} | {name for one in families for name in one.attributes}
    results = {verdicts.CORRECT, verdicts.WRONG, verdicts.TO_CORRECT, verdicts.TO_WRONG}
    others = {verdicts.UNCHANGED, verdicts.UNKNOWN, verdicts.INCOMPARABLE}
    reasons = {verdicts.FULL, verdicts.TOO_OLD}
    assert {n for n in (*names, *results, *others, *reasons) if f"`{n}`" not in text} == set()
