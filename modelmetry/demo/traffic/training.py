"""Trainings of a model that judges answers: executions with curves, and their telemetry."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, exp, pi
from typing import Final

from modelmetry.demo.traffic.chance import Chance, Xids
from modelmetry.demo.traffic.recorder import Body, Part, time_text
from modelmetry.demo.traffic.world import DAYS, HOUR, MINUTE, SECOND

STEPS: Final = 4_000
"""Values of a whole curve."""

_EPOCHS: Final = 10
_EVERY_DAYS: Final = 5
_MACHINE: Final[Part] = {
    "host.arch": "x86_64",
    "os.type": "linux",
    "process.runtime.name": "cpython",
    "cpu": "Example CPU with 16 cores",
    "gpu_present": True,
    "gpu_model": "Example GPU",
    "memory_total": 64 * 2**30,
}
_FAILED: Final = 2  # the training whose loss grows without end
_KEPT: Final = 2_000  # values of one signal


def trainings(now: int, *, seed: int = 1) -> Iterator[Body]:
    """Request bodies of the trainings of thirty days that end at `now`, one for each.

    The third fails halfway, and the last is still at work. The same seed and time give the same
    bodies, identities included.

    Args:
        now: microseconds since 1970.
        seed: of the chance.
    """
    chance = Chance(seed)
    count = DAYS // _EVERY_DAYS
    for number in range(count):
        is_last = number == count - 1
        start = now - 40 * MINUTE if is_last else now - (count - number) * _EVERY_DAYS * 24 * HOUR
        share = 0.6 if is_last else 0.45 if number == _FAILED else 1.0
        yield Training(chance, number, start, share).body(is_running=is_last)


class Training:
    """One training.

    Args:
        chance: what decides.
        number: how many came before it: each is a little better.
        start: microseconds since 1970.
        share: how much of it is done.
    """

    def __init__(self, chance: Chance, number: int, start: int, share: float) -> None:
        self._chance = chance
        self._number = number
        self._start = start
        self._xids = Xids(chance)
        self._xid = self._xids.at(start)
        self._steps = int(STEPS * share)
        self._step = int(HOUR * (1.1 - 0.05 * number) / STEPS)
        self._fails = number == _FAILED

    def body(self, *, is_running: bool) -> Body:
        """All that is sent of it."""
        end = self._start + self._steps * self._step
        status = "failed" if self._fails else "completed"
        over = {} if is_running else {"Status": status, "End": time_text(end)}
        why = {"Message": "loss is not finite"} if self._fails else {}
        about = {"PipelineName": "train.judge", "DeploymentName": "nightly", "TraceID": self._xid}
        execution: Part = {
            "XID": self._xid,
            "Start": time_text(self._start),
            "Status": "running",
            "Metadata": {"dataset": f"answers-{self._number + 1}", "learning_rate": 3e-4},
        }
        return {
            "Executions": [execution | about, {"XID": self._xid, **over, **why}],
            "Traces": [self._trace(end, is_running=is_running)],
            "Spans": self._spans(end, is_running=is_running),
            "MetricValues": [] if is_running or self._fails else self._values(end),
            "MetricLists": [
                part
                for name, values in self._curves().items()
                for part in self._parts(name, values)
            ],
            **self._telemetry(end, is_running=is_running),
        }

    def _trace(self, end: int, *, is_running: bool) -> Part:
        trace: Part = {
            "XID": self._xid,
            "Name": "train.judge",
            "Start": time_text(self._start),
            "End": None if is_running else time_text(end),
            "Metadata": {"environment": "training"},
        }
        if self._fails:
            trace |= {"Severity": "error", "Message": "loss is not finite"}
        return trace

    def _spans(self, end: int, *, is_running: bool) -> list[Part]:
        length = STEPS // _EPOCHS
        done = -(-self._steps // length)
        return [
            {
                "XID": self._xids.at(self._start),
                "TraceID": self._xid,
                "ParentID": None,
                "Name": f"epoch {epoch + 1}",
                "Start": time_text(self._start + epoch * length * self._step),
                "End": None
                if is_running and epoch == done - 1
                else time_text(min(self._start + (epoch + 1) * length * self._step, end)),
                "Severity": "error" if self._fails and epoch == done - 1 else "unset",
            }
            for epoch in range(done)
        ]

    def _values(self, end: int) -> list[Part]:
        better = 0.02 * self._number + self._chance.uniform(-0.01, 0.01)
        found = {"accuracy": 0.8 + better, "f1": 0.76 + better, "epochs": _EPOCHS}
        return [
            self._recorded(end) | {"Name": name, "Value": round(value, 4)}
            for name, value in found.items()
        ]

    def _curves(self) -> dict[str, list[float]]:
        chance, steps = self._chance, range(self._steps)
        floor = 0.32 - 0.03 * self._number
        loss = [
            floor + 1.9 * exp(-step / 500) + chance.gauss(0, 0.05 + 0.1 * exp(-step / 800))
            for step in steps
        ]
        if self._fails:  # from here on it grows
            turn = self._steps - 250
            loss[turn:] = [loss[turn] * exp((step + 1) / 90) for step in range(250)]
        rate = [3e-4 * (1 + cos(pi * step / STEPS)) / 2 for step in steps]
        every = STEPS // (4 * _EPOCHS)
        held = [abs(value) + chance.uniform(0.02, 0.06) for value in loss[::every]]
        return {"loss": [abs(value) for value in loss], "validation_loss": held, "rate": rate}

    def _parts(self, name: str, values: list[float]) -> list[Part]:
        return [
            self._recorded(self._start + first * self._step)
            | {"Name": name, "Values": values[first : first + _KEPT]}
            for first in range(0, len(values), _KEPT)
        ]

    def _recorded(self, at: int) -> Part:
        return {"XID": self._xids.at(at), "ExecutionID": self._xid, "At": time_text(at)}

    def _telemetry(self, end: int, *, is_running: bool) -> Body:
        run = self._xids.at(self._start)
        said = {"RunID": run, "Command": "train.judge"}

        def record(at: int, **members: object) -> Part:
            return said | {"XID": self._xids.at(at), "At": time_text(at)} | members

        records = [record(self._start, Status="started", Message="training begins")]
        for at in range(self._start, end, 2 * MINUTE):
            records.append(record(at, Kind="reading", Metrics=self._reading()))
            speed = round(self._chance.gauss(3_600, 120))
            records.append(record(at, Metrics={"samples_per_sec": speed}))
        if not is_running:
            took = {"duration_sec": (end - self._start) / SECOND}
            status = "failed" if self._fails else "completed"
            records.append(record(end, Status=status, Metrics=took))
        begun = {"XID": run, "Command": "train.judge", "Start": time_text(self._start)}
        return {
            "TelemetryRuns": [begun | {"System": _MACHINE, "ExecutionID": self._xid}],
            "TelemetryRecords": records,
        }

    def _reading(self) -> Part:
        chance = self._chance
        memory = int(chance.uniform(18, 22) * 2**30)
        return {
            "system.cpu.utilization": round(chance.uniform(0.35, 0.6), 3),
            "system.memory.usage": memory,
            "system.memory.utilization": round(memory / _MACHINE["memory_total"], 3),
            "hw.gpu.utilization.0": round(min(1.0, chance.gauss(0.93, 0.04)), 3),
            "hw.gpu.memory.usage.0": int(chance.uniform(30, 31) * 2**30),
        }
