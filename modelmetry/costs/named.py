"""Sources of costs by the name that a setting or an option has for them."""

from __future__ import annotations

from typing import Final, get_args

from modelmetry.costs.explorer import CostExplorer
from modelmetry.costs.explorer_question import BILLED, Metric
from modelmetry.costs.focus import FocusFiles
from modelmetry.errors import InvalidValueError

AWS: Final = "aws"
"""The name of Cost Explorer; any other is a file or a folder."""


def metric_named(name: str) -> Metric:
    """Give what counts as effective cost at AWS.

    Raises:
        InvalidValueError: there is no such metric.
    """
    for known in get_args(Metric):
        if name == known:
            return known  # type: ignore[no-any-return]
    raise InvalidValueError(f"metric must be one of {', '.join(get_args(Metric))}, not {name!r}")


def source_named(
    name: str, *, metric: Metric = BILLED, profile: str | None = None
) -> CostExplorer | FocusFiles:
    """Give the source that polls ask.

    Costs of AWS are parted by the type of record too, so that taxes can be left out; that makes
    the same request.

    Args:
        name: `aws`, or the path of a folder or file in the format FOCUS.
        metric: what counts as effective cost at AWS.
        profile: of AWS's configuration.
    """
    if name == AWS:
        return CostExplorer(metric=metric, profile=profile, second="RECORD_TYPE")
    return FocusFiles(name)
