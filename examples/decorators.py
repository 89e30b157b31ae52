"""Decorators: each call of a function is a span; its signature stays.

Run it, then look: python examples/decorators.py; modelmetry traces show last
"""

from collections.abc import Iterator

import modelmetry

client = modelmetry.Client()


@client.traced("llm.generate")
def generate(question: str) -> Iterator[str]:
    """A stream: its span lasts until the last word is out."""
    yield from f"You asked: {question}".split()


@client.traced("llm.response_check")
def is_safe(answer: str) -> bool:
    """A function that looks at the current span."""
    safe = "password" not in answer
    span = client.current_span()
    if span is not None:
        span.finding("response_safe", safe)
    return safe


@client.traced("chatbot.turn")
def turn(question: str) -> str:
    """The outermost call is the trace; calls inside it are its spans."""
    answer = " ".join(generate(question))
    return answer if is_safe(answer) else "I cannot say that."


print(turn("Where is my order?"))
client.close()
