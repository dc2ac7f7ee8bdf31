"""What was asked: the scenarios with all that options change in them, and how it is said at the head of an answer."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.interface.terminal.terminal import Ending, Stop
from sim.scenario.load import load_scenario
from sim.scenario.problems import InputError, Mark, Problem, escaped
from sim.scenario.schema import Scenario
from sim.strategies.books import split_of
from sim.strategies.plugins import CannotLoad, Plugin
from sim.strategies.plugins import load as load_strategy

if TYPE_CHECKING:
    from sim.experiment.until import Looks


@dataclass(frozen=True)
class Changes:
    """What options change in every scenario.

    Check
    -----
    >>> changes = Changes(("rules.memory.win_back=10%",), weeks=52)
    >>> changes.overrides, changes.typed
    (('rules.memory.win_back=10%', 'time.weeks=52'), ('--set', 'rules.memory.win_back=10%', '--weeks', '52'))
    """

    settings: tuple[str, ...] = ()
    weeks: int | None = None
    customers: int | None = None
    budget: float | None = None
    strategy: Plugin | None = None

    @property
    def without_strategy(self) -> Changes:
        """The same without the user's own strategy, and without the settings of its parameters."""
        if self.strategy is None:
            return self
        others = (each for each in self.settings if each.partition("=")[0].split(".")[2:4] != self._own)
        return replace(self, settings=tuple(others), strategy=None)

    @property
    def _own(self) -> list[str]:
        """The end of the path to the user's own strategy in a business."""
        return ["strategy", self.strategy.name] if self.strategy else []

    @property
    def overrides(self) -> tuple[str, ...]:
        """All settings, the short forms written out; one value is set once."""
        short = {"time.weeks": ("--weeks", self.weeks), "people.count": ("--customers", self.customers)}
        written = [*self.settings, *(f"{path}={value}" for path, (_, value) in short.items() if value is not None)]
        paths = [text.partition("=")[0].strip() for text in written]
        problems = []
        for path in dict.fromkeys(path for path in paths if path and paths.count(path) > 1):
            option, value = short.get(path, ("", None))
            advice = f"{option} sets it too; keep one" if value is not None else "Keep one"
            problems.append(Problem(Mark(f"--set {path}"), f"{path} is set more than once", advice))
        if problems:
            raise InputError(problems)
        return tuple(written)

    @property
    def typed(self) -> tuple[str, ...]:
        """The options again, for the next command."""
        options = [("--set", setting) for setting in self.settings]
        options += [("--weeks", str(self.weeks))] if self.weeks is not None else []
        options += [("--customers", str(self.customers))] if self.customers is not None else []
        options += [("--budget", f"{self.budget:.15g}")] if self.budget is not None else []
        options += [("--strategy", self.strategy.spec)] if self.strategy else []
        return tuple(word for option in options for word in option)

    @property
    def document(self) -> dict[str, Any]:
        """As plain data."""
        spec = self.strategy.spec if self.strategy else None
        return {"settings": list(self.overrides), "budget": self.budget, "strategy": spec}

    def sentence(self, scenarios: Sequence[Scenario]) -> str:
        """What differs from the files; empty if nothing does."""
        settings = f"With {', '.join(self.overrides)}." if self.overrides else ""
        whose, currency = scenarios[0].businesses[0].name, scenarios[0].currency.name
        if self.strategy:
            plan = f"In {scenarios[-1].name}, {whose} follows" if len(scenarios) > 1 else f"{whose} follows"
            settings = f"{settings} {plan} your {self.strategy.spec} from week 0 on.".lstrip()
        if self.budget is None:
            return escaped(settings)
        amount = f"{self.budget:,.15g} {currency} a year"
        opening = "Every plan has the same money: " if len(scenarios) > 1 else ""
        money = f"{opening}{whose} spends {amount} on marketing, and divides it as the plan does."
        return escaped(" ".join(part for part in (settings, money) if part))


# ------------------------------------------------------------------------------------------------------------- loading


def own(spec: str | None) -> Plugin | None:
    """The strategy that ``--strategy`` names, loaded; None if it names none.

    Raises
    ------
    Stop
        If it cannot be loaded.
    """
    try:
        return None if spec is None else load_strategy(spec)
    except CannotLoad as error:
        raise Stop(Ending.BAD_INPUT, escaped(f"--strategy {spec}: {error}")) from error


