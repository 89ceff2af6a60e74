"""Reporting the same about several students (specification, section 8)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="report-for-several-students",
    title="Report activity for several students",
    about="Make the same report about many students at once.",
    steps=(
        Step(
            "Choose the students",
            """
            Select CAS in a list or in the results of a search, and then **Report activity**.

            Or on **Sponsorship duties**, select **Report activity for a list**. Paste the
            **CAS numbers or Applicant IDs**, one on each line or separated by commas, and select **Next**.
            """,
            ("report_found", "paste_to_report", "change_pasted"),
        ),
        Step(
            "Choose the activity type",
            """
            The page shows the students in the report, and those that are left out, with the reason. To correct a
            pasted list, select **Change the list**.

            Select the **Activity type**, and then **Next**.
            """,
            ("choose_activity",),
        ),
        Step(
            "Enter the date and the reason",
            """
            What you enter is reported about every student in the list. Select **Save**.

            If the report would be marked for some students, the page names them before anything is saved. If the
            report is right, select **Save** again.
            """,
            ("report_several",),
        ),
        Step(
            "Keep the confirmation",
            """
            The confirmation lists the students in the report. Select **Print this list** to keep it on paper, and
            **OK** to return to where you started.

            If a report about one student was a mistake, open the CAS and select **Withdraw this report**.
            """,
            ("several_reported",),
        ),
    ),
)
