"""Withdrawing a report (manual 5)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="withdraw-a-report",
    title="Withdraw a report of student activity",
    about="Withdraw a report that was wrong, or that no longer applies. The history keeps both.",
    steps=(
        Step(
            "Find the report",
            """
            On **Students**, select **Sponsorship duties**, and find the student as for a new report. The activity
            history lists all reports about the student.
            """,
        ),
        Step(
            "Withdraw it",
            """
            Beside the report, select **Withdraw this report**. Check that it is the right report. Write under
            **Please give details** why you withdraw it, and select **Save**.

            You can also choose the **Activity type** **Previous notification withdrawn**, and enter the
            **Date of previous notification**: the date of the earlier activity, or the day on which it was reported. If
            several reports have that date, select one of them.
            """,
            ("withdraw_report",),
        ),
        Step(
            "See the result",
            """
            The earlier report is now shown as **Withdrawn**, with a link to your reason. You cannot withdraw a
            withdrawal. Make a new report instead.
            """,
        ),
    ),
)
