"""The row of machines, containers, processes and GPUs."""

from __future__ import annotations

from modelmetry.grafana import names
from modelmetry.grafana.names import resource
from modelmetry.grafana.panels import Panel, Row, lines
from modelmetry.grafana.queries import total
from modelmetry.grafana.rows.sources import RATE

_AT = "{{instance}}"
_BY = ("instance",)


def resources_row() -> Row:
    """How busy and how full they are."""
    return Row("Resources", (*_machine(), *_traffic(), *_process(), *_container(), *_gpus()))


def _machine() -> tuple[Panel, ...]:
    used = RATE.of(resource("system.memory.usage"), f'{names.MEMORY_STATE}="used"')
    limit = RATE.of(resource("system.memory.limit"))
    scope = ("instance", names.SCOPE)
    taken = RATE.of(resource("system.filesystem.usage"), f'{names.FILE_SYSTEM_STATE}="used"')
    room = RATE.of(resource("system.filesystem.limit"))
    mount = ("instance", names.MOUNT)
    return (
        lines(
            "CPU",
            "percentunit",
            "Share of the CPUs in use: of the container's quota where there is one, else of the "
            "host.",
            (RATE.of(resource("system.cpu.utilization")), f"{_AT} {{{{modelmetry_scope}}}}"),
            thresholds=(0.8, 0.95),
        ),
        lines(
            "Memory",
            "percentunit",
            "Share of the memory in use: of the container's limit where there is one, else of the "
            "host.",
            (f"{total(used, scope)} / {total(limit, scope)}", f"{_AT} {{{{modelmetry_scope}}}}"),
            thresholds=(0.8, 0.95),
        ),
        lines(
            "File systems",
            "percentunit",
            "Share of each file system that is full.",
            (
                f"{total(taken, mount)} / {total(room, mount)}",
                f"{_AT} {{{{system_filesystem_mountpoint}}}}",
            ),
            thresholds=(0.8, 0.95),
        ),
    )


def _traffic() -> tuple[Panel, ...]:
    disk, network = resource("system.disk.io"), resource("system.network.io")
    stalled = RATE.rate(resource("modelmetry.pressure.stalled.time"), 'kind="some"')
    return (
        lines(
            "Disks",
            "Bps",
            "Bytes per second read from disks and written to them.",
            (
                total(RATE.rate(disk), ("instance", names.DISK_DIRECTION)),
                f"{_AT} {{{{disk_io_direction}}}}",
            ),
        ),
        lines(
            "Network",
            "Bps",
            "Bytes per second received and sent, without loopback.",
            (
                total(RATE.rate(network), ("instance", names.NETWORK_DIRECTION)),
                f"{_AT} {{{{network_io_direction}}}}",
            ),
        ),
        lines(
            "Pressure",
            "percentunit",
            "Share of the time in which something waited for CPU, memory or disks (PSI of Linux).",
            (stalled, f"{_AT} {{{{resource}}}}"),
        ),
    )


def _process() -> tuple[Panel, ...]:
    cpu = RATE.rate(resource("process.cpu.time"))
    return (
        lines(
            "CPU of the application",
            "short",
            "CPUs in use by all of its workers: seconds of CPU time for each second.",
            (total(cpu, _BY), _AT),
        ),
        lines(
            "Memory of the application",
            "bytes",
            "Memory of all of its workers; pages that they share are counted in each.",
            (total(RATE.of(resource("process.memory.usage")), _BY), _AT),
        ),
        lines(
            "Threads and open files",
            "short",
            "Of all workers; what only grows is not closed.",
            (total(RATE.of(resource("process.thread.count")), _BY), f"{_AT} threads"),
            (
                total(RATE.of(resource("process.unix.file_descriptor.count")), _BY),
                f"{_AT} open files",
            ),
        ),
        lines(
            "Uptime",
            "s",
            "Time since the oldest worker began.",
            (RATE.of(resource("process.uptime")), _AT),
        ),
    )


def _container() -> tuple[Panel, ...]:
    working = RATE.of(resource("container.memory.working_set"))
    limit = RATE.of(resource("modelmetry.container.memory.limit"))
    throttled = RATE.rate(resource("modelmetry.container.cpu.throttled.time"))
    killed = RATE.increase(resource("modelmetry.container.memory.oom_kills"))
    return (
        lines(
            "Memory of the container",
            "percentunit",
            "Share of its limit that cannot be taken back at once: at 100 % a process is killed.",
            (f"{total(working, _BY)} / {total(limit, _BY)}", _AT),
            thresholds=(0.8, 0.9),
        ),
        lines(
            "Throttled",
            "percentunit",
            "Time for which the quota of CPU made the container wait, for each second.",
            (total(throttled, _BY), _AT),
        ),
        lines(
            "Killed for want of memory",
            "short",
            "Processes of the container that were killed because its memory was full.",
            (total(killed, _BY), _AT),
        ),
    )


def _gpus() -> tuple[Panel, ...]:
    of_gpu = f"{_AT} {{{{hw_id}}}}"
    by = ("instance", names.HARDWARE)
    used = total(RATE.of(resource("hw.gpu.memory.usage")), by)
    return (
        lines(
            "GPU",
            "percentunit",
            "Share of the time in which each GPU worked.",
            (RATE.of(resource("hw.gpu.utilization")), of_gpu),
        ),
        lines(
            "Memory of the GPU",
            "percentunit",
            "Share of its memory that is in use.",
            (f"{used} / {total(RATE.of(resource('hw.gpu.memory.limit')), by)}", of_gpu),
            thresholds=(0.9, 0.98),
        ),
        lines(
            "Power of the GPU",
            "watt",
            "By the energy that it counted, which misses no peak.",
            (total(RATE.rate(resource("hw.energy")), by), of_gpu),
        ),
        lines(
            "Temperature of the GPU",
            "celsius",
            "Of the chip.",
            (RATE.of(resource("hw.temperature")), of_gpu),
            thresholds=(80, 90),
        ),
    )
