"""Refusals by the rules about reports. A code never changes and is never reused."""

from sms.core.refused import Refusal

REPORTED_ALREADY = Refusal(
    "duties.reported_already",
    409,
    "This has already been reported. If it happened again, say so in the details.",
)
MARKS_UNSEEN = Refusal(
    "duties.marks_unseen",
    409,
    "Caseworkers will see that this report may be wrong. Check it. If it is right, save it again.",
)

# Marks of reports that may be wrong. They refuse nothing once the user has seen them.
REPORTED_LATE = Refusal("duties.reported_late", 409, "The report is more than 10 working days after its date.")
DATED_BEFORE_ASSIGNMENT = Refusal("duties.dated_before_assignment", 409, "Check the day, the month and the year.")
NO_SHOW_BEFORE_START = Refusal(
    "duties.no_show_before_start",
    409,
    "A student can fail to enrol only when the course has started. Check the reason and the date.",
)
COMPLETED_BEFORE_START = Refusal("duties.completed_before_start", 409, "Check the earlier course completion date.")
ENDED_ALREADY = Refusal(
    "duties.ended_already",
    409,
    "A report that stops sponsoring the student stands already. If it was wrong, withdraw it first.",
)

ONE_WITHDRAWAL_AT_A_TIME = Refusal(
    "duties.one_withdrawal_at_a_time", 422, "You can withdraw only one report at a time."
)
WITHDRAWN_ALREADY = Refusal("duties.withdrawn_already", 409, "This report has already been withdrawn.")
WITHDRAWAL_OF_A_WITHDRAWAL = Refusal(
    "duties.withdrawal_of_a_withdrawal", 409, "You cannot withdraw a withdrawal. Make a new report."
)
TYPE_NOT_IN_USE = Refusal("duties.type_not_in_use", 409, "“{type}” is no longer in use. Choose another activity type.")
TYPE_WITHOUT_REASONS = Refusal(
    "duties.type_without_reasons", 409, "“{type}” has no reasons to choose from. Choose another activity type."
)
NOTHING_TO_WITHDRAW = Refusal("duties.nothing_to_withdraw", 409, "This CAS has no report to withdraw.")
REPORT_OF_THIS_DATE_WITHDRAWN = Refusal(
    "duties.report_of_this_date_withdrawn", 409, "The report of {day} has already been withdrawn"
)
NO_REPORT_LEFT = Refusal("duties.no_report_left", 409, "This CAS has no report left to withdraw")
NO_REPORT_OF_THIS_DATE = Refusal(
    "duties.no_report_of_this_date", 422, "No report has the date {day}. Enter one of these dates: {days}"
)
SEVERAL_REPORTS_OF_THIS_DATE = Refusal(
    "duties.several_reports_of_this_date", 422, "Several reports have this date. Select the one to withdraw"
)
GRADUATE_NOT_FOUND = Refusal("duties.graduate_not_found", 404, "No CAS was found. Check the number.")
GRADUATE_OF_SEVERAL_CAS = Refusal(
    "duties.graduate_of_several_cas",
    409,
    "Several USED CAS have this Applicant ID. Enter the CAS number instead.",
)
SEVERAL_CAS_TO_REPORT = Refusal(
    "duties.several_cas_to_report",
    409,
    "You can report on several CAS with this Applicant ID. Enter the CAS number instead.",
)
GRADUATE_NOT_USED = Refusal(
    "duties.graduate_not_used",
    409,
    "This CAS is {status}. You can make a graduate notification only about a USED CAS.",
)
GRADUATE_NOT_GRANTED = Refusal(
    "duties.graduate_not_granted",
    409,
    "The application with this CAS was refused. You can make a graduate notification only if it was granted.",
)
GRADUATE_NOTIFIED_ALREADY = Refusal(
    "duties.graduate_notified_already", 409, "A graduate notification has already been made about this CAS."
)
SELECTION_CHANGED = Refusal(
    "duties.selection_changed",
    409,
    "Some of these CAS have changed since the page was shown. Nothing has been done. Check the list again.",
)
GRADUATES_CHANGED = Refusal(
    "duties.graduates_changed",
    409,
    "Some of these CAS have changed since the page was shown. Nothing has been reported. Check the list again.",
)
NAME_TAKEN = Refusal("duties.name_taken", 409, "The name “{name}” is already in use. Choose another name.")
