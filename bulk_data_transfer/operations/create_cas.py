"""Creating CAS from a file. The file becomes a batch; nothing is assigned by a file (specification, section 11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bulk_data_transfer import refusals
from bulk_data_transfer.answers import Answers
from bulk_data_transfer.models import Outcome, Result, Upload, UploadRow, Which
from bulk_data_transfer.models.upload_row import mark_done
from bulk_data_transfer.operations.existing import Seen
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

TO_COMPLETE = "{name} – to complete"
AT_A_TIME = 500  # records


class Check:
    """A check of the records of an upload, by the rules of today."""

    def __init__(self, upload: Upload) -> None:
        self.route = Route(upload.route)
        self.rules = Rule.objects.on()
        self.sponsor_status = upload.licence.sponsor_status
        self.limits = self.rules.limits(self.sponsor_status)
        self.answers = Answers.of(upload)
        self.seen = Seen(upload.licence_id)
        self.upload = upload

    def __call__(self, records: Sequence[Record]) -> list[UploadRow]:
        """Return what becomes of each record. A thousand records take as many statements as ten."""
        rows = [self._row(record) for record in records]
        self.seen.mark([row for row in rows if row.outcome != Outcome.REJECTED])
        return rows

    def _row(self, record: Record) -> UploadRow:
        faults, warnings = list(record.faults), list(record.warnings)
        given = {**self.answers.for_record(record), **record.given}
        if given.setdefault("route", self.route) != self.route:
            another = refusals.ANOTHER_ROUTE(route=Route(given["route"]).label)
            faults.append(Remark.of(another, place=record.place, field="route"))
        warnings += self._leave_out(record, given)
        details, errors = checked({**given, "route": self.route})
        for name, sentence in errors.items():
            value = record.given.get(name, "")
            refused = of_cas.FIELD_INVALID(error=sentence)
            faults.append(Remark.of(refused, place=record.places.get(name, record.place), field=name, value=value))
        row = UploadRow(upload=self.upload, number=record.number, place=record.place, outcome=Outcome.REJECTED)
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
    return full_name(_text(given, "family_name"), _text(given, "given_names"))


def load(upload: Upload, *, by: User) -> dict[str, int]:
    """Create the CAS of a checked upload, within the caller's transaction. Return how many, by result.

    The details are checked again, by today's rules: a record that is no longer possible is left out and named. Raises
    `Refused`, so that nothing is created, if there is nothing to import, or if all records had to be good.
    """
    outcomes = [Outcome.GOOD, *([Outcome.INCOMPLETE] if upload.which == Which.INCOMPLETE_TOO else [])]
    rows = list(UploadRow.objects.to_import(upload, outcomes).values_list("number", "details"))
    if not rows:
        raise refusals.NOTHING_TO_IMPORT()
    answers = Answers.of(upload)
    limits = Rule.objects.limits_for(upload.licence)
    ready: list[tuple[int, Mapping[str, Any]]] = []
    incomplete: list[tuple[int, Mapping[str, Any]]] = []
    no_longer: list[int] = []
    for number, stored in rows:
        details, errors = checked(stored)
        is_ready = not errors and not fields.missing(details, limits)
        if errors or not (is_ready or upload.which == Which.INCOMPLETE_TOO):
            no_longer.append(number)
        else:
            (ready if is_ready else incomplete).append((number, {**stored, "agent": answers.agent_id}))
    if no_longer and upload.which == Which.ALL_OR_NONE:
        raise refusals.NOT_ALL_GOOD(number=len(no_longer))
    if ready:
        upload.batch = Batch.objects.add(upload.batch_name, route=upload.route, by=by)
        _create(upload, upload.batch, ready, by=by)
    if incomplete:
        name = TO_COMPLETE.format(name=upload.batch_name) if ready else upload.batch_name
        upload.incomplete_batch = Batch.objects.add(name, route=upload.route, by=by)
        _create(upload, upload.incomplete_batch, incomplete, by=by)
    mine = UploadRow.objects.filter(upload=upload)
    mine.filter(number__any_of=no_longer).update(result=Result.NO_LONGER)
    mine.filter(result="", is_duplicate=True, outcome__in=outcomes).update(result=Result.DUPLICATE)
    mine.filter(result="").update(result=Result.LEFT_OUT)
    return {"ready": len(ready), "incomplete": len(incomplete), **_left(upload)}


def _create(upload: Upload, batch: Batch, rows: Sequence[tuple[int, Mapping[str, Any]]], *, by: User) -> None:
    for first in range(0, len(rows), AT_A_TIME):
        part = rows[first : first + AT_A_TIME]
        made = CAS.objects.add_many([values for _, values in part], route=upload.route, by=by, batch=batch)
        done = zip((number for number, _ in part), (cas.pk for cas in made), strict=True)
        mark_done(upload, dict(done))


def _left(upload: Upload) -> dict[str, int]:
    counted = UploadRow.objects.filter(upload=upload).exclude(result=Result.DONE).values_list("result", flat=True)
    names: Iterable[str] = list(counted)
    results = (Result.DUPLICATE, Result.LEFT_OUT, Result.NO_LONGER)
    return {result.value.lower(): sum(name == result for name in names) for result in results}


def why_not(upload: Upload) -> Refused | None:
    """Return why the CAS of this upload cannot be created now; None if they can."""
    return upload.licence.why_not_save(upload.route) if upload.route else None
