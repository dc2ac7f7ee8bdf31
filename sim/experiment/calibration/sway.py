"""Sway: how what the periods show moves with what they do not, and was assumed.

What is free is fitted again at the ends of what is assumed, without luck: that the firm wins as many as it did is
known, whatever the assumed number is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from sim.experiment.calibration.expected import BY_ITSELF, Assumed, Free, Seen, Shape, fitted_again


class Sway(NamedTuple):
    """Something that was assumed, the ends of where it may be, and how far what was found moves to each of them."""

    number: tuple[str, int]
    ends: tuple[float, float]
    moves: tuple[np.ndarray, np.ndarray]
    """Of each free number, on the scale on which it is moved."""


def sways(shape: Shape, free: Free, seen: Seen, assumed: Assumed) -> tuple[Sway, ...]:
    """One for each number of curves that the periods do not show."""
    numbers = [(what, at) for at in range(seen.channels) for what in ("strengths", "keeps")]
    middle, found = fitted_again(shape, free, seen)[0].places(free), []
    for number in (*numbers, ("by_itself", BY_ITSELF)):
        if number not in free:
            low, high = seen.ends_of(number, assumed)
            to_low, to_high = (
                fitted_again(shape.instead(*number, end), free, seen)[0].places(free) - middle for end in (low, high)
            )
            found.append(Sway(number, (low, high), (to_low, to_high)))
    return tuple(found)


def swayed(shape: Shape, free: Free, seen: Seen, assumed: Assumed) -> np.ndarray:
    """How far what was found moves, down and up, while what was assumed goes to its ends, float64 (numbers, 2).

    Of each channel every combination of ends is tried, and all that is free is fitted again.
    """
    middle = fitted_again(shape, free, seen)[0].places(free)
    away = [np.zeros(len(free))]
    for channel in range(seen.channels):
        away += [
            fitted_again(other, free, seen)[0].places(free) - middle
            for other in _others(shape, free, channel, seen, assumed)
        ]
    return np.column_stack([np.min(away, axis=0), np.max(away, axis=0)])


def _others(shape: Shape, free: Free, channel: int, seen: Seen, assumed: Assumed) -> Iterator[Shape]:
    """The same curves, with the ends of everything that is assumed of a channel and of who comes by itself."""
    numbers = (("strengths", channel), ("keeps", channel), ("by_itself", BY_ITSELF))
    fixed = [number for number in numbers if number not in free]
    for values in product(*(seen.ends_of(number, assumed) for number in fixed)) if fixed else ():
        other = shape
        for (what, at), value in zip(fixed, values, strict=True):
            other = other.instead(what, at, value)
        yield other
