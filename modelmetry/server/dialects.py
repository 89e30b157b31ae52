"""One way to speak with the server: its operations, who is let in, and how it says no."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Protocol

from attrs import frozen
from starlette.datastructures import Headers

from modelmetry.server.auth import Caller
from modelmetry.server.calls import Answer, Handler
from modelmetry.server.faults import DocumentCheck
from modelmetry.server.log import RequestRecord
from modelmetry.server.operations import Operation, Spec
from modelmetry.server.parameters import ParameterCheck
from modelmetry.server.problems import PROBLEM_JSON, Problem
from modelmetry.server.routing import Router


class Door(Protocol):
    """Tells who asks for something that needs a scope, or raises a `Problem`."""

    def __call__(self, headers: Headers, scope: str, *, unsafe: bool) -> Awaitable[Caller]:
        """`unsafe`: whether something is to be changed."""
        ...


Refusing = Callable[[Problem, RequestRecord], Answer]
"""Says a problem of a request in the words of a dialect."""


@frozen
class Dialect:
    """What the dispatcher has to know of a dialect; everything else is the same for all."""

    router: Router
    handlers: Mapping[str, Handler]
    parameters: Mapping[str, ParameterCheck]
    checks: Mapping[str, DocumentCheck]
    """By the reference of a body's schema."""
    door: Door
    refusing: Refusing


def dialect(
    table: Collection[Operation],
    spec: Spec,
    handlers: Mapping[str, Handler],
    door: Door,
    refusing: Refusing,
    *,
    described_by: str,
) -> Dialect:
    """The dialect of a table of operations.

    Args:
        table: the operations.
        spec: the document that describes them, with the schemas of their bodies.
        handlers: one for each of them, by its id.
        door: who is let in.
        refusing: how failures look.
        described_by: where who is lost finds the operations; for a message.
    """
    schemas = {one.body for one in table if one.body is not None}
    return Dialect(
        router=Router(table, described_by),
        handlers=handlers,
        parameters={one.id: ParameterCheck(one) for one in table},
        checks={schema: DocumentCheck(spec, schema) for schema in schemas},
        door=door,
        refusing=refusing,
    )


def problem_document(problem: Problem, record: RequestRecord) -> Answer:
    """A problem as `application/problem+json` (RFC 9457): what our own operations say."""
    content = problem.encode(record.instance)
    return Answer(content, problem.status, PROBLEM_JSON, problem.headers)
