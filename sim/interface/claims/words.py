"""Claims in words: numbers with their units, the sentence for a scientist, and where a condition turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.interface.terminal.amounts import three_digits

Data = Mapping[str, Any]
"""A part of the document of claims."""
HARDLY_ANY = 0.02
"""Of revenue: half of the least that the diagram tries, so what lies below is no more than a guess at the split."""


def amount(value: float | None, unit: str) -> str:
    """A number of a claim, with its unit.

    Check
    -----
    >>> amount(0.1234, "% a year"), amount(-5230.4, "money"), amount(None, "people"), amount(1.5, "times")
    ('12.3 % a year', '-5,230', '-', '1.50 times')
    """
    if value is None:
        return "-"
    if unit.startswith("%"):
        return f"{three_digits(100 * value)} {unit}"
    return number(value) if unit == "money" else f"{number(value)} {unit}".strip()


def number(value: float) -> str:
    """A number of three digits; whole from 1,000 on.

    Check
    -----
    >>> number(12345.6), number(0.01234), number(-2.0)
    ('12,346', '0.0123', '-2.00')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else three_digits(value)


def interval(ends: Sequence[float | None], unit: str) -> str:
    """An interval of such numbers.

    Check
    -----
    >>> interval([0.1, 0.2], "%"), interval([1.0, 2.5], "money"), interval([None, None], "%")
    ('10.0 to 20.0 %', '1.00 to 2.50', 'unknown')
    """
    low, high = ends
    if low is None or high is None:
        return "unknown"
    scale = 100.0 if unit.startswith("%") else 1.0
    return amount(high, unit) if low == high else f"{number(scale * low)} to {amount(high, unit)}"


def needs(evidence: Data) -> str:
    """What a claim needs of a question, in words.

    Check
    -----
    >>> needs({"needs": {"above": 0.0}, "unit": "%"}), needs({"needs": {"above": 1.0, "below": 2.0}, "unit": "orders"})
    ('above 0', '1.00 to 2.00 orders')
    """
    wanted, unit = evidence["needs"], evidence["unit"]
    if len(wanted) == 2:
        return interval([wanted["above"], wanted["below"]], unit)
    ((word, end),) = wanted.items()
    return f"{word} {'0' if end == 0.0 else amount(end, unit)}"


def pivot_of(claim: Data) -> Data:
    """The question on which the verdict hangs."""
    return [each for each in claim["evidence"] if each["decides"]][claim["pivot"]]


def for_scientists(claim: Data) -> str:
    """What was measured, how surely, and in how many sampled worlds it holds."""
    told = []
    for each in claim["evidence"]:
        if each["decides"]:
            told.append(
                f"{each['question'].rstrip('?')}: {amount(each['estimate'], each['unit'])} "
                f"(95 % interval {interval(each['ci95'], each['unit'])}, {each['n']} paired worlds; corrected for "
                f"27 claims {interval(each['ci95_of_all_claims'], each['unit'])}; needed {needs(each)})"
            )
    share = claim["sampled"]
    low, high = share["ci95"]
    robust = (
        f"It holds in {share['holds']} of {share['of']} worlds sampled from the ranges of {len(share['varied'])} "
        f"uncertain numbers ({100 * low:.0f} to {100 * high:.0f} %)"
        if share["of"]
        else "None of the sampled worlds has an answer"
    )
    if share["leading"]:
        name = share["leading"].removeprefix("businesses.ours.").removeprefix("people.")
        robust += f", and moves most with {name} (rank correlation {share['rank_correlation']:.2f})"
    return f"{'; '.join(told)}. {robust}."


def turning(claim: Data) -> str:
    """Where along its condition the claim turns; empty if it has none."""
    for condition in claim["conditions"]:
        labels = {level["value"]: level["label"] for level in condition["values"]}
        parts = [
            f"{word} at {', '.join(labels[value] for value in condition[key])}"
            for key, word in (("holds_at", "surely holds"), ("fails_at", "surely fails"))
            if condition[key]
        ]
        told = f"{condition['meaning']} Along this it {' and '.join(parts) or 'is nowhere sure either way'}"
        if condition["boundary"] is not None:
            below = max(value for value in labels if value <= condition["boundary"])
            above = min(value for value in labels if value > condition["boundary"])
            told += f"; its mean crosses the line between {labels[below]} and {labels[above]}"
        return f"{told}."
    return ""


def matters(cell: Data) -> bool:
    """Does a goal of the diagram take so much money that it matters how it is split?"""
    return cell["reachable"] and cell["spend_share_of_revenue"] > HARDLY_ANY
