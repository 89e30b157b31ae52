"""Where the signals of a client go, chosen by its settings."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec.structs import replace

from modelmetry.config import Config
from modelmetry.delivery.courier import OnFailure, OnSuccess
from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.policy import STEADY, BufferLimits
from modelmetry.delivery.sink import Sink
from modelmetry.errors import InvalidTypeError
from modelmetry.signals.values import brief_repr

if TYPE_CHECKING:
    from modelmetry.delivery.masking import Mask, Masking
    from modelmetry.delivery.sampling import Keep, Sampling
    from modelmetry.delivery.spool import Spool


def open_delivery(
    config: Config,
    sink: Sink | None,
    on_success: OnSuccess | None,
    on_failure: OnFailure | None,
    masking: Masking | None = None,
    sampling: Sampling | None = None,
) -> Delivery:
    """A delivery to `sink`, or to what `config` names."""
    policy = replace(
        STEADY,
        max_signals=config.batch_signals,
        max_bytes=config.batch_bytes,
        max_age=config.batch_age,
    )
    return Delivery(
        choose_sink(config) if sink is None else sink,
        batch_policy=policy,
        limits=BufferLimits(
            max_signals=config.max_buffer_signals, max_bytes=config.max_buffer_bytes
        ),
        exit_timeout=config.exit_timeout,
        on_success=on_success,
        on_failure=on_failure,
        spool=open_spool(config) if sink is None else None,
        at_once=config.durability == "each",
        patience=config.max_wait if config.back_pressure == "block" else 0.0,
        shed=config.back_pressure == "drop",
        masking=masking,
        sampling=sampling,
    )


def open_sampling(config: Config, keep: Keep | None, *, discreet: bool) -> Sampling | None:
    """What decides which traces are kept; `None` when all are.

    Raises:
        InvalidTypeError: `keep` is no function.
    """
    if keep is None and config.sample_rate == 1:
        return None
    if keep is not None and not callable(keep):
        raise InvalidTypeError(
            "keep must be a function that takes a trace and returns a bool or a number from 0 to "
            f"1, not {brief_repr(keep)}; a share of all traces is Config(sample_rate=...)"
        )
    # Only where it is used: it loads the library of digests.
    from modelmetry.delivery.sampling import Sampling  # noqa: PLC0415

    return Sampling(config.sample_rate, keep, discreet=discreet)


def open_masking(config: Config, mask: Mask | None) -> Masking | None:
    """What masks signals; `None` when nobody asked for it.

    Raises:
        InvalidTypeError: `mask` is no function.
    """
    if mask is None and not config.masked:
        return None
    if mask is not None and not callable(mask):
        raise InvalidTypeError(
            f"mask must be a function that takes a text and returns one, not {brief_repr(mask)}; "
            "what is known by its shape is switched on with Config(mask=...)"
        )
    # Only where it is used: patterns take milliseconds to compile.
    from modelmetry.delivery.masking import Masking  # noqa: PLC0415
    from modelmetry.delivery.patterns import Patterns  # noqa: PLC0415

    patterns = Patterns(config.masked) if config.masked else None
    return Masking(mask, patterns, config.max_text_length)


def open_spool(config: Config) -> Spool | None:
    """The folder of the server that `config` names; `None` when nothing shall be on disk."""
    if config.base_url is None or config.durability == "memory" or find_spec("fcntl") is None:
        return None  # without `flock` nobody can tell whose files those are
    from modelmetry.delivery.spool import Spool  # noqa: PLC0415 - only where it is used

    return Spool(
        config.spool_folder / spool_name(config),
        max_bytes=config.max_spool_bytes,
        max_age=config.max_spool_age,
    )


def spool_name(config: Config) -> str:
    """The folder of a server and a tenant: the host for people, and a digest of address and key."""
    import hashlib  # noqa: PLC0415 - it loads a library of a megabyte

    address = (config.base_url or "").rstrip("/")
    told = f"{address}\n{config.api_key or ''}".encode()
    host = re.sub(r"[^a-z0-9.-]+", "_", urlsplit(address).netloc.rpartition("@")[2].lower())
    return f"{host}-{hashlib.sha256(told).hexdigest()[:16]}"


def choose_sink(config: Config) -> Sink:
    """The server at `config.base_url` if there is one, else the local store."""
    # Imported when chosen: httpx and sqlite3 are not paid for by who needs only the other.
    if config.base_url is not None:
        from modelmetry.sinks.http import HttpSink  # noqa: PLC0415

        return HttpSink(config.base_url, api_key=config.api_key, timeout=config.timeout)
    from modelmetry.sinks.local import LocalSink  # noqa: PLC0415

    return LocalSink(config.store_url)
