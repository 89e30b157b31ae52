"""Schemathesis, one schema object for each phase, so that each phase has test items of its own.

The number of fuzzed examples for each operation is `CONTRACT_EXAMPLES` (default 150); the number
of stateful scenarios is `CONTRACT_SCENARIOS` (default 100). Raise them for a long run, and give a
number as `CONTRACT_SEED` for other cases than those that every run has.
"""

# Schemathesis leaves the type arguments of its own generics out.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import unquote

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from tests.contract.cases import CASES
from tests.contract.sent import items
from tests.contract.spec_document import DOCUMENT, METHODS, SPEC_PATH, resolve
from tests.contract.target import KEY

if TYPE_CHECKING:
    from schemathesis import BaseSchema, Case, HookContext, Response

    from tests.contract.target import Target

# Without it the same cases in every run: a failure of CI is repeated by running it again.
SEED = os.environ.get("CONTRACT_SEED")
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "150"))
SCENARIOS = int(os.environ.get("CONTRACT_SCENARIOS", "100"))
PATIENT = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
# For our own properties: as many examples as schemathesis fuzzes, the same in every run.
QUICKLY = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=SEED is None, suppress_health_check=PATIENT
)
FOLLOWING = settings(
    max_examples=SCENARIOS,
    stateful_step_count=6,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=PATIENT,
)
TestT = TypeVar("TestT")
SCOPED = frozenset({"/metrics/values", "/metrics/lists"})
WINDOWED = frozenset({"/production/series", "/production/summary"})
SCOPES = ("pipeline_name", "deployment_name", "execution")
LISTS = (
    *("Sessions", "Traces", "Spans", "Events", "Findings"),
    *("Executions", "MetricValues", "MetricLists", "TelemetryRuns", "TelemetryRecords"),
    *("MetricIntervals", "Runs", "Records"),
)
NAMING = ("XID", "TraceID", "SpanID", "ParentID", "SessionID", "ExecutionID", "RunID")
PHASES = ("examples", "coverage", "fuzzing", "stateful")

# The server under test; known when the first generated test runs, not when tests are collected.
_targets: list[Target] = []


def schema_for(phase: str) -> BaseSchema:
    """The document with exactly one phase switched on, sending with the target's key."""
    phases: dict[str, Any] = {name: {"enabled": name == phase} for name in PHASES}
    phases["coverage"]["generate-duplicate-query-parameters"] = True
    config = SchemathesisConfig.from_dict(
        {
            "seed": int(SEED or 0),
            "phases": phases,
            "generation": {"max-examples": EXAMPLES, "deterministic": SEED is None},
            # Without it a slow minute of a shared machine would be a failure.
            "suppress-health-check": ["all"],
            "warnings": False,
        }
    )
    schema = schemathesis.openapi.from_path(SPEC_PATH, config=config)
    schema.auth(refresh_interval=None)(TargetKey)
    schema.hooks.hook("after_call")(_count)
    return schema


def cases(schema: BaseSchema) -> Callable[[TestT], TestT]:
    """Make a test of one case into one item for each operation."""
    return cast("Callable[[TestT], TestT]", schema.parametrize())


def send(case: Case[Any]) -> None:
    """Send a case to the server under test and run every check on the answer."""
    cast("Any", case).call_and_validate(base_url=address())


def where_examples_are(schema: BaseSchema) -> BaseSchema:
    """The schema without operations for which the document gives no example."""
    return cast("BaseSchema", cast("Any", schema).include(operation_id=with_examples()))


def with_examples() -> list[str]:
    """The operations for which the document gives examples of requests."""
    paths: dict[str, Any] = DOCUMENT["paths"]
    definitions = [item[name] for item in paths.values() for name in item if name in METHODS]
    return [found["operationId"] for found in definitions if _has_examples(found)]


def _has_examples(definition: dict[str, Any]) -> bool:
    contents: dict[str, Any] = definition.get("requestBody", {}).get("content", {})
    asked = [resolve(found) for found in definition.get("parameters", [])]
    return any({"example", "examples"} & found.keys() for found in [*asked, *contents.values()])


def aim(target: Target) -> None:
    """Send generated cases to a server from now on."""
    _targets[:] = [target]


def address() -> str:
    """Where generated cases go."""
    return _targets[0].base_url


