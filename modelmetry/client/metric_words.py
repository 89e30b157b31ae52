"""What a client says of executions and metrics."""

# ruff: noqa: A002 - an execution has an id, and callers name it so

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, cast

from modelmetry.client.execution import Execution, open_execution, surrounding_id
from modelmetry.client.metrics import Metrics, Number
from modelmetry.client.recorder import Recorder
from modelmetry.config import Config
from modelmetry.errors import InvalidValueError, ReadError
from modelmetry.signals.values import brief_repr

if TYPE_CHECKING:
    from modelmetry_api.models import MetricList, MetricValue

    from modelmetry.client.client import Client


class MetricRow(TypedDict):
    """A metric of an execution with its last value; names that were not given are empty."""

    name: str
    value: float
    created_at: datetime
    execution_id: str
    pipeline_name: str
    deployment_name: str


class MetricListRow(TypedDict):
    """A list of an execution with all its values; names that were not given are empty."""

    name: str
    values: list[float]
    created_at: datetime
    execution_id: str
    pipeline_name: str
    deployment_name: str


class MetricWords:
    """The part of a client that is about executions and metrics."""

    _recorder: Recorder
    _config: Config
    _has_own_sink: bool
    _surrounding: Metrics | None = None

    def execution(
        self,
        pipeline: str | None = None,
        *,
        deployment: str | None = None,
        id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> Execution:
        """Begin an execution, or go on with one, and go down to it.

        It is also a trace of the pipeline's name: its spans, findings and metrics are one story.

        Args:
            pipeline: what is run, such as `train`.
            deployment: by which deployment of it.
            id: an id of 1 to 1,000 characters that other processes may know too. By default
                that of the step in which this process runs (`MODELMETRY_EXECUTION_ID`, or
                `CRAFT_AI_EXECUTION_ID`), unless an execution is open here; else a new one.
            metadata: what is known about it, as JSON values.
            start: when it began; now by default. Without a time zone it is taken as UTC.

        Raises:
            InvalidTypeError: an argument has a type that cannot be recorded.
            InvalidValueError: `id` is empty or too long.
        """
        recorder = self._recorder
        xid = _execution_id(recorder, id)
        if xid is None and open_execution(recorder) is None:
            xid = surrounding_id()
        return Execution(
            cast("Client", self),
            recorder,
            "execution" if pipeline is None else pipeline,
            xid=xid,
            pipeline=recorder.optional_text(pipeline, "pipeline"),
            deployment=recorder.optional_text(deployment, "deployment"),
            metadata=metadata,
            start=start,
        )

    def record_metric_value(self, name: str, value: Number) -> bool:
        """Record the value of a metric of the current execution; see `Execution.metric`.

        The execution is that of the current span, or the one in whose step this process runs.

        Returns:
            whether there is one. Without one nothing is recorded, and a warning says so unless
            `warn_outside_execution` is off.

        Raises:
            InvalidTypeError: `name` is no text, or `value` no number; a bool is none.
            InvalidValueError: `name` has no or too many characters; `value` is NaN or infinite.
        """
        metrics = self._metrics_here()
        if metrics is None:
            return False
        metrics.value(name, value)
        return True

    def record_list_metric_values(self, name: str, values: Number | Iterable[Number]) -> bool:
        """Append a number, or numbers, to a list of the current execution.

        See `Execution.list_metric`; where the execution comes from, and what is returned, is as
        with `record_metric_value`.

        Raises:
            InvalidTypeError: `name` is no text, or there is something else than numbers.
            InvalidValueError: `name` has no or too many characters; a value is NaN or infinite;
                the list would hold more than 50,000 values. Nothing is recorded then.
        """
        metrics = self._metrics_here()
        if metrics is None:
            return False
        metrics.extend(name, values)
        return True

    def get_metrics(
        self,
        name: str | None = None,
        pipeline_name: str | None = None,
        deployment_name: str | None = None,
        execution_id: str | None = None,
    ) -> list[MetricRow]:
        """Metrics with their last values, newest first, as they are stored.

        What was recorded here is sent first, for as long as `flush_all` waits.

        Args:
            name: the metric, exactly; may be given with one of the others.
            pipeline_name: only of executions of this pipeline.
            deployment_name: only of executions of this deployment.
            execution_id: only of this execution.

        Raises:
            InvalidTypeError: an argument is no text.
            InvalidValueError: two of pipeline, deployment and execution are given.
            ReadError: there is nowhere to ask, or no answer came.
            StoreError: the local store cannot be read.
        """
        scope = self._scope(name, pipeline_name, deployment_name, execution_id)
        if scope is None:
            return []
        from modelmetry.sinks.metrics import read_values  # noqa: PLC0415 - only where it is used

        return [_value_row(row) for row in read_values(self._config, scope)]

    def get_list_metrics(
        self,
        name: str | None = None,
        pipeline_name: str | None = None,
        deployment_name: str | None = None,
        execution_id: str | None = None,
    ) -> list[MetricListRow]:
        """Lists with all their values, newest first; as `get_metrics`."""
        scope = self._scope(name, pipeline_name, deployment_name, execution_id)
        if scope is None:
            return []
        from modelmetry.sinks.metrics import read_lists  # noqa: PLC0415 - only where it is used

        return [_list_row(row) for row in read_lists(self._config, scope)]

    async def aget_metrics(
        self,
        name: str | None = None,
        pipeline_name: str | None = None,
        deployment_name: str | None = None,
        execution_id: str | None = None,
    ) -> list[MetricRow]:
        """Like `get_metrics`, without blocking the event loop."""
        scope = name, pipeline_name, deployment_name, execution_id
        return await asyncio.to_thread(self.get_metrics, *scope)

    async def aget_list_metrics(
        self,
        name: str | None = None,
        pipeline_name: str | None = None,
        deployment_name: str | None = None,
        execution_id: str | None = None,
    ) -> list[MetricListRow]:
        """Like `get_list_metrics`, without blocking the event loop."""
        scope = name, pipeline_name, deployment_name, execution_id
        return await asyncio.to_thread(self.get_list_metrics, *scope)

    def _metrics_here(self) -> Metrics | None:
        recorder = self._recorder
        found = open_execution(recorder)
        if found is not None:
            return found.recorded
        xid = surrounding_id()
        if xid is None:
            if self._config.warn_outside_execution and not recorder.off:
                warnings.warn(_OUTSIDE, UserWarning, stacklevel=3)
            return None
        if self._surrounding is None or self._surrounding.execution != xid:
            self._surrounding = Metrics(recorder, xid)
        return self._surrounding

    def _scope(self, name: object, *scopes: object) -> dict[str, str | None] | None:
        """What is asked for, once all of ours is on its way; `None` when nothing is kept."""
        recorder = self._recorder
        if recorder.off:
            return None
        wanted = dict(zip(_SCOPES, scopes, strict=True))
        asked = {key: recorder.optional_text(value, key) for key, value in wanted.items()}
        given = [f"{key}={value!r}" for key, value in asked.items() if value is not None]
        if len(given) > 1:
            raise InvalidValueError(
                f"metrics can be narrowed by one scope, not by {' and '.join(given)}; leave all "
                "but one away"
            )
        if self._has_own_sink:
            raise ReadError(
                "metrics cannot be read from a sink of your own; make the client with base_url "
                "or store, or look into the sink"
            )
        cast("Client", self).flush_all()
        asked["execution"] = asked.pop("execution_id")
        return {"name": recorder.optional_text(name, "name"), **asked}


_SCOPES = "pipeline_name", "deployment_name", "execution_id"
_LONGEST_ID = 1_000
_OUTSIDE = (
    "no execution is open here, so the metric was not recorded; open one: "
    "`with client.execution(pipeline=...) as run:`, or set MODELMETRY_EXECUTION_ID "
    "(this warning: MODELMETRY_WARN_OUTSIDE_EXECUTION=0)"
)


def _execution_id(recorder: Recorder, xid: object) -> str | None:
    found = recorder.optional_text(xid, "id")
    if found is not None and not recorder.off and not 0 < len(found) <= _LONGEST_ID:
        raise InvalidValueError(
            f"the id of an execution has 1 to {_LONGEST_ID} characters, not {len(found)}: "
            f"{brief_repr(found)}"
        )
    return found


def _value_row(row: MetricValue) -> MetricRow:
    return {
        "name": row.name,
        "value": row.value,
        "created_at": row.created_at,
        "execution_id": row.execution_id,
        "pipeline_name": row.pipeline_name,
        "deployment_name": row.deployment_name,
    }


def _list_row(row: MetricList) -> MetricListRow:
    return {
        "name": row.name,
        "values": list(row.values or ()),
        "created_at": row.created_at,
        "execution_id": row.execution_id,
        "pipeline_name": row.pipeline_name,
        "deployment_name": row.deployment_name,
    }
