"""Offers: what businesses write is what people read."""

from __future__ import annotations

import numpy as np
import pytest

from sim.state.offers import WIDE, Offers, no_offers

BUSINESSES = 3


def test_offers_begin_with_nothing_and_have_a_place_for_everything() -> None:
    offers, records = no_offers(BUSINESSES)
    assert records.shape == (BUSINESSES,) and records.dtype.names == Offers._fields
    for name, numbers in offers._asdict().items():
        assert numbers.dtype == np.float64 and not numbers.any()
        assert numbers.shape == ((BUSINESSES, WIDE[name]) if name in WIDE else (BUSINESSES,))


@pytest.mark.parametrize("name", Offers._fields)
def test_what_one_business_writes_is_read_there_and_nowhere_else(name: str) -> None:
    offers, records = no_offers(BUSINESSES)
    written = np.arange(1.0, WIDE.get(name, 1) + 1)
    getattr(offers, name)[1] = written if name in WIDE else written[0]
    assert np.array_equal(np.atleast_1d(records[1][name]), written)
    assert np.array_equal(getattr(records, name), getattr(offers, name))
    getattr(offers, name)[1] = 0.0
    assert records.tobytes() == no_offers(BUSINESSES)[1].tobytes()
