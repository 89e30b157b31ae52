"""Settings."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from modelmetry.config import Config
from modelmetry.errors import ConfigError
from modelmetry.signals.findings import FindingType
from modelmetry.sinks.http import HttpSink

SECRET = "mm_0123456789abcdef"


def test_without_anything_set_the_defaults_hold() -> None:
    """An empty environment gives the default configuration; empty variables are not set."""
    assert Config.from_env({}) == Config.from_env({"MODELMETRY_BASE_URL": ""}) == Config()


def test_every_setting_is_read_from_its_variable() -> None:
    """Each field has its variable, and each is understood."""
    environ = {
        "MODELMETRY_API_KEY": SECRET,
        "MODELMETRY_BASE_URL": "https://staging.example.com/",
        "MODELMETRY_STORE": "sqlite:////tmp/m.db",
        "MODELMETRY_DISABLED": "yes",
        "MODELMETRY_ENVIRONMENT": "staging",
        "MODELMETRY_RELEASE": "1.2.3",
        "MODELMETRY_SERVICE": "shop",
        "MODELMETRY_MAX_TEXT_LENGTH": "1000",
        "MODELMETRY_MASK": "Cards,keys",
        "MODELMETRY_SAMPLE_RATE": "0.25",
        "MODELMETRY_BACK_PRESSURE": "Block",
        "MODELMETRY_MAX_WAIT": "4",
        "MODELMETRY_MAX_BUFFER_SIGNALS": "10",
        "MODELMETRY_MAX_BUFFER_BYTES": "20",
        "MODELMETRY_BATCH_SIGNALS": "30",
        "MODELMETRY_BATCH_BYTES": "40",
        "MODELMETRY_BATCH_AGE": "0.5",
        "MODELMETRY_TIMEOUT": "3",
        "MODELMETRY_EXIT_TIMEOUT": "0",
        "MODELMETRY_WARN_OUTSIDE_EXECUTION": "no",
        "MODELMETRY_DEBUG": "on",
        "MODELMETRY_PRICES": "/etc/prices.toml",
        "MODELMETRY_METRICS_INTERVAL": "30",
        "MODELMETRY_METRICS_FOLDER": "/run/metrics",
        "MODELMETRY_METRICS_TOKEN": "s3cret-of-a-scrape",
        "MODELMETRY_DURABILITY": "Each",
        "MODELMETRY_END_ON_SIGTERM": "yes",
        "MODELMETRY_SPOOL": "/tmp/spool",
        "MODELMETRY_MAX_SPOOL_BYTES": "50",
        "MODELMETRY_MAX_SPOOL_AGE": "60",
        "MODELMETRY_TELEMETRY_BACKEND": "Text,jsonl",
        "MODELMETRY_TELEMETRY_HOST": "no",
        "MODELMETRY_TELEMETRY_USER": "off",
        "MODELMETRY_TELEMETRY_INTERVAL": "0",
    }
    config = Config.from_env(environ)

    assert config == Config(
        api_key=SECRET,
        base_url="https://staging.example.com",
        store="sqlite:////tmp/m.db",
        disabled=True,
        environment="staging",
        release="1.2.3",
        service="shop",
        max_text_length=1_000,
        mask="keys,cards",
        sample_rate=0.25,
        back_pressure="block",
        max_wait=4.0,
        telemetry_backend="jsonl,text",
        telemetry_host=False,
        telemetry_user=False,
        telemetry_interval=0.0,
        prices="/etc/prices.toml",
        metrics_interval=30.0,
        metrics_folder="/run/metrics",
        metrics_token="s3cret-of-a-scrape",
        max_buffer_signals=10,
        max_buffer_bytes=20,
        batch_signals=30,
        batch_bytes=40,
        batch_age=0.5,
        timeout=3.0,
        exit_timeout=0.0,
        warn_outside_execution=False,
        debug=True,
        durability="each",
        end_on_sigterm=True,
        spool="/tmp/spool",
        max_spool_bytes=50,
        max_spool_age=60.0,
    )
    assert len(environ) == len(Config.__struct_fields__)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("MODELMETRY_DISABLED", "perhaps", "1, true, yes, on, 0, false, no or off"),
        ("MODELMETRY_TIMEOUT", "soon", "a number of seconds, 0 or more"),
        ("MODELMETRY_TIMEOUT", "-1", "a number of seconds, 0 or more"),
        ("MODELMETRY_TIMEOUT", "inf", "a number of seconds, 0 or more"),
        ("MODELMETRY_DURABILITY", "always", "batch, each or memory"),
        ("MODELMETRY_BATCH_SIGNALS", "0", "a whole number above 0"),
        ("MODELMETRY_BATCH_SIGNALS", "many", "a whole number above 0"),
        ("MODELMETRY_BASE_URL", "staging.example.com", "an address that begins with http"),
        ("MODELMETRY_BASE_URL", "http://x:99999", "an address that begins with http"),
        ("MODELMETRY_BASE_URL", "http://x/#here", "an address that begins with http"),
        ("MODELMETRY_STORE", "postgres://x", "sqlite:///PATH"),
        ("MODELMETRY_STORE", "sqlite:///", "sqlite:///PATH"),
    ],
)
def test_a_bad_variable_is_named_with_what_was_expected(
    variable: str, value: str, expected: str
) -> None:
    """The error names the variable, its value, and what would have been understood."""
    with pytest.raises(ConfigError, match=f"{variable} is '{value}'; expected {expected}"):
        Config.from_env({variable: value})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"timeout": "3"}, "timeout is '3'; expected a value of type float"),
        ({"timeout": -1.0}, "timeout is -1.0; expected a number of seconds, 0 or more"),
        ({"disabled": 1}, "disabled is 1; expected a value of type bool"),
        ({"batch_signals": True}, "batch_signals is True; expected a value of type int"),
        ({"batch_signals": None}, "batch_signals is None; expected a value of type int"),
        ({"base_url": "ftp://x"}, "base_url is 'ftp://x'; expected an address"),
        ({"api_key": 12345678901234}, r"api_key is \*{8}1234; expected a value of type str"),
    ],
)
def test_a_bad_argument_is_named_with_what_was_expected(arguments: Any, message: str) -> None:
    """Arguments are held to what the environment is held to; secrets are not shown."""
    with pytest.raises(ConfigError, match=message):
        Config(**arguments)


def test_a_whole_number_of_seconds_is_a_number() -> None:
    """An int is taken for a float."""
    assert Config(timeout=3).timeout == 3


def test_a_secret_is_never_in_the_repr() -> None:
    """Printing a configuration shows no key."""
    config = Config(api_key=SECRET, service="shop")
    shown = (repr(config), str(config.__rich_repr__()))
    assert all(SECRET not in text and "shop" in text for text in shown)


def test_a_misspelt_variable_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """With the one that was meant; what resembles none may be somebody else's."""
    environ = {
        "MODELMETRY_BASEURL": "http://x",
        "MODELMETRY_SERVER_PORT": "1",
        "MODELMETRY_DEPLOYMENT_COLOUR": "blue",
    }
    for _ in range(2):
        Config.from_env(environ)
    meant = "MODELMETRY_BASEURL is not a setting; did you mean MODELMETRY_BASE_URL?"
    assert [record.getMessage() for record in caplog.records] == [meant]


