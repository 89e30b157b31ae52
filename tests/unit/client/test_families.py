"""The words of completion, retrieval and embeddings spans."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

import pytest

from modelmetry.client.contents import binary
from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.signals.families import (
    CompletionData,
    Cost,
    DataPart,
    Document,
    EmbeddingsData,
    Message,
    Money,
    Options,
    Query,
    RetrievalData,
    TextPart,
    ToolCall,
    ToolDefinition,
    Usage,
    UsageValue,
)
from tests.builders import Kit

PNG = b"\x89PNG"


def data(kit: Kit, name: str) -> Any:
    """The family data of the span `name`, as it was sent."""
    return kit.sent().span(name).data


def test_a_conversation_with_a_tool(kit: Kit) -> None:
    """Messages of every role, with the call of a tool and its answer, in order."""
    completion = kit.client.trace("t").completion("g", model="gpt-4o", provider="openai")
    (
        completion.system("You are a support agent.")
        .user("Where is my order?", name="customer")
        .assistant("Let me look.")
        .tool_call("GetOrderInformation", {"order": 7}, id="call-1")
        .tool("It left yesterday.")
        .assistant("It left yesterday.", name="bot")
        .end()
        .end()
    )

    assert data(kit, "g") == CompletionData(
        [
            Message("system", [TextPart("You are a support agent.")]),
            Message("user", [TextPart("Where is my order?")], "customer"),
            Message(
                "assistant",
                [TextPart("Let me look.")],
                None,
                [ToolCall("call-1", "GetOrderInformation", {"order": 7})],
            ),
            Message("tool", [TextPart("It left yesterday.")], tool_call_id="call-1"),
            Message("assistant", [TextPart("It left yesterday.")], "bot"),
        ],
        Options("gpt-4o", "openai"),
    )


def test_an_answer_may_only_call_tools(kit: Kit) -> None:
    """Calls can be given with the answer, and a call without an answer makes one."""
    completion = kit.client.trace("t").completion("g")
    completion.assistant(tool_calls=[ToolCall("1", "A", "{}")]).tool("a", tool_call_id="1")
    completion.tool_call("B").tool_call("C").tool("c").end().end()

    first, _, second, answer = data(kit, "g").messages
    assert (first.contents, first.tool_calls) == ([], [ToolCall("1", "A", "{}")])
    assert [call.name for call in second.tool_calls] == ["B", "C"]
    assert answer.tool_call_id == second.tool_calls[1].id != ""


def test_an_answer_of_a_tool_that_nobody_called(kit: Kit) -> None:
    """Without any call the answer has an empty id."""
    kit.client.trace("t").completion("g").user("hi").tool("a").end().end()

    assert data(kit, "g").messages[1].tool_call_id == ""


def test_messages_have_text_and_binary_parts(kit: Kit) -> None:
    """Bytes travel as base64 with their media type."""
    picture = binary(PNG, "image/png", detail="low")
    completion = kit.client.trace("t").completion("g")
    completion.user(["What is this?", TextPart("And this?"), picture]).user(picture).end().end()

    part = DataPart("image/png", base64.b64encode(PNG).decode(), "low")
    first, second = data(kit, "g").messages
    assert first.contents == [TextPart("What is this?"), TextPart("And this?"), part]
    assert second.contents == [part]


@pytest.mark.parametrize("content", [None, 42, b"bytes", ["text", b"bytes"]])
def test_content_of_another_kind_is_refused(kit: Kit, content: Any) -> None:
    """The error says what makes a part of bytes."""
    with pytest.raises(InvalidTypeError, match=r"content must be .* modelmetry.binary\(\)"):
        kit.client.trace("t").completion("g").user(content)


def test_binary_takes_bytes_only() -> None:
    """A text is no binary part."""
    text: Any = "text"
    with pytest.raises(InvalidTypeError, match="binary data must be bytes, not str"):
        binary(text, "image/png")


def test_every_option_is_kept(kit: Kit) -> None:
    """All members of the contract's options but the key; later words win, None says nothing."""
    tool = ToolDefinition("Escalate", "To a person", {"type": "object"})
    kit.client.trace("t").completion("g", model="old").options(
        model="gpt-4o",
        provider=None,
        temperature=1.5,
        top_p=1,
        max_tokens=100,
        n=1,
        seed=7,
        stop="END",
        stream=True,
        frequency_penalty=0.1,
        presence_penalty=0.2,
        logit_bias={50256: -100},
        logprobs=False,
        top_logprobs=2,
        response_format={"type": "json_object"},
        tools=[tool],
        tool_choice="auto",
        functions=["f"],
        function_call="none",
        model_list=["gpt-4o"],
        user="u",
        timeout=30.0,
        base_url="https://api.example.com",
        api_version="1",
        deployment_id="d",
    ).options(stop=["A", "B"]).end().end()

    assert data(kit, "g").options == Options(
        model="gpt-4o",
        temperature=1.5,
        top_p=1,
        max_tokens=100,
        n=1,
        seed=7,
        stop={"sequences": ["A", "B"]},
        stream=True,
        frequency_penalty=0.1,
        presence_penalty=0.2,
        logit_bias={"50256": -100},
        logprobs=False,
        top_logprobs=2,
        response_format={"type": "json_object"},
        tools=[tool],
        tool_choice="auto",
        functions=["f"],
        function_call="none",
        model_list=["gpt-4o"],
        user="u",
        timeout=30.0,
        base_url="https://api.example.com",
        api_version="1",
        deployment_id="d",
    )


