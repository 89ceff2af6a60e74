"""Key people, the status of the sponsor and the compliance rating."""

from sms.help.guide import Guide, Step, admin

LICENCE = "licences_licence"

GUIDE = Guide(
    name="key-people-and-ratings",
    title="Key people, status and rating of a sponsor",
    about="Record who is responsible at the sponsor, its status and its compliance rating.",
    steps=(
        Step(
            "Replace a key person",
            """
            On the page of the licence, below **Key people**, select **Replace the Authorising Officer** or **Replace
            the Key Contact**. Enter the new person, and the first day in the post. The earlier person stays in the
            table, with the last day.
            """,
            admin(LICENCE, "authorising-officer", "key-contact"),
        ),
        Step(
            "Correct the details of a key person",
            """
            If the same person has another name, job title, email address or telephone number, select **Amend the
            Authorising Officer** or **Amend the Key Contact**.
            """,
            admin(LICENCE, "amend-authorising-officer", "amend-key-contact"),
        ),
        Step(
            "Change the status of the sponsor",
            """
            Below **Status of the sponsor and compliance rating**, select **Change the status of the sponsor**. A
            sponsor is a Probationary Sponsor, a Student Sponsor, or a Student Sponsor – Track Record. The work
            placement limit of some courses depends on it.
            """,
            admin(LICENCE, "sponsor-status"),
        ),
        Step(
            "Change the compliance rating",
            """
            Select **Change the compliance rating**, then the new rating and its first day, and give the reason. The day
            cannot be in the future, or before the day of the present rating.

            - **Amber**: requests for an increase are frozen. You cannot grant them while the rating is amber.
            - **Red**: the portal proposes 10% less for the next allocation.
            """,
            admin(LICENCE, "rating"),
        ),
        Step(
            "Read the compliance figures",
            """
            The page of the licence shows the three rates of today, and what they would be under the next bands. **Until
            amber** and **Until missed** say how many more failures that takes. The rating does not follow the figures
            by itself: you decide it.
            """,
        ),
    ),
)
