"""The dialect in which the clients of `craft-ai-sdk` speak of their metrics."""

from __future__ import annotations

from typing import Final, Protocol

from modelmetry_api.types import encode_json

from modelmetry.server.auth import Doorkeeper
from modelmetry.server.calls import Answer
from modelmetry.server.compat.access import KnownKeys, TokenDoor, access_handlers
from modelmetry.server.compat.metrics import metric_handlers
from modelmetry.server.compat.protocol import PROTOCOL
from modelmetry.server.compat.tokens import AccessTokens
from modelmetry.server.dialects import Dialect, dialect
from modelmetry.server.log import RequestRecord
from modelmetry.server.operations import operations
from modelmetry.server.problems import Problem
from modelmetry.server.threads import Threads
from modelmetry.store.keys import KeyStore
from modelmetry.store.protocol import Store
from modelmetry.store.signing_keys import SigningKeys

DESCRIBED_BY: Final = "docs/pipelines.md"


class CraftStore(Store, KeyStore, SigningKeys, Protocol):
    """What these operations need of a store."""


def craft_dialect(
    store: CraftStore, keeper: Doorkeeper, threads: Threads, open_tenant: str | None
) -> Dialect:
    """The dialect over a store.

    Args:
        store: where metrics and keys are.
        keeper: knows the keys for which there are tokens, and who guesses them.
        threads: where the store is asked.
        open_tenant: whose the requests are while no key exists; None when a key is needed then.
    """
    keys = KnownKeys(store, open_tenant)
    tokens = AccessTokens(keys, store)
    door = TokenDoor(tokens, threads)
    handlers = {
        **access_handlers(keys, keeper, tokens, door, threads),
        **metric_handlers(store, threads),
    }
    return dialect(
        operations(PROTOCOL),
        PROTOCOL,
        handlers,
        door.caller,
        refusal,
        described_by=DESCRIBED_BY,
    )


def refusal(problem: Problem, record: RequestRecord) -> Answer:
    """A problem as these clients read it."""
    document = {
        "message": problem.detail,
        "name": problem.kind,
        "request_id": record.request_id,
        "additional_data": {"errors": problem.errors()} if problem.faults else None,
    }
    return Answer(encode_json(document), problem.status, headers=problem.headers)
