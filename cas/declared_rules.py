"""The table of the rules that change by date: what each is called, and how its values are read and shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from cas.details.checks import SeveralCountries, country
from cas.details.countries import NATIONALITIES
from cas.rules import Lines, Rules
from sms.core import values
from sms.core.govuk import formats

START = date(2025, 4, 9)
"""The first day on which every rule has a value."""

HIGHEST_FEE = 10_000  # pounds
_SEPARATORS = re.compile(r"[,;\n]+")
_LINES_OF_A_BAND = re.compile(r"(?:pass\s*)?([^,;]*)(?:[,;]\s*(?:green\s*)?([^,;]*))?", re.IGNORECASE)


@dataclass(frozen=True)
class DeclaredRule:
    """A rule. Its `name` is that of a field of `Rules`; `first` are the values that a new database starts with.

    `read` takes a value as typed or as stored, and returns it as JSON stores it. It raises `values.Invalid`.
    """

    name: str
    label: str
    hint: str
    first: Mapping[date, Any]
    read: Callable[[object, str], Any]
    show: Callable[[Any], str]
    can_be_empty: bool = False

    def checked(self, value: object) -> Any:
        """Return `value` as it is stored. Raises `values.Invalid` with a sentence that is fit to show."""
        if values.is_blank(value) and not self.can_be_empty:
            raise values.Invalid("Enter the new value")
        return self.read(value, self.label)


def rules_of(day: date, stored: Mapping[str, Any]) -> Rules:
    """Return the rules of `day` from stored values by name. Raises `KeyError` for a rule without a value."""
    found: dict[str, Any] = {name: stored[name] for name in BY_NAME}
    found["visa_brake"] = frozenset(found["visa_brake"])
    for name in BANDS:
        found[name] = Lines(*(line and Fraction(line) for line in (found[name]["pass"], found[name]["green"])))
    return Rules(day=day, **found)


def _fee(value: object, label: str) -> int:
    """Return pence: text holds pounds, as typed, and a number is pence already."""
    if isinstance(value, str):
        value = int(values.money(value, label, most=Decimal(HIGHEST_FEE)) * 100)
    if value == 0:
        raise values.Invalid(f"{label} must be more than £0")
    return values.number(value, label, least=1, most=HIGHEST_FEE * 100)


def _nationalities(value: object, label: str) -> list[str]:
    """Return codes in alphabetical order, from a list of codes or from text that holds codes or names."""
    typed = value if isinstance(value, list) else _SEPARATORS.split(values.text(value, label, is_long=True))
    return sorted({_nationality(part, label) for part in typed if not values.is_blank(part)})


def _nationality(value: object, label: str) -> str:
    try:
        return country(value, label, codes=NATIONALITIES)
    except SeveralCountries:
        raise
    except values.Invalid:  # its sentence speaks of a list, which this form does not show
        raise values.Invalid(f"{label}: “{str(value).strip()[:50]}” is not a nationality or its code") from None


def _show_nationalities(codes: list[str]) -> str:
    return ", ".join(NATIONALITIES.get(code, code) for code in codes) or "None"


def _per_cent(name: str, label: str, first: int, hint: str = "") -> DeclaredRule:
    read = partial(values.number, least=1, most=100)
    hint = f"{hint} A whole number of per cent, from 1 to 100".strip()
    return DeclaredRule(name, label, hint, {START: first}, read, lambda value: f"{value}%")


def _lines(value: object, label: str, *, is_of_failures: bool = False) -> dict[str, str | None]:
    """Return the pass line and the green line, which may be None, from a stored value or from text such as "5, 4".

    A rate of failures is green below its pass line, and other rates above it.
    """
    if isinstance(value, dict):
        typed = [value.get("pass"), value.get("green")]
    else:
        found = _LINES_OF_A_BAND.fullmatch(values.text(value, label).replace("%", ""))
        if found is None:
            raise values.Invalid(f"{label}: enter the pass line and perhaps the green line, such as 5, 4")
        typed = list(found.groups())
    passing, green = (None if values.is_blank(line) else _line(line, label) for line in typed)
    if passing is None:
        raise values.Invalid(f"{label}: enter the pass line first, such as 5, 4")
    if green is not None and (green > passing if is_of_failures else green < passing):
        raise values.Invalid(
            f"{label}: the green line must not be {'above' if is_of_failures else 'below'} the pass line"
        )
    return {"pass": f"{passing:f}", "green": None if green is None else f"{green:f}"}


def _line(value: object, label: str) -> Decimal:
    line = values.decimal(value, f"{label}: a line", most=100)
    return line.normalize() if line else Decimal(0)


def _show_lines(sign: str, lines: dict[str, str | None]) -> str:
    green = f", green {sign} {lines['green']}%" if lines["green"] else ", no green line"
    return f"Pass {sign} {lines['pass']}%{green}"


def _bands(name: str, label: str, first: Mapping[date, Any], *, is_of_failures: bool = False) -> DeclaredRule:
    """Return the rule for the bands of a rate of the Basic Compliance Assessment."""
    hint = (
        "In per cent: the pass line, a comma, and the green line, as 5, 4. Leave out the green line if there is none. "
        "While no rate has a green line, the assessment has no colours"
    )
    read = partial(_lines, is_of_failures=is_of_failures)
    return DeclaredRule(name, label, hint, first, read, partial(_show_lines, "<" if is_of_failures else ">="))


def _age(name: str, label: str, first: int) -> DeclaredRule:
    read = partial(values.number, least=1, most=100)
    return DeclaredRule(name, label, "In years", {START: first}, read, lambda value: f"{value} years")


RULES = (
    DeclaredRule(
        "fee_pence",
        "Fee for each CAS",
        "In pounds, as 61 or 61.50. Orders keep the fee they were opened with",
        {START: 5500},
        _fee,
        formats.pounds,
    ),
    _per_cent(
        "placement_most_at_track_record",
        "Work placement limit, Track Record",
        50,
        "For courses at RQF 6 and above of a Student Sponsor – Track Record.",
    ),
    _per_cent("placement_most_elsewhere", "Work placement limit", 33, "For all other courses and sponsors."),
    _per_cent("remote_warned", "Remote delivery limit", 20),
    _per_cent("remote_most", "Remote delivery limit with permission", 40),
    DeclaredRule(
        "visa_brake",
        "Visa brake nationalities",
        "For the Student route. Codes or names, with commas between them. Leave empty if there are none",
        {START: [], date(2026, 3, 26): ["AFG", "CMR", "MMR", "SDN"]},
        _nationalities,
        _show_nationalities,
        can_be_empty=True,
    ),
    _age("student_least_age", "Minimum age, Student route", 16),
    _age("child_least_age", "Minimum age, Child Student route", 4),
    _age("child_most_age", "Maximum age, Child Student route", 17),
    _age("child_least_age_alone", "Minimum age for work and living alone, Child Student route", 16),
    _bands(
        "refusal_bands",
        "Compliance: refusal rate",
        {START: {"pass": "10", "green": None}, date(2026, 6, 1): {"pass": "5", "green": "4"}},
        is_of_failures=True,
    ),
    _bands(
        "enrolment_bands",
        "Compliance: enrolment rate",
        {START: {"pass": "90", "green": None}, date(2026, 6, 1): {"pass": "95", "green": "96"}},
    ),
    _bands(
        "completion_bands",
        "Compliance: completion rate",
        {START: {"pass": "85", "green": None}, date(2027, 6, 1): {"pass": "90", "green": "92"}},
    ),
)

BANDS = ("refusal_bands", "enrolment_bands", "completion_bands")
"""The rules with the lines of the Basic Compliance Assessment."""

BY_NAME: Mapping[str, DeclaredRule] = {rule.name: rule for rule in RULES}
