"""The compliance figures (specification, section 9)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="compliance",
    title="See the compliance figures",
    about="See the rates of the Basic Compliance Assessment as they are today, and the CAS behind each number.",
    is_for_level_1=True,
    steps=(
        Step(
            "Read the figures",
            """
            On **Sponsorship duties**, select **Compliance**. The figures are of both routes together, for the 12 months
            that ended yesterday.

            - **Refusal rate**: of the applications decided, the share that was refused
            - **Enrolment rate**: of the students due to enrol, the share who did
            - **Completion rate**: of the students due to complete their course, the share who did

            The worst rate decides the result. The table also shows how many more refusals or failures would change the
            band, and the same figures under the next bands if they are known.

            With fewer than 50 CAS in the period, the Home Office decides at its discretion, and the bands are only a
            guide.
            """,
            ("compliance",),
        ),
        Step(
            "See a rate by course, nationality and agent",
            """
            Select the link below the picture of a rate. Each table counts the same CAS in another way, so that you can
            see where refusals or failures come from.
            """,
            ("compliance_rate",),
        ),
        Step(
            "See the CAS behind a number",
            """
            Select any number to list its CAS. Select **Export these CAS** to get all of them as a file.

            If a CAS is counted wrongly, check the reports about it. A reason says what a report counts as.
            """,
            ("compliance_list",),
        ),
    ),
)
