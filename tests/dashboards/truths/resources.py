"""What is true of the row of machines."""

from __future__ import annotations

from collections.abc import Iterable

from modelmetry.grafana import names
from modelmetry.grafana.names import resource
from tests.dashboards import facts
from tests.dashboards.judging import Each, Range, Truth, exactly, near
from tests.dashboards.substitution import SECONDS
from tests.dashboards.truths.raw import Raw, divided, rates, same, summed


def resources(raw: Raw) -> Iterable[tuple[str, Truth]]:
    """The row of machines: what is made up is known; of what is real, what was scraped is true."""
    yield from machine(raw)
    yield from process(raw)
    yield from container(raw)
    yield from gpu()


def machine(raw: Raw) -> Iterable[tuple[str, Truth]]:
    """Of the host."""
    yield "CPU / A", same(raw.levels(resource("system.cpu.utilization")))
    scope = ("instance", names.SCOPE)
    used = raw.levels(resource("system.memory.usage"), **{names.MEMORY_STATE: "used"})
    limit = raw.levels(resource("system.memory.limit"))
    yield "Memory / A", divided(summed(used, *scope), summed(limit, *scope))
    mount = ("instance", names.MOUNT)
    taken = raw.levels(resource("system.filesystem.usage"), **{names.FILE_SYSTEM_STATE: "used"})
    room = raw.levels(resource("system.filesystem.limit"))
    yield "File systems / A", divided(summed(taken, *mount), summed(room, *mount))
    for place, metric, label in (
        ("Disks", "system.disk.io", names.DISK_DIRECTION),
        ("Network", "system.network.io", names.NETWORK_DIRECTION),
    ):
        yield f"{place} / A", rates(summed(raw.growth(resource(metric)), "instance", label))
    yield (
        "Pressure / A",
        rates(raw.growth(resource("modelmetry.pressure.stalled.time"), kind="some")),
    )


def process(raw: Raw) -> Iterable[tuple[str, Truth]]:
    """Of the workers of the application together."""
    cpu = raw.growth(resource("process.cpu.time"))
    yield "CPU of the application / A", rates(summed(cpu, "instance"))
    for place, metric in (
        ("Memory of the application / A", "process.memory.usage"),
        ("Threads and open files / A", "process.thread.count"),
        ("Threads and open files / B", "process.unix.file_descriptor.count"),
    ):
        yield place, same(summed(raw.levels(resource(metric)), "instance"))
    yield "Uptime / A", same(raw.levels(resource("process.uptime")))


def container(raw: Raw) -> Iterable[tuple[str, Truth]]:
    """Of a container that is made up."""
    yield "Memory of the container / A", Each(frozenset({"instance"}), exactly(0.6))
    throttled = raw.growth(resource("modelmetry.container.cpu.throttled.time"))
    yield "Throttled / A", rates(summed(throttled, "instance"))
    killed = summed(raw.growth(resource("modelmetry.container.memory.oom_kills")), "instance")
    yield "Killed for want of memory / A", {one: near(value) for one, value in killed.items()}


def gpu() -> Iterable[tuple[str, Truth]]:
    """Of a GPU that is made up."""
    level = facts.LEVELS
    place = ("job", "instance", names.HARDWARE, "hw_name")
    one = frozenset({names.HARDWARE, "instance"})
    most = facts.RATES["hw.energy"]
    # It works all the time, of which the window has an unknown part.
    yield "Power of the GPU / A", Each(one, Range(most * 10 / SECONDS, most))
    yield (
        "GPU / A",
        Each(frozenset({*place, "hw_gpu_task"}), exactly(level["hw.gpu.utilization"])),
    )
    yield "Memory of the GPU / A", Each(one, exactly(0.75))
    yield (
        "Temperature of the GPU / A",
        Each(frozenset({*place, "hw_type"}), exactly(level["hw.temperature"])),
    )
