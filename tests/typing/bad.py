"""Mistakes that both checkers have to find: each line that ends in `# error` and no other."""

from __future__ import annotations

from modelmetry import Client, FindingType, Span, ToolDefinition, Trace
from modelmetry.metrics import model_metrics

client = Client(api_kye="secret")  # error
client.trace()  # error
client.trace("t", sesion="chat-42")  # error
client.flush_all(timeout="soon")  # error
trace = client.trace("t")
span = trace.span("s")
completion = trace.completion("c")
retrieval = trace.retrieval("r")
embeddings = trace.embeddings("e")
tokens = FindingType("input_tokens", int)

# Words that a family does not have.
span.user("hi")  # error
trace.user("hi")  # error
retrieval.assistant("hi")  # error
retrieval.usage(input=1)  # error
completion.query("where?")  # error
embeddings.document("d")  # error
client.finding("f", 1)  # error
span.stream([1])  # error

# Values that no finding can have.
span.finding("f", [1, 2])  # error
span.finding("f", None)  # error
span.finding("f", object())  # error
span.finding("f", {"a": 1})  # error
span.finding("f")  # error
span.finding(tokens, "42")  # error
span.finding(tokens, 0.5)  # error
FindingType("f", list)  # error

# Misspelt arguments and wrong types.
span.finding("f", 1, units="s")  # error
span.finding("f", 1, source="rumour")  # error
span.finding("f", 1, at="now")  # error
span.event("e", ["a"])  # error
trace.completion("c", modell="gpt-4o")  # error
completion.options(temprature=1)  # error
completion.options(api_key="secret")  # error
completion.options(tools=["Escalate"])  # error
completion.options(tools=[ToolDefinition("Escalate", "To a person")])
completion.usage(inputs=1)  # error
completion.usage(input="many")  # error
completion.cost(total="free")  # error
completion.user(42)  # error
completion.tool("r", "call-1")  # error
retrieval.query("q", embeddings=["a"])  # error

# `end` goes up to the parent, not further.
wrong: Client = span.end()  # error
also_wrong: Span[Trace] = span.span("b").span("c").end()  # error


@client.traced("name")
def answer(question: str) -> str:
    """A function that keeps its signature."""
    return question


answer(42)  # error
answer("hi", loud=True)  # error
number: int = answer("hi")  # error


@model_metrics("churn", version="3")
def predict(row: str) -> float:
    """A function that keeps its signature."""
    return float(row)


predict(42)  # error
predict("a", strict=True)  # error
label: str = predict("a")  # error
model_metrics("churn", batch="three")  # error
