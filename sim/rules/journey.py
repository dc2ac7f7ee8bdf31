"""The customer's journey: eight phases, the first hundred days, and the classes that a business can see in its books.

A phase follows from what happened between a person and a business; nobody is moved from one to the next. A class is
what the business itself can tell: from its list of orders, its complaints and a survey with an error of its own.
"""

from typing import Annotated, NamedTuple

from sim.rules.compile import rule
from sim.rules.memory import AWARE, CUSTOMER
from sim.units import count, factor, log_odds, probability, satisfaction_points, weeks

NOWHERE, ASSESS, ADMIT, AFFIRM, ACTIVATE, ACCLIMATE, ACCOMPLISH, ADOPT, ADVOCATE = range(9)
PHASES = (
    "nowhere", "assess", "admit", "affirm", "activate", "acclimate", "accomplish", "adopt", "advocate",
)  # fmt: skip
"""Where a person stands with a business; nowhere: a stranger, or gone."""

EVERYBODY, NEWCOMERS, FREQUENT, BEST, DORMANT, FORMER, COMPLAINERS, PROMOTERS, RECOMMENDERS = range(9)
CLASSES = (
    "everybody", "newcomers", "frequent", "best", "dormant", "former", "complainers", "promoters", "recommenders",
)  # fmt: skip
"""Whom a lever can be aimed at; all but the former are on the list of customers.

No business sees who is an advocate, for that is a matter of feeling. It sees two signs of it: promoters are found by a
survey, recommenders have passed the word on through its referral programme.
"""

YEAR = 52.0
LEAST_WEEKS = 13
"""A frequent buyer is judged over so many weeks at least: two orders in a month make nobody one."""
RECORD_WEEKS = 52
"""So long after it a complaint, or a recommendation, counts in a business's records."""
SURVEY_WEEKS = 13
"""A survey is taken every quarter, and its error lasts as long. All three are assumption A45."""


class JourneyRules(NamedTuple):
    """How long the first phases last, what makes an adopter, and how the first weeks differ from later ones."""

    affirm_weeks: Annotated[int, weeks("after the first order, in which it is thought over", "A42", (1, 4), 1)] = 2
    activate_weeks: Annotated[int, weeks("after the first order until the thing is in use", "A42", (3, 8))] = 6
    onboarding_weeks: Annotated[int, weeks("after the first order: the first 100 days", "A42", (8, 26))] = 14
    adopted_orders: Annotated[int, count("orders that make an adopter and a best customer", "A42", (3, 10), low=1)] = 5
    advocate_satisfaction: Annotated[
        float, satisfaction_points("from which an adopter is an advocate, and a survey finds a promoter", "A42")
    ] = 0.5
    remorse: Annotated[
        float, probability("a first order is regretted when it has been thought over", "A43", (0.0, 0.4))
    ] = 0.0
    remorse_loss: Annotated[float, satisfaction_points("what regret takes", "A43", (0.1, 0.5), 0.0)] = 0.3
    first_weeks_effect: Annotated[float, log_odds("on leaving within the onboarding weeks", "A44", (0.0, 1.0))] = 0.0
    dormant_weeks: Annotated[int, weeks("without an order that make a listed customer dormant", "A45", (8, 26))] = 13
    frequent_orders: Annotated[float, factor("orders a year that make a frequent buyer", "A45", (4.0, 12.0))] = 6.0
    survey_noise: Annotated[float, satisfaction_points("error of a survey of satisfaction", "A45", (0.0, 0.5), 0.0)] = (
        0.2
    )


@rule
def phase(relation: int, orders: int, weeks_since_first: int, satisfaction: float, rules: JourneyRules) -> int:
    """Where a person stands with a business.

    Source
    ------
    Coleman (2018), Never Lose a Customer Again: the names of the eight phases; their borders are assumption A42.

    Check
    -----
    >>> [PHASES[phase(CUSTOMER, 1, age, 0.0, JourneyRules())] for age in (0, 1, 5, 10, 20)]
    ['admit', 'affirm', 'activate', 'acclimate', 'accomplish']
    >>> [PHASES[phase(CUSTOMER, 5, 60, feeling, JourneyRules())] for feeling in (0.2, 0.6)]
    ['adopt', 'advocate']
    """
    if relation == AWARE:
        return ASSESS
    if relation != CUSTOMER:
        return NOWHERE
    if orders >= rules.adopted_orders:
        return ADVOCATE if satisfaction >= rules.advocate_satisfaction else ADOPT
    if weeks_since_first == 0:
        return ADMIT
    if weeks_since_first <= rules.affirm_weeks:
        return AFFIRM
    if weeks_since_first <= rules.activate_weeks:
        return ACTIVATE
    return ACCLIMATE if weeks_since_first <= rules.onboarding_weeks else ACCOMPLISH


@rule
def in_first_weeks(weeks_since_first: int, rules: JourneyRules) -> bool:
    """Is this customer still being welcomed?

    Check
    -----
    >>> in_first_weeks(14, JourneyRules()), in_first_weeks(15, JourneyRules())
    (True, False)
    """
    return weeks_since_first <= rules.onboarding_weeks


@rule
def has_been_thought_over(orders: int, weeks_since_last: int, rules: JourneyRules) -> bool:
    """Is this the last week in which a first order is thought over? Whoever has ordered again does not ask.

    Check
    -----
    >>> [has_been_thought_over(orders, weeks, JourneyRules()) for orders, weeks in ((1, 1), (1, 2), (1, 3), (2, 2))]
    [False, True, False, False]
    """
    return orders == 1 and weeks_since_last == rules.affirm_weeks


@rule
def remorse_probability(let_through: float, rules: JourneyRules) -> float:
    """Chance that a first order is regretted, less what onboarding talks out of it.

    Check
    -----
    >>> remorse_probability(0.5, JourneyRules(remorse=0.2))
    0.1
    """
    return rules.remorse * let_through


@rule
def has_class(
    aim: int, orders: int, weeks_since: tuple[int, int, int, int], answer: float, rules: JourneyRules
) -> bool:
    """Does somebody on the list belong to a class, as the business sees it? The former are not on the list.

    Parameters
    ----------
    orders : of this person here, ever: books do not show that a relationship has ended
    weeks_since : the first order ever, the last order, the last complaint, the last recommendation for a reward
    answer : satisfaction as a survey finds it

    Check
    -----
    >>> [CLASSES[aim] for aim in range(9) if has_class(aim, 6, (40, 2, 9999, 9999), 0.1, JourneyRules())]
    ['everybody', 'frequent', 'best']
    """
    first, last, complaint, recommendation = weeks_since
    if aim == NEWCOMERS:
        return first <= rules.onboarding_weeks
    if aim == FREQUENT:
        return orders * YEAR >= rules.frequent_orders * max(first, LEAST_WEEKS)
    if aim == BEST:
        return orders >= rules.adopted_orders
    if aim == DORMANT:
        return last >= rules.dormant_weeks
    if aim == COMPLAINERS:
        return complaint <= RECORD_WEEKS
    if aim == RECOMMENDERS:
        return recommendation <= RECORD_WEEKS
    if aim == PROMOTERS:
        return answer >= rules.advocate_satisfaction
    return aim == EVERYBODY
