"""A customer-service conversation, recorded with the fluent API.

It plays the conversation of `modelmetry demo` into your local store, or to the server that
MODELMETRY_BASE_URL names. Run it, then look:

    python examples/customer_service.py
    modelmetry traces ls --show-finding response_safe_score
    modelmetry traces show last --messages
"""

import modelmetry
from modelmetry.demo.conversation import Conversation, Turn, recorded_conversation


def record(session: modelmetry.Session, conversation: Conversation, turn: Turn) -> None:
    """Record one turn: what the model chose, what the tools said, what the customer read."""
    model = conversation.model.name
    chosen, final = turn.steps["llm.generate"].reply, turn.steps["llm.generate_final"].reply
    check = turn.steps["llm.response_check"].reply

    trace = session.trace("chatbot.turn", metadata={"channel": "web"})

    # nouns go down (trace, completion, span), facts stay (event, finding, user), end goes up
    generate = (
        trace.completion("llm.generate", model=model, provider="openai")
        .system(conversation.system)
        .user(turn.user)
        .event("llm.thinking", {"thought": chosen.thinking})
        .finding("input_tokens", chosen.input_tokens or 0, unit="tokens")
        .finding("output_tokens", chosen.output_tokens or 0, unit="tokens")
    )
    for call in chosen.calls:
        generate.tool_call(call.tool, call.arguments, id=call.id)
        generate.event("llm.tool_chosen", {"tool": call.tool})
    generate.end()

    tools = trace.span("llm.tools.get_user_message")
    for call in chosen.calls:
        tools.span(call.tool, metadata=call.arguments).end()
    tools.end()

    (
        trace.completion("llm.generate_final", model=model, provider="openai")
        .user(turn.user)
        .assistant(final.text)
        .event("llm.thinking", {"thought": final.thinking})
        .usage(input=final.input_tokens, output=final.output_tokens)
        .end()
        .completion("llm.response_check", model=conversation.checker.name, provider="openai")
        .user(final.text)
        .assistant(check.text)
        .end()
        .finding("response_safe_score", float(check.text))
        .end()
    )


def main() -> None:
    """Record the conversation and say what became of it."""
    conversation = recorded_conversation()
    with modelmetry.Client() as client:
        session = client.session(name=conversation.session, metadata=conversation.metadata)
        for turn in conversation.turns:
            record(session, conversation, turn)
            print(f"customer: {turn.user}")
            print(f"agent:    {turn.steps['llm.generate_final'].reply.text}\n")
        receipt = client.flush_all()
    print(f"{receipt.delivered} of {receipt.created} signals are stored in session {session.xid}")


if __name__ == "__main__":
    main()
