"""Whatever is recorded, what is sent is what the document describes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry import Client
from tests.contract.fluent_trees import Plan, plans, record, texts
from tests.contract.generation import QUICKLY
from tests.contract.sent import items
from tests.contract.spec_document import component, faults
from tests.contract.spec_transport import SpecTransport, answered

FAMILIES = ("completion", "retrieval", "embeddings", "other")


class Colour(Enum):
    """An enumeration of the application's own."""

    RED = "red"


class Hostile:
    """An object whose every question is answered with an exception."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    def __str__(self) -> str:
        raise RuntimeError("no str")


def cyclic() -> dict[str, Any]:
    """Metadata that holds itself."""
    members: dict[str, Any] = {"list": []}
    members["list"].append(members)
    return members


def deep() -> list[Any]:
    """Lists a thousand levels deep."""
    nested: list[Any] = []
    for _ in range(1_000):
        nested = [nested]
    return nested


# What applications really put into metadata, though JSON has no word for it.
odd_values: st.SearchStrategy[Any] = st.sampled_from([
    math.nan, math.inf, -math.inf, 2**80, -(2**80), b"\xff\x00", {1, 2}, (1, "a"), object(),
    Decimal("0.1"), Decimal("NaN"), Fraction(1, 3), 1j, Colour.RED, Path("/tmp/x"), UUID(int=7),
    date(2026, 11, 2), datetime(2026, 11, 2, 9, 30), datetime.max, print, int, Hostile(),  # noqa: DTZ001, DTZ901
    "\ud800", "a\x00b", {1: "int key", None: "null key", (1, 2): "tuple key"}, {"\udfff": "\udc00"},
    cyclic(), deep(), "x" * 10_000, range(3), iter([1]), NotImplemented,
])  # fmt: skip
odd_texts = texts | st.text(st.characters(categories=["Cs"]), min_size=1, max_size=3)
odd_numbers = (
    st.integers() | st.floats() | st.booleans() | st.decimals() | st.fractions() | odd_texts
)


@pytest.fixture(scope="module")
def sent() -> Iterator[SpecTransport]:
    """What the client sends; refused when the document does not describe it."""
    with answered() as transport:
        yield transport


@pytest.fixture(scope="module")
def client(sent: SpecTransport) -> Iterator[Client]:
    """A client whose requests are answered without a network."""
    with Client(base_url="http://127.0.0.1:1", api_key="a-key-for-tests") as opened:
        yield opened


def flush(client: Client) -> None:
    """Send everything; fail when a request was refused by the document."""
    receipt = client.flush_all(timeout=30)
    lost = {reason: count for reason, count in receipt.dropped.items() if reason != "invalid_value"}
    assert not lost, receipt
    assert receipt.pending == 0, receipt


def check_families(sent: SpecTransport) -> None:
    """The data of each span fits its family, though the document lets any data pass."""
    for body in sent.bodies:
        for span in items(body, "Spans"):
            assert span["Family"] in FAMILIES
            if span["Family"] != "other":
                name = f"{span['Family'].capitalize()}FamilyData"
                assert not faults(component(name), span["FamilyData"]), span
            else:
                assert not span.get("FamilyData")
    sent.bodies.clear()


@QUICKLY
@given(plan=plans())
def test_a_random_tree_is_described(client: Client, sent: SpecTransport, plan: Plan) -> None:
    """Every tree of the fluent API, of all families, with findings, events and failures."""
    record(client, plan, "a session")
    flush(client)
    assert sent.bodies
    check_families(sent)


@QUICKLY
@given(
    text=odd_texts,
    value=odd_numbers,
    odd=st.lists(odd_values, max_size=3),
    members=st.dictionaries(odd_texts, odd_values, max_size=3),
    failure=odd_texts,
)
def test_odd_values_are_described(
    client: Client,
    sent: SpecTransport,
    *,
    text: str,
    value: Any,
    odd: list[Any],
    members: dict[str, Any],
    failure: str,
) -> None:
    """NaN, surrogates, cycles, bytes, objects of any kind: guarded, and the rest arrives."""
    trace = client.trace(text, session=text, metadata={**members, "odd": odd})
    trace.finding(text, value, unit=text, comment=text, description=text, metadata=members)
    trace.event(text, members).set_metadata(text, odd).fail(failure)
    completion = trace.completion(text, model=text, provider=text, metadata=members)
    completion.system(text).user([text, text], name=text).assistant(text).tool_call(text, odd)
    completion.tool(text).document(text, title=text, content=odd, metadata=members)
    completion.options(logit_bias=members, response_format=members, stop=[text], user=text)
    number = value if not isinstance(value, (str, bool)) else 1
    completion.usage(input=number, unit=text).cost(total=number, currency="EUR")
    retrieval = completion.end().retrieval(text).query(text, embeddings=[0.5, float(bool(odd))])
    retrieval.document(text, content=odd, metadata=members).fail(ValueError(text))
    retrieval.end().embeddings(text, model=text).inputs([text, failure]).end().end()
    trace.finding("late", value).metadata(late=odd)
    client.session(text or "s", name=text, metadata=members)
    flush(client)
    assert sent.bodies
    check_families(sent)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 2, 9, 30),  # noqa: DTZ001 - naive on purpose
        datetime.min,  # noqa: DTZ901
        datetime.max,  # noqa: DTZ901
        datetime.fromisoformat("0001-01-01T00:00:00+14:00"),
        datetime.fromisoformat("9999-12-31T23:59:59.999999-12:00"),
        datetime.fromisoformat("2026-11-02T09:30:00.123456+05:30"),
    ],
    ids=str,
)
def test_any_datetime_is_described(client: Client, sent: SpecTransport, moment: datetime) -> None:
    """Naive ones are taken as UTC; the first and the last moments are written all the same."""
    trace = client.trace("t", start=moment).finding("f", 1, at=moment).event("e", at=moment)
    trace.span("s", start=moment).end(moment).end(moment)
    flush(client)
    check_families(sent)


def test_every_operation_says_who_it_is(client: Client, sent: SpecTransport) -> None:
    """The client ingests, reports what was lost (other tests lose something), and no more."""
    client.trace("t").end()
    flush(client)
    assert "ingest-signals-v1" in sent.operations
    assert {*sent.operations} <= {"ingest-signals-v1", "report-client-v1"}
