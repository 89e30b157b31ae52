"""CostDayRow. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class CostDayRow:
    """What one service cost in one period, in the terms of FOCUS."""

    charge_period_start: DateTime = member("ChargePeriodStart")
    """Where the period begins; on one of the days of the request."""

    charge_period_end: DateTime = member("ChargePeriodEnd")
    """Where it ends, exclusive; 400 days later at most."""

    service_name: str = member("ServiceName")
    """As the provider calls it."""

    billed_cost: str = member("BilledCost")
    """An exact amount as text, such as `12.3400000001`."""

    effective_cost: str = member("EffectiveCost")
    """An exact amount as text, such as `12.3400000001`."""

    list_cost: str | None | Unset = member("ListCost", default=UNSET)
    """Without any discount; null where it is not known."""

    charge_category: str | None | Unset = member("ChargeCategory", default=UNSET)
    """`Usage`, `Purchase`, `Tax`, `Credit` or `Adjustment`."""

    sub_account_id: str | None | Unset = member("SubAccountId", default=UNSET)
    """The account, subscription or project."""

    tags: dict[str, str] | Unset = member("Tags", default=UNSET)
    """Tags by which costs are parted."""

    estimated: bool | Unset = member("Estimated", default=UNSET)
    """Whether the provider may still change it."""
