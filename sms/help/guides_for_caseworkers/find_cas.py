"""Finding CAS and batches of any sponsor."""

from sms.help.guide import Guide, Step, admin

GUIDE = Guide(
    name="find-cas-of-any-sponsor",
    title="Find a CAS of any sponsor",
    about="Check a CAS number, search for a student, or go through the lists.",
    steps=(
        Step(
            "Check a CAS number",
            """
            Select **CAS and orders**, and then **CAS check**. Enter the number, and select **Retrieve**. Spaces,
            hyphens and small letters do not matter. If the number looks mistyped, the page says so.
            """,
            ("admin:check_cas",),
        ),
        Step(
            "Search for a student",
            """
            If you have no number, select **CAS and orders**, and then **Find CAS**. Enter what you know, such as the
            family name and the date of birth, and select **Next**. If one CAS fits, its page opens.
            """,
            ("admin:find_cas", "admin:change_search"),
        ),
        Step(
            "Choose from several CAS",
            """
            **CAS found** lists the CAS that fit. Select a status to see fewer, or **Change the search** to correct it.
            The address of the page contains nothing that you searched for.
            """,
            ("admin:found_cas",),
        ),
        Step(
            "Go through a list of CAS",
            """
            Select **CAS and orders**, and then **CAS**. The newest CAS comes first. You can select a status or a route.
            The list also has a filter for live CAS of nationalities under a visa brake.

            To see the CAS of one sponsor, open its licence and select the link beside **CAS**.
            """,
            admin("cas_cas", "changelist"),
        ),
        Step(
            "Read a CAS",
            """
            The page shows the status, every answer that the sponsor gave, the orders, the reports and the history. The
            buttons record what becomes of the application for leave.
            """,
            admin("cas_cas", "change"),
        ),
        Step(
            "Read a batch",
            """
            To find the batches of a sponsor, open its licence and select the link beside **Batches**. The page of a
            batch shows its owner, its CAS and its orders. Only the sponsor changes a batch.
            """,
            admin("cas_batch", "changelist", "change"),
        ),
    ),
)
