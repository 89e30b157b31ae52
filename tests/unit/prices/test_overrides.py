"""Prices that a user states."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.errors import ConfigError
from modelmetry.prices import Price, Prices, Usage, overrides_of, read_overrides

USED = Usage(input=1_000_000, cached_input=500_000, output=1_000_000)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)

TOML = """
[[prices]]
model = "gpt-4o"
input = "2.10"
cached_input = 1.05
output = 8.40

[[prices]]
model = "gpt-4o"
provider = "azure.ai.openai"
input = 2
output = 8

[[prices]]
model = "gpt-4o"
from = 2026-11-01
input = 1
cached_input = 0.5
output = 4
"""


def priced(book: Prices, model: str, provider: str | None = None, at: datetime = NOON) -> Price:
    """The price of a call."""
    found = book.price(model, provider=provider, usage=USED, at=at)
    assert isinstance(found, Price), found
    return found


def refused(*entries: object) -> str:
    """What is said of a document that cannot be used."""
    with pytest.raises(ConfigError) as caught:
        overrides_of({"prices": list(entries)}, "mine.toml")
    return str(caught.value)


def entry(**more: Any) -> dict[str, Any]:
    """An entry, and what is different about it."""
    return {"model": "m", "input": "1", "output": "2", **more}


def test_own_prices_come_first(tmp_path: Path) -> None:
    """Those of the provider before those of any, by the day of the call."""
    path = tmp_path / "prices.toml"
    path.write_text(TOML)
    book = Prices(read_overrides(path))
    october = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
    before = priced(book, "GPT-4o", "openai", october)
    assert (before.total, before.as_of) == (Decimal("9.975"), None)
    assert (before.source, before.confidence, before.provider) == ("override", "stated", None)
    assert priced(book, "gpt-4o").as_of == date(2026, 11, 1)
    azure = priced(book, "azure/gpt-4o")
    assert (azure.provider, azure.confidence) == ("azure", "assumed")
    assert azure.total == 10
    assert priced(book, "gpt-4o-mini", "openai").source != "override"


def test_a_price_that_begins_later_leaves_the_time_before_to_the_lists() -> None:
    """As if it had not been stated."""
    book = Prices(overrides_of({"prices": [entry(model="o3", **{"from": "2026-01-01"})]}))
    assert priced(book, "o3", "openai").source == "override"
    assert priced(book, "o3", "openai", datetime(2025, 12, 31, tzinfo=UTC)).source != "override"


def test_a_model_that_no_list_knows_gets_a_price() -> None:
    """Also one at a provider of one's own, and one that costs nothing."""
    book = Prices(
        overrides_of({"prices": [entry(provider="Acme"), entry(model="home", input=0, output=0)]})
    )
    assert priced(book, "m", "acme").total == 3
    assert priced(book, "home", "whoever").total == 0
    assert book.alike("hom") == ["home"]


def test_json_says_the_same_as_toml(tmp_path: Path) -> None:
    """Decimals are what is written, not the next binary fraction."""
    path = tmp_path / "prices.json"
    path.write_text('{"prices": [{"model": "m", "input": 0.1, "output": 0.123456789012345678}]}')
    price = priced(Prices(read_overrides(str(path))), "m")
    assert (price.input, price.output) == (Decimal("0.05"), Decimal("0.123456789012345678"))


@given(st.decimals(0, 1_000_000, places=12))
def test_a_rate_is_kept_to_the_last_figure(rate: Decimal) -> None:
    """As a text or as a number of TOML or JSON."""
    book = Prices(overrides_of({"prices": [entry(input=rate, output=str(rate))]}))
    usage = Usage(input=1_000_000, output=1_000_000)
    price = book.price("m", usage=usage)
    assert isinstance(price, Price)
    assert (price.input, price.output) == (rate, rate)


@pytest.mark.parametrize(
    "value", ["-1", "NaN", "Infinity", "2,50", "", "1e7", "1e-19", True, None, [1], float("nan")]
)
def test_what_is_no_price_is_refused(value: object) -> None:
    """With the entry, the value and what to write."""
    said = refused(entry(), entry(model="x", output=value))
    assert said.startswith("mine.toml: entry 2 (x) has output = ")
    assert str(value) in said
    assert 'such as "2.50"' in said


def test_a_long_value_is_told_in_short() -> None:
    """A file may hold anything; the message stays a line."""
    assert len(refused(entry(model="m" * 9_000, input="9" * 9_000))) < 300


def test_a_file_of_an_editor_of_windows_is_read(tmp_path: Path) -> None:
    """It begins with a mark that nobody sees."""
    path = tmp_path / "prices.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TOML.encode())
    assert len(read_overrides(path)) == 3


def test_a_price_of_minus_nothing_is_nothing() -> None:
    """A spreadsheet writes it so."""
    book = Prices(overrides_of({"prices": [entry(input=-0.0, output="-0")]}))
    assert not str(priced(book, "m").total).startswith("-")


@pytest.mark.parametrize(
    ("given_entry", "said"),
    [
        (entry(ouput="3"), "has a member 'ouput' that is not known; did you mean 'output'?"),
        (entry(qqq=1), "known: model, provider, from, input"),
        ({"model": "x", "output": "1"}, "entry 1 (x) has no 'input'"),
        ({"input": "1"}, "entry 1 has no 'model'; expected a name in quotes"),
        (entry(model=4), "has model = 4; expected a name in quotes"),
        (entry(provider=" "), "has provider = ' '"),
        (entry(**{"from": "yesterday"}), "has from = 'yesterday'; expected a day"),
        (entry(**{"from": 20261101}), "has from = '20261101'; expected a day"),
        (17, "entry 1 is 17; expected a table"),
    ],
)
def test_what_is_not_understood_is_refused(given_entry: object, said: str) -> None:
    """A misspelt member would price nothing, and silently."""
    assert said in refused(given_entry)


def test_two_prices_for_the_same_are_refused() -> None:
    """Also where the provider goes by another of its names."""
    first, second = entry(provider="azure"), entry(model="M", provider="azure.ai.openai")
    assert refused(first, second) == (
        "mine.toml: entry 2 (m) is the second one at azure from the beginning; remove one"
    )
    assert "any provider from 2026-01-01" in refused(
        *(entry(**{"from": "2026-01-01"}) for _ in "ab")
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.toml", "[[prices]\n", "the prices cannot be read: "),
        ("a.json", '{"prices": [{"model": "a", "model": "b"}]}', "two members 'model'"),
        ("a.json", '{"prices": [{"model": "a", "input": NaN}]}', "entry 1 (a) has input = NaN"),
        ("a.json", "[]", "expected a list called 'prices' and nothing else"),
        ("a.toml", 'models = "a"', "expected a list called 'prices' and nothing else"),
        ("a.toml", "\x00", "the prices cannot be read: "),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    """With what is wrong in it."""
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(ConfigError) as caught:
        read_overrides(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """And one that is no text."""
    path = tmp_path / "none.toml"
    with pytest.raises(ConfigError, match="the prices cannot be read: No such file"):
        read_overrides(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_overrides(path)


def test_an_example_of_the_message_works() -> None:
    """What messages tell people to write can be used."""
    document = {"prices": [{"model": "gpt-4o", "input": "2.50", "output": "10.00"}]}
    assert len(overrides_of(json.loads(json.dumps(document)))) == 1
