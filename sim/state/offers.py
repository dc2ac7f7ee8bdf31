"""What everybody can see of the businesses this week: prices, contacts, what is done for customers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Offers(NamedTuple):
    """One entry per business, float64; written before the week, only read while it passes."""

    price: np.ndarray  # money
    price_ratio: np.ndarray  # to the reference price
    log_price_ratio: np.ndarray
    contact: np.ndarray  # chance that a given prospect is contacted this week
    kept_share: np.ndarray  # what care lets through of the chance of leaving
    scheme_bonus: np.ndarray  # log odds that loyalty rewards add for own customers
    quality: np.ndarray
    failure_rate: np.ndarray


def no_offers(businesses: int) -> Offers:
    """Zeros, to be written by the businesses."""
    return Offers(*(np.zeros(businesses) for _ in Offers._fields))
