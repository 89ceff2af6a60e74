"""Allocations and their ledger."""

from sms.help.guide import Guide, Step, admin

GUIDE = Guide(
    name="allocations",
    title="Grant and change allocations",
    about="Give a sponsor the places for a year of a route, and follow how they are used.",
    steps=(
        Step(
            "Find an allocation",
            """
            Select **Sponsors**, and then **Allocations**. Search for the sponsor, or select **In force today**. The
            list adds up the places that are granted, used, held and unused.
            """,
            admin("licences_allocation", "changelist", "find"),
        ),
        Step(
            "Grant an allocation",
            """
            On the page of the licence, select **Grant an allocation**. Select the **Route**, and enter the **First
            day** and the **Places granted**. An allocation lasts one year, and two years of a route cannot overlap.

            The page proposes a number from the last allocation: 10% less while the compliance rating is red.
            """,
            admin("licences_licence", "grant-allocation"),
        ),
        Step(
            "See an allocation",
            """
            **Used** counts the CAS that were assigned. **Held for payments** counts the places that are kept for orders
            while they wait for their payment. Unused places end with the **Last day**.
            """,
            admin("licences_allocation", "change"),
        ),
        Step(
            "Change the number of places",
            """
            On the page of the allocation, select **Change the number of places**. Enter the new total for the year, and
            give the reason. The total cannot be less than the places used and held.

            If the sponsor asked for an increase, grant its request instead. The portal then adds the places.
            """,
            admin("licences_allocation", "granted"),
        ),
        Step(
            "Check the ledger",
            """
            Every change of an allocation is an entry: places granted, held for a payment, used or released. The page of
            the allocation shows the latest entries, and **All entries** leads to the others. No entry is ever changed.
            """,
            admin("licences_allocationentry", "changelist", "change"),
        ),
    ),
)
