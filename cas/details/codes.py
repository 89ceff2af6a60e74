"""Dated code lists: the academic levels, English tests and reasons of the Home Office's files, with names for people.

A form offers a code from the day `from_on` to the day `until`. A code that is no longer offered is still read, kept and
shown. Source of the levels: Home Office BDT reference data, version 16 of 31 July 2023.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from licences.routes import Route

VERSION_16 = date(2023, 7, 31)
"""The day of version 16 of the reference data, which announces that some codes will be removed."""


@dataclass(frozen=True)
class Code:
    """A code of a list. `only` is the route that it is offered for, if it is not offered for both."""

    code: str
    name: str
    from_on: date | None = None
    until: date | None = None
    only: Route | None = None

    def is_offered(self, day: date, route: str = "") -> bool:
        """Return whether a form for this route offers the code on `day`."""
        if self.only and route and route != self.only:
            return False
        return (self.from_on is None or self.from_on <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Level(Code):
    """An academic level. `rqf` is its equal in the Regulated Qualifications Framework.

    `rqf` is 0 for a level of English (Common European Framework of Reference), and 2 for all levels below RQF 3.
    """

    rqf: int = 0
    is_research: bool = False

    @property
    def is_cefr(self) -> bool:
        """Return whether this is a level of English."""
        return self.rqf == 0


CEFR = ("A2", "B1", "B2", "C1", "C2")
"""The levels of English, the lowest first."""


def _rqf(number: int, *, is_research: bool = False) -> Level:
    name = f"RQF level {number}{' – Research' * is_research}"
    return Level(f"RQF{number}{'_RE' * is_research}", name, rqf=number, is_research=is_research)


def _scqf(number: int, rqf: int, *, is_research: bool = False) -> Level:
    name = f"SCQF level {number}{' – Research' * is_research}"
    return Level(f"SCQF{number}{'_RE' * is_research}", name, rqf=rqf, is_research=is_research)


def _qcf(number: int, suffix: str = "", words: str = "") -> Level:
    name = f"QCF or NQF level {number}{words}"
    return Level(f"QCF_NQF{number}{suffix}", name, until=VERSION_16, rqf=number, is_research=suffix == "_RE")


LEVELS: tuple[Level, ...] = (
    Level("BELOW_RQF3", "Below RQF level 3 (National Curriculum or GCSE)", only=Route.CHILD_STUDENT, rqf=2),
    *map(_rqf, range(3, 8)),
    _rqf(7, is_research=True),
    _rqf(8),
    _rqf(8, is_research=True),
    *(_scqf(number, rqf) for number, rqf in ((6, 3), (7, 4), (8, 5), (9, 6), (10, 6), (11, 7))),
    _scqf(11, 7, is_research=True),
    _scqf(12, 8),
    _scqf(12, 8, is_research=True),
    *(Level(level, f"CEFR {level} (English or pre-sessional course)") for level in CEFR),
    *map(_qcf, range(3, 8)),
    _qcf(7, "_RE", " – Research"),
    _qcf(8),
    _qcf(8, "_RE", " – Research"),
    _qcf(8, "DES", " – doctorate extension scheme"),
    Level("SCQF12DES", "SCQF level 12 – doctorate extension scheme", until=VERSION_16, rqf=8),
)

LEVEL_BY_CODE = {level.code: level for level in LEVELS}

SELT_REASONS = (
    Code("ENG_COUNTRY", "National of a majority English-speaking country"),
    Code("HEI", "Assessed by the higher education institution"),
    Code("ENG_DEGREE", "Degree taught in English"),
    Code("ENG_VISA", "Requirement met in an earlier successful application"),
    Code("T4SWITCH", "Was a Child Student"),
    Code("USA_HEI", "Study abroad as part of a degree in the United States"),
    Code("GIFTED", "Gifted student"),
    Code("UK_SCHOOL", "Qualification in English gained at a school in the UK"),  # ours: schema v2.1 has none
)

SELT_PROVIDERS = (
    Code("IELTS", "IELTS SELT Consortium"),
    Code("LANGCRT", "LanguageCert"),
    Code("PEARSON", "Pearson"),
    Code("PSI", "PSI"),
    Code("TCLUK", "Trinity College London"),
)

ENGLISH_LEVELS = tuple(Code(level, f"CEFR {level}") for level in CEFR)


def codes_of(levels: Iterable[Level]) -> tuple[str, ...]:
    """Return the codes of these levels, for a condition on a field."""
    return tuple(level.code for level in levels)


BELOW_RQF_6 = codes_of(level for level in LEVELS if level.rqf < 6)
"""The levels below a degree, and the levels of English."""

FROM_RQF_6 = codes_of(level for level in LEVELS if level.rqf >= 6)
FROM_RQF_7 = codes_of(level for level in LEVELS if level.rqf >= 7)


def rqf(level: object) -> int:
    """Return the equal RQF level of a level's code; 0 for a level of English and for no level."""
    found = LEVEL_BY_CODE.get(str(level))
    return found.rqf if found else 0
