"""The settings of a client."""

from pathlib import Path
from typing import Annotated, ClassVar

from modelmetry.settings import (
    About,
    Settings,
    data_folder,
    default_store_url,
    flag,
    header_text,
    one_of,
    positive_int,
    seconds,
    seconds_up_to,
    share,
    some_of,
    store_address,
    text,
    web_address,
)

_masks = some_of("keys", "emails", "cards")


class Config(Settings, frozen=True, kw_only=True):
    """Everything that can be set about a client.

    The variable of a field is `MODELMETRY_` and its name in capitals.

    Raises:
        ConfigError: a value cannot be used; the message says what was expected.
    """

    prefix: ClassVar[str] = "MODELMETRY_"
    others: ClassVar[tuple[str, ...]] = ("MODELMETRY_SERVER_",)

    api_key: Annotated[
        str | None, About(header_text, "Key of a tenant, sent to `base_url`.", secret=True)
    ] = None
    base_url: Annotated[
        str | None,
        About(web_address, "Server that takes the signals; without one they go to `store`."),
    ] = None
    store: Annotated[
        str | None,
        About(store_address, "Local store, sqlite:///PATH; a file of the user by default."),
    ] = None
    disabled: Annotated[bool, About(flag, "Accept everything and keep nothing.")] = False
    environment: Annotated[
        str | None, About(text, "Where this runs, such as production; metadata of every trace.")
    ] = None
    release: Annotated[
        str | None, About(text, "Version of the application; metadata of every trace.")
    ] = None
    service: Annotated[
        str | None, About(text, "Name of the application; metadata of every trace.")
    ] = None
    max_text_length: Annotated[
        int, About(positive_int, "Characters after which a text is cut, with a mark.")
    ] = 1_000_000
    mask: Annotated[
        str | None,
        About(
            _masks,
            "What is masked before anything leaves the process, with commas between: keys, emails, "
            "cards; or all.",
        ),
    ] = None
    sample_rate: Annotated[
        float,
        About(share, "Share of the traces that are kept, from 0 to 1; the others are counted."),
    ] = 1.0
    max_buffer_signals: Annotated[
        int, About(positive_int, "Signals that may wait in memory; more are dropped and counted.")
    ] = 100_000
    max_buffer_bytes: Annotated[
        int, About(positive_int, "Bytes that may wait in memory, about.")
    ] = 64 * 1024 * 1024
    back_pressure: Annotated[
        str,
        About(
            one_of("spool", "block", "drop"),
            "When there is no room, on disk nor in memory: drop and count what comes (spool), let "
            "calls wait for it first (block), or drop what is worth least (drop).",
        ),
    ] = "spool"
    max_wait: Annotated[
        float, About(seconds, "Seconds that calls wait for room, with back_pressure=block.")
    ] = 10.0
    batch_signals: Annotated[int, About(positive_int, "Signals that travel together at most.")] = (
        5_000
    )
    batch_bytes: Annotated[int, About(positive_int, "Bytes that travel together, about.")] = (
        2_000_000
    )
    batch_age: Annotated[float, About(seconds, "Seconds that a signal waits for company.")] = 2.0
    durability: Annotated[
        str,
        About(
            one_of("batch", "each", "memory"),
            "When signals for a server are on disk: within 50 ms (batch), before the call that "
            "records them returns (each), never (memory).",
        ),
    ] = "batch"
    spool: Annotated[
        str | None,
        About(text, "Folder for signals that wait for a server; one of the user by default."),
    ] = None
    max_spool_bytes: Annotated[
        int, About(positive_int, "Bytes that one client may keep on disk.")
    ] = 256 * 1024 * 1024
    max_spool_age: Annotated[
        float, About(seconds, "Seconds after which signals on disk are not sent any more.")
    ] = 7 * 86_400.0
    timeout: Annotated[float, About(seconds, "Seconds for one request to the server.")] = 10.0
    exit_timeout: Annotated[
        float,
        About(seconds, "Seconds that the end of the process may be held up by the last signals."),
    ] = 2.0
    end_on_sigterm: Annotated[
        bool,
        About(
            flag,
            "Let SIGTERM end the program as `sys.exit(143)` does, so that the last signals are "
            "kept; a handler that is there already stays.",
        ),
    ] = False
    telemetry_backend: Annotated[
        str,
        About(
            some_of("modelmetry", "jsonl", "sqlite", "text"),
            "Where `Telemetry` writes, with commas between: modelmetry (where traces go), jsonl, "
            "sqlite, text; or all.",
        ),
    ] = "modelmetry"
    telemetry_host: Annotated[bool, About(flag, "Say the name of the machine in telemetry.")] = True
    telemetry_user: Annotated[
        bool, About(flag, "Say in telemetry whose account the program runs under.")
    ] = True
    telemetry_interval: Annotated[
        float,
        About(seconds, "Seconds between two readings of the machine in telemetry; 0 for none."),
    ] = 10.0
    warn_outside_execution: Annotated[
        bool, About(flag, "Warn when a metric is recorded where no execution is open.")
    ] = True
    prices: Annotated[
        str | None,
        About(text, "File with prices of models, TOML or JSON, that come before those of lists."),
    ] = None
    metrics_interval: Annotated[
        float,
        About(
            seconds_up_to(3600),
            "Seconds between two times that what was measured goes where traces go, 3600 at most; "
            "0 for never.",
        ),
    ] = 60.0
    metrics_folder: Annotated[
        str | None,
        About(
            text,
            "Folder in which the workers of one server share their metrics; by default they find "
            "each other.",
        ),
    ] = None
    metrics_token: Annotated[
        str | None,
        About(header_text, "What a scrape has to say after `Authorization: Bearer`.", secret=True),
    ] = None
    debug: Annotated[bool, About(flag, "Write what the client does to standard error.")] = False

    @property
    def masked(self) -> tuple[str, ...]:
        """What `mask` names."""
        return () if self.mask is None else tuple(_masks(self.mask).split(","))

    @property
    def store_url(self) -> str:
        """The local store: `store`, or a file in the data folder of the user."""
        return self.store or default_store_url()

    @property
    def spool_folder(self) -> Path:
        """Where signals wait for servers: `spool`, or a folder in the data folder of the user."""
        return Path(self.spool) if self.spool else data_folder() / "spool"