class TargetKey:
    """Puts the target's key where the document wants it."""

    def get(self, case: Case[Any], context: Any) -> str:
        """The key."""
        return KEY

    def set(self, case: Case[Any], data: str, context: Any) -> None:
        """Send the key."""
        case.headers["X-API-KEY"] = data


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Note what is sent; at a server elsewhere, touch nothing that is not ours."""
    if not _targets:
        return
    target = _targets[0]
    keep_to_one_scope(case)
    keep_to_what_words_say(case)
    if target.elsewhere:
        keep_to_ourselves(case, target.run)
    target.sent.note(case.body)
    xid = case.path_parameters.get("xid") if case.path_parameters else None
    if writes_to_execution(case) and isinstance(xid, str):
        # Generated ones are encoded already, those that links lead to are not.
        target.sent.note({"Executions": [{"XID": xid}, {"XID": unquote(xid)}]})


def keep_to_one_scope(case: Case[Any]) -> None:
    """Leave one scope to valid questions about metrics: the document says so in words only."""
    valid = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if case.path in SCOPED and valid:
        for name in [name for name in SCOPES if name in case.query][1:]:
            del case.query[name]


def keep_to_what_words_say(case: Case[Any]) -> None:
    """Leave one end to valid windows, and let valid intervals of metrics agree with themselves.

    A schema cannot compare two values.
    """
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    if case.path in WINDOWED:
        for name in ("at_after", "baseline_before"):
            case.query.pop(name, None)
    if case.path.startswith("/costs/"):
        keep_to_days(case)
    for interval in items(case.body, "MetricIntervals"):
        interval["End"] = interval["Start"]
        for series in interval["Series"]:
            if series["Kind"] == "histogram":
                series["Bounds"] = sorted(set(series["Bounds"]))
                series["Counts"] = (series["Counts"] + [0] * 201)[: len(series["Bounds"]) + 1]
            elif series["Kind"] == "gauge":
                series["Min"], series["Last"], series["Max"] = sorted(
                    (series["Min"], series["Last"], series["Max"])
                )


def keep_to_days(case: Case[Any]) -> None:
    """Leave one end to valid questions about costs, and let rows belong to the days."""
    case.query.pop("from", None)
    if isinstance(case.body, dict) and "Rows" in case.body:
        case.body |= {"From": "2026-11-01", "To": "2026-11-02"}
    for place, row in enumerate(items(case.body, "Rows")):
        row["ServiceName"] = f"{place} {row['ServiceName']}"[:255]
        row["ChargePeriodStart"] = "2026-11-01T00:00:00Z"
        row["ChargePeriodEnd"] = "2026-11-02T00:00:00Z"


def writes_to_execution(case: Case[Any]) -> bool:
    """Whether the path names an execution to which something is added."""
    return case.method.upper() == "POST" and case.path.startswith("/executions/{xid}/")


def keep_to_ourselves(case: Case[Any], run: str) -> None:
    """Begin every XID that a case writes or deletes with the run's digits.

    Links lead from any trace of the tenant to its deletion, so the path counts too.
    """
    for member in LISTS:
        for item in items(case.body, member):
            for name in NAMING:
                if isinstance(item.get(name), str):
                    item[name] = ours(item[name], run)
            if member in {"Events", "Findings"} and item.get("TraceID", None) is None:
                item["TraceID"] = f"{run}-no-trace"  # else it could not be deleted
    body = case.body
    if isinstance(body, dict):
        keep_members(case, body, run)
    xid = case.path_parameters.get("xid")
    if (case.method.upper() == "DELETE" or writes_to_execution(case)) and isinstance(xid, str):
        case.path_parameters["xid"] = ours(xid, run)


def keep_members(case: Case[Any], body: dict[str, Any], run: str) -> None:
    """Do so with what a body itself names: a client, whose report stays, or an execution."""
    if case.path == "/executions":
        body.setdefault("XID", f"{run}-no-xid")  # else nobody would know which to delete
    for name in ("XID", "TraceID"):
        if isinstance(xid := body.get(name), str):
            body[name] = ours(xid, run)
    if case.path == "/costs/days" and isinstance(source := body.get("Source"), str):
        body["Source"] = ours(source, run)[:100]


def ours(xid: str, run: str) -> str:
    """The XID, begun with the run's digits."""
    return xid if xid.startswith(run) else run + xid


def _count(context: HookContext, case: Case[Any], response: Response) -> None:
    phase = case.meta.phase.name.value if case.meta is not None else "probes"
    CASES[phase] += 1
