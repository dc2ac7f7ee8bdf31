"""All statistical tests are in one list, and together they cry wolf once in a thousand changes at most."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.alphas import BUDGET, REGISTRY

TESTS = Path(__file__).resolve().parents[1]
DECIDES_BY_CHANCE = re.compile(
    r"pvalue|\.ppf\(|\.isf\(|kstest|chisquare|binomtest|stdtrit|[Ff]alse.[Aa]larm|SIGMA"
    r"|once in (?:a|[0-9,]+)|in a million|standard deviations|standard errors"
)
AN_OWN_RATE = re.compile(r"^[A-Z_]*(?:ALARM|ALPHA|RARE|SIGMA)[A-Z]* *= *[\d.]", re.MULTILINE)
ELSEWHERE = {"worlds/library.py": "worlds/test_library.py"}
"""What decides for a file of tests without being one."""
NO_DECISIONS = {
    "alphas.py": "the list",
    "experiment/test_validation.py": "what `validate` allows is told to its users",
    "interface/test_explore.py": "an interval of our own against the same one by others",
}
"""Files that speak of chances and leave nothing to them."""


def statistical() -> dict[str, str]:
    """Files of tests that speak of chances of error, with their text."""
    here = {
        path.relative_to(TESTS).as_posix(): path for path in TESTS.rglob("*.py") if path.parent.name != "reliability"
    }
    texts = {name: path.read_text(encoding="utf-8") for name, path in here.items() if name not in NO_DECISIONS}
    return {name: text for name, text in texts.items() if DECIDES_BY_CHANCE.search(text)}


def test_every_statistical_test_is_in_the_list() -> None:
    found = {ELSEWHERE.get(name, name) for name in statistical()}
    assert len(found) > 20
    assert found == {name.partition(":")[0] for name in REGISTRY}


def test_false_alarms_of_all_together_stay_within_the_budget() -> None:
    assert sum(each.total for each in REGISTRY.values()) <= BUDGET == 1e-3
    assert all(0.0 < each.each < 1e-4 and each.decisions > 0 for each in REGISTRY.values())


@pytest.mark.parametrize("name", sorted(statistical()))
def test_rates_come_from_the_list(name: str) -> None:
    text = statistical()[name]
    assert f'alpha_of("{ELSEWHERE.get(name, name)}' in text
    assert not AN_OWN_RATE.search(text)


@pytest.mark.parametrize("own", ["ALPHA = 1e-3", "FIVE_SIGMA = 5.0", "FALSE_ALARM = .001", "RARE=1e-6"])
def test_a_rate_of_its_own_is_seen(own: str) -> None:
    assert AN_OWN_RATE.search(f"import numpy\n{own}\n")
