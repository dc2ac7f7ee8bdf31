"""Backers: people who own a part of a business, know it, like it, tell of it and do not leave it."""

from typing import Annotated, NamedTuple

from sim.units import choice, count, probability, satisfaction_points

AT_RANDOM, ON_HUBS, CLUSTERED = 0, 1, 2


class Backers(NamedTuple):
    """How many there are, where they sit in the network, and what makes them backers."""

    people: Annotated[int, count("simulated people who back the business from the beginning", "the question")] = 0
    place: Annotated[int, choice("where they sit in the network", "the question", "random", "hubs", "clustered")] = (
        AT_RANDOM
    )
    match: Annotated[float, satisfaction_points("added to their lasting match", "A55", (0.0, 0.5))] = 0.2
    tells: Annotated[float, probability("a contented backer tells", "A55", (0.02, 0.5), per="week")] = 0.2
