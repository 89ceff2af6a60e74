"""How the history tells of reports, of what there was none on, and of what can be reported."""

from __future__ import annotations

# Of a CAS.
TITLES = {
    ("cas", "report"): "Activity reported",
    ("cas", "withdraw_report"): "Report withdrawn",
    ("cas", "nothing_to_report"): "Nothing to report",
}
LABELS = {
    "activity_type_name": "Activity type",
    "activity_reason_name": "Reason",
    "activity_happened_on": "Date",
    "activity_details": "Details",
    "withdrawn": "Which report",
    "check": "Taken off the list",
}

# Of a report, and of the types and reasons.
OTHER_TITLES = {
    ("activity", "read"): "Read by a caseworker",
    ("activity_type", "add"): "Activity type added",
    ("activity_type", "amend"): "Amended",
    ("activity_reason", "add"): "Reason added",
    ("activity_reason", "amend"): "Amended",
}
OTHER_LABELS = {
    "date_label": "Label of the date",
    "has_deadline": "Late after 10 working days",
    "is_delay": "Student expected on that date",
    "is_end_of_sponsorship": "Nothing more expected afterwards",
    "is_for_several": "For several students at once",
    "is_in_use": "In use",
    "has_completion_date": "Asks for the earlier course completion date",
    "type": "Activity type",
}
