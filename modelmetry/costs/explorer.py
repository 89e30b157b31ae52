"""AWS Cost Explorer: what was spent by day and service, all pages of it, few requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol, cast

from modelmetry.costs import explorer_question
from modelmetry.costs.explorer_answer import rows_of
from modelmetry.costs.explorer_errors import told
from modelmetry.costs.explorer_question import Metric
from modelmetry.costs.rows import CostRow, merged
from modelmetry.costs.source import Spending
from modelmetry.errors import (
    CostCredentialsError,
    CostPermissionError,
    CostSourceError,
    InvalidValueError,
    MissingExtraError,
)

PRICE: Final = Decimal("0.01")
"""US dollars for each request, also for each further page (AWS Cost Management pricing, 2026)."""

_WAITS: Final = (1.0, 2.0, 4.0)
"""Seconds before a request is sent again."""


class _Client(Protocol):
    """What of boto3's client, which has no types of its own, is used here."""

    def get_cost_and_usage(self, **parameters: Any) -> dict[str, Any]: ...


class CostExplorer:
    """Asks AWS what was spent; needs `pip install 'modelmetry[aws]'` and `ce:GetCostAndUsage`.

    Each request costs 0.01 US dollars, however many days and services it is about: `CostPoller`
    asks seldom. Credentials are found as boto3 finds them, on the first question.

    Args:
        name: tells these rows from those of other sources.
        metric: what counts as effective cost: `UnblendedCost`, or `NetAmortizedCost` where
            Savings Plans, reservations or discounts exist. The billed cost is always unblended.
        second: by what costs are parted beside the service: `RECORD_TYPE` (which gives charge
            categories), `LINKED_ACCOUNT` (accounts), `tag:NAME`, or another dimension, which
            becomes a tag; `None` for nothing.
        without: types of records that are left out, such as `("Tax", "Credit", "Refund")`.
        tags: names of tags, each with the values of which a charge must have one.
        profile: of AWS's configuration; that of `AWS_PROFILE`, or the default one, unless given.
        region: any of the partition in which the account is, such as `cn-northwest-1` in China;
            what the environment says is not asked, since it may say nothing.
        timeout: seconds for each connection and each answer.
        most_requests: at most so many for one question, with further pages and repetitions.
        sleep: waits between repetitions.
        client: of boto3, for `ce`, instead of one that is made here.

    Raises:
        InvalidValueError: an argument is none that the service knows.
    """

    def __init__(
        self,
        *,
        name: str = "aws",
        metric: Metric = explorer_question.BILLED,
        second: str | None = None,
        without: Collection[str] = (),
        tags: Mapping[str, Collection[str]] | None = None,
        profile: str | None = None,
        region: str = "us-east-1",
        timeout: float = 30.0,
        most_requests: int = 20,
        sleep: Callable[[float], None] = time.sleep,
        client: object | None = None,
    ) -> None:
        if most_requests < 1 or timeout <= 0:
            raise InvalidValueError(
                f"most_requests must be 1 or more and timeout above 0, not {most_requests} and "
                f"{timeout}"
            )
        self._name = name
        self._metric: Metric = metric
        self._second = second
        self._asked = explorer_question.metrics(metric)
        self._grouped = explorer_question.groups(second)
        self._filtered = explorer_question.filters(without, tags or {})
        self._profile = profile
        self._region = region
        self._timeout = timeout
        self._most_requests = most_requests
        self._sleep = sleep
        self._given = self._client = cast("_Client | None", client)
        self._requests = 0

    @property
    def name(self) -> str:
        """Tells its rows from those of other sources."""
        return self._name

    @property
    def spending(self) -> Spending:
        """The requests so far that AWS may charge, and the price of one."""
        return Spending(self._requests, PRICE)

    def rows(self, start: date, end: date) -> Iterator[CostRow]:
        """Ask what was spent in whole days of UTC.

        All pages are read before the first row comes.

        Args:
            start: the first day.
            end: the day after the last one.

        Raises:
            CostCredentialsError: there are no credentials, or they are expired or wrong.
            CostPermissionError: they lack `ce:GetCostAndUsage`.
            CostDataError: AWS has no figures of these days, or none yet.
            CostCurrencyError: the answer is in several currencies.
            CostSourceError: AWS cannot be reached, refuses, or needs too many requests.
            MissingExtraError: boto3 is not installed.
            InvalidValueError: the end is not after the start.
        """
        found: list[CostRow] = []
        for page in self._pages(start, end):
            found += rows_of(page, metric=self._metric, second=self._second, start=start, end=end)
        return iter(merged(found))

    def _pages(self, start: date, end: date) -> Iterator[dict[str, Any]]:
        parameters = explorer_question.question(
            start, end, asked=self._asked, grouped=self._grouped, filtered=self._filtered
        )
        last = self._requests + self._most_requests
        while True:
            page = self._answer(parameters, last)
            yield page
            token = page.get("NextPageToken")
            if not token:
                return
            parameters["NextPageToken"] = token

    def _answer(self, parameters: dict[str, Any], last: int) -> dict[str, Any]:
        """Ask for one page, again after what may pass."""
        waits = iter(_WAITS)
        while True:
            if self._requests >= last:
                raise CostSourceError(
                    f"{self._most_requests} requests were not enough for these costs, and each "
                    "is paid; ask for fewer days, without a second dimension, or raise "
                    "most_requests"
                )
            try:
                return self._ask(parameters)
            except CostSourceError as error:
                wait = next(waits, None)
                if not error.retry or wait is None:
                    raise
            self._sleep(wait)

    def _ask(self, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            if self._client is None:
                self._client = _connected(self._region, self._profile, self._timeout)
            answer = self._client.get_cost_and_usage(**parameters)
        except MissingExtraError:
            raise
        except Exception as error:  # of botocore, urllib3, or a process that gives credentials
            failure = told(error)
            self._requests += failure.paid
            if isinstance(failure, (CostCredentialsError, CostPermissionError)):
                self._client = self._given  # another one looks for credentials anew
            raise failure from error
        self._requests += 1
        return answer


def _connected(region: str, profile: str | None, timeout: float) -> _Client:
    try:
        import boto3  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs] - an optional extra
        from botocore.config import Config  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise MissingExtraError(
            "Cost Explorer is asked through boto3, which is not installed; "
            "pip install 'modelmetry[aws]'"
        ) from error
    config = Config(
        connect_timeout=timeout,
        read_timeout=timeout,
        retries={"total_max_attempts": 1},  # repeated here, where each one is counted
    )
    session = cast("Any", boto3.Session)(profile_name=profile, region_name=region)
    return cast("_Client", session.client("ce", config=config))