def test_an_option_that_is_not_a_number_is_left_out(kit: Kit) -> None:
    """NaN says nothing about how the model was asked."""
    kit.client.trace("t").completion("g").options(temperature=float("nan")).end().end()

    assert data(kit, "g").options == Options()


def test_a_tool_call_of_another_type_is_a_clear_error(kit: Kit) -> None:
    """It is named, with the word that takes what it was made of; nothing is recorded of it."""
    completion = kit.client.trace("t").completion("g").user("hi")
    wrong: Any = {"name": "GetOrder"}
    with pytest.raises(InvalidTypeError, match=r"ToolCall, not dict: .*'GetOrder'.* `tool_call`"):
        completion.assistant("yes", tool_calls=[wrong])
    completion.end().end()
    assert [message.role for message in data(kit, "g").messages] == ["user"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temprature": 1}, "options\\(\\) knows no 'temprature'; it knows .*temperature"),
        ({"api_key": "secret"}, "knows no 'api_key'"),
        ({"model": 4}, "option 'model' cannot be of type int: 4"),
        ({"temperature": "hot"}, "option 'temperature' cannot be of type str"),
        ({"temperature": [1]}, "option 'temperature' cannot be of type list"),
        ({"temperature": True}, "option 'temperature' cannot be of type bool"),
        ({"max_tokens": 1.5}, "option 'max_tokens' cannot be of type float"),
        ({"stream": 1}, "option 'stream' cannot be of type int"),
        ({"tools": ["Escalate"]}, "option 'tools' cannot be of type str"),
        ({"tools": 3}, "option 'tools' cannot be of type int"),
        ({"functions": [1]}, "option 'functions' cannot be of type int"),
        ({"logit_bias": 3}, "option 'logit_bias' cannot be of type int"),
        ({"stop": 3}, "option 'stop' cannot be of type int"),
    ],
)
def test_a_wrong_option_is_a_clear_error(kit: Kit, options: Any, message: str) -> None:
    """Unknown options and wrong types are named, with the value."""
    with pytest.raises(InvalidTypeError, match=message):
        kit.client.trace("t").completion("g").options(**options)


def test_usage_and_cost_add_up_word_by_word(kit: Kit) -> None:
    """Each word sets what it names and leaves the rest."""
    completion = kit.client.trace("t").completion("g")
    completion.usage(input=10, output=5).usage(total=15, cached_input=4, cache_write=1, reasoning=2)
    completion.cost(input=Decimal("0.01"), output=0.02).cost(total=0.03, currency="EUR")
    completion.end().end()

    assert data(kit, "g").usage == Usage(*(UsageValue(n) for n in (10, 5, 15, 4, 1, 2)))
    assert data(kit, "g").cost == Cost(Money(0.01, "USD"), Money(0.02, "USD"), Money(0.03, "EUR"))


def test_amounts_that_are_no_numbers(kit: Kit, caplog: pytest.LogCaptureFixture) -> None:
    """NaN is left out and said once; another type is a mistake."""
    completion = kit.client.trace("t").completion("g")
    completion.usage(input=1).usage(input=float("nan")).cost(total=float("nan"))
    for wrong in ("many", True, None.__class__):
        amount: Any = wrong
        with pytest.raises(InvalidTypeError, match="usage must be a number"):
            completion.usage(input=amount)
    completion.end().end()

    assert data(kit, "g").usage.input == UsageValue(1)
    assert data(kit, "g").cost == Cost()
    assert [record.getMessage() for record in caplog.records] == [
        "usage is nan and is left out",
        "cost is nan and is left out",
    ]


