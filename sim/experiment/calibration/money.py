"""Money: what is assumed of how strongly it wins and keeps customers, as long as no spend says more.

Its scale is that of Blattberg & Deighton (1996), as in the base market: one over the margin of a customer and year.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.experiment.calibration.base import HALF, USUAL_SPEND, Base, Market, Said
from sim.experiment.firm import BASE_MARGIN, BASE_YEARLY_MARGIN, tidy
from sim.rules.acquisition import Channel
from sim.rules.retention import Care
from sim.theory.allocation import Curve
from sim.units import parameters_of

BY_ITSELF = 0.5
"""Of new customers, those who come without marketing: a guess, and listed as unknown."""
BY_THEMSELVES = (0.2, 0.8)
"""As little, or as much of them, as that may be."""
HIGHEST = 0.5
"""Where a ceiling would pass this, the curve is a straight line in all but name."""


class Way(NamedTuple):
    """A channel: its curve of contacts a week over money per prospect and year, how long pressure lasts, its money."""

    curve: Curve
    keep: float
    spend: float
    """A year."""


class Money(NamedTuple):
    """What is spent a year, and what it does."""

    ways: dict[str, Way]
    by_itself: float
    """Chance a week to become a customer without any money."""
    care: Curve
    """Share of departures saved over money per listed customer and year."""
    keeping: float
    """A year."""

    @property
    def winning(self) -> float:
        """A year, over all channels."""
        return sum(way.spend for way in self.ways.values())


def margin_of(said: Said) -> float:
    """Contribution margin of an order."""
    return BASE_MARGIN if said.margin is None else said.margin


def scale_of(base: Base, said: Said) -> float:
    """By how much one unit of money is more than in the market for which the responses are stated."""
    return BASE_YEARLY_MARGIN * base.listed / (base.revenue * margin_of(said))


def plausible(record: type, field: str) -> tuple[float, float]:
    """The ends between which a parameter of a rule lies as far as anybody knows."""
    return next(p.sweep for name, p, _ in parameters_of(record) if name == field)  # type: ignore[return-value]


def assumed_care(base: Base, said: Said) -> Curve:
    """A25, at the firm's margin."""
    return Curve(Care().ceiling, Care().strength * scale_of(base, said))


def assumed_money(base: Base, market: Market, said: Said) -> Money:
    """Money and its effect where only a log is known: half the new customers come by themselves.

    The ceiling follows from the number of new customers; the strength is that of A20.
    """
    total = USUAL_SPEND * margin_of(said) * base.revenue if said.marketing is None else said.marketing
    share = HALF if said.acquisition_share is None else said.acquisition_share
    winning, keeping = total * share, total * (1.0 - share)
    a_head = winning / (market.people - base.listed)
    contact = market.contact * (1.0 - BY_ITSELF) if winning > 0.0 else 0.0
    curve = curve_through(a_head, contact, Channel().strength * scale_of(base, said))
    by_itself = 1.0 - (1.0 - market.contact) / (1.0 - contact)
    return Money({"marketing": Way(curve, Channel().keep, winning)}, by_itself, assumed_care(base, said), keeping)


def curve_through(a_head: float, contact: float, strength: float) -> Curve:
    """The curve of a strength that gives a chance of a contact at a spend; stronger, if it could not otherwise.

    Check
    -----
    >>> round(curve_through(2.0, 0.01, 0.1).at(2.0), 6)
    0.01
    """
    if a_head <= 0.0 or contact <= 0.0:
        return Curve(Channel().ceiling, strength)
    reached = Curve(1.0, strength).at(a_head)
    if contact / reached > HIGHEST:
        return Curve(1.0, -math.log1p(-contact) / a_head)
    return Curve(tidy(contact / reached, 6), strength)
