"""The operations about the server itself."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from modelmetry_api import SPEC_VERSION
from modelmetry_api.models import Health, Info, Limits
from modelmetry_api.types import encode_json

from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.settings import ServerSettings
from modelmetry.server.threads import Threads
from modelmetry.store.protocol import Store

NAME = "modelmetry"


def service_handlers(
    store: Store, settings: ServerSettings, threads: Threads
) -> dict[str, Handler]:
    """Handlers by operation."""
    healthy = Answer(encode_json(Health(status="ok")))
    info = Answer(encode_json(_info(settings)))

    async def live(_: Call) -> Answer:
        return healthy

    async def ready(_: Call) -> Answer:
        await threads.run(store.ping)
        return healthy

    async def about(_: Call) -> Answer:
        return info

    return {"get-health-live": live, "get-health-ready": ready, "get-info": about}


def _info(settings: ServerSettings) -> Info:
    return Info(
        name=NAME,
        version=_version(),
        spec_version=SPEC_VERSION,
        limits=Limits(
            largest_body=settings.largest_body,
            largest_inflated_body=settings.largest_inflated_body,
            largest_batch=settings.largest_batch,
        ),
    )


def _version() -> str:
    try:
        return version(NAME)
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+source"
