"""Metrics of this process and of those that belong to it: the workers of its server."""

from __future__ import annotations

import os
import sys
import threading
import time
from math import inf
from pathlib import Path
from typing import Final
from weakref import WeakSet, ref

from modelmetry.delivery import lifecycle
from modelmetry.delivery.log import Log
from modelmetry.metrics import groups
from modelmetry.metrics.families import Family, Point
from modelmetry.metrics.merging import merged
from modelmetry.metrics.registry import Registry

if sys.platform != "win32":  # pragma: no branch - there each worker shows its own metrics
    from modelmetry.metrics.snapshots import Snapshots, sweep

INTERVAL: Final = 1.0
"""Seconds between two times that a worker lays its metrics down: what a killed one may lose."""

# Seconds for which the other workers see what this one's collectors read: that takes its time.
_READ_INTERVAL: Final = 10.0

UNREADABLE_SNAPSHOTS: Final = "modelmetry.metrics.unreadable_snapshots"

_log = Log("modelmetry.metrics")


class Sharing:
    """A registry, shown together with those of the other workers of a server.

    A worker lays down what it measured each second, at its end, and before it tells the metrics
    of all: what was told once is never taken back, whichever worker is asked next.

    Args:
        registry: what this process measures.
        folder: where the workers lay their metrics down; by default they find each other by the
            process that began them.
    """

    def __init__(self, registry: Registry, folder: Path | None = None) -> None:
        self._registry = registry
        self._given = folder
        self._begin()
        registry.on_new = self.start
        if registry.is_in_use:
            self.start()
        _sharings.add(self)

    def _begin(self) -> None:
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._is_started = False
        self._own: Snapshots | None = None
        self._children: Snapshots | None = None
        self._is_found = False
        self._has_warned = False
        self._collected: list[Family] = []
        self._read_at = -inf

    def begin_anew(self) -> None:
        """In a forked child: it is another worker."""
        if self._own is not None:
            self._own.begin_anew()
        self._begin()

    def start(self) -> None:
        """Begin to lay metrics down, in the background, if this is one of several workers."""
        if self._is_started:
            return
        self._is_started = True
        thread = threading.Thread(
            target=_lay_down_each_second,
            args=(ref(self), self._stop),
            name="modelmetry-metrics",
            daemon=True,
        )
        try:
            thread.start()
        except RuntimeError:  # the interpreter is ending
            self._is_started = False

    def collect(self) -> list[Family]:
        """The metrics of all of them."""
        with self._lock:  # from the beginning: what was told later is not laid down before
            self._find()
            families = self._families(0)
            shared = self._own or self._children
            if shared is None:
                return families
            try:
                if self._own is not None:
                    self._own.lay_down(families)
                others = shared.others()
            except OSError as error:
                self._warn(error)
                return families
        return [*merged([families, *others]), _unreadable(shared.unreadable)]

    def finish(self) -> None:
        """At the end of the process: leave what it measured to the others."""
        self._stop.set()
        with self._lock:
            if self._own is not None:
                self.lay_down()
                self._own.leave()
                self._own = None  # to be laid down again would be to be counted twice

    def lay_down(self) -> bool:
        """Lay down what was measured; `False` when nobody else wants to know."""
        with self._lock:
            self._find()
            if self._own is None:
                return False
            try:
                self._own.lay_down(self._families(_READ_INTERVAL))
            except OSError as error:
                self._warn(error)
            return True

    def _families(self, age: float) -> list[Family]:
        """Everything of this process; what collectors read may be so many seconds old."""
        now = time.monotonic()
        if now - self._read_at >= age:
            self._collected, self._read_at = self._registry.collected(), now
        return [*self._registry.measured(), *self._collected]

    def _warn(self, error: OSError) -> None:
        shared = self._own or self._children
        if shared is not None and not self._has_warned:
            self._has_warned = True
            _log.warning(
                "%s: %s; each worker shows its own metrics until that is mended; another folder "
                "can be named in MODELMETRY_METRICS_FOLDER",
                shared.folder,
                error.strerror or error,
            )

    def _find(self) -> None:
        if self._is_found or sys.platform == "win32":
            return
        folder = self._given
        if folder is None:
            master = groups.master_process()
            folder = None if master is None else groups.group_folder(master)
            if folder is not None:
                sweep(filter(groups.is_left_over, folder.parent.iterdir()))
        if folder is not None:
            self._own = Snapshots(folder)
            self._is_found = True
        elif self._children is None:  # they may come later
            children = groups.folder_of_children()
            self._children = None if children is None else Snapshots(children)


def _lay_down_each_second(sharing: ref[Sharing], stop: threading.Event) -> None:
    lifecycle.watch_child_exit()
    goes_on = True
    while goes_on:
        shared = sharing()  # who drops it shall not wait for this thread
        goes_on = shared is not None and shared.lay_down()
        del shared
        goes_on = goes_on and not stop.wait(INTERVAL)


def _unreadable(number: int) -> Family:
    return Family(
        UNREADABLE_SNAPSHOTS,
        "counter",
        "{file}",
        "Files of other workers that could not be read, so that their metrics are missing",
        points=[Point((), number)],
    )


_sharings: WeakSet[Sharing] = WeakSet()


def _finish_all() -> None:
    for sharing in list(_sharings):
        sharing.finish()


def _begin_anew() -> None:
    for sharing in list(_sharings):
        sharing.begin_anew()


lifecycle.also_at_end(_finish_all)
if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_begin_anew)
