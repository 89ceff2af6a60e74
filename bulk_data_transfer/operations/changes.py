"""Changing CAS that exist: what the operations share that update fees, report activity or withdraw.

A record says by a CAS number or an Applicant ID which CAS it is about. The check asks the verb's own rule about each,
and the import asks it again, under a lock, before it calls the verb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bulk_data_transfer import refusals
from bulk_data_transfer.models import Outcome, Result, Upload, UploadRow, Which
from bulk_data_transfer.models.upload_row import mark_done
from bulk_data_transfer.records import Record, Remark
from cas import numbers
from cas import refusals as of_cas
from cas.finding.meant import index, number_in
from cas.keys import passport_key
from cas.models import CAS
from licences.models import User
from sms.core.refused import Refused

Values: TypeAlias = dict[str, Any]
Reader: TypeAlias = Callable[[Record, CAS], tuple[Values, list[Remark], list[Remark]]]
Answers: TypeAlias = Mapping[CAS, Refused | None]
Warnings: TypeAlias = Mapping[CAS, Sequence[Refused]]


@dataclass(frozen=True)
class Made:
    """The effect of a change: why it `refused` some CAS after all, by id; and `more` totals, by name."""

    refused: Mapping[int, Refused] = field(default_factory=dict)
    more: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A change of existing CAS. Its values are dictionaries that JSON can hold.

    `reader` returns, for an upload, the function that reads the values of a record for a CAS: it returns them with the
    faults and the warnings about them. `why_not` is the rule of the verb `make`. An Applicant ID of several CAS means
    the only one that is `possible` by its status. If the change is `by_number`, no Applicant ID means a CAS. `warn`
    returns warnings about values that the rule accepts.
    """

    possible: Callable[[CAS], bool]
    reader: Callable[[Upload], Reader]
    why_not: Callable[[Mapping[CAS, Values]], Answers]
    make: Callable[[Mapping[int, Values], User], Made | None]
    by_number: bool = False
    warn: Callable[[Mapping[CAS, Values]], Warnings] = lambda values: {}


class Check:
    """A check of the records of an upload, for the user `by`, by the rules of today."""

    def __init__(self, upload: Upload, by: User, change: Change) -> None:
        self.upload, self.by, self.change = upload, by, change
        self.read = change.reader(upload)
        self.places: dict[int, str] = {}  # by id of the CAS

    def __call__(self, records: Sequence[Record]) -> list[UploadRow]:
        """Return what becomes of each record. A thousand records take as many statements as ten."""
        texts = [text for record in records for text in _texts(record).values()]
        find = index(texts, self.by, by_applicant=not self.change.by_number)
        rows = {record.number: self._row(record) for record in records}
        wanted: dict[CAS, tuple[Record, UploadRow]] = {}
        for record in records:
            row = rows[record.number]
            try:
                cas = self._meant(record, find)
            except Refused as refused:
                row.faults.append(vars(Remark.of(refused, **_where(record))))
                continue
            row.cas_pk, row.name, row.applicant_id = cas.pk, cas.student_name, cas.applicant_id
            values, faults, warnings = self.read(record, cas)
            row.faults += map(vars, faults)
            row.warnings += map(vars, warnings)
            row.details = values
            if not row.faults:
                wanted[cas] = record, row
        answers = self.change.why_not({cas: row.details for cas, (_, row) in wanted.items()})
        for cas, (record, row) in wanted.items():
            row.faults += map(vars, _remarks(answers[cas], record))
        good = {cas: row.details for cas, (_, row) in wanted.items() if not row.faults}
        for cas, marks in self.change.warn(good).items():
            record, row = wanted[cas]
            row.warnings += [vars(Remark.of(mark, place=record.place)) for mark in marks]
        for row in rows.values():
            row.outcome = Outcome.REJECTED if row.faults else Outcome.GOOD
        return list(rows.values())

    def _row(self, record: Record) -> UploadRow:
        row = UploadRow(upload=self.upload, number=record.number, place=record.place)
        row.applicant_id = _texts(record).get("applicant_id", "")[:100]
        row.faults = [vars(each) for each in record.faults]
        row.warnings = [vars(each) for each in record.warnings]
        return row

    def _meant(self, record: Record, find: Callable[[str], list[CAS]]) -> CAS:
        """Return the CAS that a record is about. Raises `Refused`, in the same words for one of another sponsor."""
        texts = _texts(record)
        if not texts:
            raise refusals.NO_NUMBER_GIVEN() if self.change.by_number else refusals.NO_CAS_GIVEN()
        text = next(iter(texts.values()))
        if self.change.by_number and not number_in(text):
            raise refusals.NO_CAS_NUMBER()
        cas = _only(find(text), text, self.change.possible)
        applicant = passport_key(texts.get("applicant_id", ""))
        if applicant and cas.applicant_key and applicant != cas.applicant_key:
            raise refusals.ANOTHER_APPLICANT()
        if (place := self.places.setdefault(cas.pk, record.place)) != record.place:
            raise refusals.CAS_TWICE_IN_THE_FILE(place=place)
        return cas


