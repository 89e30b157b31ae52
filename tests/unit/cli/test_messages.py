"""Messages, queries and documents as lines."""

from __future__ import annotations

from modelmetry_api.models import (
    AssistantMessage,
    CompletionFamilyData,
    DataPart,
    Document,
    EmbeddingsFamilyData,
    Function,
    Options,
    RetrievalFamilyData,
    RetrievalQuery,
    Span,
    SystemMessage,
    TextPart,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from modelmetry_api.types import UnknownVariant

from modelmetry.cli.messages import message_lines
from tests.unit.cli.cast import span


def lines(found: Span, width: int = 60) -> list[str]:
    """The lines as text."""
    return [line.plain for line in message_lines(found, width)]


def test_a_conversation_is_told_by_roles() -> None:
    """Each message stands behind its role; tool calls look like calls."""
    call = ToolCall(
        id="call_1",
        type_="function",
        function=Function(name="GetOrderInformation", arguments={"order": "100482"}),
    )
    data = CompletionFamilyData(
        messages=[
            SystemMessage(role="system", contents=[TextPart(text="Be brief.")]),
            UserMessage(role="user", contents=[TextPart(text="Where is it?")]),
            AssistantMessage(role="assistant", contents=[], tool_calls=[call]),
            ToolMessage(role="tool", contents=[TextPart(text="shipped")], tool_call_id="call_1"),
            AssistantMessage(role="assistant", contents=[TextPart(text="On its way.")]),
        ],
        documents=[Document(identifier="d1", title="Shipping", content_type="text/plain")],
    )
    assert lines(span("a", completion=data)) == [
        "system: Be brief.",
        "user: Where is it?",
        'assistant: GetOrderInformation({"order":"100482"})',
        "tool call_1: shipped",
        "assistant: On its way.",
        "document: Shipping",
    ]


def test_a_completion_without_messages_has_no_lines() -> None:
    """Nothing was recorded, nothing is shown."""
    assert lines(span("a", completion=CompletionFamilyData())) == []


def test_long_text_is_wrapped_under_its_label_and_cut() -> None:
    """A prompt of pages does not bury the tree."""
    long = "\n\n".join("word " * 20 for _ in range(20))
    data = CompletionFamilyData(messages=[UserMessage(role="user", contents=[TextPart(text=long)])])
    found = lines(span("a", completion=data), 50)
    assert found[0].startswith("user: word")
    assert found[1].startswith("      word")
    assert found[-1].strip().startswith("… ")
    assert len(found) == 13
    assert all(len(line) <= 50 for line in found[:-1])


def test_data_is_named_not_shown() -> None:
    """An image is its media type and size; what is no base64 has no size."""
    contents = [DataPart(mime_type="image/png", data="AAAA"), DataPart(mime_type="a/b", data="A")]
    data = CompletionFamilyData(messages=[UserMessage(role="user", contents=[*contents])])
    assert lines(span("a", completion=data)) == [
        "user: [image/png, 3 bytes]",
        "      [a/b, 0 bytes]",
    ]


def test_kinds_of_a_newer_server_are_shown_as_they_are() -> None:
    """A message or a part of an unknown kind is JSON."""
    message = UnknownVariant(Role="judge", Verdict=1)
    part = UserMessage(role="user", contents=[UnknownVariant(Sound="x")])
    found = lines(span("a", completion=CompletionFamilyData(messages=[message, part])))
    assert found == ['judge: {"Role":"judge","Verdict":1}', 'user: {"Sound":"x"}']


def test_a_search_is_told_by_query_and_documents() -> None:
    """Queries first, then what was found."""
    data = RetrievalFamilyData(
        queries=[RetrievalQuery(text_representation="refund")],
        documents=[
            Document(identifier="kb-1", title="", content_type="text/plain", content="In full.")
        ],
    )
    assert lines(span("a", retrieval=data)) == ["query: refund", "document: kb-1: In full."]
    assert lines(span("a", retrieval=RetrievalFamilyData(queries=None, documents=None))) == []


def test_embeddings_are_told_by_their_inputs() -> None:
    """Each input is a line."""
    data = EmbeddingsFamilyData(inputs=["one", "two"], options=Options())
    assert lines(span("a", embeddings=data)) == ["input: one", "input: two"]
    empty = EmbeddingsFamilyData(inputs=None, options=Options())
    assert lines(span("a", embeddings=empty)) == []


def test_data_of_no_family_is_json() -> None:
    """What has no shape that is known is shown as it was sent."""
    assert lines(span("a", family_data={"any": [1]})) == ['data: {"any":[1]}']
    assert lines(span("a", family_data={})) == []
