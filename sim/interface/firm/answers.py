"""Answers: the questions about a firm, what may be answered, and what is said to an answer that cannot be.

An answer is a text, whether somebody typed it at a question or after an option; both are read by the same readers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.experiment.firm import Firm, tidy
from sim.scenario.problems import InputError, Problem, shown

MOST_PEOPLE, MOST_MONEY, MOST_ORDERS = 8_000_000_000, 1e12, 104.0
Answers = Mapping[str, float]


class Unfit(ValueError):
    """An answer that cannot be, in a sentence."""


@dataclass(frozen=True)
class Question:
    """One thing to know about a firm; ``usual`` and ``fault`` may look at the answers before it."""

    name: str
    ask: str
    why: str
    read: Callable[[str], float]
    usual: Callable[[Answers], float]
    fault: Callable[[float, Answers], str | None]

    @property
    def option(self) -> str:
        """What it is called on the command line."""
        return f"--{self.name.replace('_', '-')}"

    def answer(self, text: str, before: Answers) -> float:
        """What a text answers.

        Raises
        ------
        Unfit
            If it cannot be; the sentence says why, and what to write.
        """
        value = self.read(text)
        if fault := self.fault(value, before):
            raise Unfit(fault)
        return value

    def offered(self, before: Answers) -> str:
        """The usual answer, as one would type it."""
        usual = self.usual(before)
        return f"{100.0 * usual:g}%" if self.read is share else f"{usual:,.10g}"


def number(text: str) -> float:
    """A number as people write it: 200000, 200,000, 200_000 or 200 000; a point for decimals.

    Check
    -----
    >>> [number(text) for text in ("200000", "200,000", "200_000", "1 500.50", ".5")]
    [200000.0, 200000.0, 200000.0, 1500.5, 0.5]
    """
    plain = text.strip().replace("\N{NO-BREAK SPACE}", " ")
    if len(plain) <= 40 and re.fullmatch(r"(?:[0-9]+(?:_[0-9]+)*|[0-9]{1,3}(?:[ ,][0-9]{3})+)?(?:\.[0-9]*)?", plain):
        digits = re.sub("[ ,_]", "", plain)
        if any(map(str.isdigit, digits)):
            return float(digits)
    if re.fullmatch(r"-[0-9 ,._]+", plain):
        raise Unfit(f"must not be below 0, got {shown(plain)}")
    if re.fullmatch(r"[0-9.]+,[0-9]+", plain):
        raise Unfit(f"{shown(plain)} is not a number here. Write a point for decimals: {_pointed(plain)}")
    raise Unfit(f"expected a number such as 5000 or 5,000, got {shown(text)}")


def _pointed(text: str) -> str:
    return text.replace(".", "").replace(",", ".")


def whole(text: str) -> float:
    """A whole number.

    Check
    -----
    >>> whole("5,000")
    5000.0
    """
    value = number(text)
    if value != int(value):
        raise Unfit(f"must be a whole number, got {shown(text)}")
    return value


def share(text: str) -> float:
    """A share: 40%, 40 or 0.4.

    Check
    -----
    >>> share("40%"), share("40"), share("0.4"), share("2.5 %")
    (0.4, 0.4, 0.4, 0.025)
    """
    value = number(text.strip().removesuffix("%"))
    if text.strip().endswith("%"):
        return tidy(value / 100.0, 12)
    if value == 1.0:
        raise Unfit("1 may mean 1 % or all of it. Write 1% or 100%")
    return value if value < 1.0 else tidy(value / 100.0, 12)


# ----------------------------------------------------------------------------------------------------------- questions


def _people_fault(value: float, before: Answers) -> str | None:
    if value < 2:
        return "a market needs at least 2 people"
    return f"more than {MOST_PEOPLE:,} people do not live on Earth" if value > MOST_PEOPLE else None


def _customers_fault(value: float, before: Answers) -> str | None:
    if value < 1:
        return "the firm needs at least 1 customer; a plan for the first one is not what this model can judge"
    if "people" in before and value >= before["people"]:
        return f"must be fewer than the people of the market ({before['people']:,.0f}), got {value:,.0f}"
    return None


def _orders_fault(value: float, before: Answers) -> str | None:
    if value < 1.0:
        return "must be at least 1, because a customer is who ordered within the last year. Count only those"
    return f"must be at most {MOST_ORDERS:g}, two a week. Count a week's orders as one" if value > MOST_ORDERS else None


def _value_fault(value: float, before: Answers) -> str | None:
    if value < 0.01:
        return "must be at least 0.01"
    revenue = before.get("customers", 1.0) * before.get("orders", 1.0) * value
    return f"makes a year's revenue of {revenue:,.0f}. Count money in thousands" if revenue > MOST_MONEY else None


def _margin_fault(value: float, before: Answers) -> str | None:
    if value <= 0.0:
        return "must be above 0: with no margin, no customer is worth winning or keeping"
    return f"must be at most 100 %, got {100.0 * value:g} %" if value > 1.0 else None


def _marketing_fault(value: float, before: Answers) -> str | None:
    return f"must be at most {MOST_MONEY:,.0f}. Count money in thousands" if value > MOST_MONEY else None


QUESTIONS = (
    Question(
        "people",
        "How many people are in your market?",
        "Everybody who may buy this kind of thing, from you or from others.",
        whole,
        lambda before: 200_000,
        _people_fault,
    ),
    Question(
        "customers",
        "How many customers do you have?",
        "People who ordered from you within the last year.",
        whole,
        lambda before: max(tidy(before["people"] / 40.0, 2) // 1, 1),
        _customers_fault,
    ),
    Question(
        "orders",
        "How many orders does a customer place in a year?",
        "All orders of the last year over the customers who placed them.",
        number,
        lambda before: 4,
        _orders_fault,
    ),
    Question(
        "order_value",
        "What is an order worth?",
        "Money on average, as the customer pays it.",
        number,
        lambda before: 50,
        _value_fault,
    ),
    Question(
        "margin",
        "What is your contribution margin, in %?",
        "What is left of an order after the cost of the goods and of sending them, before marketing.",
        share,
        lambda before: 0.4,
        _margin_fault,
    ),
    Question(
        "marketing",
        "How much money do you spend on marketing in a year?",
        "To win customers and to keep them, together. The usual answer is 8 % of your revenue.",
        number,
        lambda before: tidy(0.08 * before["customers"] * before["orders"] * before["order_value"], 2),
        _marketing_fault,
    ),
)
SHARE_OF_WINNING = Question(
    "acquisition_share",
    "Which part of the marketing money goes to winning customers?",
    "The rest keeps them.",
    share,
    lambda before: 0.5,
    lambda value, before: f"must be at most 100 %, got {100.0 * value:g} %" if value > 1.0 else None,
)


def read(given: Mapping[str, str]) -> tuple[dict[str, float], list[Problem]]:
    """What options answer, and everything that is wrong with them.

    Parameters
    ----------
    given : texts by the name of the question
    """
    answers: dict[str, float] = {}
    problems = []
    for question in (*QUESTIONS, SHARE_OF_WINNING):
        if question.name in given:
            try:
                answers[question.name] = question.answer(given[question.name], answers)
            except Unfit as error:
                problems.append(Problem(None, f"{question.option}: {error}"))
    return answers, problems


def at_odds(answers: Answers) -> list[Problem]:
    """Answers that cannot be beside the others, in whatever order they were given."""
    found = [(each, each.fault(answers[each.name], answers)) for each in QUESTIONS if each.name in answers]
    return [Problem(None, f"{question.option}: {fault}") for question, fault in found if fault]


def missing_from(answers: Answers) -> list[Question]:
    """The questions that nobody has answered."""
    return [question for question in QUESTIONS if question.name not in answers]


def firm_of(answers: Answers, currency: str) -> Firm:
    """A firm from its answers.

    Raises
    ------
    InputError
        If money has no possible name.
    """
    if not currency.strip().isprintable() or not 0 < len(currency.strip()) <= 80:
        raise InputError([Problem(None, f"--currency: expected a short name such as EUR, got {shown(currency)}")])
    shares = {key: answers[key] for key in ("margin", "acquisition_share") if key in answers}
    return Firm(
        people=int(answers["people"]),
        customers=int(answers["customers"]),
        orders=answers["orders"],
        order_value=answers["order_value"],
        marketing=answers["marketing"],
        currency=currency.strip(),
        **shares,
    )
