"""The whole conversation, recorded or asked anew, turn by turn."""

from __future__ import annotations

import time
from collections.abc import Iterator

from attrs import frozen

from modelmetry.client.session import Session
from modelmetry.demo.agent import Agent
from modelmetry.demo.chat import Model
from modelmetry.demo.conversation import SECONDS_BETWEEN_TURNS, Conversation, Turn
from modelmetry.demo.playback import RecordedClock, RecordedModel
from modelmetry.demo.shop import Shop


@frozen
class Played:
    """A turn that was played: the XID of its trace, and what was said."""

    xid: str
    question: str
    answer: str


def clock_of(conversation: Conversation) -> RecordedClock:
    """A clock for the recording, set so that the last turn ends about now."""
    return RecordedClock(time.time_ns() - int(conversation.seconds * 1e9))


def play_recorded(
    conversation: Conversation, session: Session, clock: RecordedClock
) -> Iterator[Played]:
    """Play the recording; `clock` is the clock of the client that `session` belongs to."""
    now = [conversation.turns[0]]

    def turn() -> Turn:
        return now[0]

    def working(tool: str) -> None:
        clock.advance(turn().steps[tool].ms)

    agent = Agent(
        conversation,
        session,
        Shop(conversation, working),
        model=RecordedModel(conversation.model, turn, clock),
        checker=RecordedModel(conversation.checker, turn, clock),
    )
    for recorded in conversation.turns:
        now[0] = recorded
        xid, answer = agent.turn(recorded.user, recorded.search)
        yield Played(xid, recorded.user, answer)
        clock.advance(SECONDS_BETWEEN_TURNS * 1000)


def play_live(conversation: Conversation, session: Session, model: Model) -> Iterator[Played]:
    """Ask the customer's questions of a real model, which also checks its answers."""
    shop = Shop(conversation, lambda _: None)
    agent = Agent(conversation, session, shop, model=model, checker=model)
    for recorded in conversation.turns:
        xid, answer = agent.turn(recorded.user, recorded.search)
        yield Played(xid, recorded.user, answer)
