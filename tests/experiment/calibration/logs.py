"""Logs for tests: CDNOW as a log again, and firms whose truth is known."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np

from sim.experiment.validation import published
from sim.theory.buying import BuyTillYouDie

CDNOW_SPLIT = datetime.date(1997, 9, 30)
CDNOW_END = datetime.date(1998, 6, 30)


def cdnow_rows() -> list[tuple[str, datetime.date, float]]:
    """A log with CDNOW's first and last purchases, counts and mean orders; when the others were is not known."""
    cohort = published.cdnow()
    rows, number = [], 0
    split = CDNOW_SPLIT.toordinal()
    for at in range(len(cohort.later)):
        repeats, seen, age = (
            round(float(each))
            for each in (cohort.buyers.repeats[at], 7 * cohort.buyers.seen[at], 7 * cohort.buyers.age[at])
        )
        mean = float(cohort.mean_order[at]) or 30.0
        for _ in range(int(np.asarray(cohort.buyers.people)[at])):
            number += 1
            first = split - age
            between = np.linspace(0, seen, repeats + 1).round().astype(int) if repeats else np.zeros(1, int)
            after = split + 1 + np.linspace(0, 270, int(cohort.later[at])).round().astype(int)
            rows += [
                (f"{number:05d}", datetime.date.fromordinal(int(day)), mean) for day in [*(first + between), *after]
            ]
    return rows


def write_log(
    path: Path, rows: list[tuple[str, datetime.date, float]], header: str = "customer_id,date,amount"
) -> Path:
    """A log as a file."""
    lines = [header, *(f"{who},{day.isoformat()},{amount!r}" for who, day, amount in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def bought(
    model: BuyTillYouDie, customers: int, weeks: int, seed: int, won_until: float = 1.0
) -> list[tuple[str, datetime.date, float]]:
    """A firm whose customers buy by a BG/NBD, drawn by NumPy and not by the model.

    Parameters
    ----------
    won_until : share of the weeks in which customers come
    """
    luck = np.random.default_rng(seed)
    start = datetime.date(2020, 1, 1).toordinal()
    rates = luck.gamma(model.r, 1.0 / model.alpha, customers)
    leaving = luck.beta(model.a, model.b, customers)
    firsts = luck.uniform(0.0, weeks * won_until, customers)
    means = luck.gamma(4.0, 10.0, customers)
    rows = []
    for number in range(customers):
        when, alive, times = firsts[number], True, [firsts[number]]
        while alive and rates[number] > 1e-12:
            when += luck.exponential(1.0 / rates[number])
            if when >= weeks:
                break
            times.append(when)
            alive = luck.random() >= leaving[number]
        for each in times:
            amount = round(luck.gamma(6.0, means[number] / 6.0) + 0.01, 2)
            rows.append((f"c{number}", datetime.date.fromordinal(start + int(7 * each)), amount))
    return rows
