"""Times as programs write them → what can be sorted: 2024-03-05, 3/5/2024, 5.3.2024, 5 March 2024, 5 de marzo de 2024.

``3/5/2024`` is in March or in May. ``Times`` collects the times of a class, until one tells which it must be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_MONTHS = {
    name[:4] if name[:3] in ("jui", "mar", "jun", "jul") else name[:3]: number
    for number, names in enumerate(
        (
            "january januar janvier enero", "february februar février fevrier febrero", "march märz mars marzo",
            "april avril abril", "may mai mayo", "june juni juin junio", "july juli juillet julio",
            "august août aout agosto", "september septembre septiembre", "october oktober octobre octubre",
            "november novembre noviembre", "december dezember décembre decembre diciembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTHS |= {"mar": 3, "mär": 3, "jun": 6, "jul": 7}
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})")
_NUMBERS = re.compile(r"(?P<first>\d{1,2})(?P<sign>[-/.])(?P<second>\d{1,2})[-/.](?P<year>\d{4}|\d{2})(?!\d)")
_DAY_NAMED = re.compile(r"(?P<day>\d{1,2})\.?\s+(?:de\s+)?(?P<name>[^\W\d]{3,})\.?,?\s+(?:de\s+)?(?P<year>\d{4})")
_NAMED_DAY = re.compile(r"(?P<name>[^\W\d]{3,})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})[:h](?P<minute>\d\d)(?::(?P<second>\d\d))?(?:[.,]\d+)?\s*(?P<half>[ap])?\.?\s?m?\.?"
    r"\s*(?:(?:gmt|utc)?(?P<sign>[+-])(?P<zone>\d{1,2})(?::?\d\d)?)?"
)

Moment = tuple[int, int, int, int, int]


def moment(text: str, *, day_first: bool) -> Moment | None:
    """Year, month, day, minute of the day, and second; None for what is no time."""
    text = text.strip().lower()
    date = _date(text, day_first=day_first)
    clock = next((found for found in _CLOCK.finditer(text)), None)
    if date is None or not (1 <= date[1] <= 12 and 1 <= date[2] <= 31):
        return None
    return (*date, *(_clock(clock) if clock else (0, 0)))


def _date(text: str, *, day_first: bool) -> tuple[int, int, int] | None:
    if found := _YEAR_FIRST.search(text):
        return int(found["year"]), int(found["month"]), int(found["day"])
    if found := _NUMBERS.search(text):
        first, second, year = int(found["first"]), int(found["second"]), int(found["year"])
        day, month = (first, second) if day_first or found["sign"] == "." else (second, first)
        return year + 2000 * (year < 100), month, day
    for pattern in (_DAY_NAMED, _NAMED_DAY):
        for found in pattern.finditer(text):
            month = _month(found["name"])
            if month:
                return int(found["year"]), month, int(found["day"])
    return None


def _month(name: str) -> int:
    return _MONTHS.get(name[:4], 0) or _MONTHS.get(name[:3], 0)


def _clock(found: re.Match[str]) -> tuple[int, int]:
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"] == "p")
    ahead = int(found["zone"] or 0) * (-1 if found["sign"] == "-" else 1)
    return 60 * (hour - ahead) + int(found["minute"]), int(found["second"] or 0)


@dataclass(slots=True)
class Times:
    """The times of a class; ``readings`` are the ways in which all of them can be read: day first, or month first."""

    readings: list[bool] = field(default_factory=lambda: [True, False])

    def add(self, text: str) -> None:
        """One more time; what is none tells nothing."""
        fits = [first for first in (True, False) if moment(text, day_first=first) is not None]
        if fits:
            self.readings = [first for first in self.readings if first in fits] or fits

    def orders(self, groups: list[list[str]]) -> list[list[list[Moment | None]]]:
        """The moments of texts, in each way in which they can be read and which makes a difference."""
        read = [[[moment(text, day_first=first) for text in group] for group in groups] for first in self.readings]
        return [one for index, one in enumerate(read) if one not in read[:index]]
