"""What Grafana's classic schema asks of a dashboard, as far as that can be told without Grafana."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest

from modelmetry.grafana.choices import Choices
from modelmetry.grafana.files import DASHBOARD, IMPORT, files

UNITS: Final = {
    "Bps", "bytes", "celsius", "cps", "currencyUSD", "ops", "percentunit", "reqps", "s", "short",
    "watt",
}  # fmt: skip
"""Those that we use of @grafana/data, valueFormats/categories.ts; others are shown as a text."""
DATASOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
GIVEN: Final = {"__rate_interval", "__range"}
"""Variables that Grafana has by itself."""
CHOSEN: Final = Choices(jobs=("shop.api/v2", "b"), server_job="own", scrape_interval="30s")


@pytest.fixture(params=[Choices(), CHOSEN], ids=["default", "chosen"], name="board")
def _board(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(request.param)[DASHBOARD])
    return found


def panels(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All but rows."""
    return (one for one in board["panels"] if one["type"] != "row")


def test_each_panel_has_an_identity_and_each_of_its_targets_a_letter(board: dict[str, Any]) -> None:
    """The dashboard itself has none: Grafana gives it when it is put in, and knows it by `uid`."""
    numbers = Counter(one["id"] for one in board["panels"])
    assert set(numbers.values()) == {1}
    for panel in panels(board):
        letters = [one["refId"] for one in panel["targets"]]
        assert letters == sorted(set(letters))
    assert "id" not in board
    assert re.fullmatch(r"[\w-]{1,40}", board["uid"])


def test_everything_asks_the_datasource_that_is_chosen(board: dict[str, Any]) -> None:
    """Panels, targets, variables and annotations; none names one by its own identity."""
    first, *others = board["templating"]["list"]
    assert (first["type"], first["query"], first["name"]) == (
        "datasource",
        "prometheus",
        "datasource",
    )
    asking = [*others, *board["annotations"]["list"]]
    for panel in panels(board):
        asking += [panel, *panel["targets"]]
    assert all(one["datasource"] == DATASOURCE for one in asking)


def test_panels_stand_below_their_rows_and_not_upon_each_other(board: dict[str, Any]) -> None:
    """24 columns, from the top to the bottom, in the order of the file."""
    taken: set[tuple[int, int]] = set()
    top = 0
    for one in board["panels"]:
        place = one["gridPos"]
        columns = range(place["x"], place["x"] + place["w"])
        cells = {(x, place["y"] + y) for x in columns for y in range(place["h"])}
        assert not cells & taken, one["title"]
        assert columns.stop <= 24
        assert place["y"] >= top
        if one["type"] == "row":
            assert place["y"] > max((y for _, y in taken), default=-1)
            assert one["panels"] == []
        top, taken = place["y"], taken | cells


def test_units_and_thresholds_are_such_as_grafana_knows(board: dict[str, Any]) -> None:
    """The first step has no value, and the others rise."""
    for panel in panels(board):
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"] in UNITS, panel["title"]
        first, *steps = defaults["thresholds"]["steps"]
        assert first["value"] is None
        values = [one["value"] for one in steps]
        assert values == sorted(set(values)), panel["title"]
        lines = defaults.get("custom", {}).get("thresholdsStyle", {"mode": "off"})
        assert (lines["mode"] == "line") == (bool(steps) and panel["type"] == "timeseries")


def test_expressions_use_variables_that_there_are(board: dict[str, Any]) -> None:
    """Those of the list at the top, and Grafana's own; one is used before nobody."""
    known = {one["name"] for one in board["templating"]["list"]}
    told = [target["expr"] for panel in panels(board) for target in panel["targets"]]
    told += [one["query"]["query"] for one in board["templating"]["list"][1:]]
    used = {name for text in told for name in re.findall(r"\$(\w+)", text)}
    assert used - GIVEN == known - {"datasource"}


def test_now_is_asked_once_and_time_as_a_range(board: dict[str, Any]) -> None:
    """Examples come with ranges alone; a heatmap gets its buckets, a table its columns."""
    formats = {"table": "table", "heatmap": "heatmap"}
    for panel in panels(board):
        for target in panel["targets"]:
            is_now = panel["type"] in {"stat", "table"}
            assert (target["instant"], target["range"]) == (is_now, not is_now)
            assert target["format"] == formats.get(panel["type"], "time_series")
            assert not (target["exemplar"] and is_now)
            assert target["legendFormat"]
        hidden = [one["options"]["excludeByName"] for one in panel.get("transformations", ())]
        assert hidden == ([{"Time": True}] if panel["type"] == "table" else [])


def test_each_kind_of_panel_is_one_that_an_import_asks_for() -> None:
    """All of them belong to Grafana itself."""
    found = json.loads(files(Choices())[IMPORT])
    required = {one["id"] for one in found["__requires"] if one["type"] == "panel"}
    assert {one["type"] for one in panels(found)} == required


def test_variables_can_be_left_as_they_are(board: dict[str, Any]) -> None:
    """All is chosen at first, of whatever there is at the time that is looked at."""
    for one in board["templating"]["list"][1:]:
        assert one["current"]["value"] == "$__all"
        assert one["includeAll"]
        assert one["multi"]
        assert one["refresh"] == 2
        assert one["allValue"] in {None, ".*"}


def test_variables_find_the_chosen_jobs_alone() -> None:
    """As JavaScript applies the pattern: the group in it is the value."""
    found = json.loads(files(CHOSEN)[DASHBOARD])["templating"]["list"]
    by_name = {one["name"]: one["regex"] for one in found}
    job = re.compile(by_name["job"].strip("/").replace("\\/", "/"))
    results = {name: job.search(f'{{job="{name}"}} 1 1795393444000') for name in ("b", "bb", "own")}
    assert {name for name, match in results.items() if match} == {"b"}
    match = job.search('{job="shop.api/v2"} 1 1795393444000')
    assert match is not None
    assert match[1] == "shop.api/v2"
    own = re.compile(by_name["server"].strip("/"))
    assert [name for name in ("own", "owner", "b") if own.search(name)] == ["own"]
