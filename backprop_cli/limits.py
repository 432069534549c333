"""The limits of every command, each with a clear error where it is met: strangers' text must never eat the machine."""

from __future__ import annotations

from typing import Final

TEXT_CHARACTERS: Final = 1_000_000
TOKENS_PER_CHARACTER: Final = 0.4  # 400,000 tokens in the default text
LATEX_CHARACTERS: Final = 20_000
NESTING: Final = 20_000
NAME_CHARACTERS: Final = 64
NUMBER_CHARACTERS: Final = 400
DECIMAL_EXPONENT: Final = 400

DIGITS: Final = 10_000
DIGITS_WORK: Final = 2_000_000  # gates times digits
SPECIAL_DIGITS: Final = 3_000  # for the gamma family together, whose cost grows fastest with the digits
DIGITS_BITS: Final = 262_144  # of working precision, where digits cancel
DIGITS_CLIMB: Final = 1_000_000  # bits times gates, beyond what the digits themselves take
REFERENCE_BITS: Final = 16_384  # of a check's enclosures
REFERENCE_WORK: Final = 8_000_000  # bits times gates
GAMMA_COST: Final = 1_900  # a gate of the gamma family costs so many others in many bits
SLOW_GATES: Final = dict.fromkeys(("gamma", "lgamma", "digamma", "polygamma"), GAMMA_COST)
SECONDS: Final = 60  # for one command

EXACT_BITS: Final = 200_000  # numerator or denominator of an exact number
EXACT_SIZE: Final = 2_000  # operations in one exact number
EXACT_GATES: Final = 20_000

SYMBOLIC_TREE: Final = 1_500  # operations of the expression with shared parts written out
SYMBOLIC_WORK: Final = 3_000  # those that depend on a variable, summed over the derivatives
SYMBOLIC_DEPTH: Final = 45  # SymPy recurses: deeper, and diff meets Python's recursion limit
SYMBOLIC_CASES: Final = 2  # nested: SymPy multiplies their conditions out
SYMBOLIC_TIES: Final = 1_000  # SymPy compares each input of a max with each: the sum of their cubes
SYMBOLIC_SECONDS: Final = 12  # of the processor: some short formulas take SymPy hours
CHECK_WORK: Final = 200_000  # gates times variables in the check by tangents, one variable at a time

FORMULA_WORK: Final = 2_000  # nodes times variables, for derivatives that are only shown
FORMULA_CHARACTERS: Final = 80  # of one such derivative: beyond, it says less than the steps
DOUBT_WORK: Final = 50_000  # gates times quantities asked for, whose rounding is looked at

ARRAY_ELEMENTS: Final = 20_000_000  # of one array
ARRAY_TOTAL: Final = 100_000_000  # of all arrays of one circuit
ARRAY_DIMENSIONS: Final = 16
ARRAY_FILE_BYTES: Final = 400_000_000
SCALAR_GATES: Final = 100_000  # of an array circuit written out
SYMBOLIC_COMPONENTS: Final = 64  # of arrays, that SymPy is asked for: 2 s
SYMBOLIC_SCALARS: Final = 300  # gates of an array circuit written out, for SymPy likewise
FORWARD_SCALARS: Final = 10_000  # gates of an array circuit written out, for the check by tangents
DIRECTIONS: Final = 6  # of the check along directions, for circuits beyond

MEMORY_CELLS: Final = 20_000_000  # of data that a descent holds: 1 GB
DESCENT_STEPS: Final = 10_000_000  # of one descent; a double is kept for each
HISTORY_NUMBERS: Final = 2_000_000  # of a history that JSON prints as one object

CODE_ELEMENTS: Final = 10_000  # of the arrays that a program has written down
CODE_SCALARS: Final = 2_000  # gates of an array circuit written out, a line each
PICTURE_GATES: Final = 400  # beyond, nobody can read it; .dot and --steps have no such limit

FOLDER_FILES: Final = 20_000  # below a folder of data
LINE_CHARACTERS: Final = 10_000_000  # of a text file of data

ANSWER_CHARACTERS: Final = 2_000
ARRAY_ANSWER_CHARACTERS: Final = 50_000  # of an answer that is a list of numbers
FORMULA_ELEMENTS: Final = 20_000  # of all arrays of a formula in an answer
FORMULA_NODES: Final = 20_000  # of an expression of arrays written out, whose gradients are answered by formulas
FORMULA_COMPONENTS: Final = 2_000  # of an array, that one formula is compared with as functions
SUBMISSION_BYTES: Final = 1_000_000  # one student's file, or one line of a class's
SUBMISSION_ANSWERS: Final = 10_000
SHEET_BYTES: Final = 100_000_000  # of a spreadsheet, unpacked
SHEET_CELLS: Final = 2_000_000  # from its first cell to its last, empty ones too
KEY_BYTES: Final = 1_000_000
REPORT_BYTES: Final = 200_000_000  # of an earlier grading
KEY_PROBLEMS: Final = 1_000
KEY_POINTS: Final = 1_000  # at which one problem is asked
KEY_ROWS: Final = 100_000  # of data of one problem
KEY_STEPS: Final = 1_000  # of a descent that is asked for
KEY_PARTS: Final = 20_000  # problems, each at each of its points
VARY_TRIES: Final = 500  # of numbers drawn for one student and one problem
SHEETS: Final = 20_000  # students whose sheets are written at once
ROSTER_BYTES: Final = 20_000_000  # of a file with the students of a class
KEY_CHOICES: Final = 10_000  # listed for one name whose numbers vary
LABEL_CHARACTERS: Final = 200  # of a student's or an answer's name, a title; the rest is cut off
PROBLEM_SECONDS: Final = 2  # for the answers to one problem, and for each formula among them FORMULA_SECONDS more
FORMULA_SECONDS: Final = 1  # of the processor, to compare one formula of an answer with the truth
