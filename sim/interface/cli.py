"""The command line: what may be typed, and nothing else. Whatever takes time is imported when a command runs.

Exit codes: 0 fine, 1 a bug of ours, 2 bad input, 3 a run failed, 5 out of disk or memory, 130 interrupted,
143 terminated. Answers go to stdout, talk and progress to stderr.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup

from sim import __version__
from sim.interface.terminal import Ending, Stop, Terminal, ending_of

NAME = "keepwin"


# ---------------------------------------------------------------------------------------------------------- how we help


def write_examples(command: Any, context: Any, formatter: Any) -> None:
    """Help begins with what to type."""
    program = context.find_root().info_name
    formatter.write("Examples:\n")
    for example in (command.epilog or "").splitlines():
        formatter.write(f"  {program} {example}\n")
    formatter.write("\n")


class Group(TyperGroup):
    """All commands; help begins with examples."""

    def format_help(self, context: Any, formatter: Any) -> None:
        write_examples(self, context, formatter)
        super().format_help(context, formatter)

    def format_epilog(self, context: Any, formatter: Any) -> None:
        """Written already."""


class Command(TyperCommand):
    """A command; help begins with examples, and an option that is given twice is a mistake."""

    def format_help(self, context: Any, formatter: Any) -> None:
        write_examples(self, context, formatter)
        super().format_help(context, formatter)

    def format_epilog(self, context: Any, formatter: Any) -> None:
        """Written already."""

    def parse_args(self, context: Any, args: list[str]) -> list[str]:
        """Refuse what would silently be overwritten."""
        _, _, given = self.make_parser(context).parse_args(list(args))
        once = [each for each in given if each.param_type_name == "option" and not each.multiple]
        for option in dict.fromkeys(each for each in once if once.count(each) > 1):
            context.fail(f"{option.opts[0]} is given more than once. Keep one.")
        return super().parse_args(context, args)

    def invoke(self, context: Any) -> Any:
        """Say that Ctrl-C was heard; Typer would end without a word."""
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            raise Stop(Ending.INTERRUPTED, "Interrupted.") from None


app = typer.Typer(
    name=NAME,
    cls=Group,
    help="Keep old customers or win new ones? A market laboratory that answers with evidence.",
    epilog="compare steady aggressive\nrun steady\nscenarios",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
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
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=say_version, is_eager=True)
    ] = False,
) -> None:
    pass


# ------------------------------------------------------------------------------------------------------------- options

ScenarioName = Annotated[str, typer.Argument(help="Name of a bundled scenario, or a YAML file.")]
ScenarioNames = Annotated[list[str], typer.Argument(help="Two or more names or YAML files; the first is the baseline.")]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of the first world; the others follow it.")]
Weeks = Annotated[int | None, typer.Option(metavar="N", min=1, help="Short for --set time.weeks=N.")]
Customers = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="How many people; short for --set people.count=N.")
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Replace one value; may be repeated.")
]
Loop = Annotated[
    Literal["compiled", "mesa", "shuffled"], typer.Option(help="How people are gone through; results are the same.")
]
Workers = Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes; default: one for each core.")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for results.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No talk and no progress.")]


# ------------------------------------------------------------------------------------------------------------ commands


@command(
    "run steady", "run steady --replicates 50 --set businesses.ours.price=45", "run my_firm.yaml --weeks 520 --json"
)
def run(
    scenario: ScenarioName,
    seed: Seed = 1,
    replicates: Annotated[int, typer.Option(metavar="N", min=1, help="How many worlds.")] = 10,
    weeks: Weeks = None,
    customers: Customers = None,
    settings: Settings = None,
    loop: Loop = "compiled",
    threads: Annotated[int, typer.Option(metavar="N", min=1, help="For one big world; results are the same.")] = 1,
    log: Annotated[int, typer.Option(metavar="N", min=0, help="Write down orders and departures of N people.")] = 0,
    workers: Workers = None,
    out: Out = Path("results"),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Live one scenario in several worlds. Shows what came out, with 95 % intervals."""
    from sim.interface import commands

    wanted = commands.Wanted(
        overrides=commands.overrides_of(settings or [], weeks, customers),
        first_seed=seed,
        worlds=replicates,
        loop=loop,
        threads=threads,
        followed=log,
        workers=commands.cores() if workers is None else workers,
        out=out,
        command=_typed(),
        program=_program(),
    )
    commands.run(scenario, wanted, Terminal(quiet, as_json))


@command(
    "compare steady aggressive", "compare base steady aggressive --replicates 100", "compare ours.yaml plan_b.yaml"
)
def compare(
    scenarios: ScenarioNames,
    seed: Seed = 1,
    replicates: Annotated[int, typer.Option(metavar="N", min=2, help="How many paired worlds.")] = 50,
    weeks: Weeks = None,
    customers: Customers = None,
    settings: Settings = None,
    loop: Loop = "compiled",
    workers: Workers = None,
    out: Out = Path("results"),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Live several scenarios in the same worlds. Who wins on what, by how much, and how sure that is."""
    from sim.interface import commands

    wanted = commands.Wanted(
        overrides=commands.overrides_of(settings or [], weeks, customers),
        first_seed=seed,
        worlds=replicates,
        loop=loop,
        workers=commands.cores() if workers is None else workers,
        out=out,
        command=_typed(),
        program=_program(),
    )
    commands.compare(scenarios, wanted, Terminal(quiet, as_json))


@command("scenarios", "scenarios --json")
def scenarios(as_json: Json = False) -> None:
    """List the scenarios that come with the package."""
    from sim.interface import manual

    found = manual.scenarios()
    _answer(as_json, lambda: manual.show_scenarios(found), found)


@command("week", "week --json")
def week(as_json: Json = False) -> None:
    """Show the order of the week."""
    from sim.interface import manual

    found = manual.week()
    _answer(as_json, lambda: manual.show_week(found), found)


@command("rules", "rules defection", "rules --json")
def rules(
    prefix: Annotated[str, typer.Argument(help="Only modules whose name begins so.")] = "",
    as_json: Json = False,
) -> None:
    """Print every rule of the model. What goes in, what it says, and where it comes from."""
    from sim.interface import manual

    found = manual.rules(prefix)
    _answer(as_json, lambda: manual.show_rules(found), found)


@command("parameters", "parameters rules.defection", "parameters --json")
def parameters(
    prefix: Annotated[str, typer.Argument(help="Only parameters whose path begins so.")] = "",
    as_json: Json = False,
) -> None:
    """Print every parameter a scenario may set. With unit, bounds, default, plausible range and source."""
    from sim.interface import manual

    found = manual.parameters(prefix)
    _answer(as_json, lambda: manual.show_parameters(found), [manual.plain(entry) for entry in found])


def _answer(as_json: bool, shown: Callable[[], Any], data: Any) -> None:
    """The same answer, for people or for programs."""
    terminal = Terminal(as_json=as_json)
    if as_json:
        terminal.document(data)
    else:
        terminal.show(shown())


# ---------------------------------------------------------------------------------------------------------------- door


def _program() -> str:
    """How this program was called."""
    return "python run.py" if Path(sys.argv[0]).name == "run.py" else NAME


def _typed() -> str:
    """The command as it was typed, for the manifest."""
    return " ".join([_program(), *map(shlex.quote, sys.argv[1:])])


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was typed; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    return ending_of(lambda: app(given, prog_name=_program(), standalone_mode=False))
