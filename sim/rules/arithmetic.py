"""Portable ``exp`` and ``log``: the same bits on every machine.

Only + - * / and shifts of the bits of a float are used, so IEEE 754 fixes the result; a processor's or an operating
system's mathematical library never has a say. Both are within two units in the last place of the true value.
No other rule may import ``math`` or NumPy.
"""

import math

import numpy as np

from sim.rules.compile import compiled

INFINITY = math.inf
LOG2_E = 1.4426950408889634
LN2_HIGH = 0.693147180369123816490  # ln 2 cut after 32 bits: products with a small whole number are exact
LN2_LOW = 1.90821492927058770002e-10
SQRT_HALF_BITS = 0x3FE6A09E00000000
MANTISSA_BITS = 52


@compiled
def as_float(value: float) -> float:
    """An entry of a column as a 64-bit float: compiled code would otherwise go on in the column's own narrow type."""
    return float(value) * 1.0


@compiled
def as_int(value: int) -> int:
    """An entry of a column as a 64-bit whole number, for the same reason."""
    return int(value) + 0


@compiled
def floor(x: float) -> int:
    """The largest whole number not above x."""
    return int(math.floor(x))


@compiled
def sqrt(x: float) -> float:
    """Square root; IEEE 754 fixes its bits."""
    return math.sqrt(x)


@compiled
def exp(x: float) -> float:
    """e to the power x; 0 below -708 and infinity above 709.

    Source
    ------
    x = k ln 2 + r with |r| <= ln 2 / 2, then the Taylor series to degree 13 in Estrin's order.

    Check
    -----
    >>> exp(0.0), exp(-1000.0), round(exp(1.0), 12)
    (1.0, 0.0, 2.718281828459)
    """
    if x < -708.0:
        return 0.0
    if x > 709.0:
        return INFINITY
    k = int(math.floor(x * LOG2_E + 0.5))
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r) + r2 * (1.0 / 2.0 + r * (1.0 / 6.0))
    middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0))
    high = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + r2 * (1.0 / 3628800.0 + r * (1.0 / 39916800.0))
    last = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
    series = low + r4 * (middle + r4 * (high + r4 * last))
    return series * float(np.int64((k + 1023) << MANTISSA_BITS).view(np.float64))


@compiled
def log(x: float) -> float:
    """Natural logarithm of a positive number; minus infinity at 0 and below.

    Source
    ------
    x = 2^k m with m between sqrt(1/2) and sqrt(2); ln m = 2 artanh((m - 1) / (m + 1)) as a series.

    Check
    -----
    >>> log(1.0), round(log(10.0), 12), log(0.0)
    (0.0, 2.302585092994, -inf)
    """
    if x <= 0.0:
        return -INFINITY
    bits = int(np.float64(x).view(np.int64))
    k = (bits - SQRT_HALF_BITS) >> MANTISSA_BITS
    m = float(np.int64(bits - (k << MANTISSA_BITS)).view(np.float64))
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    low = (2.0 / 3.0 + z * (2.0 / 5.0)) + z2 * (2.0 / 7.0 + z * (2.0 / 9.0))
    high = (2.0 / 11.0 + z * (2.0 / 13.0)) + z2 * (2.0 / 15.0 + z * (2.0 / 17.0))
    last = 2.0 / 19.0 + z * (2.0 / 21.0)
    tail = z * (low + z4 * (high + z4 * last))
    half_square = 0.5 * f * f
    # ln m = f - (f^2/2 - s (f^2/2 + tail)): the large parts cancel exactly, which keeps the last bits
    return k * LN2_HIGH - ((half_square - (s * (half_square + tail) + k * LN2_LOW)) - f)
