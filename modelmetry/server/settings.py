"""The settings of a server."""

from typing import Annotated, ClassVar, get_args

from modelmetry.costs.explorer_question import BILLED, Metric
from modelmetry.errors import ConfigError
from modelmetry.server.body import BodyLimits
from modelmetry.server.guard import is_loopback
from modelmetry.settings import About, Settings, positive_int, positive_seconds, text

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


def _cost_metric(given: str) -> str:
    if given in get_args(Metric):
        return given
    raise ValueError(f"one of {', '.join(get_args(Metric))}")


class ServerSettings(Settings, frozen=True, kw_only=True):
    """Everything that can be set about a server.

    The variable of a field is `MODELMETRY_SERVER_` and its name in capitals; the store's is
    `MODELMETRY_STORE`, the same that the client reads.

    Raises:
        ConfigError: a value cannot be used; the message says what was expected.
    """

    prefix: ClassVar[str] = "MODELMETRY_SERVER_"

    host: Annotated[str, About(text, "Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, About(_port, "Port to listen on; 0 takes any that is free.")] = 8420
    store: Annotated[
        str | None,
        About(
            text,
            "Store, sqlite:///PATH; a file of the user by default.",
            variable="MODELMETRY_STORE",
        ),
    ] = None
    bootstrap_key: Annotated[
        str | None, About(text, "Key that is made at start, when it is not there yet.", secret=True)
    ] = None
    bootstrap_tenant: Annotated[str, About(text, "Tenant of `bootstrap_key`.")] = LOCAL_TENANT
    access_log: Annotated[
        str, About(_log_mode, "One line for each request: json, plain or off.")
    ] = "json"
    largest_body: Annotated[int, About(positive_int, "Bytes of a body as it is sent.")] = 16 * MIB
    largest_inflated_body: Annotated[
        int, About(positive_int, "Bytes of a body after inflation.")
    ] = 32 * MIB
    largest_batch: Annotated[int, About(positive_int, "Signals of one batch.")] = 10_000
    body_timeout: Annotated[
        float, About(positive_seconds, "Seconds in which a body must be complete.")
    ] = 30.0
    bodies_in_flight: Annotated[
        int,
        About(positive_int, "Bodies that are worked on at one time; more are answered with 429."),
    ] = 128
    bytes_in_flight: Annotated[
        int, About(positive_int, "Bytes of the bodies that are worked on at one time.")
    ] = 96 * MIB
    read_threads: Annotated[int, About(positive_int, "Reads that run at one time.")] = 4
    reads_waiting: Annotated[
        int, About(positive_int, "Reads that wait for a thread; more are answered with 429.")
    ] = 64
    stop_timeout: Annotated[
        float,
        About(positive_seconds, "Seconds that running requests have when the server is stopped."),
    ] = 10.0

    costs: Annotated[
        str | None,
        About(
            text,
            "Where costs of the cloud come from: `aws`, or a folder of files in the format FOCUS; "
            "nobody is asked by default.",
        ),
    ] = None
    costs_metric: Annotated[
        str,
        About(
            _cost_metric,
            "What counts as effective cost at AWS: UnblendedCost, or NetAmortizedCost where there "
            "are Savings Plans, reservations or discounts.",
        ),
    ] = BILLED
    costs_profile: Annotated[
        str | None, About(text, "Profile of AWS's configuration with which costs are asked for.")
    ] = None
    costs_tenant: Annotated[
        str | None, About(text, "Whose these costs are; `bootstrap_tenant` by default.")
    ] = None

    def __post_init__(self) -> None:
        """See that one body of the largest size can be worked on at all."""
        super().__post_init__()
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
