"""Overlaps: two paths of a study that say something about one number, though neither lies inside the other.

Something uncertain moves numbers that stand elsewhere. Whoever varies it and one of them would not know which of the
two the runs have. Several uncertain things may move one number: it is moved by all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.scenario.schema import Scenario
from sim.scenario.unknown import PLACE, moving, names_in


def overlaps(scenario: Scenario, paths: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Pairs of paths, the later one first, and the number that both of them set.

    Check
    -----
    >>> from sim.scenario.load import scenario_from
    >>> unknown = {"dear": {"path": "businesses.ours.price", "low": 40.0, "high": 60.0}}
    >>> scenario = scenario_from({"schema": 1, "businesses": {"ours": {}}, "uncertainties": unknown})
    >>> list(overlaps(scenario, ["uncertainties.dear", "people.count", "businesses.ours.price"]))
    [('businesses.ours.price', 'uncertainties.dear', 'businesses.ours.price')]
    >>> list(overlaps(scenario, ["uncertainties.dear", "people.count"]))
    []
    """
    names = names_in(scenario.resolved)
    known = {f"{PLACE}.{name}": each for name, each in scenario.uncertainties.items()}
    moved = {path: [each.path for each in moving(known[path], names)] for path in paths if path in known}
    for at, path in enumerate(paths):
        for other in paths[:at]:
            if (path in moved) != (other in moved):
                both = [one for one in moved.get(path, [path]) for two in moved.get(other, [other]) if _meet(one, two)]
                if both:
                    yield path, other, both[0]


def _meet(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
