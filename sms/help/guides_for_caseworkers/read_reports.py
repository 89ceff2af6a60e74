"""Reports of sponsors about their students."""

from sms.help.guide import Guide, Step, admin

REPORT = "sponsorship_duties_activity"

GUIDE = Guide(
    name="read-reports",
    title="Read the reports of sponsors",
    about="Find what sponsors reported about their students, and mark it as read.",
    steps=(
        Step(
            "Find a report",
            """
            Select **Reports**. The newest report comes first. To see only those that no caseworker has read, select
            **Not yet** beside the filter about reading.

            You can search for a student by name, CAS number, passport number or Applicant ID. The licence number of a
            sponsor finds all of its reports.
            """,
            admin(REPORT, "changelist", "find"),
        ),
        Step(
            "Read a report",
            """
            The page shows the **Activity type**, the **Reason**, the date and the **Details**. **Marked** says what may
            be wrong with the report: for example, **Reported late**. The sponsor saw these marks before saving it.

            **Withdraws** leads to the earlier report that this report withdraws. **Withdrawn** leads to the report that
            withdraws this report. No report changes the status of a CAS.
            """,
            admin(REPORT, "change"),
        ),
        Step(
            "Mark it as read",
            """
            Select **Mark as read**, and the same button again to confirm. The report leaves the list **Reports to
            read**. You cannot take this back.
            """,
            admin(REPORT, "read"),
        ),
        Step(
            "Mark many reports as read",
            """
            Open the newest of the reports that you have read, and select **Mark this and all earlier reports of this
            sponsor as read**. The next page says how many reports that are.
            """,
            admin(REPORT, "read-all"),
        ),
    ),
)
