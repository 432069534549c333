"""Random loaded circuits by the thousand, judged by the independent reference: run by hand.

    python tests/independent_run.py --count 10000 --seed 1 --jobs 2

Prints how often each finding came, and the first examples of each fault, made small.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from independent_circuits import Garden
from independent_judge import FAULTS, Finding, judged, truth_of
from independent_shrink import smallest
from independent_trees import Program
from independent_workers import each

EXAMPLES = 6
Examples = dict[str, dict[str, tuple[str, Finding, Program]]]


def plan(seed: int, few: bool) -> tuple[str, ...]:
    """Which settings a seed is run in."""
    settings = ["forward"] if few or seed % 3 else ["symbolic", "forward"]
    if seed % 4 == 1:
        settings.append("digits" if seed % 8 == 1 else "digits forward")
    if seed % 10 == 3:
        settings.append("exact")
    if seed % 10 == 2:
        settings.append("gatewise")
    return tuple(settings)


def one(
    seed: int, *, without: tuple[str, ...] = (), few: bool = False, leave: str = "-"
) -> list[tuple[str, Finding, Program]]:
    """All findings about one seed's program; faults only if a deeper reference shows them too."""
    program = Garden(seed, without=without).program()
    truths: dict[bool, Any] = {}
    found = []
    for setting in (setting for setting in plan(seed, few) if leave not in setting):
        exact = setting.startswith(("digits", "exact"))
        if exact not in truths:
            truths[exact] = truth_of(program, exact)
        for finding in judged(program, setting, truth=truths[exact]) if truths[exact] else [NO_TRUTH]:
            confirmed = (
                finding
                if finding.kind not in FAULTS and not finding.kind.startswith("guessed")
                else confirm(program, setting, finding)
            )
            found.append((setting, confirmed, program))
    return found


NO_TRUTH = Finding("no truth", "", "", "")


def hung(seed: int) -> list[tuple[str, Finding, Program]]:
    """What is said of a seed that has no answer."""
    return [("any", Finding("hang", "", "no answer, or the process died", ""), Garden(seed).program())]


def confirm(program: Program, setting: str, finding: Finding) -> Finding:
    """The fault again, beside a deeper reference; ``not confirmed`` if that does not show it."""
    if finding.kind in ("crash", "slow", "false wrong"):
        return finding
    again = [other for other in judged(program, setting, deep=True) if other.kind == finding.kind]
    same = [other for other in again if other.name == finding.name]
    return same[0] if same else Finding(f"not confirmed: {finding.kind}", finding.name, finding.shown, finding.truth)


def shows(program: Program, setting: str, kind: str) -> bool:
    """Whether a program shows a kind of fault."""
    try:
        return any(finding.kind == kind for finding in judged(program, setting))
    except Exception:  # noqa: BLE001  # a candidate of the shrinker may be anything
        return False


def main() -> int:
    """Run, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1e9, help="stop after that time of the clock")
    parser.add_argument("--without", default="", help="gates to leave out, with commas")
    parser.add_argument("--few", action="store_true", help="leave the symbolic check out")
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    args = parser.parse_args()
    start = time.monotonic()
    counts: Counter[tuple[str, str]] = Counter()
    examples: Examples = defaultdict(dict)
    work = partial(one, without=tuple(args.without.split(",")) if args.without else (), few=args.few)
    seeds = range(args.seed, args.seed + args.count)
    done = 0
    for seed, found in each(work, seeds, args.jobs, args.seconds):
        done += 1
        for setting, finding, program in hung(seed) if found is None else found:
            counts[finding.kind, setting] += 1
            kept = examples[finding.kind]
            if len(kept) < args.examples and (finding.kind in FAULTS or finding.kind.startswith(("not ", "guessed"))):
                kept.setdefault(program.command, (setting, finding, program))
                print(f"[{finding.kind}] {setting}: {program.command}\n  {finding}", file=sys.stderr, flush=True)
    table(counts)
    sys.stdout.flush()
    show(examples)
    print(f"{done} circuits from seed {args.seed} in {time.monotonic() - start:.0f} s")
    return 1 if any(kind in FAULTS for kind, _ in counts) else 0


def table(counts: Counter[tuple[str, str]]) -> None:
    """How often each finding came in each setting."""
    settings = sorted({setting for _, setting in counts})
    kinds = sorted({kind for kind, _ in counts}, key=lambda kind: (kind not in FAULTS, kind))
    print("".ljust(36), *(setting.rjust(14) for setting in settings))
    for kind in kinds:
        mark = "!" if kind in FAULTS else " "
        print((mark + " " + kind).ljust(36), *(str(counts[kind, setting]).rjust(14) for setting in settings))


def show(examples: Examples) -> None:
    """The first examples, made small, each once."""
    for kind, kept in sorted(examples.items()):
        seen = set()
        for setting, finding, program in kept.values():
            small = program
            if kind in FAULTS and kind not in ("slow", "hang"):
                small = smallest(program, partial(shows, setting=setting, kind=kind), seconds=10)
            if small.command in seen:
                continue
            seen.add(small.command)
            again = [finding]
            if kind != "hang":
                again = [f for f in judged(small, setting) if f.kind == kind] or again
            print(f"\n[{kind}] {setting}: {small.command}")
            print(f"   {again[0].name}: shown {again[0].shown}\n   truth {again[0].truth}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
