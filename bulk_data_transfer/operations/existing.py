"""Records that exist already: the same applicant and the same course, in the file or among the sponsor's CAS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from bulk_data_transfer import refusals
from bulk_data_transfer.models import Upload, UploadRow
from bulk_data_transfer.records import Remark
from cas.keys import matches_nothing, text_key
from cas.lifecycle import CASStatus
from cas.models import CAS
from cas.models.values import key_of

COMPARED = (
    *("applicant_id", "passport_number", "family_name", "given_names", "date_of_birth"),
    *("course_title", "course_id", "course_start_date"),
)
ENDED = (CASStatus.WITHDRAWN, CASStatus.CANCELLED, CASStatus.EXPIRED, CASStatus.OBSOLETE)

AT_A_TIME = 500  # records

Identity = tuple[str, ...]


def applicant(values: Mapping[str, Any]) -> Identity:
    """Return who a record is about: the Applicant ID; or else the passport; or else the names and the date of birth."""
    if applicant_id := key_of("applicant_key", values):
        return "applicant_key", applicant_id
    if (passport := key_of("passport_key", values)) and not matches_nothing(passport):
        return "passport_key", passport
    names = (key_of("family_key", values), key_of("given_key", values))
    return "family_key", *names, str(values.get("date_of_birth") or "")


def course(values: Mapping[str, Any]) -> Identity:
    """Return which course a record is about: its title, its Course ID and its start date."""
    start = str(values.get("course_start_date") or "")
    return text_key(values.get("course_title") or ""), key_of("course_key", values), start


class Seen:
    """The records of a file so far, and the CAS of the sponsor."""

    def __init__(self, licence_id: int) -> None:
        self.licence_id = licence_id
        self.numbers: dict[bytes, int] = {}  # by a digest, which takes less memory than the texts
        self.places: dict[int, str] = {}

    def mark(self, rows: Sequence[UploadRow]) -> None:
        """Mark the rows that exist already. Three statements find them for any number of rows."""
        who = {row.number: applicant(row.details) for row in rows}
        existing = self._existing(set(who.values()))
        for row in rows:
            key = (*who[row.number], *course(row.details))
            first = self.numbers.setdefault(_digest(key), row.number)
            row.twin_of = first if first != row.number else None
            row.duplicate_of = existing.get(key)
            row.is_duplicate = bool(row.twin_of or row.duplicate_of)

    def warn(self, rows: Sequence[UploadRow]) -> None:
        """Add a warning to each row that is marked."""
        self.places |= {row.number: row.place for row in rows}
        for row in rows:
            if row.duplicate_of:
                row.warnings.append(vars(Remark.of(refusals.EXISTS_ALREADY(), place=row.place)))
            elif row.twin_of:
                twice = refusals.TWICE_IN_THE_FILE(place=self.places[row.twin_of])
                row.warnings.append(vars(Remark.of(twice, place=row.place)))

    def _existing(self, people: set[Identity]) -> dict[Identity, int]:
        """Return the newest CAS for each applicant and course, by both."""
        found: dict[Identity, int] = {}
        for pk, values in self._candidates(people):
            found[*applicant_by(values, people), *course(values)] = pk
        return found

    def _candidates(self, people: set[Identity]) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for column in ("applicant_key", "passport_key", "family_key"):
            wanted = sorted({person[1] for person in people if person[0] == column})
            if wanted:
                rows = CAS.objects.filter(licence=self.licence_id, **{f"{column}__any_of": wanted})
                for row in rows.exclude(status__in=ENDED).order_by("pk").values("pk", *COMPARED):
                    yield row.pop("pk"), row


def _digest(key: Identity) -> bytes:
    return blake2b(repr(key).encode(), digest_size=16).digest()


def applicant_by(values: Mapping[str, Any], people: set[Identity]) -> Identity:
    """Return which of `people` a CAS is about. A record without an Applicant ID can be about a CAS that has one."""
    ways = (
        values,
        {**values, "applicant_id": ""},
        {**values, "applicant_id": "", "passport_number": ""},
    )
    return next((person for person in map(applicant, ways) if person in people), ())


def mark_again(upload: Upload, outcomes: Sequence[str]) -> None:
    """Mark the records of these outcomes again: since the check, CAS were perhaps created, changed or deleted.

    Of records that are the same, only one with such an outcome counts as the first.
    """
    seen, last = Seen(upload.sponsor.pk), 0
    mine = UploadRow.objects.filter(upload=upload, outcome__in=outcomes).order_by("number")
    while rows := list(mine.filter(number__gt=last)[:AT_A_TIME]):
        before = {row.number: (row.twin_of, row.duplicate_of) for row in rows}
        seen.mark(rows)
        changed = [row for row in rows if before[row.number] != (row.twin_of, row.duplicate_of)]
        UploadRow.objects.bulk_update(changed, ["is_duplicate", "duplicate_of", "twin_of"])
        last = rows[-1].number