def test_signatures_can_be_read() -> None:
    """Tools that write documentation ask for them."""
    shown = str(inspect.signature(Config))
    assert "'Seconds for one request to the server.'] = 10.0" in shown
    assert "unit: str | None = None" in str(inspect.signature(FindingType))


@pytest.mark.parametrize("word", ["MEMORY", " memory", "Memory"])
def test_a_word_is_taken_as_it_is_meant(word: str) -> None:
    """As an argument and in the environment it means the same."""
    assert Config(durability=word).durability == "memory"
    assert Config.from_env({"MODELMETRY_DURABILITY": word}).durability == "memory"


def test_a_configuration_of_ones_own_has_all_settings() -> None:
    """Somebody may derive a class, to add a method."""

    class Ours(Config, frozen=True, kw_only=True):
        """With nothing of its own."""

    assert Ours.from_env({"MODELMETRY_TIMEOUT": "3"}).timeout == 3


def test_the_password_of_an_address_is_never_in_the_repr() -> None:
    """Neither in that of what sends."""
    address = "http://bob:hunter2@127.0.0.1:9"
    shown = repr(Config(base_url=address)) + repr(HttpSink(address))
    assert "hunter2" not in shown
    assert "bob" in shown


def test_a_configuration_does_not_change() -> None:
    """It is shared, and its values were checked."""
    config: Any = Config()
    with pytest.raises(AttributeError):
        config.timeout = -1.0


def test_the_configuration_describes_itself() -> None:
    """Each setting says its value, where it came from, and what it is for; secrets are masked."""
    environ = {"MODELMETRY_API_KEY": SECRET, "MODELMETRY_TIMEOUT": "3"}
    config = replace(Config.from_env(environ), service="shop")
    rows = {row.name: row for row in config.describe(environ)}

    assert list(rows) == [*Config.__struct_fields__]
    assert (rows["api_key"].value, rows["api_key"].source) == ("********cdef", "environment")
    assert (rows["timeout"].value, rows["timeout"].variable) == ("3.0", "MODELMETRY_TIMEOUT")
    assert (rows["service"].value, rows["service"].source) == ("shop", "argument")
    assert (rows["base_url"].value, rows["base_url"].source) == ("", "default")
    assert all(row.help.endswith(".") for row in rows.values())


def test_a_short_secret_is_masked_whole() -> None:
    """Four of eight characters would be half the secret."""
    rows = {row.name: row.value for row in Config(api_key="short").describe({})}

    assert rows["api_key"] == "********"


def test_the_default_store_is_a_file_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """XDG_DATA_HOME decides, else the home folder; a store that is set comes before both."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Config().store_url == f"sqlite:///{tmp_path}/modelmetry/modelmetry.db"

    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert Config().store_url == ("sqlite:////home/someone/.local/share/modelmetry/modelmetry.db")
    assert Config(store="sqlite:///x.db").store_url == "sqlite:///x.db"


@pytest.mark.parametrize("key", ["schlüssel", "two\nlines", " ", "trailing "])
def test_a_key_that_no_header_can_hold_is_refused_at_the_door(key: str) -> None:
    """Without showing it."""
    with pytest.raises(ConfigError, match=r"api_key is .*expected ASCII") as caught:
        Config(api_key=key)
    assert key.strip() == "" or key not in str(caught.value)


def test_a_key_that_is_empty_is_said_to_be() -> None:
    """Not masked, as if there were one: a variable of the caller was not set."""
    with pytest.raises(ConfigError, match=r"^api_key is empty; expected ASCII"):
        Config(api_key="")


def test_a_password_in_an_address_is_never_shown() -> None:
    """Neither where settings are listed nor where one is refused."""
    address = "http://user:hunter2@example.com"
    rows = {row.name: row.value for row in Config(base_url=address).describe({})}
    assert rows["base_url"] == "http://user:********@example.com"
    with pytest.raises(ConfigError) as caught:
        Config.from_env({"MODELMETRY_BASE_URL": f"{address}?q"})
    with pytest.raises(ConfigError) as given:
        Config(base_url=f"{address}?q")
    assert "hunter2" not in f"{caught.value}{given.value}"
