"""The whole month: who comes when, and what is recorded of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from modelmetry.demo.traffic.chance import Chance
from modelmetry.demo.traffic.recorder import Body, Part, Recorder, StepFailedError, new_body, size
from modelmetry.demo.traffic.scenes import AGENT, CHAT, SCENES, Scene
from modelmetry.demo.traffic.world import (
    CHANNELS,
    DAYS,
    HOUR,
    MINUTE,
    SECOND,
    USERS,
    arrivals,
    is_outage,
    release_at,
)

LARGE: Final = 5_000
"""Spans of the one trace that is as large as traces get."""

_SMALLEST_WITH_LARGE: Final = 20_000  # in less, one trace would be a quarter of all
_BODY_SIGNALS: Final = 1_000
_OUTLASTING: Final = 2  # traces that are still at work in the end
_ENDURANCE: Final = 15 * MINUTE  # a visit that begins this long before the end is over by then


@frozen
class Visit:
    """Someone or something comes: a scene, how much there is to do, and how many turns it takes."""

    scene: Scene
    size: int
    turns: int = 1


def month(spans: int, now: int, *, seed: int = 1) -> Iterator[Body]:
    """Request bodies of thirty days that end at `now`, with about so many spans.

    The same seed, number and time give the same bodies, identities included.

    Args:
        spans: how many; from 20,000 on, 5,000 of them are in one trace.
        now: microseconds since 1970.
        seed: of the chance.
    """
    chance = Chance(seed)
    begin = now - DAYS * 24 * HOUR
    visits = planned(chance, spans)
    times = arrivals(chance, len(visits), begin)
    body = new_body()
    late = len(visits) - _OUTLASTING
    for n, (visit, at) in enumerate(zip(visits, times, strict=True)):
        # The last ones have just come; what is long begins early enough to be over.
        start = now - (len(visits) - n) * MINUTE if n >= late else min(at, now - _ENDURANCE)
        attend(body, chance, visit, start, begin, unfinished=n >= late)
        if size(body) >= _BODY_SIGNALS:
            yield body
            body = new_body()
    if size(body):
        yield body


def planned(chance: Chance, spans: int) -> list[Visit]:
    """Visits with about so many spans in all, in the order in which they come."""
    visits: list[Visit] = []
    large = spans >= _SMALLEST_WITH_LARGE
    left = float(spans - LARGE * large)
    while left > 0:
        scene = chance.choices(SCENES, [scene.share for scene in SCENES])[0]
        least, most = scene.sizes
        todo = min(int(least * chance.paretovariate(0.9)), most)
        turns = min(int(chance.paretovariate(1.1)), 12) if scene is CHAT else 1
        visits.append(Visit(scene, todo, turns))
        left -= turns * _usual_spans(scene, todo)
    if large:
        visits.insert(len(visits) * 9 // 10, Visit(AGENT, LARGE))
    return visits


def _usual_spans(scene: Scene, todo: int) -> float:
    usual = {"chatbot.turn": 6.2, "rag.answer": 4.0 + todo, "agent.run": todo}
    return usual.get(scene.name, 1 + 2 * todo)


def attend(
    body: Body, chance: Chance, visit: Visit, start: int, begin: int, *, unfinished: bool = False
) -> None:
    """Record what a visit leads to: a trace, or those of a conversation."""
    said: list[Part] = []
    about = {
        "channel": chance.choices(CHANNELS, (60, 30, 10))[0],
        "user": f"user-{chance.randrange(USERS)}",
    }
    session = None
    if visit.scene is CHAT:
        session = f"chat-{chance.getrandbits(48):012x}"
        body["Sessions"].append({"XID": session, "Name": session, "Metadata": about})
    for turn in range(visit.turns):
        last = turn == visit.turns - 1
        record = recorder(body, chance, visit, start, begin)
        record.session = session
        try:
            visit.scene.play(record, visit.size, said)
        except StepFailedError:
            said.clear()  # the customer begins again
        metadata = about | {"environment": "production", "release": record.release.name}
        record.close(visit.scene.name, metadata, unfinished=unfinished and last)
        start = record.now + int(chance.tail(20) * SECOND)  # in which a customer reads and writes


def recorder(body: Body, chance: Chance, visit: Visit, start: int, begin: int) -> Recorder:
    """A recorder for a trace, with its fate."""
    release = release_at((start - begin) / (DAYS * 24 * HOUR))
    if visit.size >= LARGE:  # a tool of it fails, and it goes on: it is there for its size
        return Recorder(body, chance, start, release, doomed="tool")
    doomed = chance.choice(visit.scene.fallible) if chance.yes(release.faults) else ""
    away = is_outage(start, begin)
    return Recorder(body, chance, start, release, doomed=doomed, away=away)


def large_trace(now: int, spans: int = LARGE, *, seed: int = 1) -> tuple[str, Body]:
    """One trace of so many spans that is over by `now`, and its XID."""
    chance, body = Chance(seed), new_body()
    begin = now - DAYS * 24 * HOUR
    attend(body, chance, Visit(AGENT, spans), now - 2 * HOUR, begin)
    return body["Traces"][0]["XID"], body
