"""``backprop completion``: the script that teaches a shell to complete this command line."""

from __future__ import annotations

import sys

import click
from click.shell_completion import get_completion_class

_HOW = {
    "bash": 'add to ~/.bashrc:  eval "$(backprop completion bash)"',
    "zsh": 'add to ~/.zshrc:  eval "$(backprop completion zsh)"',
    "fish": "backprop completion fish > ~/.config/fish/completions/backprop.fish",
}


@click.command(
    "completion",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("shell", type=click.Choice(tuple(_HOW)))
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """A completion script for SHELL: commands, options, gate names and codes."""
    found = get_completion_class(shell)
    assert found is not None
    made = found(ctx.find_root().command, {}, "backprop", "_BACKPROP_COMPLETE")
    sys.stdout.write(f"# {_HOW[shell]}\n{made.source_template % made.source_vars()}")
