"""What a price book answers, and what it does not."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal, localcontext
from types import ModuleType

import pytest
from genai_prices.data_snapshot import DataSnapshot, set_custom_snapshot
from genai_prices.types import ClauseEquals, ModelInfo, ModelPrice
from genai_prices.types import Provider as TheirProvider

from modelmetry.prices import Listing, Price, PriceBook, Prices, Terms, Tiered, Unpriced, Usage
from modelmetry.prices.catalogue import Catalogue, Model, Provider
from modelmetry.prices.charging import charge
from modelmetry.prices.snapshot import snapshot

SHIPPED = Prices(library=False)
USED = Usage(input=1000, cached_input=600, output=200, reasoning=150)
ARN = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def listing(**terms: object) -> Listing:
    """Terms of somebody, in US dollars per million tokens."""
    given = {
        name: Decimal(value) if isinstance(value, str) else value for name, value in terms.items()
    }
    return Listing(
        model="m",
        provider="p",
        source="test",
        confidence="listed",
        terms=Terms(**given),  # type: ignore[arg-type]
    )


def charged(usage: Usage, **terms: object) -> Price:
    """What is charged, where there is a price."""
    found = charge(listing(**terms), usage)
    assert isinstance(found, Price), found
    return found


def test_each_token_is_charged_once() -> None:
    """Cached tokens at their price and not as input, reasoning as part of the output."""
    price = charged(USED, input="2.50", cached_input="1.25", output="10")
    assert (price.input, price.cache_read) == (Decimal("0.001"), Decimal("0.00075"))
    assert (price.output, price.total) == (Decimal("0.002"), Decimal("0.00375"))
    assert (price.currency, price.confidence) == ("USD", "listed")


def test_writing_to_the_cache_for_an_hour_has_a_price_of_its_own() -> None:
    """Of what was written, the rest is for five minutes."""
    usage = Usage(input=1_000_000, cache_write=500_000, cache_write_1h=200_000, output=0)
    price = charged(usage, input="3", cache_write="3.75", cache_write_1h="6", output="15")
    assert price.cache_write == Decimal("0.3") * Decimal("3.75") + Decimal("0.2") * 6
    assert price.input == Decimal("1.5")


def test_thinking_has_a_price_of_its_own_at_some_providers() -> None:
    """It is output all the same."""
    price = charged(USED, input="1", cached_input="1", output="8", reasoning="3")
    assert price.output == (50 * Decimal(8) + 150 * Decimal(3)) / 1_000_000


@pytest.mark.parametrize(("length", "rate"), [(200_000, "3"), (200_001, "6")])
def test_a_tier_holds_beyond_its_start_and_for_the_whole_call(length: int, rate: str) -> None:
    """By the length of the whole input, cached or not."""
    tiered = Tiered(Decimal(3), ((200_000, Decimal(6)),))
    price = charged(Usage(input=length, output=0), input=tiered, output="1")
    assert price.input == length * Decimal(rate) / 1_000_000


def test_a_fee_for_the_call_is_apart() -> None:
    """Some providers charge for each request."""
    price = charged(Usage(input=0, output=0), input="1", output="1", request="0.005")
    assert (price.other, price.total) == (Decimal("0.005"), Decimal("0.005"))


def test_what_a_cached_token_costs_is_assumed_where_no_list_says_it() -> None:
    """It is taken for any other of the input; where nothing was cached nothing is assumed."""
    price = charged(USED, input="2.50", output="10")
    assert (price.cache_read, price.confidence) == (600 * Decimal("2.50") / 1_000_000, "assumed")
    assert charged(Usage(input=1, output=1), input="1", output="1").confidence == "listed"
    assert charged(USED, input="0", output="0").confidence == "listed"


def test_money_is_exact_whatever_the_program_does_with_decimals() -> None:
    """The largest counts at the finest prices are not rounded."""
    with localcontext(prec=3):
        usage = Usage(input=123_456_789_012_345, output=10**15)
        price = charged(usage, input="999999.000000000000000001", output="0.3")
    assert price.input == Decimal("123456665555555.987655000123456789012345")
    assert price.total == Decimal("123456965555555.987655000123456789012345")


def test_output_is_assumed_to_be_text_where_other_media_cost_something_else() -> None:
    """Counts of tokens do not tell them apart, and sounds cost eight times as much."""
    usage = Usage(input=1, output=1)
    spoken = SHIPPED.price("gpt-audio", provider="openai", usage=usage)
    written = SHIPPED.price("gpt-4o", provider="openai", usage=usage)
    assert isinstance(spoken, Price)
    assert isinstance(written, Price)
    assert (spoken.confidence, written.confidence) == ("assumed", "listed")


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (Usage(input=10, cached_input=8, cache_write=3), "part of input, which is 10"),
        (Usage(cached_input=1, output=1), "part of input, which is not said"),
        (Usage(input=1, output=5, reasoning=6), "part of output, which is 5"),
        (Usage(input=1, cache_write=1, cache_write_1h=2, output=1), "part of cache_write"),
        (Usage(input=-1, output=1), "input is -1"),
        (Usage(input=True, output=1), "input is True"),
        (Usage(input=1.5, output=1), "input is 1.5"),  # type: ignore[arg-type]
        (
            Usage(input=10**16, output=1),
            "input is beyond any count; expected a whole number",
        ),
    ],
)
def test_impossible_usage_has_no_price(usage: Usage, said: str) -> None:
    """The answer says which count it is; nothing is raised, nothing guessed."""
    answer = SHIPPED.price("gpt-4o", provider="openai", usage=usage)
    assert isinstance(answer, Unpriced)
    assert answer.reason == "impossible_usage"
    assert said in answer.detail


@pytest.mark.parametrize("usage", [Usage(), Usage(input=5), Usage(output=5)])
def test_usage_that_was_not_said_is_not_taken_for_none(usage: Usage) -> None:
    """A cost that leaves out half of the call would be wrong and look right."""
    answer = SHIPPED.price("gpt-4o", provider="openai", usage=usage)
    assert isinstance(answer, Unpriced)
    assert answer.reason == "incomplete_usage"


def test_output_is_not_asked_for_where_it_costs_nothing() -> None:
    """Embeddings have none."""
    answer = SHIPPED.price("text-embedding-3-small", provider="openai", usage=Usage(input=1000))
    assert isinstance(answer, Price)
    assert answer.total > 0


def test_a_model_whose_tokens_have_no_price_is_not_free() -> None:
    """It is charged by the minute, or by a subscription; only `:free` costs nothing."""
    usage = Usage(input=5, output=5)
    by_the_hour = SHIPPED.price("whisper-1", provider="openai", usage=usage)
    assert isinstance(by_the_hour, Unpriced)
    assert by_the_hour.reason == "no_price"
    free = SHIPPED.price("deepseek-r1:free", provider="openrouter", usage=usage)
    assert isinstance(free, Price)
    assert free.total == 0
    assert free.confidence == "listed"
    untold = charge(listing(input="1"), usage)
    assert isinstance(untold, Unpriced)
    assert (untold.reason, "output" in untold.detail) == ("no_price", True)


@pytest.mark.parametrize(
    ("model", "provider", "reason"),
    [
        ("gpt-nothing", "openai", "unknown_model"),
        ("my-own-model", None, "unknown_model"),
        ("acme/gpt-4o", None, "unknown_model"),
        ("acme:gpt-4o", None, "unknown_model"),
        ("us:gpt-4o", None, "unknown_model"),
        ("mistral:7b", None, "unknown_model"),
        (":/::", None, "unknown_model"),
        ("gpt-4o", "ibm.watsonx.ai", "unknown_provider"),
        (None, "openai", "unknown_model"),
        ("", None, "unknown_model"),
        ("gpt-4o" * 1000, None, "unknown_model"),
        ("\ud800/\x00", "openai", "unknown_model"),
    ],
)
def test_who_is_unknown_has_no_price(model: str | None, provider: str | None, reason: str) -> None:
    """Never 0, and never an exception."""
    answer = SHIPPED.price(model, provider=provider, usage=USED)
    assert isinstance(answer, Unpriced)
    assert answer.reason == reason


@pytest.mark.parametrize(
    ("model", "provider", "at", "found"),
    [
        ("gpt-4o", "openai", "openai", "gpt-4o"),
        (" GPT-4o ", "OpenAI", "openai", "gpt-4o"),
        ("models/gemini-2.5-flash", None, "google", "gemini-2.5-flash"),
        ("models/gemini-2.5-flash", "gcp.gemini", "google", "gemini-2.5-flash"),
        ("gemini/gemini-2.5-flash", None, "google", "gemini-2.5-flash"),
        ("azure/gpt-4o", None, "azure", "gpt-4o"),
        ("azure/eu/gpt-4o", "litellm", "azure", "gpt-4o"),
        ("openai:gpt-4o", None, "openai", "gpt-4o"),
        ("openai:gpt-4o", "openai", "openai", "gpt-4o"),
        ("google-gla:gemini-2.5-flash", None, "google", "gemini-2.5-flash"),
        ("openrouter:anthropic/claude-sonnet-4", None, "openrouter", "anthropic/claude-sonnet-4"),
        ("gpt-4o", "azure.ai.openai", "azure", "gpt-4o"),
        ("openai/gpt-4o", "azure.ai.inference", "azure", "gpt-4o"),
        ("vertex_ai/gemini-2.5-pro", None, "google", "gemini-2.5-pro"),
        ("vertex_ai/claude-sonnet-4@20250514", None, "google", "claude-4-sonnet"),
        (
            "projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro",
            "gcp.vertex_ai",
            "google",
            "gemini-2.5-pro",
        ),
        ("openrouter/anthropic/claude-sonnet-4", None, "openrouter", "anthropic/claude-sonnet-4"),
        ("anthropic/claude-sonnet-4", "openrouter", "openrouter", "anthropic/claude-sonnet-4"),
        ("anthropic/claude-sonnet-4-5-20250929", None, "anthropic", "claude-sonnet-4-5"),
        ("grok-4", "x_ai", "x-ai", "grok-4-0709"),
        ("mistral-large-latest", "mistral_ai", "mistral", "mistral-large"),
        ("gpt-5.2-20251211", "openai", "openai", "gpt-5.2"),
        ("gpt-5.2-2025-12-11", "openai", "openai", "gpt-5.2"),
        ("ft:gpt-4o-mini-2024-07-18:acme::x", None, "openai", "ft:gpt-4o-mini"),
        *(
            (name, provider, "aws", "regional.anthropic.claude-sonnet-4-20250514-v1:0")
            for name, provider in (
                ("us.anthropic.claude-sonnet-4-20250514-v1:0", None),
                ("us.anthropic.claude-sonnet-4-20250514-v1:0", "aws.bedrock"),
                ("bedrock/us.anthropic.claude-sonnet-4-20250514-v1:0", None),
                ("bedrock/converse/eu.anthropic.claude-sonnet-4-20250514-v1:0", None),
                ("bedrock/us-east-1/anthropic.claude-sonnet-4-20250514-v1:0", None),
                ("bedrock:us.anthropic.claude-sonnet-4-20250514-v1:0", None),
                (f"{ARN}us.anthropic.claude-sonnet-4-20250514-v1:0", None),
            )
        ),
    ],
)
def test_names_of_models_are_understood_as_they_are_written(
    model: str, provider: str | None, at: str, found: str
) -> None:
    """With what SDKs, gateways and OpenTelemetry write before them, or call the provider."""
    answer = SHIPPED.price(model, provider=provider, usage=USED)
    assert isinstance(answer, Price)
    assert (answer.provider, answer.model) == (at, found)


@pytest.mark.parametrize(
    ("model", "provider", "confidence"),
    [
        ("gpt-4o", "openai", "listed"),
        ("openai/gpt-4o", None, "listed"),
        ("gpt-4o", None, "assumed"),  # that it was OpenAI
        ("gpt-4o", "azure", "assumed"),  # that Azure charges what OpenAI does
        ("gpt-4o", "my-openai-proxy", "assumed"),
    ],
)
def test_who_was_guessed_is_said(model: str, provider: str | None, confidence: str) -> None:
    """What a call names itself is no guess."""
    answer = SHIPPED.price(model, provider=provider, usage=USED)
    assert isinstance(answer, Price)
    assert answer.confidence == confidence


def dated() -> Catalogue:
    """A model that became cheaper, and cheaper still at night."""
    terms = (
        Terms(input=Decimal(10), output=Decimal(40)),
        Terms(input=Decimal(2), output=Decimal(8), since=date(2025, 6, 10)),
        Terms(input=Decimal(1), output=Decimal(4), daily=(time(22), time(4))),
    )
    return Catalogue([Provider("p", (Model("m", terms), Model("new", terms[1:2])))], "test")


@pytest.mark.parametrize(
    ("at", "rate"),
    [
        ("2025-06-09T21:59", 10),
        ("2025-06-10T04:00", 2),
        ("2026-01-01T21:59", 2),
        ("2026-01-01T22:00", 1),
        ("2026-01-01T03:59", 1),
    ],
)
def test_a_call_is_charged_as_it_was_when_it_was_made(at: str, rate: int) -> None:
    """By the day and the hour in UTC."""
    found = dated().listing("m", "p", datetime.fromisoformat(at))
    assert isinstance(found, Listing)
    assert found.terms.input == rate


def test_a_call_from_before_the_first_price_has_none() -> None:
    """A list that begins later says nothing about it."""
    answer = dated().listing("new", "p", datetime(2025, 1, 1))  # noqa: DTZ001 - in UTC
    assert isinstance(answer, Unpriced)
    assert answer.reason == "no_price"


def test_prices_know_their_day() -> None:
    """OpenAI's o3 cost five times as much until 9 June 2025, in UTC; now is the default."""
    usage = Usage(input=1_000_000, output=0)
    before, after, now = (
        SHIPPED.price("o3", provider="openai", usage=usage, at=at)
        for at in (datetime.fromisoformat("2025-06-10T01:59+02:00"), NOON, None)
    )
    assert isinstance(before, Price)
    assert isinstance(after, Price)
    assert isinstance(now, Price)
    assert [before.total, after.total, now.total] == [10, 2, 2]
    assert (before.as_of, after.as_of) == (None, date(2025, 6, 10))


