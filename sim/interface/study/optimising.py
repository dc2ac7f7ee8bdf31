"""Optimisation of a study in words, a table and a figure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from sim.experiment.saving import save_document
from sim.experiment.study.factors import short_names
from sim.experiment.study.file import Study, load_study
from sim.experiment.study.work import check_one_world_for_all
from sim.interface.commands.asked import next_command
from sim.interface.runs import words
from sim.interface.runs.findings import duration, listed
from sim.interface.runs.running import explained
from sim.interface.study.analysing import ANY, Wanted, dry_run, extra, refuse_if_too_many, scenario_of, shortly, work_on
from sim.interface.terminal import tables
from sim.interface.terminal.amounts import in_table
from sim.interface.terminal.place import check_place, writable
from sim.interface.terminal.terminal import Ending, Terminal
from sim.model.metrics import METRICS
from sim.scenario.problems import escaped

if TYPE_CHECKING:
    from sim.experiment.study.optimise import Optimised

MOST_SHOWN = 20


def optimise(wanted: Wanted, terminal: Terminal) -> int:
    """Choose the levers of a study, live the best again, and tell it."""
    with extra("optimise"):
        from sim.experiment.study import optimise as choosing
    study = load_study(wanted.study, ANY)
    with explained():
        check_one_world_for_all(study, "optimise")
    check_place(wanted.out)
    runs = runs_of(study)
    refuse_if_too_many(runs, wanted.most_runs)
    if wanted.dry_run:
        return dry_run(study, runs, wanted, terminal)
    with explained(), writable(wanted.out), work_on(study, runs, wanted, terminal) as work:
        made = choosing.optimise(study, work)
        document = choosing.document_of(made)
        place = save_document(
            "optimisation",
            scenario_of(study),
            document,
            wanted.out,
            wanted.command,
            figures=partial(_figures, document),
        )
    terminal.document(document | {"results": str(place)})
    _tell(made, document, terminal)
    terminal.show(words.where_it_is(place))
    terminal.say(next_command(wanted.program, "verify", str(place)))
    return Ending.FINE


def runs_of(study: Study) -> int:
    """How many runs the search takes; those of what it finds, in fresh worlds, come on top."""
    return study.search.trials * study.plan.replications.worlds


def _tell(made: Optimised, document: Mapping[str, Any], terminal: Terminal) -> None:
    study, how = made.study, made.study.search
    scenario = scenario_of(study)
    goals = listed([f"{'most' if METRICS[name].better == 'higher' else 'least'} {name}" for name in how.objectives])
    terminal.tell(
        study.plan.question,
        escaped(
            f"Asked for: {goals} of {study.plan.business}{_within(study)}, in {scenario.name}, {scenario.people:,} "
            f"people over {duration(scenario.time.weeks)}. {len(made.trials):,} trials in {document['worlds']:,} "
            f"worlds each; {sum(trial.told.is_allowed for trial in made.trials):,} kept within all bounds."
        ),
    )
    if not made.again:
        terminal.tell("None did, so nothing is best. Widen the bounds, or let more be chosen.")
        return
    if not made.front:
        terminal.tell(
            f"None of the best {len(made.again):,} kept within all bounds in {document['fresh_worlds']:,} fresh worlds "
            "too, so nothing is best. Bound them more tightly than you need, look at more worlds, or widen the bounds."
        )
        return
    several = len(how.objectives) > 1
    terminal.show(tables.title("What no trial beats" if several else "The best"), _table(document), "")
    terminal.tell(*map(escaped, sentences(document)))


def _within(study: Study) -> str:
    """The bounds, in words."""
    said = []
    for bound in study.search.within:
        said += [f"{bound.metric} at least {bound.least:g}"] if bound.least is not None else []
        said += [f"{bound.metric} at most {bound.most:g}"] if bound.most is not None else []
    said += ["cash never below zero"] if study.search.solvent else []
    return f" with {listed(said)}" if said else ""


def _table(document: Mapping[str, Any]) -> Table:
    """A line for each of the front, and for the presets."""
    names = short_names(document["levers"])
    metrics = list(document["front"][0]["outcomes"])
    made = tables.table(
        *(tables.right(name.replace("_", "\n").replace(".", ".\n")) for name in names),
        *(tables.right(METRICS[name].label) for name in metrics),
        "holds",
    )
    for each in document["front"][:MOST_SHOWN]:
        cells = [escaped(shortly(value)) for value in each["values"].values()]
        made.add_row(*cells, *(_mean(each, name) for name in metrics), "yes" if each["holds"] else "no")
    for name, each in document["presets"].items():
        cells = [name, *[""] * (len(names) - 1)]
        made.add_row(*cells, *(_mean(each, metric) for metric in metrics), "yes" if each["holds"] else "no")
    return made


def _mean(each: Mapping[str, Any], metric: str) -> Text:
    seen, unit = each["outcomes"][metric], METRICS[metric].unit
    shown = Text(in_table(seen["mean"], unit))
    low, high = seen["ci95"]
    shown.append(f"\n{tables.PLUS_MINUS}{in_table((high - low) / 2.0, unit).removesuffix(' %')}", style="dim")
    return shown


def sentences(document: Mapping[str, Any]) -> list[str]:
    """How the answer came about, and how far it may be believed."""
    best, metric = document["best"], document["objectives"][0]["metric"]
    unit = METRICS[metric].unit
    searched, fresh = best["in_search"][metric], best["outcomes"][metric]["mean"]
    front = document["front"]
    told = [
        f"Every number is from {document['fresh_worlds']:,} fresh worlds that the search has not seen. In the worlds "
        f"of the search the first line had a {METRICS[metric].label} of {in_table(searched, unit)}, in fresh ones "
        f"{in_table(fresh, unit)}: what was chosen as best of many owes part of its lead to luck, and worlds differ."
    ]
    if len(front) > MOST_SHOWN:
        told.append(f"Shown are {MOST_SHOWN} of {len(front)}; all are in the results.")
    broke = sum(not each["holds"] for each in document["others_lived_again"])
    if broke:
        lived = len(front) + len(document["others_lived_again"])
        told.append(f"{broke} of {lived} that were lived again broke a bound in fresh worlds, and are left out.")
    if document["presets"]:
        told.append("Steady and aggressive are the strategies of these names, in the same fresh worlds.")
    if document["no_presets"]:
        told.append(f"Steady and aggressive cannot be compared: {document['no_presets']}.")
    if document["held"]:
        held = [f"{name} = {shortly(value)}" for name, value in document["held"].items()]
        told.append(f"Not chosen, and held at their middle: {listed(held)}.")
    return told


def _figures(document: Mapping[str, Any]) -> list[tuple[str, bytes]]:
    from sim.interface.figures.drawing import files_of
    from sim.interface.study.plots import pareto

    return files_of("pareto", pareto(document)) if len(document["objectives"]) > 1 and document["front"] else []
