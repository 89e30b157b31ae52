"""Findings of which more is said than a name and a plain value: looked at where they are said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, cast

from modelmetry.client.recorder import Recorder
from modelmetry.client.taken import DescribedFinding
from modelmetry.client.tree import Tree
from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.signals.findings import FindingType
from modelmetry.signals.records import FindingValue, Source
from modelmetry.signals.values import NotFiniteError, brief_repr, finding_value, is_a

SOURCES: Final = ("sdk", "annotation", "evaluator")


def described_finding(  # noqa: D417 - the rest is explained at `Facts.finding`
    name: str | FindingType[Any],
    value: object,
    *,
    tree: Tree,
    label: Callable[[], str],
    unit: str | None = None,
    comment: str | None = None,
    description: str | None = None,
    source: Source = "sdk",
    metadata: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> DescribedFinding | None:
    """What is laid down of a finding; nothing when its number is none, which is counted.

    Args:
        tree: that of the node of which it is said.
        label: what that is, for a message.
    """
    recorder = tree.recorder
    declared = cast("FindingType[Any]", name) if is_a(name, FindingType) else None
    if declared is not None:
        if unit is not None or description is not None:
            raise InvalidValueError(
                f"the unit and the description of {declared.name!r} are declared with it"
            )
        name, unit, description = declared.name, declared.unit, declared.description
    called = recorder.text(name, "finding name")
    plain = _plain(recorder, label, called, value)
    if plain is None:
        return None
    return DescribedFinding(
        called,
        plain if declared is None else declared.check(plain),
        recorder.monotonic_ns() if at is None else tree.moment(at),
        recorder.optional_text(unit, "unit"),
        recorder.optional_text(comment, "comment"),
        recorder.optional_text(description, "description"),
        _known_source(source),
        None if metadata is None else recorder.copied(metadata),
    )


def _plain(
    recorder: Recorder, label: Callable[[], str], name: str, value: object
) -> FindingValue | None:
    try:
        return finding_value(value, recorder.text_limit)
    except NotFiniteError:
        recorder.refuse(f"finding {name!r} on {label()}", value)
        return None
    except InvalidTypeError:
        many = type(value) in (list, tuple, set)
        advice = "record one finding per item" if many else "give its text or a number"
        raise InvalidTypeError(
            f"finding value must be a number, bool or str, not {type(value).__name__} "
            f"(finding {name!r} on {label()}); {advice}",
        ) from None


def _known_source(source: Source) -> Source:
    if is_a(source, str) and str.__str__(source) in SOURCES:
        return source
    raise InvalidValueError(
        f"finding source must be one of {', '.join(SOURCES)}, not {brief_repr(source)}"
    )


WORDS: Final = tuple(described_finding.__kwdefaults__ or ())
"""What can be said of a finding besides."""
