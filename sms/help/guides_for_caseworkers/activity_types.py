"""Activity types and their reasons."""

from sms.help.guide import Guide, Step, admin

TYPE, REASON = "sponsorship_duties_activitytype", "sponsorship_duties_activityreason"

GUIDE = Guide(
    name="activity-types",
    title="Change what sponsors can report",
    about="Add and amend activity types and their reasons, and decide what a reason counts as.",
    steps=(
        Step(
            "See the activity types",
            """
            Select **Settings**, and then **Activity types**. Sponsors choose from those that are in use, in this order.
            """,
            admin(TYPE, "changelist"),
        ),
        Step(
            "See one type and its reasons",
            """
            The page shows what the type asks for, and its reasons. Sponsors cannot report a type that has no reason. A
            graduate notification is an exception: it needs none.
            """,
            admin(TYPE, "change"),
        ),
        Step(
            "Add a type",
            """
            Select **Add an activity type**. Enter its name and the **Label of the date**, and answer the questions.
            Then add its reasons. Until then, sponsors cannot report it.
            """,
            admin(TYPE, "add"),
        ),
        Step(
            "Amend a type",
            """
            Select **Amend**. To stop a type from being reported, answer no to **Is it in use?** Existing reports do not
            change. Some types are part of how the portal works, and have no such button.
            """,
            admin(TYPE, "amend"),
        ),
        Step(
            "Add a reason",
            """
            On the page of the type, select **Add a reason**. Enter its name, and select what the student counts as in
            the compliance figures.
            """,
            admin(TYPE, "reason"),
        ),
        Step(
            "Amend a reason",
            """
            Select the reason on the page of its type, and then **Amend**. If you change what it counts as, the
            compliance figures count existing reports by the new answer, too.
            """,
            admin(REASON, "changelist", "change", "amend"),
        ),
    ),
)
