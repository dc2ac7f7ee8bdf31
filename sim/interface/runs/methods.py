"""The methods paragraph of a paper and the citation, from what results say about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.experiment.cited import Cited, World, read_cited
from sim.experiment.store import MANIFEST, StoreDamaged
from sim.experiment.study.place import is_study
from sim.interface.runs.findings import duration, listed
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.scenario.problems import escaped

AUTHORS, PUBLISHED = "The keepwin authors", 2026
TITLE = "keepwin: an agent-based market simulator for the split between retention and acquisition"
DIGITS = 12
"""Of a hash, in print."""
MODEL = (
    "The model is described by the ODD protocol (Grimm et al. 2020) in the documentation of the software, which gives "
    "unit, range and source of every parameter."
)
LUCK = (
    "Every random draw is addressed by seed, week, person and purpose (Philox 4x32-10; Salmon et al. 2011), so that "
    "the same scenario and seed give the same bits, whatever the number of processes and threads"
)
ONE_BY_ONE = "Intervals hold one by one; no correction was made for looking at several quantities."
STATISTICS = {
    "run": ("Means over worlds are given with Student's 95 % t intervals.",),
    "comparison": (
        "All scenarios were lived in the same worlds, with the same people and the same luck (common random numbers). "
        "The world is the unit, and differences are paired: means of paired differences with paired 95 % t intervals.",
        "Shares of worlds have Wilson's (1927) 95 % score intervals; a tie counts half.",
        ONE_BY_ONE,
    ),
    "study": (
        "All points were lived in the same worlds (common random numbers). Means over worlds are given with Student's "
        "95 % t intervals.",
        ONE_BY_ONE,
    ),
    "advice": (
        "Plans were tabulated in worlds kept for choosing, with a thin plate through what was tried; the least spend "
        "was settled at the order statistic of Wilks (1941).",
        "All outcomes that are reported come from fresh worlds, in which nothing was chosen. Shares of worlds that "
        "reach a goal have intervals that hold for all goals together (Bonferroni).",
    ),
    "sensitivity": (
        "Factors were screened by elementary effects (Morris 1991; Campolongo et al. 2007); the strongest went on to "
        "Sobol indices (Saltelli et al. 2010) with bootstrap intervals.",
    ),
    "optimisation": (
        "Trials were proposed by a tree-structured Parzen estimator (Bergstra et al. 2011), and the best of them lived "
        "again in fresh worlds, from which all reported numbers come.",
    ),
}
"""What was done with the numbers, by the kind of results."""


def methods(folder: Path, terminal: Terminal) -> None:
    """Print paragraph and citation, or both and what they are made of as data.

    Raises
    ------
    Stop
        If the folder holds no results, unfinished or damaged ones.
    """
    if not (folder / MANIFEST).exists() and not is_study(folder):
        inside = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}")) if folder.is_dir() else []
        advice = f"Did you mean {inside[-1]}?" if inside else "Name a folder that a command has printed."
        raise Stop(Ending.BAD_INPUT, escaped(f"{folder}: no results here. {advice}"))
    try:
        found = read_cited(folder)
    except ValueError as error:
        raise Stop(Ending.BAD_INPUT, escaped(f"{error}.")) from error
    except StoreDamaged as damage:
        raise Stop(Ending.DAMAGED, escaped(f"{damage}.")) from damage
    version = found.versions["keepwin"]
    terminal.document(
        {"paragraph": paragraph(found), "citation": citation(version), "bibtex": bibtex(version), **found.document}
    )
    terminal.tell(*map(escaped, (paragraph(found), citation(version))))
    terminal.show(bibtex(version))


def paragraph(found: Cited) -> str:
    """What a reader must know to believe these results, and to make them again."""
    versions = found.versions
    tool = (
        f"We used keepwin {versions['keepwin']} (Python {versions['python']}, NumPy {versions['numpy']}, Numba "
        f"{versions['numba']}, Mesa {versions['mesa']}), an agent-based model of a market in weeks."
    )
    made = f"The results have the hash {found.result_hash[:DIGITS]}." if found.result_hash else ""
    statistics = STATISTICS.get(found.what, ())
    parts = (tool, MODEL, _asked(found), _lived(found), f"{LUCK}.", *statistics, _turned(found), made)
    return " ".join(part for part in parts if part)


def citation(version: str) -> str:
    """How to cite the software, as a list of references has it."""
    return f"{AUTHORS} ({PUBLISHED}). {TITLE}. Version {version}."


def bibtex(version: str) -> str:
    """The same for BibTeX."""
    fields = {"author": f"{{{AUTHORS}}}", "title": f"{{{TITLE}}}", "year": PUBLISHED, "version": version}
    return "\n".join([f"@software{{keepwin_{version},", *(f"  {key} = {{{it}}}," for key, it in fields.items()), "}"])


def _asked(found: Cited) -> str:
    details = found.details
    match found.what:
        case "study":
            design = "".join(f" {each.lower()}" if each.isupper() else each for each in details["design"]).strip()
            varied, points = listed(details["varied"]), f"{details['points']:,} points"
            return f"The study varied {varied} in a design of {points} ({design}; {details['runs']:,} runs)."
        case "advice":
            goals = listed([f"{goal:.0%}".replace("%", " %") for goal in details["goals"]])
            return (
                f"For growth of {details['metric']} by {goals} a year, the plan of least spend was sought that a new "
                f"world reaches with a chance of {details['confidence']:g} ({details['runs']:,} runs)."
            )
    return ""


def _lived(found: Cited) -> str:
    worlds = [_world(world) for world in found.worlds]
    seeds = found.seeds
    if not seeds:
        return f"It was asked of {listed(worlds)}."
    often = f"{len(seeds)} worlds" if len(seeds) > 1 else "one world"
    upto = "at most " if found.details.get("until") else ""
    each = " each" if len(worlds) > 1 or found.what == "study" else ""
    return f"We lived {listed(worlds)} in {upto}{often}{each} ({_seeds(seeds)})."


def _world(world: World) -> str:
    """A scenario with what names it, its size and its length; of a study, as it is at its first point."""
    size = f"{world.people:,} simulated people and {world.businesses} businesses"
    time = f"{duration(world.weeks)} after {duration(world.burn_in_weeks)} of history"
    return f"the scenario {world.name} (hash {world.hash[:DIGITS]}; {size}, {time})"


def _seeds(seeds: Sequence[int]) -> str:
    """Seeds as one range, if they are one.

    Check
    -----
    >>> _seeds((1, 2, 3)), _seeds((7,)), _seeds((1, 5))
    ('seeds 1 to 3', 'seed 7', 'seeds 1 and 5')
    """
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    if list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))):
        return f"seeds {seeds[0]} to {seeds[-1]}"
    return f"seeds {listed(list(map(str, seeds)))}"


def _turned(found: Cited) -> str:
    if not found.details.get("break_even"):
        return ""
    return "The costs at which the better plan changes were sought by living the same worlds at other costs."
