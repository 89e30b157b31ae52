"""How many cases schemathesis sent, by phase."""

from __future__ import annotations

from collections import Counter

CASES: Counter[str] = Counter()
