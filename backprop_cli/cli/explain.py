"""``backprop explain``: more about an error, a warning or a kink, by its code."""

from __future__ import annotations

import sys

import click
from click.shell_completion import CompletionItem


def _codes(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from backprop_cli.catalogue.topics import codes

    return [CompletionItem(code) for code in codes() if code.startswith(incomplete)]


@click.command(
    "explain",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("code", required=False, shell_complete=_codes)
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(code: str | None) -> None:
    """What the CODE of an error, a warning or a kink means and what to do; without CODE, all codes."""
    from backprop_cli.catalogue.topics import codes, explained

    if code is None:
        sys.stdout.write("".join(f"{known:24} {topic.title}\n" for known, topic in codes().items()))
        return
    topic = explained(code)
    sys.stdout.write(f"{code}: {topic.title}\n\n{topic.text}\n")
    if topic.example:
        sys.stdout.write(f"\nexample: {topic.example}\n")
