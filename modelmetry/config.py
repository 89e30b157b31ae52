"""The settings of a client."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from attrs import frozen

from modelmetry.settings import (
    Settings,
    data_folder,
    default_store_url,
    flag,
    header_text,
    one_of,
    positive_int,
    seconds,
    setting,
    share,
    some_of,
    store_address,
    text,
    web_address,
)

_masks = some_of("keys", "emails", "cards")


@frozen(kw_only=True)
class Config(Settings):
    """Everything that can be set about a client.

    The variable of a field is `MODELMETRY_` and its name in capitals.

    Raises:
        ConfigError: a value cannot be used; the message says what was expected.
    """

    prefix: ClassVar[str] = "MODELMETRY_"

    api_key: str | None = setting(
        None, header_text, "Key of a tenant, sent to `base_url`.", secret=True
    )
    base_url: str | None = setting(
        None, web_address, "Server that takes the signals; without one they go to `store`."
    )
    store: str | None = setting(
        None, store_address, "Local store, sqlite:///PATH; a file of the user by default."
    )
    disabled: bool = setting(False, flag, "Accept everything and keep nothing.")
    environment: str | None = setting(
        None, text, "Where this runs, such as production; metadata of every trace."
    )
    release: str | None = setting(
        None, text, "Version of the application; metadata of every trace."
    )
    service: str | None = setting(None, text, "Name of the application; metadata of every trace.")
    max_text_length: int = setting(
        1_000_000, positive_int, "Characters after which a text is cut, with a mark."
    )
    mask: str | None = setting(
        None,
        _masks,
        "What is masked before anything leaves the process, with commas between: keys, emails, "
        "cards; or all.",
    )
    sample_rate: float = setting(
        1.0, share, "Share of the traces that are kept, from 0 to 1; the others are counted."
    )
    max_buffer_signals: int = setting(
        100_000, positive_int, "Signals that may wait in memory; more are dropped and counted."
    )
    max_buffer_bytes: int = setting(
        64 * 1024 * 1024, positive_int, "Bytes that may wait in memory, about."
    )
    back_pressure: str = setting(
        "spool",
        one_of("spool", "block", "drop"),
        "When there is no room, on disk nor in memory: drop and count what comes (spool), let "
        "calls wait for it first (block), or drop what is worth least (drop).",
    )
    max_wait: float = setting(
        10.0, seconds, "Seconds that calls wait for room, with back_pressure=block."
    )
    batch_signals: int = setting(5_000, positive_int, "Signals that travel together at most.")
    batch_bytes: int = setting(2_000_000, positive_int, "Bytes that travel together, about.")
    batch_age: float = setting(2.0, seconds, "Seconds that a signal waits for company.")
    durability: str = setting(
        "batch",
        one_of("batch", "each", "memory"),
        "When signals for a server are on disk: within 50 ms (batch), before the call that "
        "records them returns (each), never (memory).",
    )
    spool: str | None = setting(
        None, text, "Folder for signals that wait for a server; one of the user by default."
    )
    max_spool_bytes: int = setting(
        256 * 1024 * 1024, positive_int, "Bytes that one client may keep on disk."
    )
    max_spool_age: float = setting(
        7 * 86_400.0, seconds, "Seconds after which signals on disk are not sent any more."
    )
    timeout: float = setting(10.0, seconds, "Seconds for one request to the server.")
    exit_timeout: float = setting(
        2.0, seconds, "Seconds that the end of the process may be held up by the last signals."
    )
    end_on_sigterm: bool = setting(
        False,
        flag,
        "Let SIGTERM end the program as `sys.exit(143)` does, so that the last signals are kept; "
        "a handler that is there already stays.",
    )
    debug: bool = setting(False, flag, "Write what the client does to standard error.")

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