def _texts(record: Record) -> dict[str, str]:
    """Return the texts that say which CAS a record is about, the best first."""
    given = {name: str(record.given.get(name) or "").strip() for name in ("number", "cas", "applicant_id")}
    return {name: text for name, text in given.items() if text}


def _where(record: Record) -> dict[str, str]:
    """Return the place, the field and the text that say which CAS a record is about."""
    name, text = next(iter(_texts(record).items()), ("", ""))
    return {"place": record.places.get(name, record.place), "field": "number", "value": text}


def _only(found: list[CAS], text: str, possible: Callable[[CAS], bool]) -> CAS:
    if not found:
        number = number_in(text)
        none = refusals.NO_CAS_FOUND()
        raise none.adding("The number looks mistyped.") if number and not numbers.is_checked(number) else none
    meant = list(filter(possible, found))
    if len(meant) > 1:
        raise refusals.SEVERAL_CAS_OF_APPLICANT()
    return (meant or found)[-1]


def _remarks(refused: Refused | None, record: Record) -> Iterator[Remark]:
    """Yield the remarks for a refusal of a verb: one about each wrong value."""
    if refused is None:
        return
    if not refused.errors:
        yield Remark.of(refused, place=record.place)
    for name, sentence in refused.errors.items():
        place, value = record.places.get(name, record.place), record.given.get(name, "")
        yield Remark.of(of_cas.FIELD_INVALID(error=sentence), place=place, field=name, value=value)


def load(upload: Upload, by: User, change: Change) -> dict[str, int]:
    """Change the CAS of a checked upload, within the caller's transaction. Return how many, by result.

    A record that the rule of the verb refuses by now is left out and named. Raises `Refused`, so that nothing is
    changed, if there is nothing to import, or if all records had to be good.
    """
    rows = list(UploadRow.objects.to_import(upload, [Outcome.GOOD]).order_by("number"))
    if not rows:
        raise refusals.NOTHING_TO_IMPORT()
    mine = CAS.objects.for_user(by).filter(pk__any_of=[row.cas_pk for row in rows]).order_by("id")
    held = {cas.pk: cas for cas in mine.select_related("licence").select_for_update(of=("self",))}
    found = {held[row.cas_pk]: row for row in rows if row.cas_pk in held}
    answers = change.why_not({cas: row.details for cas, row in found.items()})
    no_longer = {row: refusals.NO_CAS_FOUND() for row in rows if row.cas_pk not in held}
    no_longer |= {found[cas]: refused for cas, refused in answers.items() if refused}
    if no_longer and upload.which == Which.ALL_OR_NONE:
        raise refusals.NOT_ALL_GOOD(number=len(no_longer))
    going = {cas.pk: row for cas, row in found.items() if row not in no_longer}
    made = change.make({pk: row.details for pk, row in going.items()}, by) or Made()
    no_longer |= {going.pop(pk): refused for pk, refused in made.refused.items()}
    if made.refused and upload.which == Which.ALL_OR_NONE:
        raise refusals.NOT_ALL_GOOD(number=len(made.refused))
    mark_done(upload, {row.number: pk for pk, row in going.items()})
    _name(no_longer)
    left = UploadRow.objects.filter(upload=upload, result="").update(result=Result.LEFT_OUT)
    return {"done": len(going), "left_out": left, "no_longer": len(no_longer), **made.more}


def _name(no_longer: Mapping[UploadRow, Refused]) -> None:
    """Record which rows are no longer possible, and why."""
    for row, refused in no_longer.items():
        row.result = Result.NO_LONGER
        row.faults = [vars(each) for each in _remarks(refused, Record(row.number, row.place))]
    UploadRow.objects.bulk_update(no_longer, ["result", "faults"], batch_size=500)
