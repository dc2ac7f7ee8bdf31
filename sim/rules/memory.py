"""Memory: names are forgotten, departures fade, relationships without orders end.

Without forgetting awareness only ever rises, and without fading the market drains of everyone who ever left. Both are
drawn once, as a date, when the waiting begins.
"""

from typing import Annotated, NamedTuple

from sim.rules.compile import rule
from sim.units import probability, weeks

STRANGER, AWARE, CUSTOMER, LAPSED = 0, 1, 2, 3
"""What a person is to a business: does not know it; knows it; buys from it; has left it."""
NEVER = 32_767
"""A week that does not come (the largest number a date column holds)."""


class MemoryRules(NamedTuple):
    """How long things are remembered."""

    name_forgotten: Annotated[
        float, probability("who knows it and is no customer forgets the name", "A21", (0.003, 0.03), per="week")
    ] = 0.01
    departure_fades: Annotated[
        float, probability("who left may be approached again", "A22", (0.005, 0.02), per="week")
    ] = 0.01
    win_back: Annotated[float, probability("a contact or good story readmits who left", "A23", (0.0, 0.6))] = 0.30
    forgotten_weeks: Annotated[int, weeks("without an order end a relationship", "A24", (52, 208), low=1)] = 104


@rule
def relationship_is_forgotten(weeks_since_order: int, rules: MemoryRules) -> bool:
    """Has a customer gone so long without an order that there is no relationship any more?

    Check
    -----
    >>> relationship_is_forgotten(103, MemoryRules()), relationship_is_forgotten(104, MemoryRules())
    (False, True)
    """
    return weeks_since_order >= rules.forgotten_weeks