def test_the_ends_of_the_calendar_are_moments_too() -> None:
    """A clock that is wrong is no reason to raise."""
    for at in (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)):
        assert isinstance(SHIPPED.price("o3", provider="openai", usage=USED, at=at), Price)
    east = datetime.fromisoformat("0001-01-01T00:00:00+14:00")
    assert isinstance(SHIPPED.price("o3", provider="openai", usage=USED, at=east), Price)


def test_without_the_library_the_snapshot_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to install anything, and the source is said."""
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    book: PriceBook = Prices()
    price = book.price("gpt-4o", provider="openai", usage=USED)
    assert isinstance(price, Price)
    assert price.source == f"snapshot {snapshot().taken.isoformat()}"


def test_a_library_that_is_not_understood_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Of another version, for instance; the snapshot answers."""
    monkeypatch.setitem(sys.modules, "genai_prices.data_snapshot", Strange("strange"))
    book = Prices()
    with caplog.at_level(logging.WARNING, "modelmetry.prices"):
        first, second = (book.price("gpt-4o", provider="openai", usage=USED) for _ in range(2))
    assert isinstance(first, Price)
    assert (first, first.source[:8]) == (second, "snapshot")
    assert [record.getMessage()[:27] for record in caplog.records] == [
        "genai-prices cannot be read"
    ]


