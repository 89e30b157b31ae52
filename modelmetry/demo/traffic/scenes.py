"""What the shop's applications do: each function here is one trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import frozen

from modelmetry.demo.traffic import texts
from modelmetry.demo.traffic.recorder import Part, Recorder, charged
from modelmetry.demo.traffic.world import EMBEDDER, SMALL, Model, any_model

_TOOLS: Final = (
    "GetOrderInformation",
    "RequestRefund",
    "SearchCatalogue",
    "GetWeather",
    "RunQuery",
)
_DEPTH: Final = 5  # of agents that ask agents
_ROUND: Final = 3  # spans of the smallest round of an agent
_DELEGATED: Final = 12  # spans that are worth another agent


@frozen
class Scene:
    """A kind of trace.

    Attributes:
        name: of the trace.
        share: how often it comes, beside the others.
        play: records it; `size` says how much there is to do.
        sizes: the least and the most there may be to do; mostly little.
        fallible: the steps that may fail.
    """

    name: str
    share: int
    play: Callable[[Recorder, int, list[Part]], None]
    sizes: tuple[int, int]
    fallible: tuple[str, ...]


def chatbot_turn(record: Recorder, size: int, said: list[Part]) -> None:  # noqa: ARG001
    """A customer asks; articles are searched, tools are used, the answer is checked."""
    chance, model = record.chance, any_model(record.chance)
    said.append(texts.user(texts.question(chance)))
    record.begin("agent.answer")
    record.step("guard.input", chance.tail(0.02))
    if chance.yes(0.6):
        search(record, "kb.search")
    told = [texts.system(texts.SYSTEM), *said[-5:]]
    if chance.yes(0.55):
        told += use_tool(record, model, told)
    tokens = max(int(chance.lognormvariate(4.5, 0.5)), 8)
    answer = texts.assistant(texts.answer(chance))
    final = record.complete("llm.generate", model, told, answer, tokens)
    said.append(answer)
    check(record, final)
    record.end()


def use_tool(record: Recorder, model: Model, told: list[Part]) -> list[Part]:
    """A model chooses a tool, which is called; gives both messages."""
    chance = record.chance
    tool, identity = chance.choice(_TOOLS), f"call_{chance.getrandbits(40):010x}"
    arguments = {"order": str(chance.randrange(100_000, 999_999)), "reason": "asked by customer"}
    call = texts.tool_call(identity, tool, arguments)
    span = record.complete("llm.plan", model, told, call, chance.randrange(20, 60))
    record.event("llm.tool_chosen", {"tool": tool}, span)
    record.begin("tools.call")
    called = record.begin(tool, metadata=arguments)
    if record.doomed == "tool":
        text = record.note_failure()  # the model is told, and the turn goes on
    else:
        record.wait(chance.tail(0.12, 0.8))
        text = f'{{"state": "in transit", "parcels": {chance.randrange(1, 4)}}}'
        record.event("tool.answered", {"bytes": len(text)}, called)
    record.end()
    record.end()
    return [call, texts.tool_result(identity, text)]


def check(record: Recorder, span: Part) -> None:
    """A small model says how good the answer is."""
    chance = record.chance
    score = round(1 - chance.betavariate(1, 14), 4)
    asked = [texts.system(texts.CHECK), texts.user("The answer that is to be sent.")]
    record.complete("llm.response_check", SMALL, asked, texts.assistant(str(score)), 4)
    record.finding("response_safe_score", score)
    record.finding("language", chance.choices(("en", "de", "fr"), (80, 14, 6))[0])
    record.finding("grounded", chance.yes(0.93 if record.release.slowness < 1 else 0.8), span=span)
    if chance.yes(0.1):
        record.finding("toxicity", round(chance.betavariate(1, 30), 4), span=span)
    if chance.yes(0.03):
        good = chance.yes(0.7)
        comment = "Helpful." if good else "Not what was asked."
        record.finding("thumbs_up", good, source="annotation", comment=comment)


def search(record: Recorder, name: str) -> None:
    """Articles are looked for."""
    chance = record.chance
    span = record.begin(name, "retrieval")
    found = texts.documents(chance)
    query = {"TextRepresentation": texts.question(chance)}
    if name == record.doomed:
        record.fail({"Queries": [query], "Documents": []})
    record.wait(chance.tail(0.08, 0.6))
    record.finding("top_score", found[0]["Metadata"]["score"], span=span)
    record.end({"Queries": [query], "Documents": found})


def rag_answer(record: Recorder, size: int, said: list[Part]) -> None:
    """A question of the help pages: rewritten, searched for, answered."""
    chance, model = record.chance, any_model(record.chance)
    said.append(texts.user(texts.question(chance)))
    rewritten = texts.assistant(texts.question(chance))
    record.complete("llm.rewrite", SMALL, said[-1:], rewritten, chance.randrange(10, 30))
    embed(record, "embed.query", 1)
    for _ in range(size):
        search(record, "kb.search")
    record.step("kb.rerank", chance.tail(0.05))
    tokens = max(int(chance.lognormvariate(4.8, 0.6)), 10)
    told = [texts.system(texts.SYSTEM), *said[-1:]]
    span = record.complete("llm.answer", model, told, texts.assistant(texts.answer(chance)), tokens)
    record.finding("relevance", round(1 - chance.betavariate(1.3, 7), 4), span=span)
    record.finding("cited", chance.yes(0.88), span=span)
    quality = chance.choices(("good", "fair", "poor"), (82, 14, 4))[0]
    record.finding("answer_quality", quality, source="evaluator")


def embed(record: Recorder, name: str, inputs: int) -> None:
    """Texts become vectors."""
    chance = record.chance
    data: Part = {
        "Inputs": [texts.question(chance) for _ in range(min(inputs, 3))],
        "Options": {"Model": EMBEDDER.name, "Provider": EMBEDDER.provider},
    }
    record.begin(name, "embeddings")
    if name == record.doomed:
        record.fail(data)
    record.wait(chance.tail(0.06 + inputs * 0.002))
    record.end(data | charged(EMBEDDER, inputs * chance.randrange(12, 40), 0))


def batch_embed(record: Recorder, size: int, said: list[Part]) -> None:  # noqa: ARG001
    """The articles of the night are embedded and written."""
    record.begin("batch.run", metadata={"batches": size})
    for _ in range(size):
        embed(record, "embed.batch", record.chance.randrange(16, 128))
        record.step("index.write", record.chance.tail(0.03, 0.7))
    record.end()


def mail_draft(record: Recorder, size: int, said: list[Part]) -> None:  # noqa: ARG001
    """A mail is read and an answer is drafted."""
    chance = record.chance
    told = [texts.system(texts.SYSTEM), texts.user(texts.question(chance))]
    record.step("mail.read", chance.tail(0.2))
    answer = texts.assistant(texts.answer(chance))
    tokens = max(int(chance.lognormvariate(5.3, 0.4)), 20)
    record.complete("llm.draft", any_model(chance), told, answer, tokens)
    record.step("mail.save", chance.tail(0.05))


def moderate(record: Recorder, size: int, said: list[Part]) -> None:  # noqa: ARG001
    """A review of a customer is looked at before it appears."""
    chance = record.chance
    told = [texts.system("Say allow or refuse."), texts.user(texts.question(chance))]
    allowed = chance.yes(0.97)
    verdict = texts.assistant("allow" if allowed else "refuse")
    record.complete("llm.moderate", SMALL, told, verdict, 2)
    record.finding("allowed", allowed)
    record.finding("toxicity", round(chance.betavariate(1, 25 if allowed else 3), 4))


def agent_run(record: Recorder, size: int, said: list[Part]) -> None:  # noqa: ARG001
    """An agent plans and calls tools, some of them agents, until it has used up its spans."""
    chance, model = record.chance, any_model(record.chance)
    until = record.spans + size
    record.begin("agent")
    agent(record, model, until, 0)
    record.finding("steps", record.spans, "steps")
    record.finding("goal_reached", chance.yes(0.85))
    record.end()


def agent(record: Recorder, model: Model, until: int, depth: int) -> None:
    """Rounds of an agent, so that the trace has `until` spans in the end."""
    chance = record.chance
    while until - record.spans >= _ROUND:
        left = until - record.spans
        record.begin("agent.round")
        told = [texts.system(PLAN_WITH_TOOLS), texts.user(texts.question(chance))]
        thought = texts.assistant(texts.answer(chance))
        record.complete("llm.plan", model, told, thought, chance.randrange(30, 200))
        if left > _DELEGATED and depth < _DEPTH and chance.yes(0.25):
            record.begin("agent.delegate", metadata={"depth": depth + 1})
            used = min(record.spans + chance.randrange(4, 60), until)
            agent(record, model, used, depth + 1)
            record.end()
        else:
            side_by_side(record, min(chance.randrange(1, 5), until - record.spans))
        record.end()
    while record.spans < until:
        record.step("agent.note", chance.tail(0.005))


def side_by_side(record: Recorder, count: int) -> None:
    """Tools that are called at the same time; the slowest one is waited for."""
    chance, start = record.chance, record.now
    latest = start
    for _ in range(count):
        record.now = start + chance.randrange(1_000, 20_000)
        record.begin(f"tool.{chance.choice(_TOOLS)}", metadata={"attempt": 1})
        if record.doomed == "tool":
            record.note_failure()  # an agent lives with it
        else:
            record.wait(chance.tail(0.25, 0.9))
        record.end()
        latest = max(latest, record.now)
    record.now = latest


PLAN_WITH_TOOLS: Final = f"{texts.PLAN} There are {', '.join(_TOOLS)}."

_LLM: Final = ("llm.generate", "llm.plan", "llm.generate", "kb.search", "tool", "tool")
SCENES: Final = (
    Scene("chatbot.turn", 50, chatbot_turn, (1, 1), _LLM),
    Scene("rag.answer", 25, rag_answer, (1, 3), ("llm.answer", "kb.search", "embed.query")),
    Scene("agent.run", 12, agent_run, (6, 160), ("llm.plan", "tool", "tool", "tool")),
    Scene("mail.draft", 7, mail_draft, (1, 1), ("llm.draft", "mail.read", "mail.save")),
    Scene("review.moderate", 4, moderate, (1, 1), ("llm.moderate",)),
    Scene("batch.embed", 2, batch_embed, (4, 40), ("embed.batch", "index.write")),
)
CHAT: Final = SCENES[0]
AGENT: Final = SCENES[2]
