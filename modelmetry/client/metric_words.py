"""What a client says of executions and metrics."""

# ruff: noqa: A002 - an execution has an id, and callers name it so

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from modelmetry.client.execution import (
    LONGEST_TEXT,
    Execution,
    metrics_of,
    open_execution,
    surrounding_id,
)
from modelmetry.client.metrics import Metrics, Number
from modelmetry.client.recorder import Recorder
from modelmetry.client.sending import Sending
from modelmetry.errors import InvalidValueError, ReadError
from modelmetry.signals.measurements import MetricListRow, MetricRow
from modelmetry.signals.values import brief_repr

if TYPE_CHECKING:
    from modelmetry.client.client import Client
    from modelmetry.sinks.metrics import MetricReader


RowsT = TypeVar("RowsT")


class MetricWords(Sending):
    """The part of a client that is about executions and metrics."""

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
            pipeline: what is run, such as `train`, in at most 1,000 characters; empty is none.
            deployment: by which deployment of it; as `pipeline`.
            id: an id of 1 to 1,000 characters that other processes may know too. By default
                that of the step in which this process runs (`MODELMETRY_EXECUTION_ID`, or
                `CRAFT_AI_EXECUTION_ID`), unless an execution is open here; else a new one.
            metadata: what is known about it, as JSON values.
            start: when it began; now by default. Without a time zone it is taken as UTC.

        Raises:
            InvalidTypeError: an argument has a type that cannot be recorded.
            InvalidValueError: `id` is empty, or it, `pipeline` or `deployment` is too long.
        """
        recorder = self._recorder
        run = _optional_name(recorder, pipeline, "pipeline")
        xid = _execution_id(recorder, id)
        if xid is None and open_execution(recorder) is None:
            xid = surrounding_id()
        return Execution(
            cast("Client", self),
            recorder,
            "execution" if run is None else run,
            xid=xid,
            pipeline=run,
            deployment=_optional_name(recorder, deployment, "deployment"),
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
        return self._reader().values(scope)

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
        return self._reader().lists(scope)

    async def aget_metrics(
        self,
        name: str | None = None,
        pipeline_name: str | None = None,
        deployment_name: str | None = None,
        execution_id: str | None = None,
    ) -> list[MetricRow]:
        """Like `get_metrics`, without blocking the event loop."""
        return await _beside(self.get_metrics, name, pipeline_name, deployment_name, execution_id)

    async def aget_list_metrics(
        self,
        name: str | None = None,
        pipeline_name: str | None = None,
        deployment_name: str | None = None,
        execution_id: str | None = None,
    ) -> list[MetricListRow]:
        """Like `get_list_metrics`, without blocking the event loop."""
        read = self.get_list_metrics
        return await _beside(read, name, pipeline_name, deployment_name, execution_id)

    def _metrics_here(self) -> Metrics | None:
        recorder = self._recorder
        found = open_execution(recorder)
        if found is not None:
            return metrics_of(found)
        xid = surrounding_id()
        if xid is None:
            if self._config.warn_outside_execution and not recorder.off:
                warnings.warn(_OUTSIDE, UserWarning, stacklevel=3)
            return None
        if self._surrounding is None or self._surrounding.execution != xid:
            self._surrounding = Metrics(recorder, xid)
        return self._surrounding

    def _reader(self) -> MetricReader:
        from modelmetry.sinks import metrics  # noqa: PLC0415 - only where it is used

        config = self._config
        if config.base_url is None:
            return metrics.StoreMetrics(config.store_url)
        return metrics.ServerMetrics(config.base_url, config.api_key, config.timeout)

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
        self.flush_all()
        asked["execution"] = asked.pop("execution_id")
        return {"name": recorder.optional_text(name, "name"), **asked}


_SCOPES = "pipeline_name", "deployment_name", "execution_id"
_OUTSIDE = (
    "no execution is open here, so the metric was not recorded; open one: "
    "`with client.execution(pipeline=...) as run:`, or set MODELMETRY_EXECUTION_ID "
    "(this warning: MODELMETRY_WARN_OUTSIDE_EXECUTION=0)"
)


def _execution_id(recorder: Recorder, xid: object) -> str | None:
    found = recorder.optional_text(xid, "id")
    if found is not None and not recorder.off and not 0 < len(found) <= LONGEST_TEXT:
        raise InvalidValueError(
            f"the id of an execution has 1 to {LONGEST_TEXT} characters, not {len(found)}: "
            f"{brief_repr(found)}"
        )
    return found


def _optional_name(recorder: Recorder, name: object, what: str) -> str | None:
    found = recorder.optional_text(name, what)
    if found is not None and not recorder.off and len(found) > LONGEST_TEXT:
        raise InvalidValueError(
            f"the {what} of an execution has at most {LONGEST_TEXT} characters, not {len(found)}: "
            f"{brief_repr(found)}"
        )
    return found or None


async def _beside(read: Callable[..., RowsT], *scope: str | None) -> RowsT:
    import asyncio  # noqa: PLC0415 - it loads ssl, and whoever awaits has loaded it

    return await asyncio.to_thread(read, *scope)
