"""The status of a licence, and the end of a licence or of a route."""

from sms.help.guide import Guide, Step, admin

LICENCE = "licences_licence"

GUIDE = Guide(
    name="end-licences",
    title="Suspend, reinstate or end a licence",
    about="Change the status of a licence, or end one of its routes.",
    steps=(
        Step(
            "Suspend a licence",
            """
            On the page of the licence, select **Suspend**, and give the reason. While the licence is SUSPENDED, nothing
            can be assigned. The sponsor can still create and change CAS, and report on students.

            The portal writes a message to the Level 1 users. They can read the reason in the history of the licence.
            """,
            admin(LICENCE, "suspend"),
        ),
        Step(
            "Reinstate a licence",
            """
            Select **Reinstate**, and give the reason. The licence is ACTIVE again, and the sponsor can assign CAS at
            once.
            """,
            admin(LICENCE, "reinstate"),
        ),
        Step(
            "End one route",
            """
            Select **Surrender a route**, then the route, and give the reason. The live CAS of this route become
            CANCELLED. Its CAS that are not assigned can then only be deleted. The page says how many records that would
            end.

            You cannot undo this. If the sponsor asked for it, grant the request instead: the sponsor then gets your
            answer as well.
            """,
            admin(LICENCE, "surrender-route"),
        ),
        Step(
            "Record that the sponsor surrenders the licence",
            """
            Select **Surrender**, and give the reason. The licence becomes SURRENDERED, and the live CAS of all routes
            become CANCELLED. Users of the sponsor can still sign in, read, print and report on USED CAS.

            You cannot undo this.
            """,
            admin(LICENCE, "surrender"),
        ),
        Step(
            "Revoke a licence",
            """
            Select **Revoke**, and give the reason. The licence becomes REVOKED, with the same effect on the CAS. You
            cannot undo this: if you may change your mind, suspend the licence.
            """,
            admin(LICENCE, "revoke"),
        ),
    ),
)
