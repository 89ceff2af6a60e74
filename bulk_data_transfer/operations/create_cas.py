"""Creating CAS from a file. The file becomes a batch; nothing is assigned by a file (specification, section 11)."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Count, QuerySet

from bulk_data_transfer import refusals
from bulk_data_transfer.answers import Answers
from bulk_data_transfer.models import Outcome, Result, Upload, UploadRow, Which
from bulk_data_transfer.models.upload_row import mark_done
from bulk_data_transfer.operations.existing import Seen, mark_again
from bulk_data_transfer.records import Record, Remark
from cas import refusals as of_cas
from cas.columns import full_name
from cas.details import fields
from cas.models import CAS, Batch, Rule
from cas.models.values import checked, filled
from licences.models import User
from licences.models.event import plain
from licences.routes import Route
from sms.core.refused import Refused
from sms.core.values import Invalid

TO_COMPLETE = "{name} – to complete"
AT_A_TIME = 500  # records
LONGEST_NAME = 200  # characters of a name that an `UploadRow` keeps


class Check:
    """A check of the records of an upload, by the rules of today."""

    def __init__(self, upload: Upload) -> None:
        self.route = Route(upload.route)
        self.rules = Rule.objects.on()
        self.sponsor_status = upload.sponsor.sponsor_status
        self.limits = self.rules.limits(self.sponsor_status)
        self.answers = Answers.of(upload)
        self.seen = Seen(upload.sponsor.pk)
        self.upload = upload

    def __call__(self, records: Sequence[Record]) -> list[UploadRow]:
        """Return what becomes of each record. A thousand records take as many statements as ten."""
        rows = [self._row(record) for record in records]
        possible = [row for row in rows if row.outcome != Outcome.REJECTED]
        self.seen.mark(possible)
        self.seen.warn(possible)
        return rows

    def _row(self, record: Record) -> UploadRow:
        faults, warnings = list(record.faults), list(record.warnings)
        given = {**self.answers.for_record(record), **record.given}
        faults += self._of_another_route(record)
        warnings += self._leave_out(record, given)
        details, errors = checked({**given, "route": self.route})
        for name, sentence in errors.items():
            value = record.given.get(name, "")
            refused = of_cas.FIELD_INVALID(error=sentence)
            faults.append(Remark.of(refused, place=record.places.get(name, record.place), field=name, value=value))
        row = UploadRow(upload_id=self.upload.pk, number=record.number, place=record.place, outcome=Outcome.REJECTED)
        if faults:
            row.applicant_id, row.name = _text(given, "applicant_id"), _name(given)
        else:
            missing = fields.missing(details, self.limits)
            row.outcome = Outcome.INCOMPLETE if missing else Outcome.GOOD
            row.details = {name: plain(value) for name, value in filled(details).items()}
            row.applicant_id, row.name = details["applicant_id"], _name(details)
            warnings += [self._missing(field.name, record.place) for field in missing]
            warnings += self._warned(details, record)
        row.faults, row.warnings = [vars(each) for each in faults], [vars(each) for each in warnings]
        return row

    def _of_another_route(self, record: Record) -> Iterator[Remark]:
        """Yield the fault of a record whose route is not the route of the file, or is no route."""
        given = record.given.get("route", "")
        try:
            route = fields.BY_NAME["route"].checked(given) or self.route
        except Invalid as invalid:
            refused = of_cas.FIELD_INVALID(error=str(invalid))
        else:
            if route == self.route:
                return
            refused = refusals.ANOTHER_ROUTE(route=Route(route).label)
        yield Remark.of(refused, place=record.places.get("route", record.place), field="route", value=given)

    def _leave_out(self, record: Record, given: dict[str, Any]) -> Iterator[Remark]:
        """Take out the values that do not apply to the route. No and 0 give no warning: a schema may demand them."""
        for name in list(given):
            field = fields.BY_NAME.get(name)
            if field and field.applies and field.applies != self.route and (value := given.pop(name)):
                refused = refusals.DOES_NOT_APPLY(subject=field.subject, route=self.route.label)
                yield Remark.of(refused, place=record.places.get(name, record.place), field=name, value=value)

    def _missing(self, name: str, place: str) -> Remark:
        refused = of_cas.FIELD_MISSING(field=fields.BY_NAME[name].subject)
        return Remark.of(refused, place=place, field=name)

    def _warned(self, details: Mapping[str, Any], record: Record) -> Iterator[Remark]:
        for warning in fields.warnings(details, self.rules, sponsor_status=self.sponsor_status):
            refused = refusals.WARNED(warning=warning.sentence.rstrip("."))
            name = warning.field.name
            yield Remark.of(refused, place=record.places.get(name, record.place), field=name)


def _text(given: Mapping[str, Any], name: str) -> str:
    return str(given.get(name) or "")[:100]


def _name(given: Mapping[str, Any]) -> str:
    return full_name(_text(given, "family_name"), _text(given, "given_names"))[:LONGEST_NAME]


def load(upload: Upload, *, by: User) -> dict[str, int]:
    """Create the CAS of a checked upload, within the caller's transaction. Return how many, by result.

    The details are checked again, by today's rules: a record that is no longer possible is left out and named. Raises
    `Refused`, so that nothing is created, if there is nothing to import, or if all records had to be good.
    """
    outcomes = [Outcome.GOOD, *([Outcome.INCOMPLETE] if upload.which == Which.INCOMPLETE_TOO else [])]
    mark_again(upload, outcomes)
    going = UploadRow.objects.to_import(upload, outcomes)
    sorting = _Sorting(upload)
    for rows in _parts(going):
        if ready := sorting.ready(rows):
            upload.batch = upload.batch or Batch.objects.add(upload.batch_name, route=upload.route, by=by)
            _create(upload, upload.batch, ready, by=by)
    if not sorting.has_any:
        raise refusals.NOTHING_TO_IMPORT()
    if sorting.no_longer and upload.which == Which.ALL_OR_NONE:
        raise refusals.NOT_ALL_GOOD(number=len(sorting.no_longer))
    if sorting.incomplete:
        name = TO_COMPLETE.format(name=upload.batch_name) if upload.batch else upload.batch_name
        upload.incomplete_batch = Batch.objects.add(name, route=upload.route, by=by)
        for rows in _parts(going, among=sorting.incomplete):
            incomplete = {number: checked(stored)[0] for number, stored in rows}
            _create(upload, upload.incomplete_batch, incomplete, by=by)
    mine = UploadRow.objects.filter(upload=upload)
    mine.filter(number__any_of=sorting.no_longer).update(result=Result.NO_LONGER)
    mine.filter(result="", is_duplicate=True, outcome__in=outcomes).update(result=Result.DUPLICATE)
    mine.filter(result="").update(result=Result.LEFT_OUT)
    return {"ready": sorting.number_ready, "incomplete": len(sorting.incomplete), **_left(upload)}


class _Sorting:
    """Sort the records of an upload by the rules of today, and keep the numbers of those that are not ready."""

    def __init__(self, upload: Upload) -> None:
        self.limits = Rule.objects.limits_for(upload.sponsor)
        self.takes_incomplete = upload.which == Which.INCOMPLETE_TOO
        self.number_ready = 0
        self.incomplete: list[int] = []
        self.no_longer: list[int] = []

    @property
    def has_any(self) -> bool:
        return bool(self.number_ready or self.incomplete or self.no_longer)

    def ready(self, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> dict[int, Mapping[str, Any]]:
        """Return the details of the records that are ready, by number."""
        found: dict[int, Mapping[str, Any]] = {}
        for number, stored in rows:
            details, errors = checked(stored)
            if not errors and not fields.missing(details, self.limits):
                found[number] = details
            elif errors or not self.takes_incomplete:
                self.no_longer.append(number)
            else:
                self.incomplete.append(number)
        self.number_ready += len(found)
        return found


def _parts(
    rows: QuerySet[UploadRow], among: Sequence[int] | None = None
) -> Iterator[Sequence[tuple[int, Mapping[str, Any]]]]:
    """Yield the numbers and the details of these rows, some hundred at a time, so that memory stays flat."""
    last = 0
    while True:
        later = rows.filter(number__gt=last)
        if among is not None:
            place = bisect(among, last)
            later = later.filter(number__any_of=among[place : place + AT_A_TIME])
        part = list(later.values_list("number", "details")[:AT_A_TIME])
        if not part:
            return
        yield part
        last = part[-1][0]


def _create(upload: Upload, batch: Batch, many: Mapping[int, Mapping[str, Any]], *, by: User) -> None:
    agent = Answers.of(upload).agent_id
    made = CAS.objects.add_many([*many.values()], route=upload.route, by=by, batch=batch, agent=agent)
    mark_done(upload, dict(zip(many, made, strict=True)))


def _left(upload: Upload) -> dict[str, int]:
    left = UploadRow.objects.filter(upload=upload).exclude(result=Result.DONE).order_by("result")
    counted = dict(left.values_list("result").annotate(Count("pk")))
    results = (Result.DUPLICATE, Result.LEFT_OUT, Result.NO_LONGER)
    return {result.value.lower(): counted.get(result.value, 0) for result in results}


def why_not(upload: Upload) -> Refused | None:
    """Return why the CAS of this upload cannot be created now; None if they can."""
    return upload.sponsor.why_not_save(upload.route) if upload.route else None
