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
from sim.interface import calibrate_cli, completion, seeing_cli, study_cli
from sim.interface.grammar import NAME, WIDEST, Command, Group, program, typed
from sim.interface.options import (
    Budget,
    Confidence,
    Customers,
    Files,
    FirstWeek,
    Force,
    Goals,
    Growing,
    Json,
    LastWeek,
    Log,
    Loop,
    Most,
    MostMoney,
    OneBusiness,
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
    Whose,
    Workers,
    Years,
    answer,
    cores,
    prefix,
    replicates,
)
from sim.interface.terminal import Ending, Stop, Terminal, ending_of

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


# ------------------------------------------------------------------------------------------------------- computing


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
    from sim.interface import asked, commands

    wanted = commands.Wanted(
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
    commands.run(scenario, wanted, Terminal(quiet, as_json))


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
    from sim.interface import asked, commands

    if until is not None and worlds is not None:
        raise Stop(Ending.BAD_INPUT, "--until finds the number of worlds, and --replicates names it. Keep one of them.")
    if until is None and most is not None:
        raise Stop(Ending.BAD_INPUT, "--most limits --until. Name a precision, such as --until 2%, or leave it out.")
    wanted = commands.Wanted(
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
    commands.compare(scenarios, wanted, Terminal(quiet, as_json), turning=not without_turns)


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
    from sim.interface import advising, asked, commands

    wanted = commands.Wanted(
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


for each, examples in (*calibrate_cli.COMMANDS, *study_cli.COMMANDS, *seeing_cli.COMMANDS):
    command(*examples)(each)


@command(
    "export results/steady/0123456789abcdef --csv",
    "export results/steady-vs-aggressive/0123456789abcdef --xlsx --out tables",
)
def export(
    results: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that `run`, `compare` or `sweep` has written.")
    ],
    csv: Annotated[bool, typer.Option("--csv", help="A folder of CSV files, one for each table.")] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="One Excel workbook; needs openpyxl.")] = False,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write.")] = Path("exports"),
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write results as tables for a spreadsheet. With a data dictionary that says what every column means."""
    from sim.interface import exporting

    exporting.export(results, out, Terminal(as_json=as_json), csv=csv, xlsx=xlsx, force=force)


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
    from sim.interface import validating

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
    from sim.interface import benching

    if quick and (full or record):
        other = "--full" if full else "--record"
        raise Stop(Ending.BAD_INPUT, f"--quick measures too little for {other}. Leave one of them out.")
    effort = "quick" if quick else "full" if full else "usual"
    benching.bench(effort, Terminal(quiet, as_json), to_be_recorded=record)


# --------------------------------------------------------------------------------------------------- scenario files


@command(
    "init my_firm.yaml",
    "init my_firm.yaml --people 200000 --customers 5000 --orders 4 --order-value 60 --margin 40% --marketing 50000",
)
def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The scenario to write; two plans go beside it.")],
    people: Annotated[str | None, answer("How many people may buy such things, from you or from others.")] = None,
    customers: Annotated[str | None, answer("How many of them ordered from you within the last year.")] = None,
    orders: Annotated[str | None, answer("How many orders a customer places in a year.")] = None,
    order_value: Annotated[str | None, answer("What an order is worth.", "MONEY")] = None,
    margin: Annotated[str | None, answer("Contribution margin of an order, such as 40%.", "SHARE")] = None,
    marketing: Annotated[str | None, answer("What you spend on marketing in a year.", "MONEY")] = None,
    acquisition_share: Annotated[
        str | None, answer("Part of it that wins customers; the rest keeps them; 50% if not given.", "SHARE")
    ] = None,
    currency: Annotated[str, typer.Option(metavar="NAME", help="What money is called.")] = "money",
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Begin with your own firm. Six answers become three scenarios to compare; asks what is not given."""
    from sim.interface import beginning

    answers = {
        "people": people,
        "customers": customers,
        "orders": orders,
        "order_value": order_value,
        "margin": margin,
        "marketing": marketing,
        "acquisition_share": acquisition_share,
    }
    given = {name: text for name, text in answers.items() if text is not None}
    terminal = Terminal(quiet, as_json)
    beginning.init(file, given, currency, terminal, program=program(), force=force, threads=cores())


@command("trace steady --customer 7", "trace base --customer 7 --business incumbent_b --from -52 --to 52")
def trace(
    scenario: ScenarioName,
    customer: Whose,
    seed: Seed = 1,
    first: FirstWeek = None,
    last: LastWeek = None,
    business: OneBusiness = None,
    weeks: Weeks = None,
    customers: Customers = None,
    settings: Settings = None,
    as_json: Json = False,
) -> None:
    """Tell one person's life, week by week. With the draws and numbers behind each decision."""
    from sim.interface import asked, story

    changes = asked.Changes(tuple(settings or ()), weeks, customers)
    story.trace(scenario, changes, story.Question(customer, seed, first, last, business), Terminal(as_json=as_json))


@command("check my_firm.yaml", "check steady plan_b.yaml --set people.count=5000", "check scenarios/*.yaml --json")
def check(files: Files, settings: Settings = None, as_json: Json = False) -> int:
    """Say whether scenarios are good. If not, everything that is wrong with them, and where."""
    from sim.interface import checking

    return checking.check(files, tuple(settings or ()), Terminal(as_json=as_json))


@command("schema", "schema --out keepwin.schema.json")
def schema(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to this file instead.")] = None,
) -> None:
    """Print the JSON Schema of scenario files. An editor that knows it completes keys and checks values."""
    from sim.interface import checking

    checking.schema(out, Terminal())


@command("scenarios", "scenarios --json")
def scenarios(as_json: Json = False) -> None:
    """List the scenarios that come with the package."""
    from sim.interface import manual

    found = manual.scenarios()
    _answer(as_json, lambda: manual.show_scenarios(found), found)


@command("strategies", "strategies growth", "strategies --json")
def strategies(
    beginning: Annotated[str, prefix("Only strategies whose name begins so.", completion.strategies)] = "",
    as_json: Json = False,
) -> None:
    """List every strategy. What it does, what it stands on, and its parameters."""
    from sim.interface import manual

    found = manual.strategies(beginning)
    _answer(as_json, lambda: manual.show_strategies(found), found)


# -------------------------------------------------------------------------------------------------------- the manual


@command("week", "week --json")
def week(as_json: Json = False) -> None:
    """Show the order of the week."""
    from sim.interface import manual

    found = manual.week()
    _answer(as_json, lambda: manual.show_week(found), found)


@command("rules", "rules defection", "rules --json")
def rules(
    beginning: Annotated[str, prefix("Only modules whose name begins so.", completion.rules)] = "",
    as_json: Json = False,
) -> None:
    """Print every rule of the model. What goes in, what it says, and where it comes from."""
    from sim.interface import manual

    found = manual.rules(beginning)
    _answer(as_json, lambda: manual.show_rules(found), found)


@command("parameters", "parameters rules.defection", "parameters businesses.ours --json")
def parameters(
    beginning: Annotated[str, prefix("Only parameters whose path begins so.", completion.parameters)] = "",
    as_json: Json = False,
) -> None:
    """Print every parameter a scenario may set. With unit, bounds, default, plausible range and source."""
    from sim.interface import glossary

    found = glossary.parameters(beginning)
    _answer(as_json, lambda: glossary.show_parameters(found), [glossary.plain(entry) for entry in found])


@command("metrics", "metrics customer", "metrics --json")
def metrics(
    beginning: Annotated[str, prefix("Only metrics whose name begins so.", completion.metrics)] = "",
    as_json: Json = False,
) -> None:
    """Print every metric. What it is called, counted in and means, and which direction is better."""
    from sim.interface import glossary

    found = glossary.metrics(beginning)
    _answer(as_json, lambda: glossary.show_metrics(found), found)


def _answer(as_json: bool, shown: Callable[[], Any], data: Any) -> None:
    """The same answer, for people or for programs."""
    terminal = Terminal(as_json=as_json)
    if as_json:
        terminal.document(data)
    else:
        terminal.show(shown())


# ---------------------------------------------------------------------------------------------------------------- door


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was typed; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for_a_shell = any(word.startswith(("--install-completion", "--show-completion")) for word in given)
    called = NAME if for_a_shell else program()  # a shell completes commands, and `python run.py` is none
    return ending_of(lambda: app(given, prog_name=called, standalone_mode=False))
