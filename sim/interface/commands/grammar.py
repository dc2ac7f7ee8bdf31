"""How every command is typed and explained.

Help begins with examples and ends with exit codes; an option that is given twice is a mistake, and what cannot be
understood is answered in one or two sentences.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from sim.interface.terminal.terminal import Ending, Stop
from sim.scenario.problems import escaped

NAME = "keepwin"
WIDEST = 100


def program() -> str:
    """How this program was called."""
    return "python run.py" if Path(sys.argv[0]).name == "run.py" else NAME


def typed() -> str:
    """The command as it was typed, for the manifest."""
    return " ".join([program(), *map(shlex.quote, sys.argv[1:])])


def write_examples(command: Any, context: Any, formatter: Any) -> None:
    """Help begins with what to type."""
    program = context.find_root().info_name
    formatter.write("Examples:\n")
    for example in (command.epilog or "").splitlines():
        formatter.write(f"  {program} {example}\n")
    formatter.write("\n")


def write_endings(formatter: Any) -> None:
    """Help ends with what the exit codes mean."""
    codes = ", ".join(f"{ending:d} {ending.meaning}" for ending in Ending)
    formatter.write(f"\n{fill(f'Exit codes: {codes}.', min(formatter.width, WIDEST), subsequent_indent='  ')}\n")


class Group(TyperGroup):
    """All commands."""

    def format_help(self, context: Any, formatter: Any) -> None:
        write_examples(self, context, formatter)
        super().format_help(context, formatter)

    def format_epilog(self, context: Any, formatter: Any) -> None:
        write_endings(formatter)

    def parse_args(self, context: Any, args: list[str]) -> list[str]:
        with in_our_words(context):
            return super().parse_args(context, args)

    def resolve_command(self, context: Any, args: list[str]) -> Any:
        with in_our_words(context):
            return super().resolve_command(context, args)

    def invoke(self, context: Any) -> Any:
        with in_our_words(context):
            return super().invoke(context)


class Command(TyperCommand):
    """One command."""

    def format_help(self, context: Any, formatter: Any) -> None:
        write_examples(self, context, formatter)
        super().format_help(context, formatter)

    def format_epilog(self, context: Any, formatter: Any) -> None:
        write_endings(formatter)

    def parse_args(self, context: Any, args: list[str]) -> list[str]:
        """Refuse what would silently be overwritten."""
        with in_our_words(context):
            if not context.resilient_parsing:  # a shell asks how an unfinished line may go on
                _, _, given = self.make_parser(context).parse_args(list(args))
                once = [each for each in given if each.param_type_name == "option" and not each.multiple]
                for option in dict.fromkeys(each for each in once if once.count(each) > 1):
                    context.fail(f"{option.opts[0]} is given more than once. Keep one.")
            return super().parse_args(context, args)


@contextmanager
def in_our_words(context: Any) -> Iterator[None]:
    """What Typer does not understand, and what it would end without a word, as a reason to stop."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stop(Ending.INTERRUPTED, "Interrupted.") from None
    except typer.TyperException as error:
        help_line = f"`{context.command_path} --help` shows examples and every option."
        raise Stop(Ending.BAD_INPUT, f"{sentence_of(error)}\n{help_line}") from None


def sentence_of(error: typer.TyperException) -> str:
    """What is wrong with the words, and what was probably meant."""
    near = getattr(error, "possibilities", None)
    if near:
        return escaped(f"There is no option {getattr(error, 'option_name', '')}. Did you mean {near[0]}?")
    return escaped(" ".join(error.format_message().replace("Value error, ", "").split()))
