"""The table of people: one array per attribute.

A row is a place in the market, and a person as long as nobody moves away: rows never move. Columns are narrow;
arithmetic is in float64, so a column is always read through ``as_float`` or ``as_int``, which gives the same bits
compiled and interpreted.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple, get_args, get_type_hints

import numpy as np

from sim.rules.memory import NEVER

BYTES_PER_PERSON = 50
BYTES_PER_RELATIONSHIP = 60
"""What the table may cost; a test adds it up."""

NOBODY = -1
"""No business: not heard about, nothing told, no last supplier."""
LONG_AGO = -32_000
"""Week of what never happened: longer ago than any run."""
UNKNOWN, KNEW, TOLD, REFERRED, CONTACTED, FORMER, FORMER_TOLD, FORMER_CONTACTED, FORMER_REMINDED = range(9)
"""How a person came to know a business; a former customer came back by itself, or was won by a story, a channel or a
reminder."""

SOURCES = (
    "", "knew it from the beginning", "told by a friend", "referred by a friend", "contacted", "came back",
    "won back by a story", "won back by a contact", "won back by a reminder",
)  # fmt: skip
"""The same in words."""


class Column(NamedTuple):
    """How a column is kept: its type, one entry a person or one for each business, and what is in it at first."""

    dtype: type
    table: bool
    first: float = 0.0


def column(dtype: type, first: float = 0.0) -> Column:
    """One entry a person."""
    return Column(dtype, False, first)


def table(dtype: type, first: float = 0.0) -> Column:
    """One entry for each person and business."""
    return Column(dtype, True, first)


FLOAT, WORD, WEEK, SMALL = np.float32, np.uint32, np.int16, np.int8


class Customers(NamedTuple):
    """Columns of all people; tables are (people, businesses)."""

    # who I am: drawn at birth
    segment: Annotated[np.ndarray, column(SMALL)]
    weekly_need: Annotated[np.ndarray, column(FLOAT)]  # needs per week
    need_threshold: Annotated[np.ndarray, column(WORD)]  # a draw below it means at least one need this week
    leaving: Annotated[np.ndarray, column(FLOAT)]  # inborn chance of leaving per repeat order
    price_sensitivity: Annotated[np.ndarray, column(FLOAT)]
    mean_order_value: Annotated[np.ndarray, column(FLOAT)]  # money in major units at the reference price
    further_lines: Annotated[np.ndarray, column(FLOAT)]  # propensity to take up one more line, per order
    listening: Annotated[np.ndarray, column(FLOAT)]  # chance of hearing somebody this week
    affinity_for_nothing: Annotated[np.ndarray, column(FLOAT)]  # logarithm; minus infinity removes the choice
    backs: Annotated[np.ndarray, column(SMALL, NOBODY)]  # the business of which this person is a backer, or NOBODY
    moves_tick: Annotated[np.ndarray, column(WEEK, NEVER)]  # when this person leaves the market
    affinity: Annotated[np.ndarray, table(FLOAT)]  # logarithm
    match: Annotated[np.ndarray, table(FLOAT)]  # lasting fit in points of satisfaction

    # what I feel: public, friends may read what is told
    satisfaction: Annotated[np.ndarray, table(FLOAT)]  # -1..1
    expectation: Annotated[np.ndarray, table(FLOAT)]
    push: Annotated[np.ndarray, table(FLOAT)]  # log odds left of contacts
    heard: Annotated[np.ndarray, table(FLOAT)]  # log odds left of stories
    expected_price: Annotated[np.ndarray, table(FLOAT)]  # logarithm of its ratio to the reference price
    told_about: Annotated[np.ndarray, column(SMALL, NOBODY)]  # business of this week's story, or NOBODY
    told_story: Annotated[np.ndarray, column(FLOAT)]  # its strength and sign
    told_for_reward: Annotated[np.ndarray, column(SMALL)]  # would it not have been told without a referral programme?
    heard_about: Annotated[np.ndarray, column(SMALL, NOBODY)]  # business of the story heard this week, or NOBODY
    heard_story: Annotated[np.ndarray, column(FLOAT)]
    heard_for_reward: Annotated[np.ndarray, column(SMALL)]
    heard_from_customer_of: Annotated[np.ndarray, column(SMALL, NOBODY)]  # the heard friend's own supplier, or NOBODY

    # what I have done
    relation: Annotated[np.ndarray, table(SMALL)]  # STRANGER, AWARE, CUSTOMER, LAPSED
    source: Annotated[np.ndarray, table(SMALL)]  # how I came to know it
    channel: Annotated[np.ndarray, table(SMALL)]  # of its contact, the last one that reached me
    orders: Annotated[np.ndarray, table(WEEK)]  # since this relationship began
    orders_ever: Annotated[np.ndarray, table(WEEK)]  # as the business's records have them
    lines: Annotated[np.ndarray, table(SMALL)]  # further product lines taken up in this relationship
    first_tick: Annotated[np.ndarray, table(WEEK, NEVER)]  # of the first order ever
    start_tick: Annotated[np.ndarray, table(WEEK)]  # of this relationship
    last_tick: Annotated[np.ndarray, table(WEEK, LONG_AGO)]  # of the last order
    due_tick: Annotated[np.ndarray, table(WEEK)]  # aware: name forgotten; lapsed: departure faded
    contact_tick: Annotated[np.ndarray, table(WEEK, LONG_AGO)]  # of a contact that no order has followed yet
    reminder_tick: Annotated[np.ndarray, table(WEEK, LONG_AGO)]  # of a reminder that no order has followed yet
    friend_tick: Annotated[np.ndarray, table(WEEK, LONG_AGO)]  # when a friend who is a customer was last met
    open_complaint: Annotated[np.ndarray, table(FLOAT)]  # what the failure took, while it is open; else 0
    complaints: Annotated[np.ndarray, table(FLOAT)]  # made so far, as remembered when the last one was made
    complaint_tick: Annotated[np.ndarray, table(WEEK, LONG_AGO)]  # of the last complaint
    last_supplier: Annotated[np.ndarray, column(SMALL, NOBODY)]  # business of the last order, or NOBODY


COLUMNS: dict[str, Column] = {
    name: next(item for item in get_args(hint) if isinstance(item, Column))
    for name, hint in get_type_hints(Customers, include_extras=True).items()
}
"""Every column by its name, in the order of the table."""


def empty_customers(people: int, businesses: int) -> Customers:
    """A table of people to whom nothing has happened yet."""
    shapes = {True: (people, businesses), False: (people,)}
    return Customers(*(np.full(shapes[each.table], each.first, each.dtype) for each in COLUMNS.values()))
