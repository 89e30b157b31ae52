"""Cost Explorer, with botocore's Stubber in place of the network: it checks each parameter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest

from modelmetry.costs.explorer import CostExplorer
from modelmetry.errors import (
    CostCredentialsError,
    CostCurrencyError,
    CostDataError,
    CostPermissionError,
    CostSourceError,
    InvalidValueError,
)
from tests.unit.costs.answers import day, group, page

FIRST, SECOND, END = date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 3)
BOTO3: Any = import_module("boto3")  # which has no types
STUB: Any = import_module("botocore.stub")
EXCEPTIONS: Any = import_module("botocore.exceptions")
ASKED: dict[str, Any] = {
    "TimePeriod": {"Start": "2026-09-01", "End": "2026-09-03"},
    "Granularity": "DAILY",
    "Metrics": ["UnblendedCost"],
    "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
}


class Stubbed:
    """A client whose answers are laid ready, and how long the source has waited."""

    def __init__(self) -> None:
        self.client: Any = BOTO3.client(
            "ce",
            region_name="us-east-1",
            aws_access_key_id="nobody",
            aws_secret_access_key="nothing",
        )
        self.stub: Any = STUB.Stubber(self.client)
        self.waited: list[float] = []

    def source(self, **options: Any) -> CostExplorer:
        """A source that asks this client."""
        return CostExplorer(client=self.client, sleep=self.waited.append, **options)

    def answers(self, answer: dict[str, Any], **changes: Any) -> None:
        """Lay the next answer ready, for the usual question with changes."""
        self.stub.add_response("get_cost_and_usage", answer, ASKED | changes)

    def refuses(self, code: str, status: int = 400) -> None:
        """Let the next question be refused."""
        self.stub.add_client_error("get_cost_and_usage", code, "no", status)


@pytest.fixture
def aws() -> Iterator[Stubbed]:
    stubbed = Stubbed()
    with stubbed.stub:
        yield stubbed
    stubbed.stub.assert_no_pending_responses()


def test_each_day_and_service_becomes_a_row(aws: Stubbed) -> None:
    """Amounts are exact, days are whole days of UTC, and what may change is marked."""
    aws.answers(page(day("2026-09-01", "2026-09-02", group("S3", usd="0.1000000001"))))

    (row,) = aws.source().rows(FIRST, END)

    assert row.charge_period_start == datetime(2026, 9, 1, tzinfo=UTC)
    assert row.charge_period_end == datetime(2026, 9, 2, tzinfo=UTC)
    assert (row.service_name, row.billing_currency) == ("S3", "USD")
    assert (row.billed_cost, row.effective_cost) == (Decimal("0.1000000001"),) * 2
    assert (row.charge_category, row.list_cost, row.estimated) == (None, None, False)


def test_all_pages_are_read_and_counted(aws: Stubbed) -> None:
    """Each page is a request that is paid, and a day may go on on the next page."""
    aws.answers(page(day("2026-09-01", "2026-09-02", group("EC2")), token="two"))
    aws.answers(
        page(
            day("2026-09-01", "2026-09-02", group("S3")),
            day("2026-09-02", "2026-09-03", group("EC2"), estimated=True),
        ),
        NextPageToken="two",
    )
    source = aws.source()

    rows = list(source.rows(FIRST, END))

    assert [(row.day.day, row.service_name, row.estimated) for row in rows] == [
        (1, "EC2", False),
        (1, "S3", False),
        (2, "EC2", True),
    ]
    assert (source.spending.requests, source.spending.amount) == (2, Decimal("0.02"))


def test_net_amortized_cost_comes_with_the_billed_one_in_one_request(aws: Stubbed) -> None:
    """The billed cost stays what is invoiced."""
    both = group("EC2", UnblendedCost="100", NetAmortizedCost="60")
    aws.answers(
        page(day("2026-09-01", "2026-09-02", both)),
        Metrics=["UnblendedCost", "NetAmortizedCost"],
    )

    (row,) = aws.source(metric="NetAmortizedCost").rows(FIRST, END)

    assert (row.billed_cost, row.effective_cost) == (Decimal(100), Decimal(60))


def test_filters_leave_out_types_of_records_and_other_tags(aws: Stubbed) -> None:
    """Both are one expression of the service."""
    expression = {
        "And": [
            {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund", "Tax"]}}},
            {"Tags": {"Key": "team", "Values": ["search"]}},
        ]
    }
    aws.answers(page(), Filter=expression)

    source = aws.source(without=("Tax", "Credit", "Refund"), tags={"team": ["search"]})

    assert list(source.rows(FIRST, END)) == []


@pytest.mark.parametrize(
    ("second", "definition", "key", "expected"),
    [
        ("LINKED_ACCOUNT", ("DIMENSION", "LINKED_ACCOUNT"), "1234", (None, "1234", ())),
        ("RECORD_TYPE", ("DIMENSION", "RECORD_TYPE"), "Tax", ("Tax", None, ())),
        ("tag:team", ("TAG", "team"), "team$a$b", (None, None, (("team", "a$b"),))),
        ("tag:team", ("TAG", "team"), "team$", (None, None, ())),
        ("REGION", ("DIMENSION", "REGION"), "eu", (None, None, (("REGION", "eu"),))),
    ],
)
def test_a_second_dimension_parts_the_rows(
    aws: Stubbed, second: str, definition: tuple[str, str], key: str, expected: object
) -> None:
    """It becomes what FOCUS has for it: category, account or tag."""
    grouped = [*ASKED["GroupBy"], dict(zip(("Type", "Key"), definition, strict=True))]
    aws.answers(page(day("2026-09-01", "2026-09-02", group("EC2", key))), GroupBy=grouped)

    (row,) = aws.source(second=second).rows(FIRST, END)

    assert (row.charge_category, row.sub_account_id, row.tags) == expected


def test_types_of_records_of_one_category_are_one_row(aws: Stubbed) -> None:
    """Rows of a source have different keys, or a ledger would keep only one of them."""
    groups = [*ASKED["GroupBy"], {"Type": "DIMENSION", "Key": "RECORD_TYPE"}]
    kinds = ("Upfront", "SavingsPlanRecurringFee", "Savings Plan Negation", "Usage", "Credit")
    told = [group("EC2", kind, usd="1") for kind in kinds]
    aws.answers(page(day("2026-09-01", "2026-09-02", *told)), GroupBy=groups)

    rows = list(aws.source(second="RECORD_TYPE").rows(FIRST, END))

    assert {row.charge_category: row.billed_cost for row in rows} == {
        "Adjustment": 1,
        "Credit": 1,
        "Purchase": 2,
        "Usage": 1,
    }


def test_several_currencies_in_an_answer_are_refused_as_a_whole(aws: Stubbed) -> None:
    """Also when the second one comes on a later page: no row has been given by then."""
    aws.answers(page(day("2026-09-01", "2026-09-02", group("EC2")), token="two"))
    other = day("2026-09-02", "2026-09-03", group("EC2", unit="CNY"))
    aws.answers(page(other), NextPageToken="two")

    with pytest.raises(CostCurrencyError, match="CNY and USD"):
        aws.source().rows(FIRST, END)


def test_nothing_of_no_currency_is_nothing(aws: Stubbed) -> None:
    """Where nothing was spent the service says `N/A`."""
    aws.answers(page(day("2026-09-01", "2026-09-02", group("EC2", usd="0", unit="N/A"))))

    assert list(aws.source().rows(FIRST, END)) == []


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("ExpiredTokenException", CostCredentialsError, "expired; log in again"),
        ("UnrecognizedClientException", CostCredentialsError, "AWS_ACCESS_KEY_ID"),
        ("AccessDeniedException", CostPermissionError, "ce:GetCostAndUsage"),
        ("DataUnavailableException", CostDataError, "24 hours"),
        ("BillExpirationException", CostDataError, "13 months"),
        ("InvalidNextTokenException", CostSourceError, "ask again"),
        ("ValidationException", CostSourceError, "ValidationException: no"),
    ],
)
def test_a_refusal_says_what_to_do(
    aws: Stubbed, code: str, kind: type[Exception], said: str
) -> None:
    """It is asked once: the same question would be refused again."""
    aws.refuses(code)

    with pytest.raises(kind, match=said):
        aws.source().rows(FIRST, END)

    assert aws.waited == []


def test_what_may_pass_is_asked_again_with_growing_waits(aws: Stubbed) -> None:
    """Every repetition counts, since it may be charged."""
    aws.refuses("LimitExceededException")
    aws.refuses("InternalFailure", 500)
    aws.answers(page(day("2026-09-01", "2026-09-02", group("EC2"))))
    source = aws.source()

    assert len(list(source.rows(FIRST, END))) == 1
    assert (aws.waited, source.spending.requests) == ([1.0, 2.0], 3)


def test_it_gives_up_after_four_attempts(aws: Stubbed) -> None:
    """A limit that lasts is left to the poller, which waits hours."""
    for _ in range(4):
        aws.refuses("LimitExceededException")

    with pytest.raises(CostSourceError, match="asked too often"):
        aws.source().rows(FIRST, END)

    assert aws.waited == [1.0, 2.0, 4.0]


def test_pages_without_end_cost_a_bounded_amount(aws: Stubbed) -> None:
    """A service that always has one more page is left after as many requests as were allowed."""
    aws.answers(page(token="again"))
    for _ in range(2):
        aws.answers(page(token="again"), NextPageToken="again")
    source = aws.source(most_requests=3)

    with pytest.raises(CostSourceError, match="3 requests were not enough"):
        source.rows(FIRST, END)

    assert source.spending.amount == Decimal("0.03")


@pytest.mark.parametrize(
    "code", ["ExpiredTokenException", "InvalidClientTokenId", "AccessDeniedException"]
)
def test_who_is_refused_has_not_paid(aws: Stubbed, code: str) -> None:
    """Credentials that are expired, wrong or not enough do not use up the polls of a day."""
    aws.refuses(code, 403)
    source = aws.source()

    with pytest.raises((CostCredentialsError, CostPermissionError)):
        source.rows(FIRST, END)

    assert source.spending.requests == 0


@pytest.mark.parametrize(
    "answer",
    [
        page(day("2026-09-01", "2026-09-02", group("EC2", usd="NaN"))),
        page(day("2026-09-01", "2026-09-02", group("EC2", usd="much"))),
        page(day("2026-09-01", "2026-09-02", group("EC2", usd="1", unit="N/A"))),
        page(day("2026-09-09", "2026-09-10", group("EC2"))),
        page(day("yesterday", "today", group("EC2"))),
        page(day("2026-09-01", "2026-09-02", group())),
        page(day("2026-09-01", "2026-09-02", {"Keys": ["EC2"], "Metrics": {}})),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(aws: Stubbed, answer: dict[str, Any]) -> None:
    """Nothing of it is taken, and nothing else than an error of ours comes."""
    aws.answers(answer)

    with pytest.raises(CostSourceError, match="Cost Explorer"):
        aws.source().rows(FIRST, END)


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (
            EXCEPTIONS.UnauthorizedSSOTokenError(),
            CostCredentialsError,
            r"expired; run `aws sso login`",
        ),
        (
            EXCEPTIONS.PartialCredentialsError(provider="env", cred_var="x"),
            CostCredentialsError,
            "incomplete",
        ),
        (EXCEPTIONS.ReadTimeoutError(endpoint_url="here"), CostSourceError, "did not answer"),
        (RuntimeError("out of order"), CostSourceError, "could not be asked.*out of order"),
    ],
)
def test_whatever_is_raised_becomes_an_error_of_ours(
    error: Exception, kind: type[Exception], said: str
) -> None:
    """With what to do where that is known; the cause stays with it."""

    class Raising:
        def get_cost_and_usage(self, **parameters: object) -> None:
            raise error

    waited: list[float] = []
    source = CostExplorer(name="aws-2", client=Raising(), sleep=waited.append)

    with pytest.raises(kind, match=said) as raised:
        source.rows(FIRST, END)

    assert raised.value.__cause__ is error
    assert source.name == "aws-2"


def test_two_currencies_of_one_service_are_refused(aws: Stubbed) -> None:
    """They are of two metrics of the same answer."""
    told = group("EC2", UnblendedCost="1", NetAmortizedCost="1")
    told["Metrics"]["NetAmortizedCost"]["Unit"] = "CNY"
    aws.answers(
        page(day("2026-09-01", "2026-09-02", told)), Metrics=["UnblendedCost", "NetAmortizedCost"]
    )

    with pytest.raises(CostSourceError, match="USD and CNY for 'EC2'"):
        aws.source(metric="NetAmortizedCost").rows(FIRST, END)


@pytest.mark.parametrize(
    "options",
    [
        {"metric": "BlendedCost"},
        {"second": "SERVICES"},
        {"second": "tag:"},
        {"tags": {"team": []}},
        {"tags": {"team": "search"}},
        {"most_requests": 0},
        {"timeout": 0},
    ],
)
def test_an_argument_that_makes_no_sense_is_refused_at_once(options: dict[str, Any]) -> None:
    """Before anything is paid."""
    with pytest.raises(InvalidValueError):
        CostExplorer(**options)


def test_an_empty_time_is_refused(aws: Stubbed) -> None:
    """Before anything is paid."""
    with pytest.raises(InvalidValueError, match="after their start"):
        aws.source().rows(END, FIRST)
