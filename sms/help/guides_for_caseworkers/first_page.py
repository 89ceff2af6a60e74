"""The first page, and what all lists, records and decisions have in common."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="casework",
    title="Find the work, and make a decision",
    about="See what waits, find a record, read it, and decide.",
    steps=(
        Step(
            "See what waits for you",
            """
            **Casework** is your first page. Its tables show the work that needs a decision: **Requests to decide**,
            **Refunds due**, **Orders that differ from the payment service's records** and **Reports to read**. They
            also show **Suspended licences**, **Allocations nearly used up** and **Failed jobs**.

            Each table shows the first 10 records, and a link to the whole list. An allocation is nearly used up if at
            most 20% of its places are unused.
            """,
            ("admin:index",),
        ),
        Step(
            "Find a record in a list",
            """
            The menu at the top has all lists. Some are in groups, such as **Sponsors** or **CAS and orders**: select
            the group, and then the list.

            Many lists have a search: enter what it asks for, and select **Search**. The lines above a list are filters.
            Select a value to see only its records. **Show all** removes the search and the filters.

            A list shows at most 1,000 records, or 10,000 messages. If there may be more, it says so: use the search or
            the filters.
            """,
        ),
        Step(
            "Read a record",
            """
            Select the first column of a list to open the record. Its page shows all facts, the records that belong to
            it, and its **History**.
            """,
        ),
        Step(
            "Make a decision",
            """
            The buttons on the page of a record are the decisions that are possible now. Each opens a page that says
            what the decision would do. Nothing changes until you select the button on that page. To leave it, select
            **Go back without a change**.

            A warning sign marks what cannot be undone. If the record has changed since you opened the page, the portal
            refuses your decision and says so. Read the record again, and decide again. Before what cannot be undone, or
            what gives a person a right to sign in, the portal may ask for your password or a code again.
            """,
        ),
    ),
)
