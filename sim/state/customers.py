"""The tables of people and of bonds: a record for each person, and one for each person and business.

A row is a place in the market, and a person as long as nobody moves away: rows never move. Each record is one line of
the processor's cache, for a week touches many of its fields. Fields are narrow; arithmetic is in float64, so a field is
always read through ``as_float`` or ``as_int``, which gives the same bits compiled and interpreted.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

import numpy as np

from sim.rules.memory import NEVER

CACHE_LINE = 64
"""Bytes of a record, whether its fields fill them or not."""

NOBODY = -1
"""No business: not heard about, nothing told, no last supplier."""
NO_CHANNEL = -1
"""Nobody was reached by a channel: known by other ways, or ordering out of a need."""
LONG_AGO = -32_000
"""Week of what never happened: longer ago than any run."""
(
    UNKNOWN, KNEW, TOLD, REFERRED, CONTACTED,
    FORMER, FORMER_TOLD, FORMER_REFERRED, FORMER_CONTACTED, FORMER_REMINDED,
) = range(10)  # fmt: skip
"""How a person came to know a business; a former customer came back by itself, or was won by a story, by one that was
told for a reward, by a channel or by a reminder."""

SOURCES = (
    "", "knew it from its beginning", "told by a friend", "referred by a friend", "contacted", "came back",
    "won back by a story", "won back by a referral", "won back by a contact", "won back by a reminder",
)  # fmt: skip
"""The same in words."""


class Column(NamedTuple):
    """How a field is kept: its type, and what is in it at first."""

    dtype: type
    first: float = 0.0


FLOAT, WORD, WEEK, SMALL = np.float32, np.uint32, np.int16, np.int8


class Person(NamedTuple):
    """The fields of a person."""

    # who I am: drawn at birth
    segment: Annotated[int, Column(SMALL)]
    weekly_need: Annotated[float, Column(FLOAT)]  # needs per week
    need_threshold: Annotated[int, Column(WORD)]  # a draw below it means at least one need this week
    leaving: Annotated[float, Column(FLOAT)]  # inborn chance of leaving per repeat order
    price_sensitivity: Annotated[float, Column(FLOAT)]
    mean_order_value: Annotated[float, Column(FLOAT)]  # money in major units at the reference price
    taste: Annotated[float, Column(FLOAT)]  # the position I like best, from the low end, 0, to the high end, 1
    further_lines: Annotated[float, Column(FLOAT)]  # propensity to take up one more line, per order
    listening: Annotated[float, Column(FLOAT)]  # chance of hearing somebody this week
    affinity_for_nothing: Annotated[float, Column(FLOAT)]  # logarithm; minus infinity removes the choice
    backs: Annotated[int, Column(SMALL, NOBODY)]  # the business of which this person is a backer, or NOBODY
    moves_tick: Annotated[int, Column(WEEK, NEVER)]  # when this person leaves the market

    # what I say and hear: public, friends may read what is told
    told_about: Annotated[int, Column(SMALL, NOBODY)]  # business of this week's story, or NOBODY
    told_story: Annotated[float, Column(FLOAT)]  # its strength and sign
    told_for_reward: Annotated[int, Column(SMALL)]  # would it not have been told without a referral programme?
    heard_about: Annotated[int, Column(SMALL, NOBODY)]  # business of the story heard this week, or NOBODY
    heard_story: Annotated[float, Column(FLOAT)]
    heard_for_reward: Annotated[int, Column(SMALL)]
    heard_from_customer_of: Annotated[int, Column(SMALL, NOBODY)]  # the heard friend's own supplier, or NOBODY

    # what I have done
    last_supplier: Annotated[int, Column(SMALL, NOBODY)]  # business of the last order, or NOBODY


class Bond(NamedTuple):
    """The fields of what is between a person and a business."""

    # lasting tastes: drawn at birth
    affinity: Annotated[float, Column(FLOAT)]  # logarithm
    match: Annotated[float, Column(FLOAT)]  # lasting fit in points of satisfaction

    # what I feel
    satisfaction: Annotated[float, Column(FLOAT)]  # -1..1
    expectation: Annotated[float, Column(FLOAT)]
    push: Annotated[float, Column(FLOAT)]  # log odds left of contacts
    heard: Annotated[float, Column(FLOAT)]  # log odds left of stories
    expected_price: Annotated[float, Column(FLOAT)]  # logarithm of its ratio to the reference price

    # what I have done
    relation: Annotated[int, Column(SMALL)]  # STRANGER, AWARE, CUSTOMER, LAPSED
    source: Annotated[int, Column(SMALL)]  # how I came to know it
    channel: Annotated[int, Column(SMALL)]  # of the contact that made the name known, or won back
    orders: Annotated[int, Column(WEEK)]  # since this relationship began
    orders_ever: Annotated[int, Column(WEEK)]  # as the business's records have them
    lines: Annotated[int, Column(SMALL)]  # further product lines taken up in this relationship
    first_tick: Annotated[int, Column(WEEK, NEVER)]  # of the first order ever
    start_tick: Annotated[int, Column(WEEK)]  # of this relationship
    last_tick: Annotated[int, Column(WEEK, LONG_AGO)]  # of the last order
    due_tick: Annotated[int, Column(WEEK)]  # aware: name forgotten; lapsed: departure faded
    visit_tick: Annotated[int, Column(WEEK, LONG_AGO)]  # when this business last came into question
    contact_tick: Annotated[int, Column(WEEK, LONG_AGO)]  # of a contact that no order has followed yet
    reminder_tick: Annotated[int, Column(WEEK, LONG_AGO)]  # of a reminder that no order has followed yet
    friend_tick: Annotated[int, Column(WEEK, LONG_AGO)]  # when a friend who is a customer was last met
    open_complaint: Annotated[float, Column(FLOAT)]  # what the failure took, while it is open; else 0
    complaints: Annotated[float, Column(FLOAT)]  # made so far, as remembered when the last one was made
    complaint_tick: Annotated[int, Column(WEEK, LONG_AGO)]  # of the last complaint
    recommended_tick: Annotated[int, Column(WEEK, LONG_AGO)]  # of the last story told for a reward


def _columns(record: type) -> dict[str, Column]:
    hints = get_type_hints(record, include_extras=True)
    return {name: next(item for item in get_args(hint) if isinstance(item, Column)) for name, hint in hints.items()}


def _record(columns: dict[str, Column]) -> np.dtype:
    """A cache line with these fields, the widest first, so that each is aligned."""
    names = sorted(columns, key=lambda name: -np.dtype(columns[name].dtype).itemsize)
    fields = np.dtype([(name, columns[name].dtype) for name in names], align=True)
    if fields.itemsize > CACHE_LINE:
        raise TypeError(f"a record of {fields.itemsize} bytes does not fit into {CACHE_LINE}")
    offsets = [found[1] for found in map(dict(fields.fields or {}).__getitem__, names)]
    formats = [columns[name].dtype for name in names]
    layout: Any = {"names": names, "formats": formats, "offsets": offsets, "itemsize": CACHE_LINE}
    return np.dtype((np.record, np.dtype(layout, align=True)))


PERSON, BOND = _columns(Person), _columns(Bond)
COLUMNS = PERSON | BOND
"""Every column by its name, in the order of the tables."""


class Customers(NamedTuple):
    """All people and their bonds; a column of either table is an attribute, as a view."""

    people: np.ndarray  # records (people,)
    bonds: np.ndarray  # records (people, businesses)

    def __getattr__(self, name: str) -> Any:
        if name in PERSON:
            return self.people[name]
        if name in BOND:
            return self.bonds[name]
        raise AttributeError(f"people have no column {name!r}")

    def columns(self) -> dict[str, np.ndarray]:
        """All columns, each (people,) or (people, businesses)."""
        return {name: getattr(self, name) for name in COLUMNS}


def empty_customers(people: int, businesses: int) -> Customers:
    """Tables of people to whom nothing has happened yet."""
    return Customers(_lines((people,), PERSON), _lines((people, businesses), BOND))


def _lines(shape: tuple[int, ...], columns: dict[str, Column]) -> np.ndarray:
    """Records that each begin with a line of the cache."""
    size = math.prod(shape) * CACHE_LINE
    space = np.zeros(size + CACHE_LINE, np.uint8)
    start = -space.ctypes.data % CACHE_LINE
    records = space[start : start + size].view(_record(columns)).reshape(shape)
    for name, column in columns.items():
        records[name] = column.first
    return records
