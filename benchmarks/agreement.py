"""Do the package and the plain Mesa model come to the same? Asked before their speed is compared.

Both live the same scenario in worlds of their own, for they cannot share draws. Each quantity of each business is
compared over worlds by Welch's t test; the chance that all of them together raise a false alarm is at most
``FALSE_ALARM``, by Bonferroni. ``MUTANTS`` are wrong rules that the plain model is given to show that the test notices
a rule that differs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import ttest_ind

from benchmarks.plain_mesa import REPORTED, PlainMarket
from sim.model.history import Line
from sim.model.market import Market
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.state.tally import MICRO, Item

FALSE_ALARM = 1e-5
CORE = (
    "people.need_per_year={gamma: {shape: 1.0, mean: 12}}",
    "network={small_world: {degree: 8, rewired: 0.1, talk_per_friend: 0.0285}}",
    "time.burn_in_weeks=52",
    "time.weeks=208",
)
"""The settings under which costs are told: twelve occasions a year and, every fifth week, a friend's story."""
LIVELY = (
    "people.need_per_year={gamma: {shape: 2.0, mean: 26}}",
    "people.leaving={beta: {a: 2, b: 8}}",
    "network={small_world: {degree: 8, rewired: 0.1, talk_per_friend: 0.06}}",
    "time.burn_in_weeks=52",
    "time.weeks=104",
    "rules.choice.loyalty=4",
    "rules.choice.habit=1.5",
    "rules.talk.told_always=0.1",
    "rules.talk.effect=4",
    "rules.talk.negative_weight=2",
    "rules.talk.keep=0.95",
    "rules.acquisition.offer_makes_occasion=0.5",
    "rules.acquisition.push=2",
    "rules.memory.name_forgotten=0.03",
    "rules.memory.departure_fades=0.05",
    "rules.memory.win_back=0.6",
    "rules.memory.forgotten_weeks=16",
    "businesses.ours.failure_rate=0.3",
    "businesses.ours.quality=-0.2",
    "businesses.incumbent_a.quality=0.6",
    "businesses.incumbent_b.price=56",
    "businesses.ours.known=0.4",
    "businesses.ours.credit_line=1e9",
    "businesses.ours.channels.advertising={ceiling: 0.05, keep: 0.98}",
    "businesses.ours.status_quo={fixed_budget: {spend_per_year: 6000, acquisition_share: 0.5}}",
    "businesses.ours.strategy={fixed_budget: {spend_per_year: 60000, acquisition_share: 0.3}}",
)
"""Settings under which every rule matters, so that few people in few worlds show a wrong one."""
FLOWS = ("orders", "revenue", "good_stories", "bad_stories")
MUTANTS = {
    "needs come less often": "people.need_per_year={gamma: {shape: 2.0, mean: 22}}",
    "people leave less easily": "people.leaving={beta: {a: 1, b: 8}}",
    "nothing is never bought": "people.nothing=0",
    "price is no matter": "people.price_sensitivity=0",
    "matches differ less": "people.match={normal: {mean: 0.0, sd: 0.2}}",
    "nobody hears": "network={small_world: {degree: 8, rewired: 0.1, talk_per_friend: 0}}",
    "satisfaction draws nobody": "rules.choice.loyalty=0",
    "habit draws nobody": "rules.choice.habit=0",
    "the dissatisfied do not leave sooner": "rules.defection.satisfaction_effect=0",
    "the first order is not at risk": "rules.defection.first_order_at_risk=4",
    "a shortfall weighs like a surplus": "rules.satisfaction.loss=0.4",
    "one order covers all the way": "rules.satisfaction.speed=1",
    "failed orders are forgiven": "rules.satisfaction.failure_loss=0",
    "nobody gets used to anything": "rules.satisfaction.adaptation=0",
    "the dissatisfied tell no more than others": "rules.talk.told_when_bad=1",
    "stories move nobody": "rules.talk.effect=0",
    "stories are forgotten at once": "rules.talk.keep=0",
    "offers make no occasion": "rules.acquisition.offer_makes_occasion=0",
    "contacts push nobody": "rules.acquisition.push=0",
    "names are remembered": "rules.memory.name_forgotten=0",
    "departures never fade": "rules.memory.departure_fades=0",
    "nobody is won back": "rules.memory.win_back=0",
    "relationships are never forgotten": "rules.memory.forgotten_weeks=5000",
    "orders are a fifth larger": "people.mean_order_value=60",
    "channels reach nobody": "businesses.ours.channels.advertising={ceiling: 0, keep: 0.98}",
    "pressure does not last": "businesses.ours.channels.advertising={ceiling: 0.05, keep: 0}",
    "care saves nobody": "businesses.ours.levers.care.strength=0",
    "the plan does not change in week 0":
        "businesses.ours.strategy={fixed_budget: {spend_per_year: 6000, acquisition_share: 0.5}}",
}  # fmt: skip
"""One changed setting each, which only the plain model is told."""


