"""What people and programs write over their columns: the student, the time, the attempt, and what is no answer.

The words are those of Moodle, Canvas, Google Forms, Microsoft Forms and Gradescope, and of plain tables, in English,
German, French and Spanish. Nothing here knows a key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

ColumnRole = Literal["student", "id", "given", "family", "name", "number", "time", "started", "attempt", "apart"]

ROLES = ("student", "time", "attempt")
"""What a column may be told to hold, beside an answer's name."""


def folded(title: str) -> str:
    """A title as it is compared: no capitals, and nothing that people write in two ways."""
    text = unicodedata.normalize("NFKC", title).casefold()
    return " ".join(re.sub(r"[*:?.]+(?=\s|$)|[_\-–]", " ", text).split())


def _words(text: str) -> frozenset[str]:
    return frozenset(folded(word) for word in text.split(","))


_WORDS: dict[ColumnRole, frozenset[str]] = {
    "student": _words("student, student name, student full name, studierende, étudiant, estudiante, alumno"),
    "id": _words(
        "student id, studentid, student number, sid, sis id, sis user id, id number, net id, netid, matriculation "
        "number, username, user name, user, login, login id, sis login id, email, email address, e-mail, e-mail "
        "address, mail, matrikelnummer, matrikelnr, matrikel-nr, matrikel nr, matr nr, matr-nr, id-nummer, kennung, "
        "benutzername, anmeldename, e-mail-adresse, numéro étudiant, numéro d'étudiant, n° étudiant, numéro "
        "d'identification, identifiant, nom d'utilisateur, courriel, adresse de courriel, adresse e-mail, "
        "matrícula, número de matrícula, número de id, número de identificación, nombre de usuario, usuario, "
        "correo, correo electrónico, dirección de correo, dirección email, dirección de correo electrónico"
    ),
    "given": _words("first name, given name, vorname, prénom, nombre"),
    "family": _words(
        "last name, surname, family name, nachname, familienname, nom, nom de famille, apellido, apellidos"
    ),
    "name": _words("name, full name, participant, vollständiger name, nom complet, nombre completo"),
    "number": _words("id, nr, no, nummer, number, anonymous id"),
    "time": _words(
        "timestamp, time, date, completed, completed on, finished on, completion time, submission time, submitted, "
        "submitted at, submitted on, zeitstempel, beendet, abgeschlossen, abgabezeit, fertigstellungszeit, "
        "horodateur, terminé, heure de fin, marca temporal, finalizado, hora de finalización"
    ),
    "started": _words("started on, started, start time, begonnen am, begonnen, startzeit, commencé le, comenzado el"),
    "attempt": _words("attempt, attempt number, versuch, tentative, intento"),
    "apart": _words(
        "state, status, score, total score, total points, max points, points, comment, comments, feedback, group, "
        "groups, institution, department, section, sections, section id, section sis id, n correct, n incorrect, "
        "points possible, integration id, root account, submission id, lateness, lateness (h:m:s), view count, "
        "submission count, time taken, quiz feedback, grade posted time, last modified time, language, last "
        "downloaded from this course, percent, grade, kurs, gruppe, course, verbrauchte zeit, abteilung, institut, "
        "punkte, bemerkung, statut, temps utilisé, note, commentaires, estado, tiempo requerido, calificación, "
        "comentarios, grupo, groupe, cours, curso"
    ),
}
_APART = re.compile(
    r"(?:grade|bewertung|note|calificación)/.*|(?:points|feedback) .+|.*\[(?:score|feedback)\]"
    r"|(?:right answer|richtige antwort|bonne réponse|respuesta correcta) \d+"
    r"|q \d+ ?/.*|[0-9]+(?:[.,][0-9]+)?|.*\((?:real|percentage|letter)\)|(?:current|final|unposted).* (?:score|grade)"
)
_QUESTION = re.compile(r"(?:question|frage|pregunta) \d+")
_RESPONSE = re.compile(r"(?:response|antwort|réponse|respuesta) \d+")
_NUMBER = re.compile(r"\s*(?:\d+\s*:\s+|\d+\s*[.)]\s+)")
_WORTH = re.compile(r"\s*\((?:\d+(?:[.,]\d+)?\s*)(?:pts?|points?|punkte?|p)\.?\)\s*$", re.IGNORECASE)
_END = re.compile(r"\s*[:?*]+\s*$")

_PROGRAMS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Gradescope", _words("sid, submission id")),
    ("Gradescope", _words("sid, total score")),
    ("Canvas", _words("name, id, sis id, section")),
    ("Canvas", _words("student, id, section, sis login id")),
    ("Canvas", _words("student, id, section, sis user id")),
    ("Microsoft Forms", _words("id, start time, completion time")),
    ("Microsoft Forms", _words("id, startzeit, fertigstellungszeit")),
    ("Google Forms", _words("timestamp")),
    ("Google Forms", _words("zeitstempel")),
    ("Google Forms", _words("horodateur")),
    ("Google Forms", _words("marca temporal")),
)
_MOODLE = ("grade/", "bewertung/", "note/", "calificación/", "last downloaded from this course")
NO_STUDENTS = frozenset(
    {"points possible", "overall average", "gesamtdurchschnitt", "moyenne générale", "promedio general"}
)
"""What stands in the place of a student in rows that are about the class."""


def program_of(titles: Sequence[str]) -> str:
    """The program whose headings these are, folded; nothing if it is none that is known."""
    if any(title.startswith(_MOODLE) for title in titles):
        return "Moodle"
    there = set(titles)
    return next((name for name, signs in _PROGRAMS if signs <= there), "")


def roles_of(titles: Sequence[str]) -> list[ColumnRole | None]:
    """What each column holds by its folded title; None where that is not known. ``apart`` is what is no answer."""
    asked_beside = any(_RESPONSE.fullmatch(title) for title in titles)  # Moodle: each question's text stands there too
    return ["apart" if asked_beside and _QUESTION.fullmatch(title) else role_of(title) for title in titles]


def role_of(title: str) -> ColumnRole | None:
    """What a column of this folded title holds."""
    found = next((role for role, words in _WORDS.items() if title in words), None)
    return found or ("apart" if _APART.fullmatch(title) else None)


def bare(title: str) -> str:
    """A title without what programs put around a question: its number, what it is worth, a last colon."""
    return _END.sub("", _WORTH.sub("", _NUMBER.sub("", title, count=1))).strip()
