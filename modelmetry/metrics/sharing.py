"""Metrics of this process and of those that belong to it: the workers of its server."""

from __future__ import annotations

import os
import sys
import threading
from itertools import count
from pathlib import Path
from typing import Final
from weakref import WeakSet, ref

from modelmetry.delivery import lifecycle
from modelmetry.delivery.log import Log
from modelmetry.metrics import groups
from modelmetry.metrics.families import Family, Point
from modelmetry.metrics.merging import merged
from modelmetry.metrics.registry import REGISTRY, Registry

if sys.platform != "win32":  # pragma: no branch - there each worker shows its own metrics
    from modelmetry.metrics.snapshots import Snapshots, sweep

INTERVAL: Final = 1.0
"""Seconds between two times that a worker lays its metrics down: what a killed one may lose."""

# Seconds that an end waits for whoever lays metrics down just then, perhaps on a disk that hangs.
_PATIENCE: Final = 5.0

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
        name: of the folder in it, if the registry is another one than that of the process.
    """

    def __init__(self, registry: Registry, folder: Path | None = None, name: str = "") -> None:
        self._registry = registry
        self._given = folder
        self._name = name
        self._begin()
        lifecycle.watch_children()
        groups.know_temporary_folder()
        registry.on_new.append(self.start)
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

    def begin_anew(self) -> None:
        """In a forked child: it is another worker."""
        if self._own is not None:
            self._own.begin_anew()
        self._begin()

    def shows(self, registry: Registry, folder: Path | None) -> bool:
        """Whether it does what is asked for already."""
        return self._registry is registry and self._given == folder

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
            families = self._registry.collect()
            try:
                families = self._with_children(families)
                if self._own is not None:
                    self._own.lay_down(families)
                    families = merged([families, *self._own.others()])
            except OSError as error:
                self._warn(error)
            unreadable = sum(one.unreadable for one in (self._own, self._children) if one)
            is_shared = self._own is not None or self._children is not None
        return [*families, _unreadable(unreadable)] if is_shared else families

    def finish(self) -> None:
        """At the end of the process: leave what it measured to the others."""
        self._stop.set()
        if not self._lock.acquire(timeout=_PATIENCE):
            return
        try:
            self._leave()
        finally:
            self._lock.release()

    def _leave(self) -> None:
        if not (self._own or self._registry.has_measured or self._has_children()):
            return
        self.lay_down()
        if self._own is not None:
            self._own.leave()
            self._own = None  # to be laid down again would be to be counted twice

    def lay_down(self) -> bool:
        """Lay down what was measured; `False` when nobody else wants to know."""
        with self._lock:
            self._find()
            if self._own is None:
                return lifecycle.is_importing()  # who does is not known before the end of that
            try:
                self._own.lay_down(self._with_children(self._registry.collect(anew=False)))
            except OSError as error:
                self._warn(error)
            return True

    def _with_children(self, families: list[Family]) -> list[Family]:
        """And what processes measured that this one began, such as those of a pool."""
        if self._children is None:
            return families
        return merged([families, *self._children.others()])

    def _has_children(self) -> bool:
        return sys.platform != "win32" and groups.folder_of_children(self._name) is not None

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
        if sys.platform == "win32" or lifecycle.is_importing():
            return
        if self._children is None:  # they may come later
            children = groups.folder_of_children(self._name)
            self._children = None if children is None else Snapshots(children)
        if not self._is_found:
            self._find_own()

    def _find_own(self) -> None:
        folder = self._given
        if folder is None:
            master = groups.master_process()
            folder = None if master is None else groups.group_folder(master)
            if folder is not None:
                sweep(filter(groups.is_left_over, folder.parent.iterdir()))
        if folder is not None:
            self._own = Snapshots(folder / self._name)
            self._is_found = True


def _lay_down_each_second(sharing: ref[Sharing], stop: threading.Event) -> None:
    lifecycle.watch_child_exit()  # for Celery, which may be loaded by now
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


def shared(registry: Registry, folder: Path | None = None) -> Sharing:
    """How this process shares `registry`: in one way, however many places show it.

    Two would be two workers, and all would be counted twice.
    """
    with _state.finding:
        for known in list(_sharings):
            if known.shows(registry, folder):
                return known
        return Sharing(registry, folder, registry.shared(_named))


def _named(registry: Registry) -> str:
    """What tells a registry from the others of its process: the order in which they are shown.

    That is the same in all workers of a server, which run the same program.
    """
    return "" if registry is REGISTRY else f"registry-{next(_state.numbers)}"


class _State:
    def __init__(self) -> None:
        self.numbers = count(1)
        self.begin_anew()

    def begin_anew(self) -> None:
        self.finding = threading.Lock()


_state: Final = _State()
_sharings: Final[WeakSet[Sharing]] = WeakSet()


def _finish_all() -> None:
    for sharing in list(_sharings):
        sharing.finish()


def _begin_anew() -> None:
    _state.begin_anew()
    for sharing in list(_sharings):
        sharing.begin_anew()


lifecycle.also_at_end(_finish_all)
if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_begin_anew)
