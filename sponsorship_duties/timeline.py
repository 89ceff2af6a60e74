"""How the history of a CAS tells of reports, and of what there was none on."""

from __future__ import annotations

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
