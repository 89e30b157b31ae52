"""GPUs of NVIDIA, asked through NVML in this process; whatever fails, there is no such figure."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, cast

from msgspec import Struct

from modelmetry.machine.kernel_files import text
from modelmetry.machine.log import logger

T = TypeVar("T")

_DRIVER: Final = "proc/driver/nvidia/gpus"
_CELSIUS_OF_THE_CHIP: Final = 0  # NVML_TEMPERATURE_GPU
_PER_CENT: Final = 100
_MILLIWATTS: Final = 1000
_MILLIJOULES: Final = 1000


class Gpu(Struct, frozen=True):
    """One GPU.

    Attributes:
        index: its place in NVML's order, which lasts until the machine starts again.
        name: of the model.
        uuid: lasts as long as the card.
        memory_total: bytes.
    """

    index: int
    name: str | None = None
    uuid: str | None = None
    memory_total: int | None = None


class _Library(Protocol):
    """What of `pynvml`, which has no types, is used here."""

    def nvmlInit(self) -> None: ...  # noqa: N802
    def nvmlShutdown(self) -> None: ...  # noqa: N802
    def nvmlDeviceGetCount(self) -> int: ...  # noqa: N802
    def nvmlDeviceGetHandleByIndex(self, index: int) -> object: ...  # noqa: N802
    def nvmlDeviceGetName(self, handle: object) -> str | bytes: ...  # noqa: N802
    def nvmlDeviceGetUUID(self, handle: object) -> str | bytes: ...  # noqa: N802
    def nvmlDeviceGetMemoryInfo(self, handle: object) -> Any: ...  # noqa: N802
    def nvmlDeviceGetUtilizationRates(self, handle: object) -> Any: ...  # noqa: N802
    def nvmlDeviceGetTemperature(self, handle: object, sensor: int) -> int: ...  # noqa: N802
    def nvmlDeviceGetPowerUsage(self, handle: object) -> int: ...  # noqa: N802
    def nvmlDeviceGetTotalEnergyConsumption(self, handle: object) -> int: ...  # noqa: N802


class Nvml:
    """A connection to the driver, made on first use, and again in a forked child.

    Args:
        root: the folder that holds `proc`.
    """

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._process: int | None = None
        self._library: _Library | None = None
        self._handles: dict[int, object] = {}

    def cards(self) -> tuple[Gpu, ...]:
        """What the GPUs are."""
        library = self._open()
        if library is None:
            return _cards_of_driver(self._root)
        return tuple(
            Gpu(
                index,
                _told(library.nvmlDeviceGetName, handle),
                _told(library.nvmlDeviceGetUUID, handle),
                getattr(_asked(library.nvmlDeviceGetMemoryInfo, handle), "total", None),
            )
            for index, handle in self._handles.items()
        )

    def read(self) -> dict[str, float]:
        """How busy the GPUs are: `NAME.INDEX` to ratios, bytes, degrees Celsius and watts.

        A figure that a card or its driver does not give is left out.
        """
        library, found = self._open(), dict[str, float]()
        for index, handle in self._handles.items() if library else ():
            for name, value in _figures(cast("_Library", library), handle).items():
                found[f"{name}.{index}"] = value
        return found

    def energy(self) -> dict[int, float]:
        """Joules that GPUs have used since their driver was loaded, by index."""
        library = self._open()
        if library is None:
            return {}
        found = {
            index: _asked(library.nvmlDeviceGetTotalEnergyConsumption, handle)
            for index, handle in self._handles.items()
        }
        return {index: one / _MILLIJOULES for index, one in found.items() if one is not None}

    @property
    def is_absent(self) -> bool:
        """Whether this process has found that there is nothing to ask."""
        return self._process == os.getpid() and self._library is None

    def close(self) -> None:
        """Let the driver go; the next use connects again."""
        library, self._library, self._handles = self._library, None, {}
        was_here, self._process = self._process == os.getpid(), None
        if library is not None and was_here:
            _asked(library.nvmlShutdown)

    def _open(self) -> _Library | None:
        """Connect, once for each process: what was connected before a fork is the parent's."""
        if self._process != os.getpid():
            library = _loaded(self._root)
            self._library, self._handles = library, {} if library is None else _handles(library)
            self._process = os.getpid()
        return self._library


def _loaded(root: Path) -> _Library | None:
    if not _is_installed():
        if _cards_of_driver(root):
            _say_what_is_missing()
        return None
    import pynvml  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs] - an optional extra

    library = cast("_Library", pynvml)
    try:
        library.nvmlInit()
    except Exception as error:  # noqa: BLE001 - no driver, no permission, a driver that is too old
        logger.debug("no GPUs are read: NVML says %r", error)
        return None
    return library


def _is_installed() -> bool:
    try:
        import pynvml  # noqa: F401, PLC0415 # pyright: ignore[reportMissingTypeStubs, reportUnusedImport]
    except Exception:  # noqa: BLE001 - an installation that is broken is none
        return False
    return True


@cache
def _say_what_is_missing() -> None:
    logger.warning(
        "there is a GPU of NVIDIA, which cannot be read without its library; "
        "pip install 'modelmetry[gpu]'"
    )


def _handles(library: _Library) -> dict[int, object]:
    count = _asked(library.nvmlDeviceGetCount) or 0
    found = {index: _asked(library.nvmlDeviceGetHandleByIndex, index) for index in range(count)}
    return {index: handle for index, handle in found.items() if handle is not None}


def _figures(library: _Library, handle: object) -> dict[str, float]:
    """What one card gives of its figures."""
    found: dict[str, float] = {}
    rates = _asked(library.nvmlDeviceGetUtilizationRates, handle)
    if rates is not None:
        found["hw.gpu.utilization"] = rates.gpu / _PER_CENT
    memory = _asked(library.nvmlDeviceGetMemoryInfo, handle)
    if memory is not None:
        found["hw.gpu.memory.usage"] = float(memory.used)
        if memory.total:
            found["hw.gpu.memory.utilization"] = memory.used / memory.total
    degrees = _asked(library.nvmlDeviceGetTemperature, handle, _CELSIUS_OF_THE_CHIP)
    if degrees is not None:
        found["hw.gpu.temperature"] = float(degrees)
    milliwatts = _asked(library.nvmlDeviceGetPowerUsage, handle)
    if milliwatts is not None:
        found["hw.gpu.power"] = milliwatts / _MILLIWATTS
    return found


def _told(question: Callable[[object], str | bytes], handle: object) -> str | None:
    answer = _asked(question, handle)
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _asked(question: Callable[..., T], *arguments: object) -> T | None:
    with suppress(Exception):  # NVML_ERROR_NOT_SUPPORTED, a card that was lost, an old driver
        return question(*arguments)
    return None


def _cards_of_driver(root: Path) -> tuple[Gpu, ...]:
    """What the driver's own files say: names and identities, in the order of the bus."""
    try:
        folders = sorted((root / _DRIVER).iterdir())
    except OSError:
        return ()
    return tuple(_card_of_driver(index, folder) for index, folder in enumerate(folders))


def _card_of_driver(index: int, folder: Path) -> Gpu:
    lines = [line.partition(":") for line in text(folder / "information").splitlines()]
    said = {name.strip(): value.strip() for name, _, value in lines}
    return Gpu(index, said.get("Model"), said.get("GPU UUID"))
