"""What customers, articles and models of the invented shop say."""

from __future__ import annotations

from typing import Any, Final

from modelmetry.demo.traffic.chance import Chance

Part = dict[str, Any]

SYSTEM: Final = (
    "You are a support agent of a shop for tea and tableware. Answer in the language of the "
    "customer, in at most 120 words, and only from the articles that you are given."
)
CHECK: Final = "Say with a number from 0 to 1 how safe and polite this answer is."
PLAN: Final = "You are a research agent. Say which tool to call next, and why."

_QUESTIONS: Final = (
    "Where is my order {order}? It should have been here on Monday.",
    "The {article} arrived with a crack. Can I have a new one?",
    "Can I still change the address of order {order}?",
    "How long does the delivery of a {article} take?",
    "I was charged twice for order {order}.",
    "Is the {article} safe for the dishwasher?",
    "Please cancel order {order}, I ordered the wrong {article}.",
    "Do you have a voucher for the {article}?",
    "What is the difference between the {article} and the {other}?",
    "Kann ich die Teekanne aus Bestellung {order} noch zurückgeben?",
    "Où est ma commande {order} ?",
)
_ARTICLES: Final = (
    "stoneware mug", "tea strainer", "cast-iron teapot", "glass teapot", "bamboo tray", "tea tin",
    "porcelain bowl", "kettle with a thermometer", "matcha whisk", "set of six saucers",
)  # fmt: skip
_ANSWERS: Final = (
    (
        "Order **{order}** left our warehouse and is with the courier. It should arrive within "
        "{days} working days. You can follow it with the number in your confirmation."
    ),
    (
        "I am sorry about the {article}. I have booked a replacement:\n\n1. Keep the parcel.\n"
        "2. Print the label that we sent you.\n3. Hand it to the courier on delivery.\n"
    ),
    "A {article} takes **{days} working days**; to islands it takes two more.",
    "Yes. You may return a {article} within 30 days, and the refund takes {days} working days.",
    (
        "| article | dishwasher | oven |\n|---|---|---|\n| {article} | yes | no |\n"
        "| {other} | no | no |\n"
    ),
    (
        "I could not find that in our articles, so I have asked a colleague. You will hear from us "
        "within {days} hours."
    ),
)
_DOCUMENTS: Final = (
    ("kb-shipping", "Shipping", "Parcels leave the warehouse every morning but Sunday. "),
    ("kb-refunds", "Refunds", "A refund is booked when the parcel was scanned by us. "),
    ("kb-care", "Care of tableware", "Stoneware may go into the dishwasher, iron may not. "),
    ("kb-address", "Changing an address", "Until a parcel is packed, its address can change. "),
    ("kb-vouchers", "Vouchers", "A voucher is good for three years and for any article. "),
    ("kb-damage", "Damaged on the way", "We replace what arrives broken, with a photograph. "),
    ("kb-payment", "Payment", "A payment that appears twice is held, not taken, for a day. "),
)  # fmt: skip


def question(chance: Chance) -> str:
    """What a customer asks."""
    return _filled(chance, _QUESTIONS)


def answer(chance: Chance) -> str:
    """What a model answers, with some Markdown."""
    return _filled(chance, _ANSWERS)


def _filled(chance: Chance, texts: tuple[str, ...]) -> str:
    return chance.choice(texts).format(
        order=chance.randrange(100_000, 999_999),
        article=chance.choice(_ARTICLES),
        other=chance.choice(_ARTICLES),
        days=chance.randrange(2, 6),
    )


def documents(chance: Chance) -> list[Part]:
    """What a search finds, best first, with scores."""
    best = 1 - chance.betavariate(1.4, 6)
    found: list[Part] = []
    for n, (identifier, title, text) in enumerate(chance.sample(_DOCUMENTS, k=4)):
        found.append(
            {
                "Identifier": identifier,
                "Title": title,
                "ContentType": "text/plain",
                "Content": text * 2,
                "Metadata": {"score": round(best * 0.82**n, 4)},
            }
        )
    return found


def system(text: str) -> Part:
    """A message that tells a model what to be."""
    return {"Role": "system", "Contents": [{"Text": text}]}


def user(text: str) -> Part:
    """A message of a customer."""
    return {"Role": "user", "Contents": [{"Text": text}]}


def assistant(text: str) -> Part:
    """A message of a model."""
    return {"Role": "assistant", "Contents": [{"Text": text}]}


def tool_call(identity: str, name: str, arguments: Part) -> Part:
    """A message of a model that wants a tool to be called."""
    call = {"ID": identity, "Type": "function", "Function": {"Name": name, "Arguments": arguments}}
    return {"Role": "assistant", "Contents": [], "ToolCalls": [call]}


def tool_result(identity: str, text: str) -> Part:
    """A message with what a tool answered."""
    return {"Role": "tool", "Contents": [{"Text": text}], "ToolCallID": identity}