def load_all(names: Sequence[str], changes: Changes) -> list[Scenario]:
    """Every scenario with the changes made; the problems of all of them at once.

    A strategy of the user's own is one scenario more: the first, under that strategy and called by its name.
    """
    wanted = [(name, changes.without_strategy) for name in names]
    if changes.strategy:
        wanted.append((names[0], changes))
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for name, each in wanted:
        try:
            scenarios.append(load(name, each))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    if changes.strategy:
        scenarios[-1] = replace(scenarios[-1], name=changes.strategy.name)
    return scenarios


def load(name: str | Path, changes: Changes) -> Scenario:
    """One scenario with the changes made.

    Raises
    ------
    InputError
        If something is wrong with the file or with a setting.
    Stop
        If a plan that has no split of its own is given a budget.
    """
    overrides = changes.overrides
    scenario = load_scenario(name, overrides)
    if changes.strategy:
        plan = f"businesses.{scenario.businesses[0].name}.strategy={{{changes.strategy.name}: {{}}}}"
        overrides = (plan, *overrides)
        scenario = load_scenario(name, overrides)
        if changes.strategy.name not in scenario.resolved["businesses"][scenario.businesses[0].name]["strategy"]:
            sentence = f"--strategy {changes.strategy.spec}: a --set names another strategy. Keep one of them."
            raise Stop(Ending.BAD_INPUT, escaped(sentence))
    if changes.budget is None:
        return scenario
    first = scenario.businesses[0]
    split = split_of(first.strategy)
    if split is None:
        sentence = f"--budget: the plan of {first.name} in {name} has no fixed split that could be kept. Leave it out."
        raise Stop(Ending.BAD_INPUT, sentence)
    plan = f"{{fixed_budget: {{spend_per_year: {changes.budget!r}, acquisition_share: {split!r}}}}}"
    return load_scenario(name, [*overrides, f"businesses.{first.name}.strategy={plan}"])


def check_that_worlds_differ(names: Sequence[str], scenarios: Sequence[Scenario], changes: Changes) -> None:
    """Is there anything to compare?

    Raises
    ------
    Stop
        If one world is named twice: every difference would be zero.
    """
    if len(names) < 2:
        raise Stop(Ending.BAD_INPUT, "One scenario cannot be compared. Name a second one, or say `run`.")
    seen: dict[str, str] = {}
    for name, scenario in zip(names, scenarios, strict=True):
        twin = seen.get(scenario.hash)
        seen[scenario.hash] = name
        if twin == name:
            raise Stop(Ending.BAD_INPUT, escaped(f"{name} is named twice. Name two scenarios that differ."))
        if twin is not None:
            so = "With these options " if changes.typed else ""
            what = f"{so}{twin} and {name} are the same world: at most name and story differ."
            raise Stop(Ending.BAD_INPUT, escaped(f"{what} Compare two that differ."))


# ----------------------------------------------------------------------------------------------------------- sentences


def which_is_which(called: Sequence[str], files: Sequence[str]) -> str:
    """Scenarios that share a name, each with its file; empty if none do.

    Check
    -----
    >>> which_is_which(["mine", "mine (2)", "base"], ["a/mine.yaml", "b/mine.yaml", "base"])
    'mine is a/mine.yaml, mine (2) is b/mine.yaml.'
    """
    numbered = {name.rpartition(" (")[0] for name in called if name.endswith(")")}
    told = [
        f"{name} is {file}"
        for name, file in zip(called, files, strict=True)
        if name in numbered or name.rpartition(" (")[0] in numbered
    ]
    return escaped(f"{', '.join(told)}.") if told else ""


def how_long(looks: Looks, baseline: str) -> str:
    """How many worlds it took to know the difference in profit, and why the looks may be trusted."""
    looked = ", ".join(
        f"{worlds} worlds: {100 * found:.2g} %" for worlds, found in zip(looks.taken, looks.found, strict=True)
    )
    count, each = len(looks.declared), 100 * looks.confidence
    if looks.reached:
        verdict = f"Worlds were added until the difference in profit was known to within {100 * looks.wanted:.3g} %"
    else:
        verdict = f"{looks.taken[-1]} worlds do not tell the difference in profit to within {100 * looks.wanted:.3g} %"
    several = (
        f" Up to {count} looks were declared ({', '.join(map(str, looks.declared))} worlds); so that all of them "
        f"together are 95 % sure, each used a {each:.4g} % interval (Bonferroni)."
        if count > 1
        else ""
    )
    return (
        f"{verdict} of the mean profit of {baseline}. Half the interval was, at {looked}.{several} "
        "The brackets are plain 95 % intervals."
    )


def next_command(program: str, *words: str) -> str:
    """A command to try."""
    return escaped(f"Next: {program} {shlex.join(words)}")