@pytest.mark.parametrize("currency", ["usd", "US", "DOLLAR", 3])
def test_a_currency_has_three_capital_letters(kit: Kit, currency: Any) -> None:
    """The error shows what a currency looks like."""
    with pytest.raises(InvalidValueError, match=r"three capital letters such as USD .* not"):
        kit.client.trace("t").completion("g").cost(total=1, currency=currency)


def test_a_completion_was_given_documents(kit: Kit) -> None:
    """Documents of a completion have the members of any document."""
    kit.client.trace("t").completion("g").document("d", title="T", content={"a": (1,)}).end().end()

    assert data(kit, "g").documents == [Document("d", "T", "text/plain", {"a": [1]})]


def test_a_retrieval_has_queries_and_documents(kit: Kit) -> None:
    """The score of a document is part of its metadata."""
    search = kit.client.trace("t").retrieval("kb.search")
    search.query("shipping?", embeddings=[0.1, 0.2]).query("costs?")
    search.document("doc-1", title="Shipping", content="...", score=0.9, metadata={"shelf": 3})
    search.document("doc-2", content_type="text/html").end().end()

    assert data(kit, "kb.search") == RetrievalData(
        [Query("shipping?", [0.1, 0.2]), Query("costs?")],
        [
            Document("doc-1", "Shipping", "text/plain", "...", {"shelf": 3, "score": 0.9}),
            Document("doc-2", "", "text/html"),
        ],
    )


class Array:
    """A vector of another library."""

    def tolist(self) -> list[float]:
        """Its numbers."""
        return [1.0, 2.0]


def test_vectors_of_other_libraries_are_taken(kit: Kit) -> None:
    """An array becomes a list; one that is not finite throughout is left out."""
    array: Any = Array()
    search = kit.client.trace("t").retrieval("s")
    search.query("a", embeddings=array).query("b", embeddings=[1.0, float("nan")]).end().end()

    assert [query.embeddings for query in data(kit, "s").queries] == [[1.0, 2.0], None]


@pytest.mark.parametrize("vector", ["0.1", 3, ["0.1"]])
def test_a_vector_is_a_list_of_numbers(kit: Kit, vector: Any) -> None:
    """Anything else is a mistake."""
    with pytest.raises(InvalidTypeError, match=r"embeddings? must be"):
        kit.client.trace("t").retrieval("s").query("q", embeddings=vector)


def test_embeddings_have_inputs_options_usage_and_cost(kit: Kit) -> None:
    """Inputs come one by one or several at once."""
    embeddings = kit.client.trace("t").embeddings("embed", model="small")
    embeddings.input("a").inputs(["b", "c"]).options(provider="p").usage(input=3)
    embeddings.cost(total=0.1).end().end()

    assert data(kit, "embed") == EmbeddingsData(
        ["a", "b", "c"],
        Options("small", "p"),
        Usage(UsageValue(3)),
        Cost(total=Money(0.1, "USD")),
    )


def test_what_was_sent_does_not_change_when_more_is_said(kit: Kit) -> None:
    """A record that was handed over stays as it was, whatever comes late."""
    trace = kit.client.trace("t")
    completion = trace.completion("c").assistant("hi")
    search = trace.retrieval("r").query("a")
    embed = trace.embeddings("e").input("a")
    trace.end()
    kit.sent()
    completion.tool_call("T", id="1").options(n=1).usage(input=1).document("d")
    search.query("b").document("d")
    embed.input("b").cost(total=1)

    spans = kit.sent().spans
    firsts: dict[str, Any] = {}
    for span in spans:
        firsts.setdefault(span.name, span.data)
    assert firsts == {
        "c": CompletionData([Message("assistant", [TextPart("hi")])]),
        "r": RetrievalData([Query("a")]),
        "e": EmbeddingsData(["a"]),
    }
    last: Any = kit.sink.span("c").data
    assert (last.messages[0].tool_calls, last.options) == ([ToolCall("1", "T", None)], Options(n=1))
    assert len(spans) == 3 + 3
