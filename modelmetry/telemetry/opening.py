"""How a telemetry is made of its arguments and settings, and what both kinds of it share."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import inf
from typing import Any, Final

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from modelmetry.client import doors
from modelmetry.client.client import Client
from modelmetry.client.clock import Clock, SystemClock
from modelmetry.client.destination import open_delivery, open_masking
from modelmetry.client.sending import delivery_of
from modelmetry.config import Config
from modelmetry.errors import ConfigError, InvalidTypeError
from modelmetry.machine.sampler import INTERVAL, Sampler, shared_sampler
from modelmetry.signals.values import brief_repr, is_a
from modelmetry.telemetry.backend_sink import Backend, BackendSink
from modelmetry.telemetry.choice import Choice, Choices, Chosen, Path, choose
from modelmetry.telemetry.direct import Direct
from modelmetry.telemetry.emitter import Emitter
from modelmetry.telemetry.metrics import LONGEST_NAME, fitting_text
from modelmetry.telemetry.program import is_switched_off, program_name
from modelmetry.telemetry.receipt import TelemetryReceipt
from modelmetry.telemetry.standard_output import StandardOutput
from modelmetry.telemetry.surroundings import Surroundings
from modelmetry.telemetry.targets import BackendTarget, ClientTarget, Target

OFF: Final = TelemetryReceipt(backends={}, refused={})


class TelemetryBase:
    """What both kinds of telemetry are made of; see `Telemetry` for the arguments."""

    def __init__(
        self,
        command_name: str | None = None,
        telemetry_file: Path | None = None,
        backends: Sequence[Choice] | None = None,
        *,
        backend: Choices | None = None,
        path: Path | Mapping[str, Path] | None = None,
        client: Client | None = None,
        api_key: str | None = None,
        base_url: str | None = None,
        store: str | None = None,
        config: Config | None = None,
        host: bool | None = None,
        user: bool | None = None,
        interval: float | UnsetType | None = UNSET,
        clock: Clock | None = None,
        new_id: Callable[[], str] | None = None,
    ) -> None:
        doors.require_config(config)
        doors.require_methods(clock, "clock", "time_ns", "monotonic_ns")
        doors.require_function(new_id, "new_id")
        given: dict[str, Any] = {
            "api_key": api_key,
            "base_url": base_url,
            "store": store,
            "telemetry_host": host,
            "telemetry_user": user,
            "telemetry_interval": _seconds(interval),
        }
        settings = {name: value for name, value in given.items() if value is not None}
        used = replace(Config.from_env() if config is None else config, **settings)
        chosen = choose(backend, backends, path, telemetry_file, used.telemetry_backend)
        _require_client(client, given, chosen)
        command = program_name() if command_name is None else _name(command_name)
        self._emitter: Emitter | None = None
        if used.disabled or is_switched_off(os.environ):
            return
        surroundings = Surroundings(host=used.telemetry_host, user=used.telemetry_user)
        # Only what the targets need: the worker's threads must not keep the emitter alive.
        self._emitter = emitter = Emitter(
            command,
            _targets(chosen, used, client, surroundings),
            surroundings,
            _sampler(used.telemetry_interval),
            text_limit=used.max_text_length,
            clock=SystemClock() if clock is None else clock,
            new_id=new_id,
            open_printer=partial(_open_printer, used, surroundings),
        )
        weakref.finalize(self, emitter.stop_reading).atexit = False

    @property
    def run_id(self) -> str:
        """The id of this run, by which its records are found; empty when switched off."""
        return "" if self._emitter is None else self._emitter.run_xid

    def stats(self) -> TelemetryReceipt:
        """What became of everything that was reported so far, backend by backend."""
        return OFF if self._emitter is None else self._emitter.stats()


def _seconds(interval: object) -> float | None:
    """The setting for an argument, of which `None` is to switch readings off."""
    if interval is UNSET:
        return None
    if interval is None:
        return 0.0
    if not is_a(interval, (int, float)) or is_a(interval, bool):
        raise InvalidTypeError(
            f"interval must be a number of seconds, or None for no readings, not "
            f"{brief_repr(interval)}"
        )
    try:
        return float(interval)  # type: ignore[arg-type]
    except OverflowError:  # the setting says which are possible
        return inf


def _name(command: object) -> str:
    if not is_a(command, str) or not command:
        raise InvalidTypeError(
            f"command_name must be a text such as 'train', not {brief_repr(command)}"
        )
    return fitting_text(command, LONGEST_NAME) or "python"


def _require_client(client: object, given: Mapping[str, object], chosen: Sequence[Chosen]) -> None:
    if client is None:
        return
    if not is_a(client, Client):
        raise InvalidTypeError(f"client must be a modelmetry.Client, not {brief_repr(client)}")
    beside = [name for name in ("api_key", "base_url", "store") if given[name] is not None]
    if beside:
        raise ConfigError(f"client and {beside[0]} both say where telemetry goes; give one of them")
    if all(one.backend is not None for one in chosen):
        raise ConfigError("client is given, but no backend is 'modelmetry'; add it or leave it out")


def _targets(
    chosen: Sequence[Chosen], config: Config, client: Client | None, surroundings: Surroundings
) -> list[Target]:
    found: list[Target] = []
    for one in chosen:
        if one.backend is not None:
            found.append(_backend_target(one, one.backend, config, surroundings))
        elif client is None:
            found.append(ClientTarget(Client(config=config), owned=True))
        elif delivery_of(client) is not None:  # else it is switched off
            found.append(ClientTarget(client, owned=False))
    return found


def _backend_target(
    chosen: Chosen, backend: Backend | Direct, config: Config, surroundings: Surroundings
) -> Target:
    sink = BackendSink(backend, surroundings.system, owned=chosen.owned)
    masking = open_masking(config, None)
    return BackendTarget(chosen.name, open_delivery(config, sink, None, None, masking))


def _open_printer(config: Config, surroundings: Surroundings) -> Target:
    output = StandardOutput()
    return _backend_target(Chosen("stdout", output), output, config, surroundings)


def _sampler(interval: float) -> Sampler | None:
    if interval == 0:
        return None
    return shared_sampler() if interval == INTERVAL else Sampler(interval=interval)
