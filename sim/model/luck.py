"""All draws of a week on one page: what each is for, who asks, and which of its four words means what.

An address is a person, a week, a purpose and a slot (a business, an occasion); nothing else shifts a draw.
"""

from __future__ import annotations

from sim.rules.arithmetic import exp
from sim.rules.chance import standard_normal
from sim.rules.compile import compiled
from sim.rules.journey import SURVEY_WEEKS
from sim.scenario.schema import MOST_BUSINESSES
from sim.state.draws import Moment, Purpose, Words, draw, gamma_above_one, log_gamma

LISTENING, WEEKLY = int(Purpose.LISTENING), int(Purpose.WEEK)
"""The two draws that everybody needs every week; loops make them for many rows at once."""
LISTENS, FRIEND = 0, 1
"""Words of the listening draw."""
NEEDS, TELLS, FIRST_CONTACT = 0, 1, 2
"""Words of the weekly draw; the contact word of business j is FIRST_CONTACT + j."""

FROM_STORY, FROM_CONTACT, FROM_MEDIA, FROM_REMINDER, FROM_PARTNER = 0, 1, 2, 3, 16
"""Ways to meet a business; from the last but one on, one number for each lever that reminds, and from the last on one
for each occasion of the week."""
ADMITTED, TEMPTED = 0, 1
"""Words of a meeting: won back; makes an occasion."""
COIN, LUCK, FAILURE, GIFT = 0, 1, 2, 3
"""Words of an occasion's draw at one business."""
COMPLAINS, AT_ONCE = 0, 1
"""Words of a failure's draw: is it complained about; is the complaint resolved before the week is over."""
ANY = -1
"""At this occasion every business a person knows may race."""
FIRST_RENEWAL, FIRST_NEED = MOST_BUSINESSES, 2 * MOST_BUSINESSES
"""Numbers of occasions in a week: offers come first, each with its business's number. One more business shifts none."""


def words_a_week(businesses: int) -> int:
    """How many words the weekly draw of one person has, in fours."""
    return (FIRST_CONTACT + businesses + 3) // 4 * 4


@compiled
def of_meeting(moment: Moment, row: int, j: int, way: int) -> Words:
    """A contact, a story or a reminder reaches this person: ADMITTED, TEMPTED."""
    return draw(moment, row, Purpose.OFFER, j, way)


@compiled
def of_date(moment: Moment, row: int, j: int, waits_as: int) -> int:
    """How long until a name is forgotten or a departure has faded."""
    return draw(moment, row, Purpose.DATE, j, waits_as)[0]


@compiled
def of_race(moment: Moment, row: int, number: int, part: int) -> Words:
    """Four runners of a race; the first of all is nothing."""
    return draw(moment, row, Purpose.RACE, number, part)


@compiled
def of_occasion(moment: Moment, row: int, number: int, j: int) -> Words:
    """A customer's occasion at its supplier: COIN, LUCK, FAILURE, GIFT."""
    return draw(moment, row, Purpose.OCCASION, number, j)


@compiled
def of_word(moment: Moment, row: int, number: int, j: int, about: int) -> int:
    """Does an order at a partner bring a word about another business?"""
    return draw(moment, row, Purpose.ALLIANCE, number * MOST_BUSINESSES + about, j)[0]


@compiled
def of_order_size(moment: Moment, row: int, number: int, j: int, shape: float) -> float:
    """An order against the person's mean order: Gamma with mean 1; 1 for everybody if the shape is 0."""
    if shape == 0.0:
        return 1.0
    slot = number * MOST_BUSINESSES + j
    if shape >= 1.0:
        return gamma_above_one(shape, moment, row, Purpose.ORDER_VALUE, slot) / shape
    return exp(log_gamma(shape, moment, row, Purpose.ORDER_VALUE, slot)) / shape


@compiled
def of_failure(moment: Moment, row: int, number: int, j: int) -> Words:
    """After a failed order: COMPLAINS, AT_ONCE."""
    return draw(moment, row, Purpose.COMPLAINT, number, j)


@compiled
def of_resolution(moment: Moment, row: int, j: int) -> int:
    """Is an open complaint resolved this week?"""
    return draw(moment, row, Purpose.RESOLUTION, j, 0)[0]


@compiled
def of_line(moment: Moment, row: int, number: int, j: int) -> int:
    """Is one more product line taken up with this order?"""
    return draw(moment, row, Purpose.LINE, number, j)[0]


@compiled
def of_regret(moment: Moment, row: int, j: int) -> int:
    """Is the first order regretted?"""
    return draw(moment, row, Purpose.REGRET, j, 0)[0]


@compiled
def of_survey(moment: Moment, row: int, j: int) -> float:
    """The error of this quarter's answer to a survey, a standard normal."""
    quarter = Moment(moment.seed_low, moment.seed_high, moment.tick // SURVEY_WEEKS)
    return standard_normal(draw(quarter, row, Purpose.SURVEY, j, 0)[0])
