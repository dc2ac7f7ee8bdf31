"""What a run remembers: sums over some of its weeks."""

from __future__ import annotations

import numpy as np

from sim.model.history import Sums


def test_sums_are_of_the_weeks_that_were_asked_for() -> None:
    remembered = np.arange(24).reshape(4, 2, 3)
    sums = Sums(remembered)
    for first, last in ((0, 4), (1, 3), (0, 0), (1, 3)):
        assert sums.of(first, last) == [[sum(remembered[first:last, at, item]) for item in range(3)] for at in range(2)]


def test_what_two_ask_for_is_added_up_once_a_week() -> None:
    remembered = np.ones((4, 2, 3), np.int64)
    sums = Sums(remembered)
    asked = sums.of(0, 2)
    assert sums.of(0, 2) is asked
    remembered[1] = 5
    sums.forget()
    assert sums.of(0, 2) == [[6, 6, 6], [6, 6, 6]]