@pytest.fixture(name="newer")
def _newer() -> Iterator[None]:
    """What UpdatePrices of genai-prices does: two models, of which one has no price of tokens."""
    models = [
        ModelInfo("gpt-4o", ClauseEquals("gpt-4o"), prices=ModelPrice(input_mtok=Decimal(1))),
        ModelInfo("o3", ClauseEquals("o3"), prices=ModelPrice(audio_hours=Decimal(1))),
    ]
    provider = TheirProvider("openai", "OpenAI", "", models=models)
    set_custom_snapshot(DataSnapshot([provider], from_auto_update=True))
    yield
    set_custom_snapshot(None)


@pytest.mark.usefixtures("newer")
def test_newer_prices_of_the_library_are_used_at_once() -> None:
    """Those that its UpdatePrices brings while the program runs; the source says so."""
    book = Prices()
    listing = book.listing("gpt-4o", provider="openai")
    assert isinstance(listing, Listing)
    assert listing.terms.input == 1
    assert ", updated 20" in listing.source
    set_custom_snapshot(None)
    older = book.listing("gpt-4o", provider="openai")
    assert isinstance(older, Listing)
    assert older.terms.input == Decimal("2.5")


@pytest.mark.usefixtures("newer")
def test_the_first_list_that_knows_a_model_answers() -> None:
    """Also that it has no price; what it does not know is asked of the next."""
    book = Prices()
    by_the_hour = book.listing("o3", provider="openai")
    assert isinstance(by_the_hour, Unpriced)
    assert by_the_hour.reason == "no_price"
    other = book.listing("claude-3-haiku", provider="anthropic")
    assert isinstance(other, Listing)
    assert other.source.startswith("snapshot ")


class Strange(ModuleType):
    """A module whose data nobody knows."""

    def get_snapshot(self) -> object:
        """Something else."""
        return object()


def test_names_that_look_alike_are_found() -> None:
    """For who has misspelt one."""
    assert SHIPPED.alike("gpt-4oo", "openai")[0] == "gpt-4o"
    assert "gemini-2.5-flash" in SHIPPED.alike("models/gemini-2.5-flahs")
    assert SHIPPED.alike("qqqqqqqqqqqq") == []
