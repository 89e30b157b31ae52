"""Fluent: nouns go down, facts stay, end() goes up.

Run it, then look: python examples/fluent.py; modelmetry traces show last
"""

import modelmetry

client = modelmetry.Client()  # nothing set: signals go to the local store

(
    client.trace("chatbot.turn", session="chat-42")
    .span("llm.generate")
    .finding("input_tokens", 42)
    .event("llm.tool_chosen", {"tool": "GetOrderInformation"})
    .end()
    .finding("response_safe_score", 0.98)
    .end()
)

receipt = client.close()
print(f"{receipt.delivered} of {receipt.created} signals are stored")
