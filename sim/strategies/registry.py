"""The registry: every strategy by the name under which a scenario may choose it.

``steady`` and ``aggressive`` are the growth goal with other numbers. A user's own strategy joins for as long as the
process lives (see ``plugins``); whoever reads scenarios asks for the names when it needs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.strategies.books import Strategy
from sim.strategies.fixed import FixedBudget, FixedSplit, PerCustomer, Schedule
from sim.strategies.following import FollowTheLeader
from sim.strategies.growth import GrowthGoal, Staged, SubsidisedGrowth
from sim.strategies.learned import Adaptive, CustomerEquity, ExpandWhenSaturated

STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        "fixed_split": FixedSplit(),
        "fixed_budget": FixedBudget(),
        "per_customer": PerCustomer(),
        "schedule": Schedule(),
        "growth_goal": GrowthGoal(),
        "steady": GrowthGoal(low=0.10, high=0.20, acquisition_share=0.4, opening_spend=0.10, most_spend=0.20),
        "aggressive": GrowthGoal(low=0.50, high=1.00, acquisition_share=0.8, opening_spend=0.25, most_spend=0.30),
        "staged": Staged(),
        "subsidised_growth": SubsidisedGrowth(),
        "follow_the_leader": FollowTheLeader(),
        "expand_when_saturated": ExpandWhenSaturated(),
        "customer_equity": CustomerEquity(),
        "adaptive": Adaptive(),
    }
)
"""Every strategy that comes with the package, with its default parameters."""

_joined: dict[str, Strategy] = {}
_code: dict[str, str] = {}


def registered() -> dict[str, Strategy]:
    """Every strategy a scenario may name now, those that have joined last."""
    return {**STRATEGIES, **_joined}


def code_of(name: str) -> str | None:
    """What identifies the code of a strategy that joined; None of those that come with the package.

    Check
    -----
    >>> code_of("steady") is None
    True
    """
    return _code.get(name)


def joined() -> tuple[tuple[str, str], ...]:
    """Name and code of every strategy that does not come with the package."""
    return tuple((name, _code[name]) for name in _joined)


def join(name: str, strategy: Strategy, code: str) -> None:
    """Let a strategy be named in scenarios.

    Raises
    ------
    ValueError
        If the name is taken by other code.
    """
    if name in STRATEGIES or _code.get(name, code) != code:
        raise ValueError(f"{name} is the name of another strategy")
    _joined[name], _code[name] = strategy, code
