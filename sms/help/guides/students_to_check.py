"""The lists of students to check (specification, section 8; screens)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="students-to-check",
    title="Check which reports are due",
    about="The portal lists the students about whom you may have to report, with the date by which it is due.",
    steps=(
        Step(
            "Open a list",
            """
            **Students to check** on **Sponsorship duties** has a list for each reason to check, such as
            **Course started, nothing reported**. The students who are due first come first. Those past their date are
            marked **Overdue**.

            For one student, select **Report activity** beside the name.
            """,
            ("students_to_check",),
        ),
        Step(
            "Report for several students",
            """
            Select the students, and then an activity type below the list. You enter the date and the reason once, and
            they are reported about every student that you selected.
            """,
            ("report_selected",),
        ),
        Step(
            "Take students off the list",
            """
            If all is well, select the students, and then **Nothing to report**. Check the list, and confirm. Nothing is
            reported to the Home Office.
            """,
            ("nothing_to_report",),
        ),
        Step(
            "Put students back",
            """
            Select **See the CAS taken off this list** at the end of the list. Select the students, and then
            **Put back on the list**.
            """,
            ("taken_off", "just_taken_off"),
        ),
    ),
)
