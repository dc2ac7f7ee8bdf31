"""A small claim about a small market, and formulas in place of markets, whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sim.experiment.claims.claim import Claim
from sim.experiment.claims.file import load_claim
from sim.experiment.claims.lives import Effort, Grids, Seen
from sim.experiment.claims.trial import Trial, tried
from sim.experiment.study.design import Sobol, rows_of

TOY = """
claim: 1
id: C00
title: A toy
chapter: costs
statement: Winning brings more customers than keeping.
mechanism: Money for winning makes the name known.
worlds:
  win: {scenario: base, set: {people.count: 400, time.burn_in_weeks: 52, time.weeks: 52,
    businesses.ours.strategy.fixed_budget.acquisition_share: 0.9}}
  keep: {scenario: base, set: {people.count: 400, time.burn_in_weeks: 52, time.weeks: 52,
    businesses.ours.strategy.fixed_budget.acquisition_share: 0.1}}
questions:
  - ask: How many more new customers?
    value: win.new_customers - keep.new_customers
    unit: people
    holds: {above: 0}
  - ask: What did the best fifth pay?
    value: win.top_fifth_of_everybody
    unit: "%"
condition: {rules.acquisition.offer_makes_occasion: [0.0, 0.1, 0.3]}
along: Contacts make more and more occasions.
uncertain:
  businesses.ours.levers.care.strength: plausible
  people.price_sensitivity: plausible
says:
  supported: Win.
  conditional: Win, sometimes.
  refuted: Keep.
  inconclusive: Nobody can tell.
literature:
  - {reference: Nobody (2000), found: nothing}
"""
LEVELS = (0.0, 0.1, 0.3)
Effect = Callable[[float, float], float]
"""The true effect, of the value of the condition and of the first unknown number, each from 0 to 1."""


def toy(folder: Path, text: str = TOY) -> Claim:
    path = folder / "C00-toy.yaml"
    path.write_text(text, encoding="utf-8")
    return load_claim(path)


def judged_by(claim: Claim, effect: Effect, effort: Effort, seed: int, noise: float = 1.0) -> Trial:
    """The trial of a claim whose first question has a known truth, with worlds that differ by chance."""
    luck = np.random.default_rng(seed)
    win, keep = claim.deciding[0].value.terms
    rows = tuple(rows_of(Sobol(effort.points, 1), claim.uncertain))
    strengths = np.array([row[0] for row in rows])
    places = (strengths - strengths.min()) / np.ptp(strengths)

    def grids(effects: np.ndarray, seeds: int) -> Grids:
        shared = luck.normal(size=(len(effects), seeds)) * 10.0
        own = luck.normal(size=(len(effects), seeds)) * noise
        return {win: shared + effects[:, np.newaxis] + own, keep: shared}

    as_they_are = dict(grids(np.array([effect(0.5, 0.5)]), effort.worlds))
    for question in claim.questions:
        as_they_are |= {term: np.ones((1, effort.worlds)) for term in question.value.terms if term not in as_they_are}
    along = grids(np.array([effect(level / LEVELS[-1], 0.5) for level in LEVELS]), effort.along)
    sampled = grids(np.array([effect(0.5, place) for place in places]), effort.each)
    return tried(claim, Seen(as_they_are, tuple((level,) for level in LEVELS), along, rows, sampled))
