"""The command line: what may be typed, and nothing else. Whatever takes time is imported when a command runs.

Answers go to stdout, talk and progress to stderr; `terminal.Ending` lists the exit codes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from sim import __version__
from sim.interface.commands import calibrate, files, manual, results, seeing, studies
from sim.interface.commands.grammar import NAME, WIDEST, Command, Group, program, typed
from sim.interface.commands.options import (
    Budget,
    Confidence,
    Customers,
    Goals,
    Growing,
    Json,
    Log,
    Loop,
    Most,
    MostMoney,
    Only,
    Out,
    OwnStrategy,
    Page,
    Quick,
    Quiet,
    ScenarioName,
    ScenarioNames,
    Seed,
    Settings,
    Threads,
    Until,
    Vary,
    Weeks,
    Workers,
    Years,
    cores,
    replicates,
)
from sim.interface.terminal.terminal import Ending, Stop, Terminal, ending_of

RUNS, PAIRS, MOST_PAIRS = 10, 50, 640
GOALS = (0.10, 0.15, 0.20, 0.50, 1.00)
"""How many worlds if nobody says."""


app = typer.Typer(
    name=NAME,
    cls=Group,
    help="Keep old customers or win new ones? A market laboratory that answers with evidence.",
    epilog="compare steady aggressive\nrun steady\nscenarios",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDEST},
)


def command(*examples: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a command with what its help shows first."""
    return app.command(cls=Command, epilog="\n".join(examples))


def say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{NAME} {__version__}")
        raise typer.Exit


