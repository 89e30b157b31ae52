"""The file of tests: each alert fires, does not, and stands a restart; each rule has its value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from modelmetry.grafana.alerts import Alert, alerts
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.prometheus import notes
from modelmetry.grafana.rule_tests.alerting import AlertCase, alert_cases
from modelmetry.grafana.rule_tests.alerting.requests import burning
from modelmetry.grafana.rule_tests.record_case import PRECISION, RecordCase
from modelmetry.grafana.rule_tests.recording import record_cases
from modelmetry.grafana.rule_tests.series import Given
from modelmetry.grafana.rules import recordings
from modelmetry.grafana.yaml import Plain, written

FILES: Final = ("../rules/modelmetry.rules.yml", "../rules/modelmetry.alerts.yml")

SHORT, LONG = "modelmetry.tests.yml", "modelmetry.long.tests.yml"
_LONG: Final = 360  # minutes

_VALUE: Final = re.compile(r"\{\{ \$value[^}]*\}\}")
_LABEL: Final = re.compile(r"\{\{ \$labels\.(\w+) \}\}")
_RESTART: Final = {False: "", True: ", after a restart"}


class _Test(Struct, frozen=True):
    names: tuple[str, ...]
    series: Given
    minutes: int
    reset: bool = False
    alerts: tuple[Plain, ...] = ()
    answers: tuple[Plain, ...] = ()

    def metrics(self) -> set[str]:
        """Their names; those of both generations of conventions are one, as for the rules."""
        found = {selector.partition("{")[0] for selector in self.series}
        return {name.replace("_client_inference_", "_client_operation_") for name in found}

    def fits(self, other: _Test) -> bool:
        """Whether both can look at the same series."""
        if (self.minutes, self.reset) != (other.minutes, other.reset):
            return False
        if not self.series or not other.series:
            return False
        return self.series == other.series or not self.metrics() & other.metrics()


def tests_files(choices: Choices) -> dict[str, str]:
    """All tests by the names of their files, for `promtool test rules`."""
    job = choices.jobs[0] if choices.jobs else "application"
    known = [one for group in alerts(choices) for one in group.alerts]
    tests = [_nothing(known, choices)]
    for case in alert_cases(choices, job):
        tests.extend(_of_alert(case, known, choices))
    tests.append(_stopped(choices, job, known))
    for one in record_cases(choices, job):
        tests.extend(_of_record(one, reset) for reset in _times(one.resets))
    order = [one.name for one in recordings(choices)] + [one.name for one in alerts(choices)]
    return {
        SHORT: _file(SHORT, "5m", order, [one for one in tests if one.minutes < _LONG]),
        # Rules that look far back do not change from minute to minute, and there are many.
        LONG: _file(LONG, "1h", order, [one for one in tests if one.minutes >= _LONG]),
    }


def _file(name: str, interval: str, order: list[str], tests: list[_Test]) -> str:
    """A file; what tests ask is asked when rules were just computed."""
    told: dict[str, Plain] = {
        "rule_files": list(FILES),
        "evaluation_interval": interval,
        "group_eval_order": order,
        "tests": [_written(one) for one in _gathered(tests)],
    }
    return written(told, f"Run it with: promtool test rules {name}")


def _gathered(tests: Iterable[_Test]) -> list[_Test]:
    """Those that do not disturb each other in one: each takes the time of a storage."""
    found: list[_Test] = []
    for test in tests:
        for place, other in enumerate(found):
            if test.fits(other):
                found[place] = _Test(
                    other.names + test.names,
                    {**other.series, **test.series},
                    test.minutes,
                    test.reset,
                    other.alerts + test.alerts,
                    other.answers + test.answers,
                )
                break
        else:
            found.append(test)
    return found


def _times(resets: bool) -> Iterable[bool]:
    return (False, True) if resets else (False,)


def _of_alert(case: AlertCase, known: list[Alert], choices: Choices) -> Iterable[_Test]:
    named = [one for one in known if one.name == case.alert]
    title = f" {case.title}" if case.title else ""
    for reset in _times(case.resets):
        for series, firing in ((case.above, named[-case.fires :]), (case.below, [])):
            if series:
                said = f"fires ({len(firing)})" if firing else "is silent"
                yield _Test(
                    (f"{case.alert} {said}{title}{_RESTART[reset]}",),
                    series,
                    case.minutes,
                    reset,
                    alerts=(_looked_at(case, firing, choices),),
                )


def _looked_at(case: AlertCase, firing: list[Alert], choices: Choices) -> dict[str, Plain]:
    return {
        "alertname": case.alert,
        "eval_time": f"{case.minutes}m",
        "exp_alerts": [_fired(one, case, choices) for one in firing],
    }


def _fired(alert: Alert, case: AlertCase, choices: Choices) -> Plain:
    return {
        "exp_labels": {**case.labels, "severity": alert.severity, **dict(alert.labels)},
        "exp_annotations": _told(alert, case, choices),
    }


def _told(alert: Alert, case: AlertCase, choices: Choices) -> Mapping[str, str]:
    summary = _LABEL.sub(lambda found: case.labels[found[1]], alert.summary)
    return {**notes(alert, choices), "summary": _VALUE.sub(case.shown, summary)}


def _stopped(choices: Choices, job: str, known: list[Alert]) -> _Test:
    """Errors for two hours, and none for ten minutes: the fastest alert is over."""
    series = burning(16, choices, f'job="{job}",instance="i"', ends=120)
    windows = [
        dict(one.labels)["long_window"] for one in known if one.name == "ModelmetryErrorBudgetBurn"
    ]
    state = 'ALERTS{alertname="ModelmetryErrorBudgetBurn",alertstate="firing",long_window='
    over, *still = [f'count({state}"{window}"}})' for window in windows]
    return _Test(
        ("ModelmetryErrorBudgetBurn over 1h ends with the errors",),
        series,
        130,
        answers=(
            _asked(over, 130, {}),
            *(_asked(expr, 130, {"{}": 1}) for expr in still),
        ),
    )


def _nothing(known: list[Alert], choices: Choices) -> _Test:
    """Without any series nothing is recorded, and only the lack of targets is told."""
    records = sorted({rule.record for group in recordings(choices) for rule in group.rules})
    names = sorted({one.name for one in known} - {"ModelmetryTargetsMissing"})
    missing = next(one for one in known if one.name == "ModelmetryTargetsMissing")
    cases = [
        AlertCase(alert=missing.name, labels={"job": job}, above={}, below={})
        for job in choices.jobs
    ] or [AlertCase(alert=missing.name, labels={}, above={}, below={})]
    return _Test(
        ("without any series",),
        {},
        30,
        alerts=(
            {
                **_looked_at(cases[0], [], choices),
                "exp_alerts": [_fired(missing, one, choices) for one in cases],
            },
            *({"alertname": name, "eval_time": "30m", "exp_alerts": []} for name in names),
        ),
        answers=tuple(_asked(record, 30, {}) for record in records),
    )


def _of_record(case: RecordCase, reset: bool) -> _Test:
    title = f" ({case.title})" if case.title else ""
    asked = _asked(f"round({case.record}, {PRECISION})", case.minutes, case.answers)
    return _Test(
        (f"{case.record}{title}{_RESTART[reset]}",),
        case.series,
        case.minutes,
        reset,
        answers=(asked,),
    )


def _asked(expr: str, minutes: int, answers: Mapping[str, float]) -> Plain:
    return {
        "expr": expr,
        "eval_time": f"{minutes}m",
        "exp_samples": [{"labels": labels, "value": value} for labels, value in answers.items()],
    }


def _written(test: _Test) -> Plain:
    every = 1 if test.minutes < _LONG else 2  # half of the work, where nobody looks closely
    given: list[Plain] = [
        {"series": selector, "values": one.notation(test.minutes, every, reset=test.reset)}
        for selector, one in test.series.items()
    ]
    asked: dict[str, Plain] = {}
    if test.alerts:
        asked["alert_rule_test"] = test.alerts
    if test.answers:
        asked["promql_expr_test"] = test.answers
    return {"name": "; ".join(test.names), "interval": f"{every}m", "input_series": given, **asked}
