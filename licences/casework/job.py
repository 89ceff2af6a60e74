"""Background jobs that wait, run, have ended or failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin

from licences.casework.decisions import Decision
from licences.casework.pages import RecordAdmin, link_to
from licences.casework.parts import Figure, Status
from licences.jobs import verbs
from licences.jobs.kinds import label_of
from licences.models import Job, User
from sms.core.govuk import formats


class JobDecision(Decision[Job]):
    """A decision about a job. Most jobs have no history, so `seen` says whether the job was open or had failed."""

    def seen(self) -> str:
        job = Job.objects.get(pk=self.subject.pk)
        return "failed" if job.has_failed else "open" if job.is_open else "ended"


class Retry(JobDecision):
    name, label, done = "retry", "Retry", "Job put back into the queue"

    def is_open(self) -> bool:
        return self.subject.has_failed

    def consequences(self) -> list[str]:
        return ["The job continues with the piece that failed."]

    def decide(self, *, by: User, **values: Any) -> Job:
        verbs.retry(self.subject, by=by)
        return self.subject


class Discard(JobDecision):
    name, label, done = "discard", "Discard", "Job discarded"
    is_final = True

    def is_open(self) -> bool:
        return self.subject.is_open or self.subject.has_failed

    def consequences(self) -> list[str]:
        return ["The job stops. A piece that is running now is not saved."]

    def decide(self, *, by: User, **values: Any) -> Job:
        verbs.discard(self.subject, by=by)
        return self.subject


@admin.register(Job)
class JobAdmin(RecordAdmin[Job]):
    columns = ("Requested", "Job", "User", "State", "Pieces", "Attempt")
    decisions = (Retry, Discard)
    name = "Jobs"
    intro = "Work in the background that users wait for, such as printouts."

    list_filter = ("state", "asked_at")
    list_select_related = ("by",)
    ordering = ("-id",)

    def cells(self, job: Job) -> Sequence[object]:
        return (
            link_to(job, formats.moment(job.asked_at)),
            label_of(job.kind),
            link_to(job.by),
            Status(job.get_state_display()),
            Figure(f"{job.progress:,} of {job.total:,}"),
            Figure(job.attempt or "–"),
        )

    def facts(self, job: Job) -> Sequence[tuple[str, object]]:
        place = Job.objects.places().get(job.pk)
        return (
            ("Job", label_of(job.kind)),
            ("User", link_to(job.by)),
            ("Requested", formats.moment(job.asked_at)),
            ("State", Status(job.get_state_display())),
            ("Place in the queue", place or "–"),
            ("Pieces finished", f"{job.progress:,} of {job.total:,}"),
            ("Attempts at this piece", formats.number(job.attempt)),
            ("Last error", job.error or "–"),
            ("Counts as lost after", formats.moment(job.lease_until)),
            ("Finished", formats.moment(job.finished_at)),
        )
