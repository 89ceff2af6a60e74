"""The activity types and reasons of a new portal. Caseworkers can change them (specification, section 8)."""

from __future__ import annotations

from dataclasses import dataclass

OTHER = "Other"
STOP_SPONSORING, FAILED_TO_ENROL = "Stop sponsoring student", "Failed to enrol"
COMPLETED_EARLY = "Completed the course early"


@dataclass(frozen=True)
class FirstType:
    """An activity type and its reasons. The other fields are those of `sponsorship_duties.models.ActivityType`."""

    name: str
    date_label: str
    reasons: tuple[str, ...]
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
        (
            "Visa application delayed",
            "Travel delayed",
            "Enrolment deferred within the enrolment period",
            OTHER,
        ),
        has_deadline=False,
        is_delay=True,
        is_for_several=True,
    ),
    FirstType(
        STOP_SPONSORING,
        "Date sponsorship was or is due to be withdrawn",
        (
            FAILED_TO_ENROL,
            "Withdrew from the course",
            "Excluded",
            "Suspended or deferred for more than 60 days",
            "Stopped engaging with studies",
            COMPLETED_EARLY,
            "Moved to another sponsor",
            "Obtained other immigration permission",
            "Visa application refused",
            OTHER,
        ),
        is_end_of_sponsorship=True,
        is_for_several=True,
    ),
    FirstType(
        "Continue sponsoring student",
        "Date from which this applies",
        (
            "Break in studies of up to 60 days",
            "Absence with permission",
            "Pregnancy or serious illness",
            OTHER,
        ),
    ),
    FirstType(
        "Change in student circumstances",
        "Date of the change",
        (
            "Changed course with the same sponsor",
            "Course dates changed",
            "Work placement added, changed or removed",
            "Change of study location",
            "Error in visa or permission",
            "Suspected breach of conditions",
            "Other significant change",
        ),
    ),
    FirstType(
        "Previous notification withdrawn",
        "Date of previous notification",
        ("Previous notification withdrawn",),
        has_deadline=False,
        is_withdrawal=True,
    ),
    FirstType(
        "Graduate notification",
        "",
        (),
        has_deadline=False,
        is_for_several=True,
        is_graduation=True,
    ),
)

ASKING_COMPLETION_DATE = frozenset({COMPLETED_EARLY})


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
        f"The reason “{COMPLETED_EARLY}” also asks for the earlier course completion date. No report changes the",
        "status of a CAS.",
        "",
        "A graduate notification has no date, reason or details. It is made only about a USED CAS whose application",
        "was granted. A CAS has only one, until it is withdrawn. Caseworkers can change neither this type nor",
        "“Previous notification withdrawn”.",
        "",
    ]
    return "\n".join(lines)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