class Agreement(NamedTuple):
    """What came out on both sides, world by world: float64 (worlds, quantities, businesses)."""

    ours: np.ndarray
    plain: np.ndarray

    @property
    def p_values(self) -> np.ndarray:
        """Of Welch's test, (quantities, businesses); 1 where both sides never vary and agree."""
        same = (self.ours == self.ours[0]).all(axis=0) & (self.plain == self.ours[0]).all(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = ttest_ind(self.ours, self.plain, axis=0, equal_var=False).pvalue
        return np.where(same, 1.0, np.nan_to_num(found, nan=0.0))

    @property
    def least_p(self) -> float:
        """Corrected for the number of comparisons."""
        return float(min(self.p_values.min() * self.p_values.size, 1.0))

    @property
    def agrees(self) -> bool:
        """Is no quantity further apart than luck explains?"""
        return self.least_p >= FALSE_ALARM


class Size(NamedTuple):
    """How much is lived on each side."""

    people: int = 1_000
    weeks: int = 110
    worlds: int = 24


def scenario_of(people: int, settings: Sequence[str], mutant: str = "") -> Scenario:
    """A market under these settings; a mutant takes the place of what they say of the same thing."""
    kept = [setting for setting in settings if setting.partition("=")[0] != mutant.partition("=")[0]]
    return load_scenario("base", [f"people.count={people}", *kept, *filter(None, [mutant])])


def agreement(settings: Sequence[str], size: Size = Size(), mutant: str = "") -> Agreement:  # noqa: B008
    """Live the same weeks on both sides.

    Parameters
    ----------
    mutant : a setting that only the plain model is told
    """
    seeds = range(1, size.worlds + 1)
    ours, plain = (scenario_of(size.people, settings, told) for told in ("", mutant))
    return Agreement(
        np.stack([_ours(ours, seed, size.weeks) for seed in seeds]),
        np.stack([_plain(plain, seed, size.weeks) for seed in seeds]),
    )


def _ours(scenario: Scenario, seed: int, weeks: int) -> np.ndarray:
    """What the package's market reports of each quantity and business."""
    market = Market(scenario, seed)
    for _ in range(weeks):
        market.step()
    history, minor = market.history[:weeks], scenario.minor_units
    columns = {
        "orders": history[:, :, Item.ORDERS],
        "revenue": history[:, :, Item.REVENUE] / minor,
        "customers": history[:, :, Line.CUSTOMERS],
        "aware": history[:, :, Line.PEOPLE_AWARE],
        "listed": history[:, :, Line.LISTED_CUSTOMERS],
        "satisfaction": history[:, :, Line.SATISFACTION_SUM] / MICRO,
        "good_stories": history[:, :, Item.GOOD_STORIES],
        "bad_stories": history[:, :, Item.BAD_STORIES],
    }
    return _measured({name: columns[name] for name in REPORTED}, scenario.people)


def _plain(scenario: Scenario, seed: int, weeks: int) -> np.ndarray:
    """The same of the plain Mesa model."""
    market = PlainMarket(scenario.resolved, seed)
    for _ in range(weeks):
        market.step()
    found = market.datacollector.model_vars
    return _measured({name: np.array(found[name], float) for name in REPORTED}, scenario.people)


def _measured(weekly: dict[str, np.ndarray], people: int) -> np.ndarray:
    """Flows per person and week over all weeks; stocks of the last week; satisfaction as a mean over customers."""
    last = {name: column[-1] for name, column in weekly.items()}
    last["satisfaction"] = last["satisfaction"] / np.maximum(last["customers"], 1)
    return np.stack([weekly[name].mean(axis=0) / people if name in FLOWS else last[name] for name in REPORTED])


def as_table(found: Agreement) -> str:
    """Both sides as a table, mean over worlds, summed over businesses or averaged."""
    lines = [f"{'':<14}{'keepwin':>12}{'plain Mesa':>12}{'p':>8}"]
    for at, name in enumerate(REPORTED):
        ours, plain = (side.mean(axis=0)[at] for side in found)
        whole = np.mean if name == "satisfaction" else np.sum
        lines.append(f"{name:<14}{whole(ours):>12.4f}{whole(plain):>12.4f}{found.p_values[at].min():>8.3f}")
    return "\n".join(lines)


def main() -> int:
    """Compare under both settings, then show that every wrong rule is noticed."""
    missed = []
    for settings in (CORE, LIVELY):
        found = agreement(settings)
        print(as_table(found))
        print(f"least p, corrected: {found.least_p:.3g}; {'they agree' if found.agrees else 'they differ'}\n")
        missed += [] if found.agrees else ["the right rules"]
    for what, setting in MUTANTS.items():
        wrong = agreement(LIVELY, mutant=setting)
        verdict = "missed" if wrong.agrees else "noticed"
        print(f"{what}: corrected p {wrong.least_p:.1e}, {verdict}", flush=True)
        missed += [what] if wrong.agrees else []
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
