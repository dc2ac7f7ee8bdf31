"""Analyses of a study: what its outcome is sensitive to, in words, tables and figures."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.table import Table

from sim.experiment.executor import Progress
from sim.experiment.saving import save_document
from sim.experiment.study.factors import short_names
from sim.experiment.study.file import Study, load_study
from sim.experiment.study.methods import STRONGEST, Sensing
from sim.experiment.study.plan import resolved
from sim.experiment.study.work import Work, check_one_world_for_all, estimate, hands_for
from sim.interface.commands.asked import next_command
from sim.interface.runs import words
from sim.interface.runs.findings import duration, listed
from sim.interface.runs.running import explained
from sim.interface.study.studying import ROUGH, on_cluster, taken, takes_table
from sim.interface.terminal import tables
from sim.interface.terminal.amounts import in_table
from sim.interface.terminal.extras import install
from sim.interface.terminal.place import check_place, writable
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.model.metrics import METRICS
from sim.scenario.problems import escaped
from sim.scenario.schema import Scenario
from sim.scenario.unknown import PLACE

if TYPE_CHECKING:
    from sim.experiment.study.indices import Found, Index
    from sim.experiment.study.sensitivity import Sensitivity


ANY = sys.maxsize
"""However many runs its own design has: an analysis has points of its own."""

DOUBT = 0.05
"""Who is among the strongest in at least this share of samples is named as one who may be."""
WORDS = 3
"""Of a path: `need_per_year.gamma.mean` says what `mean` does not."""


class Wanted(NamedTuple):
    """How to analyse a study, as options say it."""

    study: str
    workers: int
    cluster: str | None
    dry_run: bool
    most_runs: int
    out: Path
    command: str
    program: str


@contextmanager
def extra(command: str) -> Iterator[None]:
    """Libraries that not everybody has, or how to get them."""
    try:
        yield
    except ModuleNotFoundError as error:
        library = str(error.name).partition(".")[0]
        sentence = f"{command} needs {library}, which is not installed. Say: {install(library)}"
        raise Stop(Ending.BAD_INPUT, sentence) from error


@contextmanager
def work_on(study: Study, runs: int, wanted: Wanted, terminal: Terminal) -> Iterator[Work]:
    """Whoever lives the runs of an analysis: the same from its first part to its last."""
    chosen = hands_for(study, runs, wanted.workers) if wanted.cluster is None else on_cluster(wanted.cluster)
    with chosen as executor:
        yield Work(wanted.out, wanted.command, executor, partial(_stages, terminal, executor.hands))


def _stages(terminal: Terminal, hands: int, what: str) -> AbstractContextManager[Progress]:
    """Progress of one part of the work."""
    return terminal.progress(f"runs for {what}", hands)


def dry_run(study: Study, runs: int, wanted: Wanted, terminal: Terminal) -> int:
    """What an analysis will take; nothing is written."""
    found = estimate(study, runs, wanted.out)
    terminal.document({"study": study.plan.name, "question": study.plan.question} | taken(found, wanted.workers))
    terminal.tell(study.plan.question, escaped(f"Points are chosen on the way, in {study.plan.templates[0].name}."))
    terminal.show(takes_table(found, wanted.workers, at_most=True), "")
    terminal.tell(ROUGH)
    return Ending.FINE


def refuse_if_too_many(runs: int, most: int) -> None:
    """Stop before the first of more runs than anybody allowed."""
    if runs > most:
        sentence = (
            f"this takes {runs:,} runs (limit {most:,}). Take fewer points or worlds, or raise it with --most-runs."
        )
        raise Stop(Ending.BAD_INPUT, sentence)


def sensitivity(wanted: Wanted, terminal: Terminal) -> int:
    """Screen the factors of a study, measure those that matter, and tell it."""
    with extra("sensitivity"):
        from sim.experiment.study import sensitivity as sensing
    study = load_study(wanted.study, ANY)
    with explained():
        check_one_world_for_all(study, "sensitivity")
    check_place(wanted.out)
    runs = runs_of(study)
    refuse_if_too_many(runs, wanted.most_runs)
    if wanted.dry_run:
        return dry_run(study, runs, wanted, terminal)
    terminal.say(f"At most {runs:,} runs, of which those that are finished are not lived again.")
    with explained(), writable(wanted.out), work_on(study, runs, wanted, terminal) as work:
        made = sensing.sensitivity(study, work)
        document = sensing.document_of(made)
        place = save_document(
            "sensitivity",
            scenario_of(study),
            document,
            wanted.out,
            wanted.command,
            figures=partial(_figures, made, document),
        )
    terminal.document(document | {"results": str(place)})
    _tell(made, document, terminal)
    terminal.show(words.where_it_is(place))
    terminal.say(next_command(wanted.program, "verify", str(place)))
    return Ending.FINE


def runs_of(study: Study) -> int:
    """How many runs an analysis takes, at most."""
    how = study.sensing
    lever = next((factor for factor in study.factors if factor.path == how.lever), None)
    factors = len(study.factors) - (lever is not None)
    going_on = min(how.strongest, factors) if how.screening else factors
    points = how.screening * (factors + 1) + how.points * (going_on + 2)
    return points * (len(lever.spread.levels(1)) if lever else 1) * study.plan.replications.worlds


def scenario_of(study: Study) -> Scenario:
    """The world in which nothing is varied."""
    return resolved(study.plan.templates[0], study.plan.fixed)


def outcome_in_words(study: Study) -> str:
    """What an analysis looks at."""
    how, label = study.sensing, METRICS[study.sensing.of].label
    if how.lever is None:
        return f"the {label} of {study.plan.business}"
    return f"the {short_names([how.lever])[0].replace('_', ' ')} that makes the {label} of {study.plan.business} best"


def number_of(how: Sensing, value: float) -> str:
    """A value of what is looked at."""
    return in_table(value, METRICS[how.of].unit) if how.lever is None else f"{value:.3f}"


# -------------------------------------------------------------------------------------------------------------- telling


def _tell(made: Sensitivity, document: dict[str, Any], terminal: Terminal) -> None:
    study, found = made.study, made.found
    scenario = scenario_of(study)
    size = f"{scenario.people:,} people over {duration(scenario.time.weeks)}"
    worlds = "one world" if found.worlds == 1 else f"{found.worlds:,} worlds"
    terminal.tell(
        study.plan.question,
        escaped(
            f"What is looked at: {outcome_in_words(study)}, in {scenario.name}, {size}, as a mean over {worlds}. Over "
            f"{found.points:,} points it is {number_of(study.sensing, found.mean)} on average, with a standard "
            f"deviation of {number_of(study.sensing, found.sd)} among points."
        ),
    )
    names = _named(study)
    if found.effects:
        terminal.show(tables.title("Screening (Morris)"), _effects(study.sensing, found, names), "")
    if found.indices:
        terminal.show(tables.title("Shares of the variance (Sobol)"), _indices(found, document, names, study), "")
    terminal.tell(*sentences(study, found, names, document))


def _named(study: Study) -> dict[str, str]:
    """The last words of each path: as many as say what it is, and more if they do not tell it from another."""
    paths = [factor.path for factor in study.factors]
    last = [".".join(path.removeprefix(f"{PLACE}.").split(".")[-WORDS:]) for path in paths]
    return dict(zip(paths, last if len(set(last)) == len(last) else short_names(paths), strict=True))


def _effects(how: Sensing, found: Found, names: dict[str, str]) -> Table:
    shown = tables.table(
        tables.left("parameter"), tables.right("effect"), tables.right("95 %"), tables.right("spread"), "goes on"
    )
    for each in found.effects:
        low, high = (number_of(how, end) for end in each.effect_ci)
        cells = number_of(how, each.effect), f"{low} to {high}", number_of(how, each.spread)
        shown.add_row(escaped(names[each.parameter]), *cells, "yes" if each.goes_on else "no")
    return shown


def _indices(found: Found, document: dict[str, Any], names: dict[str, str], study: Study) -> Table:
    shown = tables.table(
        tables.left("parameter"),
        tables.right("alone"),
        tables.right("in all"),
        tables.right("low quarter"),
        tables.right("high quarter"),
    )
    for each, swing in zip(found.indices, document["swings"], strict=True):
        shown.add_row(
            escaped(names[each.parameter]),
            f"{100 * each.s1:.0f} %\n{_ends(each.s1_ci)}",
            f"{100 * each.st:.0f} %\n{_ends(each.st_ci)}",
            number_of(study.sensing, swing["low"]),
            number_of(study.sensing, swing["high"]),
        )
    return shown


def _ends(ends: Sequence[float]) -> str:
    return f"[{100 * ends[0]:.0f}, {100 * ends[1]:.0f}]"


def sentences(study: Study, found: Found, names: dict[str, str], document: dict[str, Any]) -> list[str]:
    """What the analysis says, and how far it may be believed."""
    told = []
    if not found.indices:
        told.append("Nothing that was varied moves it.")
    else:
        told.append(
            f"{strongest_in_words(found.indices, names)} Alone: the share of the variance among points that a "
            "parameter makes by itself; in all: with every interaction. Brackets hold 95 % intervals (bootstrap). "
            "Quarters: the mean where the parameter is in the lowest and in the highest quarter of its values."
        )
    vague = [names[each.parameter] for each in found.indices if each.is_vague]
    if vague:
        told.append(
            f"Careful: for {listed(vague)} an interval is wider than its index. More points make it narrower "
            f"(sensitivity.points, now {study.sensing.points:,}; those that are finished are kept)."
        )
    if document["held"]:
        held = [f"{names[path]} = {shortly(value)}" for path, value in document["held"].items()]
        told.append(f"Held at their middle, because screening found others stronger: {listed(held)}.")
    if found.chance is None:
        told.append("How much is chance is not known with one world at each point: write replications: 2 or more.")
    else:
        told.append(
            f"Chance: of the variance among single worlds {100 * found.chance.of_worlds:.1f} % is luck; of that among "
            f"the means of points, from which indices come, {100 * found.chance.of_means:.1f} %. The indices take the "
            "latter for interactions, so shares in all that are not clearly larger mean nothing."
        )
    return [escaped(each) for each in told]


def strongest_in_words(indices: Sequence[Index], names: dict[str, str]) -> str:
    """The parameters that matter most, and how sure it is that these are they."""
    if len(indices) <= STRONGEST:
        what = f"The {len(indices)} that matter" if len(indices) > 1 else "What matters"
        return f"{what} most: {listed([names[each.parameter] for each in indices])}."
    strongest = [f"{names[each.parameter]} ({_percent(each.among_strongest)})" for each in indices[:STRONGEST]]
    told = f"The {STRONGEST} that matter most: {listed(strongest)}. "
    rivals = [
        f"{names[each.parameter]} ({_percent(each.among_strongest)})"
        for each in indices[STRONGEST:]
        if each.among_strongest >= DOUBT
    ]
    if rivals:
        told += f"One of them may have to give way to {listed(rivals)}. "
    return f"{told}In brackets: how often it is among the {STRONGEST} in bootstrap samples of the points."


def _percent(share: float) -> str:
    """A share of bootstrap samples, never surer than these can be.

    Check
    -----
    >>> _percent(1.0), _percent(0.873)
    ('> 99 %', '87 %')
    """
    return "> 99 %" if share >= 0.99 else f"{100 * share:.0f} %"


def shortly(value: Any) -> str:
    """A value in few digits."""
    return f"{value:.4g}" if isinstance(value, float) and math.isfinite(value) else str(value)


def _figures(made: Sensitivity, document: dict[str, Any]) -> list[tuple[str, bytes]]:
    from sim.interface.figures.drawing import files_of
    from sim.interface.study.plots import heat_map, tornado

    if not made.found.indices:
        return []
    about = outcome_in_words(made.study), _named(made.study)
    figures = {"tornado": tornado(document, *about)}
    if made.found.map is not None:
        figures["heat-map"] = heat_map(document, *about)
    return [file for name, figure in figures.items() for file in files_of(name, figure)]
