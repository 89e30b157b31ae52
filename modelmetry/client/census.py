"""How many spans this process began below one node, counted in the background."""

# ruff: noqa: SLF001 - nodes of one tree look into each other

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from attrs import define

if TYPE_CHECKING:
    from modelmetry.client.node import Node


@define(eq=False, weakref_slot=False)
class Census:
    """The spans below a carrier: the trace, or a span right below one of another process.

    Counted by one thread at a time, under the lock of the books, which is why plain integers do.
    It does not know its carrier: a tree that has ended shall hold no cycle.
    """

    spans: int = 0
    # What the carrier said of it when it was taken last, ended; `None` before that.
    told: int | None = None

    @property
    def is_behind(self) -> bool:
        """Whether the carrier has said less than is true by now."""
        return self.told is not None and self.told < self.spans


def is_carrier(node: Node[Any]) -> bool:
    """Whether it says how many spans there are below it."""
    return node._above is None or node._above._is_elsewhere


def carrier_of(node: Node[Any]) -> Node[Any]:
    """The node that says how many there are."""
    while not is_carrier(node):
        node = cast("Node[Any]", node._above)
    return node


def known_census(node: Node[Any]) -> Census | None:
    """The census in which `node` counts, if it was counted."""
    return cast("Census | None", getattr(node, "_census", None))


def census_of(node: Node[Any]) -> Census:
    """The census in which `node` counts; it, and what stands above it, count from now on.

    Each node is asked for what is above it once, so a tree of any depth takes its length.
    """
    new: list[Node[Any]] = []
    while (census := known_census(node)) is None:
        if is_carrier(node):
            census = node._census = Census()
            break
        new.append(node)
        node = cast("Node[Any]", node._above)
    for one in new:
        one._census = census
    census.spans += len(new)
    return census
