"""What of a scenario the plain Mesa model knows: the core that the bundled scenario ``base`` uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OFF = {
    "people.further_lines": {"constant": {"value": 0.0}},
    "people.segments": {},
    "people.represents": 1,
    "rules.need.clock": "open",
    "rules.choice.reference_moves": 0.0,
    "rules.journey.remorse": 0.0,
    "rules.journey.first_weeks_effect": 0.0,
    "rules.complaints.complains": 0.0,
    "rules.complaints.softened_by_orders": 0.0,
    "rules.complaints.sharpened_by_complaints": 0.0,
    "rules.trust.homophily": 0.0,
    "rules.trust.friend_effect": 0.0,
    "rules.population.turnover": 0.0,
}
"""What a scenario may say of mechanisms that this model leaves out."""


def check_core(data: Mapping[str, Any]) -> None:
    """Make sure that a scenario uses nothing that this model leaves out.

    Parameters
    ----------
    data : a resolved scenario as plain data

    Raises
    ------
    ValueError
        If it does.
    """
    beyond = [path for path, value in OFF.items() if _at(data, path) != value]
    if list(data["network"]) != ["small_world"]:
        beyond.append("network")
    for name, business in data["businesses"].items():
        others = [lever for lever, its in business["levers"].items() if lever != "care" and its["budget_share"]]
        media = [channel for channel, its in business["channels"].items() if its["reminds_customers"]]
        if others or media or business["promotions"] or business["backers"]["people"] or business["lines"] != 1:
            beyond.append(f"businesses.{name}")
    if beyond:
        raise ValueError(f"the plain Mesa model knows the core of base only, not {', '.join(beyond)}")


def _at(data: Mapping[str, Any], path: str) -> Any:
    for key in path.split("."):
        data = data[key]
    return data
