"""Words of the history for reports, students with nothing to report, activity types and reasons."""

from __future__ import annotations

from licences.words import Words
from sponsorship_duties.activity_types import CountsAs

WORDS = Words(
    kinds={"activity": "Report", "activity_type": "Activity type", "activity_reason": "Reason"},
    titles={
        ("cas", "report"): "Activity reported",
        ("cas", "withdraw_report"): "Report withdrawn",
        ("cas", "nothing_to_report"): "Nothing to report",
        ("cas", "undo_nothing_to_report"): "Nothing to report, undone",
        ("activity", "read"): "Read by a caseworker",
        ("activity_type", "add"): "Activity type added",
        ("activity_type", "amend"): "Amended",
        ("activity_reason", "add"): "Reason added",
        ("activity_reason", "amend"): "Amended",
    },
    labels={
        "activity_type_name": "Activity type",
        "activity_reason_name": "Reason",
        "activity_happened_on": "Date",
        "activity_details": "Details",
        "withdrawn": "Report withdrawn",
        "check": "List of students to check",
        "date_label": "Label of the date",
        "has_deadline": "Late after 10 working days",
        "is_delay": "Student expected on that date",
        "is_end_of_sponsorship": "Ends sponsorship",
        "is_for_several": "For several students at once",
        "is_in_use": "In use",
        "has_completion_date": "Asks for the earlier course completion date",
        "is_no_show": "Student did not enrol",
        "counts_as": "Counts as",
        "type": "Activity type",
        "name": "Name",
    },
    shown={"counts_as": lambda value: str(CountsAs(value).label)},
)


def words() -> Words:
    return WORDS
