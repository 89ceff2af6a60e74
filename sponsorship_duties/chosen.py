"""CAS that a user selected in a list or pasted: divide them into those to report and those left out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cas.columns import IDENTITY
from cas.duties import REPORT
from cas.finding.meant import index
from cas.models import CAS
from licences.models import User
from sms.core.ids import ids_in
from sms.core.refused import Refusal, Refused
from sponsorship_duties import refusals

BETWEEN = re.compile(r"[\n\r\t,;]+")

# Rows of a long list have only the columns that the rules and the pages read.
COLUMNS = (
    "status",
    "outcome",
    "number",
    "family_name",
    "given_names",
    *IDENTITY,
    "applicant_key",
    "course_title",
    "course_start_date",
    "route",
    "licence_id",
)


@dataclass(frozen=True)
class Way:
    """A way to report about many CAS.

    `why_not_each` is its rule. An Applicant ID of several CAS means the only one that is `possible`; `several` refuses
    it if there are more.
    """

    possible: Callable[[CAS], bool]
    why_not_each: Callable[[Iterable[CAS]], Iterable[tuple[CAS, Refused | None]]]
    several: Refusal


ANY_REPORT = Way(lambda cas: cas.status in REPORT.statuses, REPORT.why_not_each, refusals.SEVERAL_CAS_TO_REPORT)


@dataclass(frozen=True)
class Left:
    """An entry that is not reported: the text that the user gave, if any, and the CAS that it means."""

    typed: str
    cas: CAS | None


@dataclass
class Chosen:
    """The CAS to report, and the entries left out, by the reason. `repeated` counts entries that were given again."""

    going: list[CAS] = field(default_factory=list)
    left: dict[str, list[Left]] = field(default_factory=dict)
    repeated: int = 0

    @property
    def seal(self) -> str:
        """Return a text that changes with the CAS to report, to compare what a user saw with what is reported."""
        return seal(self.going)


def seal(cas_list: Iterable[CAS]) -> str:
    return hashlib.sha256(" ".join(str(cas.pk) for cas in cas_list).encode()).hexdigest()[:20]


def divided(asked: Mapping[str, list[str]], user: User, way: Way) -> Chosen:
    """Divide the selected CAS, or those of a pasted list, into those to report and those left out."""
    if "cas" in asked:
        rows = CAS.objects.for_user(user).filter(pk__any_of=ids_in(asked["cas"]))
        return _divided((("", cas) for cas in rows.only(*COLUMNS).order_by("family_key", "given_key", "pk")), way)
    return _divided(_meant(entries_of(asked["typed"][0]), user, way), way)


def entries_of(text: str) -> list[str]:
    """Return the entries of a list: one on each line, or separated by commas, semicolons or tabs."""
    return list(filter(None, map(str.strip, BETWEEN.split(text))))


def _divided(entries: Iterable[tuple[str, CAS | Refused]], way: Way) -> Chosen:
    entries, found = list(entries), Chosen()
    each = {cas.pk: cas for _, cas in entries if isinstance(cas, CAS)}
    reasons = {cas.pk: refused for cas, refused in way.why_not_each(each.values())}
    seen = set()
    for typed, meant in entries:
        cas = meant if isinstance(meant, CAS) else None
        refused = reasons[cas.pk] if cas else meant
        if (key := cas.pk if cas else typed) in seen:
            found.repeated += 1
        elif refused:
            found.left.setdefault(str(refused), []).append(Left(typed, cas))
        elif cas:
            found.going.append(cas)
        seen.add(key)
    return found


def _meant(entries: list[str], user: User, way: Way) -> Iterator[tuple[str, CAS | Refused]]:
    """Yield each entry with the CAS that it means, or why it means none.

    An entry that means none may be several, separated by spaces. The spaces inside a CAS number do not count.
    """
    find = index([*entries, *(word for entry in entries for word in entry.split())], user, COLUMNS)

    def look_up(text: str) -> CAS | Refused | None:
        return _of_applicant(find(text), way)

    for entry in entries:
        words = {word: look_up(word) for word in entry.split()}
        if (whole := look_up(entry)) or not any(words.values()):
            yield entry, whole or refusals.GRADUATE_NOT_FOUND()
        else:
            yield from ((word, found or refusals.GRADUATE_NOT_FOUND()) for word, found in words.items())


def _of_applicant(cas_list: list[CAS], way: Way) -> CAS | Refused | None:
    """Return the CAS that a text means: the only possible one, or else the newest."""
    possible = list(filter(way.possible, cas_list))
    if len(possible) > 1:
        return way.several()
    return next(iter(possible or cas_list[-1:]), None)
