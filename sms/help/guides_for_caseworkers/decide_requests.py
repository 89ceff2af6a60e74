"""Requests of sponsors."""

from sms.help.guide import Guide, Step, admin

REQUEST = "licences_licencerequest"

GUIDE = Guide(
    name="decide-requests",
    title="Decide the requests of sponsors",
    about="Grant or refuse what sponsors ask for: places, changes to the licence, services and users.",
    steps=(
        Step(
            "Choose a request",
            """
            Select **Requests**. Those that wait for a decision come first, and the oldest of them at the top. The list
            shows what each asks for, and what would end if you grant it. Select a status or a kind of request to see
            fewer.
            """,
            admin(REQUEST, "changelist"),
        ),
        Step(
            "Read a request",
            """
            The page shows the answers of the sponsor, its **Reasons**, and who submitted it. **If you grant it** says
            what the portal would then do, with the numbers of today.

            **Cannot be granted** says why not at present: while the compliance rating is amber, no increase is granted.
            After a route has ended, requests about it cannot be granted. You can still refuse the request.
            """,
            admin(REQUEST, "change"),
        ),
        Step(
            "Grant a request",
            """
            Select **Grant**. If the page asks for a number or a day, the wish of the sponsor is filled in. Change it if
            you grant something else. Enter a sentence in **Decision**, which the sponsor sees, and select **Grant**.

            The portal carries the request out at once: for example, it adds the places, changes the details of the
            licence, or adds the user.
            """,
            admin(REQUEST, "grant"),
        ),
        Step(
            "Refuse a request",
            """
            Select **Refuse**, and enter the reason as a sentence in **Decision**. The sponsor sees it, and can ask
            again.

            The portal writes a message about each decision to the Level 1 users of the sponsor.
            """,
            admin(REQUEST, "refuse"),
        ),
    ),
)
