"""What a user chooses: which jobs, how good, for how much money, how often they are asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from modelmetry.errors import InvalidValueError

LONGEST_SCRAPE: Final = 75.0
"""Seconds; a rate over the shortest window, 5 minutes, needs four scrapes."""

LEAST_SLO: Final = 95.0
"""Percent; the fastest burn, 14.4 times, of a larger budget would be more than all requests."""

MOST_SLO: Final = 99.9999
"""Percent; one request in a million may fail then."""

MONTH_SECONDS: Final = 2_629_746
"""Seconds of the mean month of the Gregorian calendar: 365.2425 days by 12."""

_JOB: Final = re.compile(r"[A-Za-z0-9_.:/@-]+")
_ADDRESS: Final = re.compile(r"https?://[^\s\"'`<>{}#\\]+")
_SPAN: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII)


class Choices(Struct, frozen=True, kw_only=True):
    """What the files are made for.

    Attributes:
        jobs: names of jobs in the configuration of Prometheus; none stands for all of them.
        server_job: that of the modelmetry server, which has to be told from the others where
            `jobs` are chosen.
        slo: percent of the requests that shall not fail.
        monthly_budget: USD a month, for calls of language models and for the cloud, each.
        scrape_interval: how often Prometheus asks, such as `15s`.
        runbooks: address of docs/dashboards.md where readers of alerts find it; without one
            alerts lead nowhere.
    """

    jobs: tuple[str, ...] = ()
    server_job: str = "modelmetry"
    slo: float = 99.9
    monthly_budget: float = 1_000.0
    scrape_interval: str = "15s"
    runbooks: str | None = None

    def checked(self) -> Choices:
        """These choices, each job once, if files can be made of them.

        Raises:
            InvalidValueError: one of them cannot be used; the message says which and why.
        """
        for job in (*self.jobs, self.server_job):
            if not _JOB.fullmatch(job):
                raise InvalidValueError(
                    f"{job!r} cannot be the name of a job; give job_name as it stands in the "
                    "configuration of Prometheus: letters, digits and . _ : / @ -"
                )
        if not LEAST_SLO <= self.slo <= MOST_SLO:
            raise InvalidValueError(
                f"the objective must be at least {LEAST_SLO:g} and below 100 percent, not "
                f"{self.slo:.10g}; 99.9 allows one request in a thousand to fail, and the most, "
                f"{MOST_SLO:g}, one in a million"
            )
        if not isfinite(self.monthly_budget) or self.monthly_budget <= 0:
            raise InvalidValueError(
                f"the budget must be more than 0 USD a month, not {self.monthly_budget:g}"
            )
        seconds(self.scrape_interval)
        if self.runbooks is not None and not _ADDRESS.fullmatch(self.runbooks):
            raise InvalidValueError(
                "the address of the runbooks must begin with http:// or https:// and have no "
                f"blanks, quotes, braces or # in it, not {self.runbooks!r}; the name of the alert "
                "is put behind it"
            )
        return replace(
            self,
            jobs=tuple(dict.fromkeys(self.jobs)),
            slo=float(self.slo),
            monthly_budget=float(self.monthly_budget),
        )

    @property
    def allowed(self) -> float:
        """The share of requests that may fail."""
        return round(1 - self.slo / 100, 10)


def pattern(jobs: Iterable[str]) -> str:
    """A regular expression of RE2 for these jobs; empty for none."""
    return "|".join(re.escape(job).replace("\\-", "-") for job in jobs)


def seconds(span: str) -> float:
    """Seconds of a span as Prometheus writes it, such as `15s` or `1m30s`.

    Raises:
        InvalidValueError: it is none, or not one at which rules can work.
    """
    found = _SPAN.fullmatch(span)
    if not span or found is None:
        raise InvalidValueError(
            f"{span!r} is no interval; write it as Prometheus does: 15s, 1m, 500ms"
        )
    hours, minutes, whole, thousandths = (int(part or 0) for part in found.groups())
    total = hours * 3600 + minutes * 60 + whole + thousandths / 1000
    if not 0 < total <= LONGEST_SCRAPE:
        raise InvalidValueError(
            f"the scrape interval must be more than 0 and at most {LONGEST_SCRAPE:g} seconds, not "
            f"{span}: rates over 5 minutes need four scrapes"
        )
    return total
