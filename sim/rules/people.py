"""People: what differs from one person to the next, drawn once when a world is made."""

from typing import Annotated, NamedTuple

from sim.rules.arithmetic import sqrt
from sim.rules.chance import standard_normal, uniform
from sim.rules.compile import rule
from sim.units import LARGEST, Parameter, Sweep, factor, probability


class Constant(NamedTuple):
    """The same number for everybody."""

    value: Annotated[float, Parameter("unit of the parameter", "the number", "design", -LARGEST, LARGEST)] = 0.0


class Gamma(NamedTuple):
    """Positive and skewed; shape 1 is exponential, a small shape means a few heavy ones."""

    shape: Annotated[float, factor("evenness: the larger, the more alike", "design")] = 1.0
    mean: Annotated[float, Parameter("unit of the parameter", "mean over people", "design", 0.0, LARGEST)] = 1.0


class Beta(NamedTuple):
    """Between 0 and 1; mean a / (a + b)."""

    a: Annotated[float, factor("weight towards 1", "design")] = 1.0
    b: Annotated[float, factor("weight towards 0", "design")] = 1.0


class Normal(NamedTuple):
    """Bell-shaped."""

    mean: Annotated[float, Parameter("unit of the parameter", "mean over people", "design", -LARGEST, LARGEST)] = 0.0
    sd: Annotated[
        float, Parameter("unit of the parameter", "standard deviation over people", "design", 0.0, LARGEST)
    ] = 1.0


class Uniform(NamedTuple):
    """Anything between two numbers, equally likely."""

    low: Annotated[float, Parameter("unit of the parameter", "least", "design", -LARGEST, LARGEST)] = 0.0
    high: Annotated[float, Parameter("unit of the parameter", "most", "design", -LARGEST, LARGEST)] = 1.0


Distribution = Constant | Gamma | Beta | Normal | Uniform
DISTRIBUTIONS: dict[str, type[Distribution]] = {
    "constant": Constant,
    "gamma": Gamma,
    "beta": Beta,
    "normal": Normal,
    "uniform": Uniform,
}


def support(distribution: Distribution) -> tuple[float, float]:
    """The least and the largest number a distribution can give."""
    match distribution:
        case Constant(value):
            return value, value
        case Gamma():
            return 0.0, LARGEST
        case Beta():
            return 0.0, 1.0
        case Normal(mean, sd):
            return (mean, mean) if sd == 0.0 else (-LARGEST, LARGEST)
        case Uniform(low, high):
            return low, high


def moments(distribution: Distribution) -> tuple[float, float]:
    """Mean and standard deviation.

    Check
    -----
    >>> moments(Constant(3.0)), moments(Normal(0.1, 0.4)), moments(Gamma(4.0, 2.0))
    ((3.0, 0.0), (0.1, 0.4), (2.0, 1.0))
    """
    match distribution:
        case Constant(value):
            return value, 0.0
        case Gamma(shape, mean):
            return mean, mean / sqrt(shape)
        case Beta(a, b):
            return a / (a + b), sqrt(a * b / (a + b + 1.0)) / (a + b)
        case Normal(mean, sd):
            return mean, sd
        case Uniform(low, high):
            return (low + high) / 2.0, (high - low) / sqrt(12.0)


def distributed(unit: str, meaning: str, source: str, low: float, high: float, sweep: Sweep = None) -> Parameter:
    """A parameter that may be a number or a distribution over people; bounds hold for every person."""
    return Parameter(unit, meaning, source, low, high, sweep)


class Person(NamedTuple):
    """What a person is born with."""

    need_per_year: Annotated[
        Distribution,
        distributed(
            "occasions per year",
            "how often the category is needed; sweep of the mean",
            "Goodhardt, Ehrenberg & Chatfield (1984): toothpaste K = .78; A27",
            0.0,
            1500.0,
            (2.0, 16.0),
        ),
    ] = Gamma(1.0, 8.0)
    leaving: Annotated[
        Distribution,
        distributed(
            "probability per repeat order",
            "inborn chance of leaving; sweep of the mean",
            "Fader, Hardie & Lee (2005): shape of CDNOW; mean lowered: A28",
            0.0,
            1.0,
            (0.03, 0.25),
        ),
    ] = Beta(0.8, 7.0)
    price_sensitivity: Annotated[
        Distribution,
        distributed(
            "per log price",
            "weight of price in choice",
            "Bijmolt, van Heerde & Pieters (2005): market elasticity -2.6; A29",
            0.0,
            100.0,
            (4.0, 12.0),
        ),
    ] = Constant(8.0)
    mean_order_value: Annotated[
        Distribution,
        distributed(
            "money",
            "a person's mean order at the reference price, before individual spread",
            "A3",
            0.0,
            1e9,
            (20.0, 200.0),
        ),
    ] = Constant(50.0)
    match: Annotated[
        Distribution,
        distributed(
            "satisfaction",
            "lasting fit between a person and a business, drawn for each pair",
            "A30",
            -LARGEST,
            LARGEST,
            (0.2, 0.6),
        ),
    ] = Normal(0.0, 0.4)
    further_lines: Annotated[
        Distribution,
        distributed(
            "probability per order",
            "propensity to take up a further product line, where one is offered",
            "A63",
            0.0,
            1.0,
            (0.0, 0.3),
        ),
    ] = Constant(0.0)
    taste: Annotated[
        Distribution,
        distributed(
            "share of the way from the low to the high end",
            "the position that a person likes best; matters where rules.choice.fit is above 0",
            "A81",
            0.0,
            1.0,
            (0.0, 1.0),
        ),
    ] = Constant(0.5)
    nothing: Annotated[
        float,
        factor(
            "shape of the affinity for buying nothing; 0 removes that choice",
            "Goodhardt, Ehrenberg & Chatfield (1984): S = 1.5 in all; A37",
            (0.0, 2.0),
        ),
    ] = 0.30


class PopulationRules(NamedTuple):
    """Who comes and goes."""

    turnover: Annotated[
        float,
        probability(
            "a person leaves the market, and a newcomer who knows nobody takes the place", "A64", (0.0, 0.004), "week"
        ),
    ] = 0.0


@rule
def bell_shaped(mean: float, sd: float, word: int) -> float:
    """A normal draw with this mean and spread.

    Check
    -----
    >>> bell_shaped(2.0, 0.0, 5)
    2.0
    """
    return mean + sd * standard_normal(word)


@rule
def evenly_between(low: float, high: float, word: int) -> float:
    """A draw from anywhere between two numbers.

    Check
    -----
    >>> evenly_between(2.0, 2.0, 5), round(evenly_between(0.0, 10.0, 2147483648), 6)
    (2.0, 5.0)
    """
    return low + (high - low) * uniform(word)
