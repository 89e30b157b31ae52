"""Blocks: the parent is the current span, across await and tasks.

Run it, then look: python examples/blocks.py; modelmetry traces show last --messages
"""

import asyncio

import modelmetry

KNOWLEDGE = {"doc-1": ("Shipping", "Parcels leave our warehouse on the next working day.")}


async def search(turn: modelmetry.Trace, question: str) -> str:
    """Look the question up."""
    with turn.retrieval("kb.search") as found:
        await asyncio.sleep(0.01)
        found.query(question)
        for identifier, (title, content) in KNOWLEDGE.items():
            found.document(identifier, title=title, content=content)
    return KNOWLEDGE["doc-1"][1]


async def answer(client: modelmetry.Client, question: str) -> str:
    """Answer one question."""
    with client.trace("chatbot.turn", session="chat-43") as turn:
        article = await search(turn, question)
        with turn.completion("llm.generate", model="gpt-4o", provider="openai") as generate:
            generate.system("You are a support agent.").user(question)
            await asyncio.sleep(0.02)
            text = f"It depends on the day. {article}"
            generate.assistant(text).usage(input=58, output=16)
        turn.finding("response_safe_score", 0.98)
    return text


async def main() -> None:
    """Two customers at the same time: their traces do not mix."""
    questions = ("When does my order leave?", "How fast do you ship?")
    async with modelmetry.Client() as client:
        for text in await asyncio.gather(*(answer(client, question) for question in questions)):
            print(text)


asyncio.run(main())
