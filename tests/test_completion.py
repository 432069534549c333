"""Shell completion: the scripts for bash, zsh and fish, and what they are answered at a tab."""

from __future__ import annotations

import shutil

import pytest
from command import SCRIPT, backprop, process

from backprop_cli.gates import GATES


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_says_how_to_install_it_and_asks_the_program(shell):
    ran = backprop("completion", shell)
    assert (ran.err, ran.code) == ("", 0)
    assert ran.out.startswith("# ")
    assert f"backprop completion {shell}" in ran.out.splitlines()[0]
    assert f"_BACKPROP_COMPLETE={shell}_complete" in ran.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_can_read_its_script(shell):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    ran = process("-n", start=(program,), stdin=backprop("completion", shell).out)
    assert (ran.out, ran.err, ran.code) == ("", "", 0)


def test_an_unknown_shell():
    ran = backprop("completion", "csh")
    assert (ran.out, ran.code) == ("", 2)
    assert ran.said.startswith("error[usage.option]: Invalid value for '{bash|zsh|fish}': 'csh'") or "csh" in ran.said


def completed(line: str) -> list[str]:
    """What bash is offered at the end of a line."""
    words = line.split(" ")
    env = {"_BACKPROP_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    ran = process(start=SCRIPT, env=env)
    assert (ran.err, ran.code) == ("", 0)
    return [offer.partition(",")[2] for offer in ran.out.split()]


TABS = [
    # the line, what must be offered, what must not
    ("backprop ", {"grad", "gates", "explain", "schema", "completion"}, {"tanh"}),
    ("backprop g", {"grad", "gates"}, {"explain"}),
    ("backprop sh", {"sheet"}, {"grade"}),
    ("backprop sheet key.toml --so", {"--solutions"}, {"--students"}),
    ("backprop sheet key.toml --format ", {"html", "markdown"}, {"json"}),
    ("backprop gates ta", {"tan", "tanh"}, {"sin"}),
    ("backprop explain kink.", {"kink.relu", "kink.max"}, {"domain.log"}),
    ("backprop schema ", {"grad", "error", "gates"}, set()),
    ("backprop completion z", {"zsh"}, {"bash"}),
    ("backprop descend --opt", {"--optimizer"}, {"--json"}),
    ("backprop descend x*y --optimizer a", {"adam", "adagrad"}, {"sgd"}),
    ("backprop grad --wr", {"--wrt"}, {"--json"}),
    ("backprop grad x*y --f", {"--format"}, {"--json"}),
    ("backprop grad x*y --format ma", {"markdown"}, {"table"}),
    ("backprop grad x*y --check ", {"symbolic", "gatewise", "forward"}, set()),
    ("backprop x*y --wr", {"--wrt"}, set()),
    ("backprop (x+y)*z x=1 --format ", {"json", "latex"}, set()),
]


@pytest.mark.parametrize(("line", "offered", "not_offered"), TABS, ids=[tab[0] for tab in TABS])
def test_tab(line, offered, not_offered):
    found = set(completed(line))
    assert offered <= found
    assert not found & not_offered


def test_every_gate_is_offered():
    assert completed("backprop gates ") == list(GATES)
