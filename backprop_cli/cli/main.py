"""The entry point: which command is meant, and the one place where errors become text and an exit code.

0 done · 1 the answer is no · 2 usage · 3 unreadable input · 4 no value there · 70 our bug · 130 interrupted.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from backprop_cli import __version__
from backprop_cli.cli.outcome import run
from backprop_cli.cli.startup import leave, prepare

COMMANDS = {  # in the order in which a person meets them
    "grad": "Value, gradients and their check; meant if no command is named.",
    "draw": "Draw the circuit with its values and gradients.",
    "code": "Write the forward and backward pass as a program.",
    "check": "Say whether answers are right, and what may have gone wrong.",
    "grade": "Grade a class's submissions by one key.",
    "sheet": "Write a key's problems as sheets to hand out.",
    "batch": "The mean gradient of the parameters over rows of data.",
    "descend": "Gradient descent on an expression's parameters.",
    "gates": "List the gates with their local gradients and domains.",
    "explain": "Tell what the code of an error, kink or mistake means.",
    "schema": "Print the JSON Schema of an output.",
    "completion": "Print a completion script for bash, zsh or fish.",
}
_COMPLETING = "_BACKPROP_COMPLETE"
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class Commands(click.Group):
    """Commands loaded when they are named; anything that is not a word is an expression for ``grad``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All, without loading one."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """A line for each command, without loading one."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command's own module has it under the name ``command``."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"backprop_cli.cli.{cmd_name}").command
        command.short_help = COMMANDS[cmd_name]
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """``backprop EXPR …`` is ``backprop grad EXPR …``."""
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        first = next((i for i, word in enumerate(args) if word != "--debug"), len(args))
        if first < len(args) and args[first] not in own and not _WORD.fullmatch(args[first]):
            self._name_first(ctx, args[first:])
            args = [*args[:first], "grad", *args[first:]]
        return super().parse_args(ctx, args)

    def _name_first(self, ctx: click.Context, args: list[str]) -> None:
        """Refuse ``--json check EXPR``, where ``check`` would be read as an expression."""
        grad = self.get_command(ctx, "grad")
        assert grad is not None
        valued = {name for option in grad.params if not getattr(option, "is_flag", True) for name in option.opts}
        place = next((i for i, word in enumerate(args) if not word.startswith("--")), 0)
        if place and args[place] in COMMANDS and args[place - 1] not in valued:
            options = " ".join(args[:place])
            raise click.UsageError(f"options stand after the command's name\nbackprop {args[place]} {options} …")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A mistyped command gets the nearest one, and the way to say a one-word expression."""
        if args[0] not in COMMANDS:
            from backprop_cli.nearest import nearest

            near = nearest(args[0], COMMANDS)
            hint = f"did you mean `backprop {near}`? " if near else ""
            hint += f"as an expression it is `backprop grad {args[0]} …`"
            letters = "*".join(args[0])
            if len(args[0]) > 1 and {*args[0]} <= {word.partition("=")[0] for word in args[1:]}:
                hint = f"as an expression it is `backprop grad {args[0]} …`; the product is {letters}"
            elif args[0] in ("help", "version"):
                hint = f"did you mean `backprop --{args[0]}`?"
            elif len(args) > 1 and not any(character in args[1] for character in "=.") and not args[1].startswith("--"):
                hint = "the expression is one argument: put it in quotes"
            raise click.UsageError(f"there is no command `{args[0]}`\n{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`backprop EXPR NAME=VALUE…` is short for `backprop grad EXPR NAME=VALUE…`.",
)
@click.version_option(__version__, "-V", "--version", prog_name="backprop", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an internal error.")
def cli() -> None:
    """The calculator that shows its work: a value, every variable's gradient by backpropagation, and the proof.

    \b
    backprop '(x + y)*z' x=-2 y=5 z=-4
    backprop 'q = x + y; f = q*z' x=-2 y=5 z=-4 --json
    """  # noqa: D301  # \b, which click takes for a paragraph to leave as it is


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit code."""
    prepare()
    words = list(sys.argv[1:] if argv is None else argv) or ["--help"]

    def invoke() -> Any:
        if _COMPLETING in os.environ:
            return cli.main(args=words, prog_name="backprop", complete_var=_COMPLETING)
        # Not by cli.main, which makes an exit code of its own out of a closed pipe.
        try:
            with cli.make_context("backprop", words) as context:
                return cli.invoke(context)
        except click.exceptions.Exit as ended:
            return ended.exit_code

    return run(invoke, words)


def entry() -> NoReturn:
    """The program: run the command line of this process and leave at once."""
    leave(main())
