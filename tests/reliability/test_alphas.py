"""All statistical tests are in one list, and together they cry wolf once in a thousand changes at most."""

from __future__ import annotations

import re
from pathlib import Path

from tests.alphas import BUDGET, REGISTRY, SLOW_BUDGET

TESTS = Path(__file__).resolve().parents[1]
DECIDES_BY_CHANCE = re.compile(r"pvalue|\.ppf\(|kstest|chisquare|binomtest|[Ff]alse.[Aa]larm|once in a million")
AN_OWN_RATE = re.compile(r"^[A-Z_]*(?:ALARM|ALPHA|RARE)[A-Z]* *= *[\d.]", re.MULTILINE)
ELSEWHERE = {"model/test_meeting_places.py", "worlds/library.py"}
"""These have a number of their own: it is held against the list here."""


def statistical() -> dict[str, str]:
    """Files of tests that speak of chances of error, with their text."""
    here = {
        path.relative_to(TESTS).as_posix(): path for path in TESTS.rglob("*.py") if path.parent.name != "reliability"
    }
    texts = {name: path.read_text(encoding="utf-8") for name, path in here.items() if name != "alphas.py"}
    return {name: text for name, text in texts.items() if DECIDES_BY_CHANCE.search(text)}


def test_every_statistical_test_is_in_the_list() -> None:
    found = statistical()
    assert len(found) > 10
    assert sorted(set(found) - set(REGISTRY) - {"worlds/library.py"}) == []
    assert [name for name in REGISTRY if not (TESTS / name.partition(":")[0]).is_file()] == []


def test_false_alarms_of_all_together_stay_within_the_budget() -> None:
    assert sum(each.total for each in REGISTRY.values() if not each.slow) <= BUDGET
    assert sum(each.total for each in REGISTRY.values() if each.slow) <= SLOW_BUDGET
    assert all(0.0 < each.each < 0.01 and each.decisions > 0 for each in REGISTRY.values())


def test_rates_come_from_the_list() -> None:
    own = {name for name, text in statistical().items() if AN_OWN_RATE.search(text)}
    assert own <= ELSEWHERE
    from tests.model.test_meeting_places import RARE
    from tests.worlds.library import FALSE_ALARM

    assert RARE == REGISTRY["model/test_meeting_places.py"].each
    assert FALSE_ALARM == REGISTRY["worlds/test_library.py"].each
