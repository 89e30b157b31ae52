"""Figures of GPUs of NVIDIA."""

from __future__ import annotations

from typing import Final

from modelmetry.machine.nvml import Nvml
from modelmetry.machine.patience import Patience
from modelmetry.machine.reader import gpu_of
from modelmetry.metrics.resources.table import Figure

_NAMES: Final = {
    "hw.gpu.utilization": "hw.gpu.utilization",
    "hw.gpu.memory.usage": "hw.gpu.memory.usage",
    "hw.gpu.memory.utilization": "hw.gpu.memory.utilization",
    "hw.gpu.temperature": "hw.temperature",
    "hw.gpu.power": "hw.power",
}


class Gpus:
    """Asks the driver, in a thread: one that hangs must not hold what shows metrics.

    Args:
        library: that asks it.
        seconds: to wait for it.
    """

    def __init__(self, library: Nvml, seconds: float) -> None:
        self._library = library
        self._patience = Patience(self._figures, seconds, "GPUs")

    def __call__(self) -> list[Figure]:
        """What they are now; nothing where there is no driver."""
        if self._library.is_absent:
            return []
        return self._patience.answer() or []

    def _figures(self) -> list[Figure]:
        cards = {card.index: card for card in self._library.cards()}
        readings = self._library.read()
        energies = self._library.energy()
        if self._library.is_absent:
            return []
        places = {
            index: (card.uuid or str(index), card.name or "") for index, card in cards.items()
        }
        found: list[Figure] = []
        for reading, value in readings.items():
            name, index = gpu_of(reading)
            if index in places:
                found.append(_figure(_NAMES[name], places[index], value))
        for index, joules in energies.items():
            found.append(_figure("hw.energy", places[index], joules))
        for index, card in cards.items():
            if card.memory_total is not None:
                found.append(_figure("hw.gpu.memory.limit", places[index], card.memory_total))
        return found


def _figure(name: str, place: tuple[str, str], value: float) -> Figure:
    if name in {"hw.energy", "hw.power", "hw.temperature"}:
        return name, (*place, "gpu"), value
    return name, (*place, "general") if name == "hw.gpu.utilization" else place, value
