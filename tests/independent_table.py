"""Every gate at special points, in three arithmetics and by three checks: no crash, nothing wrong, no silent value.

Run by hand it goes through the whole table; ``test_independent.py`` takes a sample.

    python tests/independent_table.py --jobs 2
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from independent_circuits import call
from independent_gates import GATES
from independent_judge import FAULTS, Finding, judged, truth_of
from independent_trees import Call, Program, Tree, Var

SPECIAL = (
    "0", "1", "-1", "2", "-2", "0.5", "-0.5", "1.5", "2.5", "74", "-167", "800", "-800", "1e5", "-1e5", "1e10", "1e300",
    "-1e300", "1e-300", "5e-324", "1.0000000000000002", "0.9999999999999999", "3.141592653589793", "1.5707963267948966",
    "-1001.5",
)  # fmt: skip
SECOND = ("0", "1", "-2", "0.5", "3", "1e300", "1e-300", "800")
WAYS = ("symbolic", "gatewise", "forward", "digits", "digits gatewise", "digits forward",
        "exact", "exact gatewise", "exact forward")  # fmt: skip
X, Y = Var("x"), Var("y")
SHAPES: dict[str, Tree] = {
    "leaky_relu": call("leaky_relu", X, Y),
    "elu": call("elu", X, Y),
    "clip": call("clip", X, "-1", Y),
    "polygamma": call("polygamma", "1", X),
    "where": call("where", call("gt", X, "0"), X, Y),
    "max": call("max", X, Y, "0.5"),
    "min": call("min", X, Y, "0.5"),
}
BINARY = ("add", "sub", "mul", "div", "pow", "atan2", "hypot", "mod", "fmod")
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")


def shape(op: str) -> Tree:
    """A gate over variables; a comparison chooses between two of them."""
    if op in SHAPES:
        return SHAPES[op]
    if op in COMPARISONS:
        return call("where", call(op, X, Y), X, call("neg", Y))
    return call(op, X, Y) if op in BINARY else call(op, X)


def programs(without: tuple[str, ...] = ()) -> Iterator[Program]:
    """The gate alone, at each special point; those of two inputs with some second values."""
    for op in [*GATES, "where"]:
        if op in without:
            continue
        tree = shape(op)
        two = len({leaf.name for leaf in _vars(tree)}) == 2
        for index, x in enumerate(SPECIAL):
            for y in (
                dict.fromkeys((SECOND[index % len(SECOND)], SECOND[(index * 3 + 1) % len(SECOND)])) if two else ("1",)
            ):
                yield Program((("f", tree),), {"x": x, **({"y": y} if two else {})})


def _vars(tree: Tree) -> Iterator[Var]:
    if isinstance(tree, Var):
        yield tree
    elif isinstance(tree, Call):
        for part in tree.args:
            yield from _vars(part)


def one(program: Program, ways: tuple[str, ...] = WAYS) -> list[tuple[str, Finding, Program]]:
    """All findings about one program in each way."""
    found, truths = [], {exact: truth_of(program, exact) for exact in (False, True)}
    for way in ways:
        truth = truths[way.startswith(("digits", "exact"))]
        findings = judged(program, way, truth=truth) if truth else [Finding("no truth", "", "", "")]
        found += [(way, finding, program) for finding in findings]
    return found


def main() -> int:
    """Go through the whole table, and print what was found."""
    from independent_run import table

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="only each n-th program")
    parser.add_argument("--without", default="")
    args = parser.parse_args()
    start = time.monotonic()
    counts: Counter[tuple[str, str]] = Counter()
    runs = 0
    chosen = list(programs(tuple(args.without.split(","))))[:: args.every]
    # Exact numbers may have any number of digits.
    with ProcessPoolExecutor(args.jobs, initializer=sys.set_int_max_str_digits, initargs=(0,)) as pool:
        for found in pool.map(one, chosen, chunksize=4):
            runs += len(WAYS)
            for way, finding, program in found:
                counts[finding.kind, way] += 1
                if finding.kind in FAULTS:
                    print(f"[{finding.kind}] {way}: {program.command}\n   {finding.shown}\n   {finding.truth}")
    table(counts)
    print(f"{runs} runs in {time.monotonic() - start:.0f} s")
    return 1 if any(kind in FAULTS for kind, _ in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
