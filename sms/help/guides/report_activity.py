"""Reporting activity of a student (manual 5)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="report-student-activity",
    title="Report student activity",
    about="Report to the Home Office what changes about a student, such as a delay or the end of sponsorship.",
    steps=(
        Step(
            "Open Sponsorship duties",
            """
            On **Students**, select **Sponsorship duties**. If you know the CAS number, select
            **Report activity by CAS number**. If not, select **Report activity by CAS search**.

            Below, **Students to check** lists the students about whom a report may be due.
            """,
            ("sponsorship_duties",),
        ),
        Step(
            "Find the student",
            """
            Enter the CAS number or the details of the student, and select **Next**. Spaces, hyphens and small letters
            in a CAS number do no harm.

            A Level 2 user can report only on CAS that they created, or that were transferred to them. You can report on
            ASSIGNED, USED and EXPIRED CAS.
            """,
            ("report_by_number", "report_by_search"),
        ),
        Step(
            "Choose the CAS",
            """
            If several CAS match, select the name of the student in the list. To correct what you entered, select
            **Change the search**.
            """,
            ("found_duties", "change_duties_search"),
        ),
        Step(
            "Check the student",
            """
            **CAS search results** shows the student and the course. Select **Next** if it is the right student, or
            **Back** to search again.
            """,
            ("report_result",),
        ),
        Step(
            "Choose the activity type",
            """
            The page shows what has been reported about the student. Select the **Activity type**, and then **Next**.

            Use **Previous notification withdrawn** to withdraw an earlier report, or select **Withdraw this report**
            beside it.
            """,
            ("activity_history",),
        ),
        Step(
            "Enter the date and the reason",
            """
            Enter the date and the reason, and write under **Please give details** what the Home Office needs to know.
            Select **Save**. The earlier reports and the details of the student stay beside the form.

            For a student who completed the course early, also enter the **Earlier course completion date**. We add it
            to the details. You still give the date on which sponsorship was or is due to be withdrawn.

            If the report would be marked, for example as late, the page says so before anything is saved. If the
            report is right, select **Save** again.
            """,
            ("report_activity",),
        ),
        Step(
            "See what was recorded",
            """
            The confirmation shows the report, who made it and when. Select **OK** to return to the activity history,
            where you can make another report about the same student.

            A report does not change the status of the CAS. You cannot edit or delete it, but you can withdraw it.
            """,
            ("activity_recorded",),
        ),
    ),
)