@app.callback()
def everywhere(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=say_version, is_eager=True)
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@command(
    "run steady",
    "run steady --replicates 50 --set businesses.ours.price=45",
    "run my_firm.yaml --weeks 520 --json",
    "run base --strategy examples.patient:Patient",
)
def run(
    scenario: ScenarioName,
    seed: Seed = 1,
    worlds: Annotated[int, replicates(1, "worlds")] = RUNS,
    weeks: Weeks = None,
    customers: Customers = None,
    settings: Settings = None,
    budget: Budget = None,
    strategy: OwnStrategy = None,
    loop: Loop = "compiled",
    threads: Threads = 1,
    log: Log = 0,
    workers: Workers = None,
    out: Out = Path("results"),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Live one scenario in several worlds. Shows what came out, with 95 % intervals."""
    from sim.interface.commands import asked
    from sim.interface.runs import running

    wanted = running.Wanted(
        changes=asked.Changes(tuple(settings or ()), weeks, customers, budget, asked.own(strategy)),
        first_seed=seed,
        worlds=worlds,
        loop=loop,
        threads=threads,
        followed=log,
        workers=cores() if workers is None else workers,
        out=out,
        command=typed(),
        program=program(),
    )
    running.run(scenario, wanted, Terminal(quiet, as_json))


@command(
    "compare steady aggressive",
    "compare base steady aggressive --replicates 100",
    "compare ours.yaml plan_b.yaml --until 2%",
    "compare steady aggressive --budget 20000",
    "compare steady aggressive --log 1000",
    "compare base steady --strategy examples.patient:Patient",
)
def compare(
    scenarios: ScenarioNames,
    seed: Seed = 1,
    worlds: Annotated[int | None, replicates(2, f"paired worlds; {PAIRS} if not given")] = None,
    until: Until = None,
    most: Most = None,
    weeks: Weeks = None,
    customers: Customers = None,
    settings: Settings = None,
    budget: Budget = None,
    strategy: OwnStrategy = None,
    loop: Loop = "compiled",
    log: Log = 0,
    workers: Workers = None,
    without_turns: Annotated[
        bool, typer.Option("--no-break-even", help="Do not look for the costs at which another plan would be better.")
    ] = False,
    out: Out = Path("results"),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Live several scenarios in the same worlds. Who wins on what, by how much, and how sure that is."""
    from sim.interface.commands import asked
    from sim.interface.runs import running

    if until is not None and worlds is not None:
        raise Stop(Ending.BAD_INPUT, "--until finds the number of worlds, and --replicates names it. Keep one of them.")
    if until is None and most is not None:
        raise Stop(Ending.BAD_INPUT, "--most limits --until. Name a precision, such as --until 2%, or leave it out.")
    wanted = running.Wanted(
        changes=asked.Changes(tuple(settings or ()), weeks, customers, budget, asked.own(strategy)),
        first_seed=seed,
        worlds=(worlds or PAIRS) if until is None else (most or MOST_PAIRS),
        until=until,
        loop=loop,
        followed=log,
        workers=cores() if workers is None else workers,
        out=out,
        command=typed(),
        program=program(),
    )
    running.compare(scenarios, wanted, Terminal(quiet, as_json), turning=not without_turns)


@command(
    "advise base --goal 15% --goal 50%",
    "advise my_firm.yaml --quick",
    "advise base --goal 20% --metric profit --years 5 --confidence 80%",
    "advise base --goal 50% --budget 30000",
    "advise base --quick --vary repeat_rate=80%,90%,95%",
)
def advise(
    scenario: ScenarioName,
    goals: Goals = None,
    metric: Growing = "revenue",
    years: Years = 3,
    confidence: Confidence = 0.5,
    budget: MostMoney = None,
    vary: Vary = None,
    quick: Quick = False,
    seed: Seed = 1,
    customers: Customers = None,
    settings: Settings = None,
    workers: Workers = None,
    out: Out = Path("results"),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find how much to spend, and how to split it, for each growth goal. With what stands in the way."""
    from sim.experiment.search import Question
    from sim.interface.advice import advising
    from sim.interface.commands import asked
    from sim.interface.runs import running

    wanted = running.Wanted(
        changes=asked.Changes(tuple(settings or ()), years * 52, customers),
        first_seed=seed,
        worlds=1,
        loop="compiled",
        workers=cores() if workers is None else workers,
        out=out,
        command=typed(),
        program=program(),
    )
    question = advising.Asked(tuple(goals or GOALS), Question(metric, confidence, budget), quick, vary)
    advising.give_advice(scenario, question, wanted, Terminal(quiet, as_json))


for each, examples in (*calibrate.COMMANDS, *studies.COMMANDS, *seeing.COMMANDS, *results.COMMANDS):
    command(*examples)(each)


@command(
    "validate", "validate --only S1 --only BD1", "validate --only P7 --set people.count=50000", "validate --mutants"
)
def validate(
    only: Only = None,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Run models that are wrong on purpose, and show which checks catch them.")
    ] = False,
    settings: Settings = None,
    seed: Seed = 1,
    workers: Workers = None,
    out: Page = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Hold the model against published results and exact limits. Exit code 1 if one fails that must hold."""
    from sim.interface.validation import validating

    question = validating.Question(
        only=only or [], settings=settings or [], seed=seed, workers=cores() if workers is None else workers, out=out
    )
    answer_with = validating.run_mutants if mutants else validating.run
    return answer_with(question, Terminal(quiet, as_json))


@command("bench", "bench --quick", "bench --json")
def bench(
    quick: Annotated[bool, typer.Option("--quick", help="Only the cheapest measurements, in about a minute.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Also ten million people.")] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Add what was found to the history in benchmarks/, which is committed.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Measure what weeks, runs and studies cost here. Every promise of speed, and whether it is kept."""
    from sim.interface.runs import benching

    if quick and (full or record):
        other = "--full" if full else "--record"
        raise Stop(Ending.BAD_INPUT, f"--quick measures too little for {other}. Leave one of them out.")
    effort = "quick" if quick else "full" if full else "usual"
    benching.bench(effort, Terminal(quiet, as_json), to_be_recorded=record)


for each, examples in (*files.COMMANDS, *manual.COMMANDS):
    command(*examples)(each)


# ---------------------------------------------------------------------------------------------------------------- door


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was typed; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for_a_shell = any(word.startswith(("--install-completion", "--show-completion")) for word in given)
    called = NAME if for_a_shell else program()  # a shell completes commands, and `python run.py` is none
    return ending_of(lambda: app(given, prog_name=called, standalone_mode=False))
