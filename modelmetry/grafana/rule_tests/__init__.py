"""Tests of the rules, as promtool runs them."""

from modelmetry.grafana.rule_tests.document import tests_files

__all__ = ["tests_files"]
