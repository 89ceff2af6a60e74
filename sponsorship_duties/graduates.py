"""Find the CAS of graduates: those to choose from, and those of a pasted list (specification, section 8)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db.models import Exists, OuterRef

from cas.finding.meant import index
from cas.keys import text_key
from cas.lifecycle import CASStatus, Outcome
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from licences.models import User
from sms.core import clock
from sms.core.ids import ids_in
from sms.core.refused import Refused
from sponsorship_duties import refusals
from sponsorship_duties.models import Activity
from sponsorship_duties.models.graduating import why_not_notify_each

LOOKED_BACK, LOOKED_AHEAD = relativedelta(months=12), relativedelta(months=1)  # of the course end, unless users ask
BETWEEN = re.compile(r"[\n\r\t,;]+")

# Rows of a long list have only the columns that the rules and the pages read.
COLUMNS = ("status", "outcome", "number", "family_name", "given_names", "applicant_key", "course_title")


def to_notify(user: User, *, since: date | None = None, until: date | None = None, course_id: str = "") -> CASQuerySet:
    """Return the CAS about which a graduate notification can be made, the last end of a course first.

    `since` and `until` limit the course end date. Without them, the courses ended in the last 12 months, or end within
    a month.
    """
    today = clock.today()
    rows = CAS.objects.for_user(user).filter(
        number__isnull=False,  # lets SQLite use a partial index
        status=CASStatus.USED,
        outcome=Outcome.GRANTED,
        course_end_date__gte=since or today - LOOKED_BACK,
        course_end_date__lte=until or today + LOOKED_AHEAD,
    )
    notified = Activity.objects.filter(cas=OuterRef("pk"), is_standing_graduation=True)
    found: CASQuerySet = rows.filter(~Exists(notified)).order_by("-course_end_date", "-pk")
    return found.filter(course_key=text_key(course_id)) if course_id else found


@dataclass(frozen=True)
class Left:
    """An entry that is not reported: the text that the user gave, if any, and the CAS that it means."""

    typed: str
    cas: CAS | None


@dataclass
class Graduates:
    """The CAS to report, and the entries left out, by the reason. `repeated` counts entries that were given again."""

    going: list[CAS] = field(default_factory=list)
    left: dict[str, list[Left]] = field(default_factory=dict)
    repeated: int = 0

    @property
    def seal(self) -> str:
        """Return a text that changes with the CAS to report, to compare what a user saw with what is reported."""
        return hashlib.sha256(" ".join(str(cas.pk) for cas in self.going).encode()).hexdigest()[:20]


def sorted_out(asked: Mapping[str, list[str]], user: User) -> Graduates:
    """Divide the selected CAS, or those of a pasted list, into those to report and those left out."""
    if "cas" in asked:
        rows = CAS.objects.for_user(user).filter(pk__any_of=ids_in(asked["cas"]), number__isnull=False)
        return _divided(("", cas) for cas in rows.only(*COLUMNS).order_by("family_key", "given_key", "pk"))
    return _divided(_meant(entries_of(asked["typed"][0]), user))


def entries_of(text: str) -> list[str]:
    """Return the entries of a list: one on each line, or separated by commas, semicolons or tabs."""
    return list(filter(None, map(str.strip, BETWEEN.split(text))))


def _divided(entries: Iterable[tuple[str, CAS | Refused]]) -> Graduates:
    entries, found = list(entries), Graduates()
    each = {cas.pk: cas for _, cas in entries if isinstance(cas, CAS)}
    reasons = {cas.pk: refused for cas, refused in why_not_notify_each(each.values())}
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


def _meant(entries: list[str], user: User) -> Iterator[tuple[str, CAS | Refused]]:
    """Yield each entry with the CAS that it means, or why it means none.

    An entry that means none may be several, separated by spaces. The spaces inside a CAS number do not count.
    """
    find = index([*entries, *(word for entry in entries for word in entry.split())], user, COLUMNS)

    def look_up(text: str) -> CAS | Refused | None:
        return _of_applicant(find(text))

    for entry in entries:
        words = {word: look_up(word) for word in entry.split()}
        if (whole := look_up(entry)) or not any(words.values()):
            yield entry, whole or refusals.GRADUATE_NOT_FOUND()
        else:
            yield from ((word, found or refusals.GRADUATE_NOT_FOUND()) for word, found in words.items())


def _of_applicant(cas_list: list[CAS]) -> CAS | Refused | None:
    """Return the CAS that a text means: the only one that was granted, or else the newest."""
    granted = [cas for cas in cas_list if (cas.status, cas.outcome) == (CASStatus.USED, Outcome.GRANTED)]
    if len(granted) > 1:
        return refusals.GRADUATE_OF_SEVERAL_CAS()
    return next(iter(granted or cas_list[-1:]), None)
