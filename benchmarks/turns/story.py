"""What is said in one turn of a chatbot; every adapter records the same."""

from __future__ import annotations

import random
from typing import Any, Final, NamedTuple

from benchmarks.workload import WORDS

# One trace, 5 spans in 3 levels, 15 findings, 5 events.
SIGNALS_PER_TURN: Final = 1 + 5 + 15 + 5
SPANS_PER_TURN: Final = 5
_LENGTH: Final = 500


class Story(NamedTuple):
    """The texts and facts of one turn."""

    number: int
    system: str
    question: str
    answer: str
    final_question: str
    final_answer: str
    metadata: dict[str, Any]
    event: dict[str, Any]


def stories(count: int) -> list[Story]:
    """`count` different turns, the same ones each time."""
    chance = random.Random(7)
    system = _text(chance)
    return [
        Story(
            number=number,
            system=system,
            question=_text(chance),
            answer=_text(chance),
            final_question=_text(chance),
            final_answer=_text(chance),
            metadata={"channel": chance.choice(("web", "mail", "phone")), "user": number % 97},
            event={"step": number % 5, "reason": "asked"},
        )
        for number in range(count)
    ]


def _text(chance: random.Random) -> str:
    words = " ".join(chance.choices(WORDS, k=_LENGTH // 4))
    return words[:_LENGTH]
