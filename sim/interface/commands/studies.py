"""The commands about studies and stored results: what may be typed. What they do is in ``studying`` and ``proving``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.experiment.study.limits import MOST_RUNS
from sim.interface.commands import completion
from sim.interface.commands.grammar import program, typed
from sim.interface.commands.options import Json, Out, Quiet, Seed, Workers, cores, whole
from sim.interface.terminal.terminal import Ending, Stop, Terminal
from sim.scenario.problems import shown

MOST_SHARDS = 1_000_000


def _shard(word: Any) -> tuple[int, int]:
    """The reader of ``2/10``."""
    match = re.fullmatch(r"([0-9]{1,7})/([0-9]{1,7})", str(word).strip())
    number, of = map(int, match.groups()) if match else (0, 0)
    if not 1 <= number <= of <= MOST_SHARDS:
        raise Stop(Ending.BAD_INPUT, f"--shard: expected a part such as 2/10, got {shown(str(word))}.")
    return number, of


def _processes(workers: int | None, cluster: str | None) -> int:
    """How many processes of this machine are meant."""
    if cluster is not None and workers is not None:
        sentence = "--cluster has workers of its own, and --workers are processes of this machine. Keep one of them."
        raise Stop(Ending.BAD_INPUT, sentence)
    return cores() if workers is None else workers


StudyName = Annotated[
    str,
    typer.Argument(metavar="STUDY", help="Name of a bundled study, or a YAML file.", autocompletion=completion.studies),
]
Folders = Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of results, or a folder full of them.")]
Shards = Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of one study, from several places.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of a run, a comparison or a study.")]
Part = Annotated[
    str | None,
    typer.Option("--shard", metavar="I/N", parser=_shard, help="Only this part of the runs; `merge` joins the parts."),
]
Address = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="ADDRESS", help="A Dask scheduler to do the work: tls://..., or tcp://... on this machine."
    ),
]
Dry = Annotated[bool, typer.Option("--dry-run", help="Say what it would take, and write nothing.")]
MostRuns = Annotated[
    int,
    typer.Option("--most-runs", metavar="N", parser=whole("--most-runs", 1), help="Refuse a study that has more runs."),
]
OnlyClaims = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="ID", help="Only this claim. May be repeated.", autocompletion=completion.claims),
]
QuickTrial = Annotated[bool, typer.Option("--quick", help="Fewer worlds: all verdicts in minutes.")]
ClaimsPage = Annotated[
    Path | None, typer.Option("--page", metavar="DIR", help="Also write claims.md there, with figures.")
]


def sweep(
    study: StudyName,
    workers: Workers = None,
    shard: Part = None,
    cluster: Address = None,
    dry_run: Dry = False,
    most_runs: MostRuns = MOST_RUNS,
    out: Out = Path("results"),
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Live every run of a study. Stop it at any moment: the same command goes on where it stopped."""
    from sim.interface.study import studying

    wanted = studying.Wanted(
        study=study,
        workers=_processes(workers, cluster),
        shard=shard,  # type: ignore[arg-type]
        cluster=cluster,
        most_runs=most_runs,
        out=out,
        command=typed(),
        program=program(),
    )
    return (studying.estimate if dry_run else studying.sweep)(wanted, Terminal(quiet, as_json))


def sensitivity(
    study: StudyName,
    workers: Workers = None,
    cluster: Address = None,
    dry_run: Dry = False,
    most_runs: MostRuns = MOST_RUNS,
    out: Out = Path("results"),
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Find which numbers of a study move its outcome. With intervals, and how much is chance."""
    from sim.interface.study import analysing

    processes = _processes(workers, cluster)
    wanted = analysing.Wanted(study, processes, cluster, dry_run, most_runs, out, typed(), program())
    return analysing.sensitivity(wanted, Terminal(quiet, as_json))


def optimise(
    study: StudyName,
    workers: Workers = None,
    cluster: Address = None,
    dry_run: Dry = False,
    most_runs: MostRuns = MOST_RUNS,
    out: Out = Path("results"),
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Choose the levers of a study for the best outcomes. What is best is lived again in fresh worlds."""
    from sim.interface.study import analysing, optimising

    processes = _processes(workers, cluster)
    wanted = analysing.Wanted(study, processes, cluster, dry_run, most_runs, out, typed(), program())
    return optimising.optimise(wanted, Terminal(quiet, as_json))


def claims(
    only: OnlyClaims = None,
    quick: QuickTrial = False,
    seed: Seed = 1,
    workers: Workers = None,
    out: Out = Path("results"),
    page: ClaimsPage = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Put twenty-seven claims on trial: is it better to keep or to win? What was lived before is not lived again."""
    from sim.experiment.claims.claims import Wanted
    from sim.interface.claims import claiming

    diagram = page is not None or (not quick and not only)
    processes = cores() if workers is None else workers
    wanted = Wanted(quick, seed, out, processes, typed(), diagram)
    question = claiming.Question(only=only or [], wanted=wanted, page=page)
    return claiming.run(question, Terminal(quiet, as_json))


def merge(folders: Shards, out: Out = Path("results"), as_json: Json = False) -> None:
    """Join the parts of a study that were lived in different places. No run is counted twice."""
    from sim.interface.study import studying

    studying.merge(folders, out, typed(), Terminal(as_json=as_json))


def verify(folders: Folders, as_json: Json = False) -> int:
    """Say whether results are as they were written. Reads every file, and changes none."""
    from sim.interface.runs import proving

    return proving.verify(folders, Terminal(as_json=as_json))


def reproduce(folder: Folder, workers: Workers = None, as_json: Json = False, quiet: Quiet = False) -> int:
    """Live stored results again, and compare them to the bit. Exit code 1 if something differs."""
    from sim.interface.runs import proving

    return proving.reproduce(folder, cores() if workers is None else workers, Terminal(quiet, as_json))


COMMANDS: tuple[tuple[Callable[..., Any], tuple[str, ...]], ...] = (
    (
        sweep,
        (
            "sweep split_and_budget",
            "sweep my_study.yaml --dry-run",
            "sweep my_study.yaml --shard 2/10",
            "sweep my_study.yaml --cluster tls://10.0.0.1:8786",
        ),
    ),
    (sensitivity, ("sensitivity best_split", "sensitivity my_study.yaml --json")),
    (optimise, ("optimise profit_or_growth", "optimise my_study.yaml --json")),
    (claims, ("claims --quick", "claims --only C07", "claims --json")),
    (merge, ("merge here/results/my-study/0123456789abcdef there/results/my-study/0123456789abcdef",)),
    (verify, ("verify results", "verify results/steady/0123456789abcdef --json")),
    (reproduce, ("reproduce results/steady/0123456789abcdef",)),
)
"""Every command of this module, with the examples that its help shows first."""
