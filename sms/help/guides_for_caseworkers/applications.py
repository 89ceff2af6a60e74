"""Applications for leave and their decisions, on the page of a CAS."""

from sms.help.guide import Guide, Step, admin

CAS = "cas_cas"

GUIDE = Guide(
    name="applications-and-decisions",
    title="Record an application and its decision",
    about="Record what becomes of the application for leave that a student made with a CAS.",
    steps=(
        Step(
            "Record an application",
            """
            On the page of an ASSIGNED or EXPIRED CAS, select **Record an application**. Enter the **Date of
            application**: from the day on which the CAS was assigned to its expiry date. The sponsor sees it.

            If the date was wrong, do the same again with the right date.
            """,
            admin(CAS, "application"),
        ),
        Step(
            "Close an application without a decision",
            """
            If the application was rejected as invalid, was void, or was withdrawn, select **Close the application**.
            The CAS keeps its status. Another application can be recorded if it was made while the CAS was valid.
            """,
            admin(CAS, "close-application"),
        ),
        Step(
            "Mark the CAS as used",
            """
            When the application is decided, select **Mark as used**. Enter the **Date of the decision**, and select
            whether leave was granted or refused.

            Other live CAS of the same individual that were valid on the day of the decision become OBSOLETE: the page
            lists them. It may also list **CAS of
            perhaps the same individual**. Compare the details, and select those of the same person only. You cannot
            undo this.

            A CAS cannot be marked as used after its licence or its route has ended.
            """,
            admin(CAS, "use"),
        ),
        Step(
            "Record a successful administrative review",
            """
            If a refusal was reviewed with success, select **Record an administrative review**, and enter its day. The
            CAS stays USED. The refusal leaves the refusal rate of the sponsor until the application is decided again.
            """,
            admin(CAS, "review"),
        ),
        Step(
            "Record the new decision",
            """
            After the review, select **Record the new decision**, and enter its date and outcome. They replace those of
            the first decision, which stay in the history.
            """,
            admin(CAS, "decide-again"),
        ),
    ),
)
