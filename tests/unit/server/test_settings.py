"""Settings of the server."""

from __future__ import annotations

from typing import Any

import pytest

from modelmetry.errors import ConfigError
from modelmetry.server.settings import ServerSettings


def test_nothing_set_means_this_machine_only() -> None:
    """Port 8420 of 127.0.0.1."""
    settings = ServerSettings.from_env({})

    assert (settings.host, settings.port, settings.loopback) == ("127.0.0.1", 8420, True)


def test_the_environment_sets_and_arguments_win() -> None:
    """An empty variable and an argument that is None count as not set."""
    environ = {
        "MODELMETRY_SERVER_PORT": "1",
        "MODELMETRY_SERVER_HOST": "0.0.0.0",
        "MODELMETRY_SERVER_BODY_TIMEOUT": "1.5",
        "MODELMETRY_SERVER_LARGEST_BATCH": "",
        "MODELMETRY_STORE": "sqlite:///x.db",
    }

    settings = ServerSettings.from_env(environ, port=2, host=None)

    assert (settings.port, settings.host, settings.body_timeout) == (2, "0.0.0.0", 1.5)
    assert (settings.store, settings.largest_batch) == ("sqlite:///x.db", 10_000)
    assert not settings.loopback


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "65536", "a port from 1 to 65535"),
        ("PORT", "http", "a port from 1 to 65535"),
        ("LARGEST_BODY", "0", "a whole number above 0"),
        ("BODY_TIMEOUT", "0", "a number of seconds above 0"),
        ("BODY_TIMEOUT", "soon", "a number of seconds above 0"),
        ("BODY_TIMEOUT", "inf", "a number of seconds above 0"),
        ("ACCESS_LOG", "xml", "one of json, plain, off"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(name: str, value: str, expected: str) -> None:
    """With its value and what would be right."""
    with pytest.raises(
        ConfigError, match=f"MODELMETRY_SERVER_{name} is '{value}'; expected {expected}"
    ):
        ServerSettings.from_env({f"MODELMETRY_SERVER_{name}": value})


@pytest.mark.parametrize("given", [{"port": -1}, {"access_log": "xml"}, {"read_threads": 0}])
def test_arguments_are_held_to_the_same_rules(given: dict[str, Any]) -> None:
    """A mistake shows where it is made."""
    with pytest.raises(ConfigError, match="expected"):
        ServerSettings(**given)


def test_one_body_of_the_largest_size_must_fit() -> None:
    """Else no large body could ever be taken."""
    with pytest.raises(ConfigError, match="bytes_in_flight is 10"):
        ServerSettings(bytes_in_flight=10)


def test_the_first_key_does_not_show() -> None:
    """A log of the settings holds no secret."""
    assert "mm_secret" not in repr(ServerSettings(bootstrap_key="mm_secret"))


def test_every_setting_is_explained_and_has_its_own_variable() -> None:
    """The documentation is made of these."""
    lines = ServerSettings().describe({})

    assert all(line.help.endswith(".") for line in lines)
    assert len({line.variable for line in lines}) == len(lines)
