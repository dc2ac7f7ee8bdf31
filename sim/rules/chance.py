"""Chance: how a 32-bit word that was already drawn becomes an event or a number."""

from sim.rules.arithmetic import exp, log, sqrt
from sim.rules.compile import compiled, rule

WORDS = 4294967296.0
"""How many values a drawn word can take: 2 to the 32nd."""


@rule
def happens(probability: float, word: int) -> bool:
    """Does an event of this probability happen? Never at 0, always at 1.

    Check
    -----
    >>> happens(0.0, 0), happens(1.0, 4294967295), happens(0.5, 2147483647), happens(0.5, 2147483648)
    (False, True, True, False)
    """
    return float(word) < probability * WORDS


@rule
def uniform(word: int) -> float:
    """A number strictly between 0 and 1: the middle of the word's own slice.

    Check
    -----
    >>> uniform(0) > 0.0, uniform(4294967295) < 1.0
    (True, True)
    """
    return (float(word) + 0.5) / WORDS


@rule
def one_of(number: int, word: int) -> int:
    """One of ``number`` equally likely places, counted from 0.

    Check
    -----
    >>> one_of(8, 0), one_of(8, 4294967295), one_of(1, 12345)
    (0, 7, 0)
    """
    return (word * number) >> 32


@rule
def waiting_weeks(chance: float, word: int, longest: int) -> int:
    """How many weeks until an event of constant weekly chance: geometric, at least 1, at most ``longest``.

    Drawn once as a date instead of tossing every week: the same law. A chance of 0 waits for ``longest``.

    Check
    -----
    >>> waiting_weeks(1.0, 123, 9999), waiting_weeks(0.0, 123, 9999), waiting_weeks(0.01, 2147483648, 9999)
    (1, 9999, 69)
    """
    nothing_yet = log(1.0 - chance)
    if nothing_yet >= 0.0:  # a chance of 0, or one that is lost beside 1
        return longest
    wait = 1.0 + log(uniform(word)) / nothing_yet
    return longest if wait >= longest else int(wait)


@rule
def standard_normal(word: int) -> float:
    """A draw from the normal distribution with mean 0 and standard deviation 1, by inverting its distribution.

    Check
    -----
    >>> round(standard_normal(2147483648), 6), round(standard_normal(4187592985), 3)
    (0.0, 1.96)
    """
    return normal_quantile(uniform(word))


@rule
def normal_quantile(u: float) -> float:
    """The number below which a standard normal draw falls with a chance.

    Source
    ------
    Wichura (1988), algorithm AS 241 (PPND16); it needs only + - * /, sqrt and log.

    Check
    -----
    >>> normal_quantile(0.5), round(normal_quantile(0.975), 6)
    (0.0, 1.959964)
    """
    q = u - 0.5
    if -0.425 <= q <= 0.425:
        r = 0.180625 - q * q
        return q * _central_top(r) / _central_bottom(r)
    r = sqrt(-log(u if q < 0.0 else 1.0 - u))
    size = _middle(r - 1.6) if r <= 5.0 else _tail(r - 5.0)
    return -size if q < 0.0 else size


@compiled
def _central_top(r: float) -> float:
    t = 2.5090809287301226727e3 * r + 3.3430575583588128105e4
    t = (t * r + 6.7265770927008700853e4) * r + 4.5921953931549871457e4
    t = (t * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3
    return (t * r + 1.3314166789178437745e2) * r + 3.3871328727963666080e0


@compiled
def _central_bottom(r: float) -> float:
    t = 5.2264952788528545610e3 * r + 2.8729085735721942674e4
    t = (t * r + 3.9307895800092710610e4) * r + 2.1213794301586595867e4
    t = (t * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2
    return (t * r + 4.2313330701600911252e1) * r + 1.0


@compiled
def _middle(r: float) -> float:
    t = 7.74545014278341407640e-4 * r + 2.27238449892691845833e-2
    t = (t * r + 2.41780725177450611770e-1) * r + 1.27045825245236838258e0
    t = (t * r + 3.64784832476320460504e0) * r + 5.76949722146069140550e0
    t = (t * r + 4.63033784615654529590e0) * r + 1.42343711074968357734e0
    b = 1.05075007164441684324e-9 * r + 5.47593808499534494600e-4
    b = (b * r + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1
    b = (b * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0
    return t / ((b * r + 2.05319162663775882187e0) * r + 1.0)


@compiled
def _tail(r: float) -> float:
    t = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
    t = (t * r + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2
    t = (t * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0
    t = (t * r + 5.46378491116411436990e0) * r + 6.65790464350110377720e0
    b = 2.04426310338993978564e-15 * r + 1.42151175831644588870e-7
    b = (b * r + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4
    b = (b * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1
    return t / ((b * r + 5.99832206555887937690e-1) * r + 1.0)


@rule
def share_won_over(ceiling: float, strength: float, spend: float) -> float:
    """Response to money: rises steeply at first and never passes its ceiling.

    Source
    ------
    Blattberg & Deighton (1996), the exponential curve a(A) = ceiling (1 - exp(-k A)).

    Check
    -----
    >>> share_won_over(0.4, 0.138629436112, 0.0), round(share_won_over(0.4, 0.138629436112, 5.0), 6)
    (0.0, 0.2)
    """
    return ceiling * (1.0 - exp(-strength * spend))
