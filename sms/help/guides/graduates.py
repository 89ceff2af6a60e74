"""Graduate notification (specification, sections 8 and 11)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="graduate-notification",
    title="Make a graduate notification",
    about="Report that one or many students have completed their course.",
    steps=(
        Step(
            "Select the graduates",
            """
            On **Sponsorship duties**, select **Graduate notification**. The list has the USED CAS whose application was
            granted and about which no graduate notification has been made.

            To see another period or one course, open **Limit the list**, and select **Show**. Select the students, and
            then **Continue**.
            """,
            ("graduates",),
        ),
        Step(
            "Or paste a list",
            """
            Select **paste a list**. Paste the **CAS numbers or Applicant IDs**, one on each line or separated by
            commas, and select **Continue**.
            """,
            ("paste_graduates", "change_graduates"),
        ),
        Step(
            "Check and report",
            """
            The page lists the students in the notification, and the entries that are left out, with the reason. Correct
            the list if you need to.

            The last button reports all of them at once. There is no date or reason to enter.
            """,
            ("check_graduates",),
        ),
        Step(
            "Correct a mistake",
            """
            Open the CAS, and select **Withdraw this report** in its activity history.
            """,
        ),
    ),
)
