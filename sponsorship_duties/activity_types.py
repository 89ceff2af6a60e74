"""The activity types and reasons of a new portal. Caseworkers can change them (specification, section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices

OTHER = "Other"
STOP_SPONSORING, FAILED_TO_ENROL = "Stop sponsoring student", "Failed to enrol"
COMPLETED_EARLY = "Completed the course early"


class CountsAs(TextChoices):
    """Say how the compliance figures count a CAS with a standing report of a reason."""

    NOTHING = "NOTHING", "Nothing"
    NOT_ENROLLED = "NOT_ENROLLED", "Not enrolled"
    NOT_COMPLETED = "NOT_COMPLETED", "Not completed"
    COMPLETED = "COMPLETED", "Completed"
    LEFT_OUT = "LEFT_OUT", "Left out until its date"


@dataclass(frozen=True)
class FirstType:
    """An activity type, and what each of its reasons counts as.

    The other fields are those of `sponsorship_duties.models.ActivityType`.
    """

    name: str
    date_label: str
    reasons: Mapping[str, CountsAs] = field(default_factory=dict)
    has_deadline: bool = True
    is_delay: bool = False
    is_end_of_sponsorship: bool = False
    is_for_several: bool = False
    is_withdrawal: bool = False
    is_graduation: bool = False


FIRST_TYPES = (
    FirstType(
        "Student delayed",
        "Expected enrolment date",
        dict.fromkeys(
            (
                "Visa application delayed",
                "Travel delayed",
                "Enrolment deferred within the enrolment period",
                OTHER,
            ),
            CountsAs.LEFT_OUT,
        ),
        has_deadline=False,
        is_delay=True,
        is_for_several=True,
    ),
    FirstType(
        STOP_SPONSORING,
        "Date sponsorship was or is due to be withdrawn",
        {
            FAILED_TO_ENROL: CountsAs.NOT_ENROLLED,
            "Withdrew from the course": CountsAs.NOT_COMPLETED,
            "Excluded": CountsAs.NOT_COMPLETED,
            "Suspended or deferred for more than 60 days": CountsAs.NOT_COMPLETED,
            "Stopped engaging with studies": CountsAs.NOT_COMPLETED,
            COMPLETED_EARLY: CountsAs.COMPLETED,
            "Moved to another sponsor": CountsAs.NOT_COMPLETED,
            "Obtained other immigration permission": CountsAs.NOT_COMPLETED,
            "Visa application refused": CountsAs.NOT_ENROLLED,
            OTHER: CountsAs.NOT_COMPLETED,
        },
        is_end_of_sponsorship=True,
        is_for_several=True,
    ),
    FirstType(
        "Continue sponsoring student",
        "Date from which this applies",
        dict.fromkeys(
            (
                "Break in studies of up to 60 days",
                "Absence with permission",
                "Pregnancy or serious illness",
                OTHER,
            ),
            CountsAs.NOTHING,
        ),
    ),
    FirstType(
        "Change in student circumstances",
        "Date of the change",
        dict.fromkeys(
            (
                "Changed course with the same sponsor",
                "Course dates changed",
                "Work placement added, changed or removed",
                "Change of study location",
                "Error in visa or permission",
                "Suspected breach of conditions",
                "Other significant change",
            ),
            CountsAs.NOTHING,
        ),
    ),
    FirstType(
        "Previous notification withdrawn",
        "Date of previous notification",
        {"Previous notification withdrawn": CountsAs.NOTHING},
        has_deadline=False,
        is_withdrawal=True,
    ),
    FirstType(
        "Graduate notification",
        "",
        has_deadline=False,
        is_for_several=True,
        is_graduation=True,
    ),
)

ASKING_COMPLETION_DATE = frozenset({COMPLETED_EARLY})
NO_SHOWS = frozenset({FAILED_TO_ENROL})


def as_markdown() -> str:
    """Return the table as `docs/activity-types.md` shows it."""
    lines = [
        "# Activity types",
        "",
        "The activities that sponsors report about students, and the reasons. A new portal has these, and caseworkers",
        "can change them in the admin. Written by `manage.py document` from `sponsorship_duties/activity_types.py`.",
        "",
        "| activity type | label of the date | reasons | late after 10 working days | for several students at once |",
        "|---|---|---|---|---|",
        *(
            f"| {each.name} | {each.date_label or 'no date'} | {'; '.join(each.reasons) or 'none'} "
            f"| {_yes(each.has_deadline)} | {_yes(each.is_for_several)} |"
            for each in FIRST_TYPES
        ),
        "",
        f"The reason “{COMPLETED_EARLY}” also asks for the earlier course completion date. A report with the reason",
        f"“{FAILED_TO_ENROL}” gets a mark if it is made before the course starts. No report changes the status of a",
        "CAS.",
        "",
        "## The compliance figures",
        "",
        "Each reason counts as something in the figures of `Compliance`. Caseworkers can change it. Only standing",
        "reports count, which are not withdrawn. A graduate notification counts as completed.",
        "",
        "| reason | activity type | counts as |",
        "|---|---|---|",
        *(
            f"| {reason} | {each.name} | {counts_as.label} |"
            for each in FIRST_TYPES
            for reason, counts_as in each.reasons.items()
            if counts_as is not CountsAs.NOTHING
        ),
        "",
        "The other reasons count as nothing.",
        "",
        "## Graduate notifications",
        "",
        "A graduate notification has no date, reason or details. It is made only about a USED CAS whose application",
        "was granted. A CAS has only one, until it is withdrawn. Caseworkers can change neither this type nor",
        "“Previous notification withdrawn”.",
        "",
    ]
    return "\n".join(lines)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
