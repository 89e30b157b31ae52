"""The settings of a server."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from modelmetry.errors import ConfigError
from modelmetry.server.body import BodyLimits
from modelmetry.server.guard import is_loopback
from modelmetry.settings import Settings, positive_int, positive_seconds, setting, text

LAST_PORT = 65535
MIB = 1024 * 1024
LOCAL_TENANT = "local"
LOG_MODES = ("json", "plain", "off")


def _port(given: str) -> int:
    if given.isdecimal() and int(given) <= LAST_PORT:
        return int(given)
    raise ValueError("a port from 1 to 65535, or 0 for any that is free")


def _log_mode(given: str) -> str:
    if given in LOG_MODES:
        return given
    raise ValueError(f"one of {', '.join(LOG_MODES)}")


@frozen(kw_only=True)
class ServerSettings(Settings):
    """Everything that can be set about a server.

    The variable of a field is `MODELMETRY_SERVER_` and its name in capitals; the store's is
    `MODELMETRY_STORE`, the same that the client reads.

    Raises:
        ConfigError: a value cannot be used; the message says what was expected.
    """

    prefix: ClassVar[str] = "MODELMETRY_SERVER_"

    host: str = setting("127.0.0.1", text, "Address to listen on.")
    port: int = setting(8420, _port, "Port to listen on; 0 takes any that is free.")
    store: str | None = setting(
        None,
        text,
        "Store, sqlite:///PATH; a file of the user by default.",
        variable="MODELMETRY_STORE",
    )
    bootstrap_key: str | None = setting(
        None, text, "Key that is made at start, when it is not there yet.", secret=True
    )
    bootstrap_tenant: str = setting(LOCAL_TENANT, text, "Tenant of `bootstrap_key`.")
    access_log: str = setting("json", _log_mode, "One line for each request: json, plain or off.")
    largest_body: int = setting(16 * MIB, positive_int, "Bytes of a body as it is sent.")
    largest_inflated_body: int = setting(32 * MIB, positive_int, "Bytes of a body after inflation.")
    largest_batch: int = setting(10_000, positive_int, "Signals of one batch.")
    body_timeout: float = setting(
        30.0, positive_seconds, "Seconds in which a body must be complete."
    )
    bodies_in_flight: int = setting(
        128, positive_int, "Bodies that are worked on at one time; more are answered with 429."
    )
    bytes_in_flight: int = setting(
        96 * MIB, positive_int, "Bytes of the bodies that are worked on at one time."
    )
    read_threads: int = setting(4, positive_int, "Reads that run at one time.")
    reads_waiting: int = setting(
        64, positive_int, "Reads that wait for a thread; more are answered with 429."
    )
    stop_timeout: float = setting(
        10.0, positive_seconds, "Seconds that running requests have when the server is stopped."
    )

    def __attrs_post_init__(self) -> None:
        """See that one body of the largest size can be worked on at all."""
        needed = self.largest_body + self.largest_inflated_body
        if self.bytes_in_flight < needed:
            raise ConfigError(
                f"bytes_in_flight is {self.bytes_in_flight}; expected {needed} or more, the sum of "
                "largest_body and largest_inflated_body"
            )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)

    @property
    def body_limits(self) -> BodyLimits:
        """The bounds of one body."""
        return BodyLimits(self.largest_body, self.largest_inflated_body, self.body_timeout)
